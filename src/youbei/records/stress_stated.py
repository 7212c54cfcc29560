"""The world of a stress test with the calls of every day that somebody stated for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from youbei import content
from youbei.engine.places import Point, TravelTimes
from youbei.engine.resources import World
from youbei.engine.simulation.simulate import BadSimulation
from youbei.engine.simulation.stated import StatedCalls, calls_from_data, streams_stated
from youbei.engine.text import Text
from youbei.records.nearby import STRAIGHT, load_world


def stated_of(kept: Sequence[Mapping[str, Any]] | None) -> tuple[StatedCalls, ...]:
    return tuple(calls_from_data(one) for one in kept or ())


def with_stated(
    world: World, near: Point | None, stated: Sequence[StatedCalls], *, travel: TravelTimes = STRAIGHT
) -> World:
    """Return a world in which these calls come too, with the teams near `near` that they ask for.

    Raise BadSimulation where nobody there can do what a call asks for.
    """
    if not stated:
        return world
    streams = tuple(streams_stated(stated, content.simulation_table("demand")))
    wanted = sorted({stream.capability for stream in streams})
    known = {team.id for team in world.teams}
    others = load_world(near or stated[0].point, capabilities=wanted, travel=travel).teams
    world = replace(
        world,
        teams=(*world.teams, *(team for team in others if team.id not in known)),
        demand=replace(world.demand, streams=(*world.demand.streams, *streams)),
    )
    able = {capability for team in world.teams for capability in team.capabilities}
    for capability in wanted:
        if capability not in able:
            name = content.resource_names().get(capability, Text(capability, capability))
            raise BadSimulation(
                zh=f"假设的警情需要“{name.in_language('zh')}”，附近没有能出动的队伍。请登记队伍，或改换事件种类。",
                en=f"The calls that are assumed need {name.in_language('en')}, and no team nearby can go. Register "
                "teams, or choose another kind of incident.",
            )
    return world
