"""Refuse worlds in which a simulation never comes to rest, or asks what nothing can answer."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from youbei.engine.demand import Stream
from youbei.engine.places import Point
from youbei.engine.plans.model import Plan
from youbei.engine.resources import Candidate, World, ranked, stock_candidates, team_candidates
from youbei.engine.simulation.luck import asked_of
from youbei.engine.simulation.simulate import BadSimulation

DAY = timedelta(days=1)
# Assumption: nothing that takes longer to come is meant seriously.
LONGEST = timedelta(days=365)


def demand_rest(world: World) -> None:
    """Refuse calls of every day that keep more teams busy than there are: those that wait would grow without end.

    Ways are not counted, so a line may still grow in a day that is barely served; it ends with the calls.
    """
    teams: dict[str, int] = defaultdict(int)
    for team in world.teams:
        for capability in team.capabilities:
            teams[capability] += team.is_available
    asked: dict[str, float] = defaultdict(float)
    for stream in world.demand.streams:
        demand_numbers(stream)
        asked[stream.capability] += busy_teams(stream)
    for capability, busy in asked.items():
        if teams[capability] and busy >= teams[capability]:
            raise BadSimulation(
                zh=f"日常警情让“{capability}”队伍平均有 {busy:.1f} 支在外，而只有 {teams[capability]} 支，"
                "等候会无限增长。请减少 per_day、缩短 on_scene 或增加队伍。",
                en=f"Calls of every day keep {busy:.1f} teams of {capability!r} out on the average, and there are "
                f"{teams[capability]}: waits would grow without end. Lower per_day or on_scene, or add teams.",
            )


def demand_lengths(plan: Plan, world: World) -> None:
    """Refuse times that no journey takes: a world need not come from a file, nor its roads from a map."""
    for what, code, place in asked_of(plan, world):
        for one in candidates_of(world, what, code, place):
            if not timedelta(0) <= one.turn_out <= LONGEST or not timedelta(0) <= one.travel <= LONGEST:
                raise BadSimulation(
                    zh=f"“{one.label or one.resource}”的出动或路程时间为负或超过一年。请检查其位置、出动时间和道路。",
                    en=f"The turn-out or the way of {one.label or one.resource} takes less than nothing or more than "
                    "a year. Check where it stands, its turn-out time, and the roads.",
                )


def candidates_of(world: World, what: str, code: str, place: Point | None) -> Iterable[Candidate]:
    try:
        return ranked(world, what, code, place).candidates
    except OverflowError:
        # Who takes longer than can be counted cannot be put in order.
        find = team_candidates if what == "capability" else stock_candidates
        return find(world, code, place)


def busy_teams(stream: Stream) -> float:
    """Return how many teams a stream keeps on scene on the average."""
    mean = stream.on_scene * math.exp(math.log(stream.spread) ** 2 / 2)
    return stream.per_day * stream.count * (mean / DAY)


def demand_numbers(stream: Stream) -> None:
    """Refuse rates and weights that are no numbers; a world need not come from a file."""
    numbers = (stream.per_day, stream.spread, *stream.hours, *stream.months)
    is_sound = all(math.isfinite(one) and one >= 0 for one in numbers) and stream.spread >= 1 and stream.count >= 1
    if not is_sound or len(stream.hours) != 24 or len(stream.months) != 12 or stream.on_scene < timedelta(0):
        raise BadSimulation(
            zh=f"日常警情“{stream.id[:80]}”的数字不成立。per_day、hours、months 不能为负，spread 和 count 至少为 1。",
            en=f"The numbers of the calls {stream.id[:80]!r} make no sense: per_day, hours and months must not be "
            "below zero, spread and count at least 1.",
        )
