"""What a measure changes, as JSON that is applied to another day's world: teams and lots put in or in place of others,
the post that gets one more officer, and the post that a deputy is named for or that is always reached. Also the world
without somebody, and with its reserves elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from youbei.engine.places import Point, distance_m
from youbei.engine.plans.model import Plan
from youbei.engine.resources import Stock, Team, World
from youbei.engine.simulation.improvements import Improvement, ImprovementKind, in_reach, with_one_more

IN_REACH = frozenset({ImprovementKind.DEPUTY, ImprovementKind.REACH})


def change_of(world: World, one: Improvement) -> dict[str, Any]:
    """Return what a measure changes in the world of today and in the plan."""
    teams, stock = {team.id: team for team in world.teams}, {lot.id: lot for lot in world.stock}
    return {
        "teams": [team_data(team) for team in one.world.teams if teams.get(team.id) != team],
        "stock": [lot_data(lot) for lot in one.world.stock if stock.get(lot.id) != lot],
        "owner": one.key.partition(":")[2] if one.kind is ImprovementKind.OFFICER else "",
        "reach": one.key if one.kind in IN_REACH else "",
    }


def changed(plan: Plan, world: World, change: Mapping[str, Any]) -> tuple[Plan, World]:
    """Return plan and world with a change in them."""
    if change["owner"]:
        plan = with_one_more(plan, change["owner"])
    if reach := change.get("reach", ""):
        kind, _, post = reach.partition(":")
        world = in_reach(world, post, always=kind == ImprovementKind.REACH)
    teams = {team.id: team for team in world.teams} | {one["id"]: team_of(one) for one in change["teams"]}
    stock = {lot.id: lot for lot in world.stock} | {one["id"]: lot_of(one) for one in change["stock"]}
    return plan, replace(world, teams=tuple(teams.values()), stock=tuple(stock.values()))


def without(world: World, resources: Iterable[str]) -> World:
    """Return the world without some teams or lots, as where an agreement about them ends; the lots that one supplier
    or production line delivers, `<supplier>#<number>`, go together.
    """
    gone = set(resources)
    return replace(
        world,
        teams=tuple(team for team in world.teams if team.id not in gone),
        stock=tuple(lot for lot in world.stock if lot.id not in gone and lot.id.partition("#")[0] not in gone),
    )


def with_lots_at(world: World, places: Sequence[Point], *, lots: Collection[str]) -> World:
    """Return the world with some lots kept at some places: the largest first, each where least of its item is yet."""
    kept: dict[tuple[str, int], float] = defaultdict(float)
    moved: dict[str, Point] = {}
    for lot in sorted(world.stock, key=lambda one: (one.item, -one.quantity, one.id)):
        if lot.id in lots:
            which = min(range(len(places)), key=lambda number: (kept[lot.item, number], number))
            kept[lot.item, which] += lot.quantity
            moved[lot.id] = places[which]
    return replace(world, stock=tuple(replace(lot, base=moved.get(lot.id, lot.base)) for lot in world.stock))


def with_teams_at(world: World, places: Sequence[Point]) -> World:
    """Return the world with each team standing at the nearest of some places."""
    return replace(
        world,
        teams=tuple(
            replace(team, base=min(places, key=lambda place: distance_m(team.base, place))) for team in world.teams
        ),
    )


def team_data(team: Team) -> dict[str, Any]:
    return {
        "id": team.id,
        "label": team.label,
        "label_en": team.label_en,
        "capabilities": sorted(team.capabilities),
        "lat": team.base.lat,
        "lon": team.base.lon,
        "turn_out_s": team.turn_out.total_seconds(),
    }


def team_of(data: Mapping[str, Any]) -> Team:
    return Team(
        id=data["id"],
        label=data["label"],
        capabilities=frozenset(data["capabilities"]),
        base=Point(data["lat"], data["lon"]),
        turn_out=timedelta(seconds=data["turn_out_s"]),
        label_en=data.get("label_en", ""),
    )


def lot_data(lot: Stock) -> dict[str, Any]:
    return {
        "id": lot.id,
        "label": lot.label,
        "label_en": lot.label_en,
        "item": lot.item,
        "quantity": lot.quantity,
        "lat": lot.base.lat,
        "lon": lot.base.lon,
        "lead_s": lot.lead.total_seconds(),
    }


def lot_of(data: Mapping[str, Any]) -> Stock:
    return Stock(
        id=data["id"],
        item=data["item"],
        quantity=data["quantity"],
        base=Point(data["lat"], data["lon"]),
        lead=timedelta(seconds=data["lead_s"]),
        label=data["label"],
        label_en=data.get("label_en", ""),
    )
