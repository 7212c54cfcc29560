"""Read a world from a file: teams, stock and places in JSON, as docs/reference/simulation.md describes them."""

from __future__ import annotations

import json
from dataclasses import replace

from youbei.engine.places import Point, StraightLine
from youbei.engine.resources import Stock, Team, World
from youbei.engine.simulation.world_demand import capacity_of, demand_of
from youbei.engine.simulation.world_fields import (
    BadWorld,
    fields_of,
    length_of,
    number_of,
    point_of,
    rows_of,
    text_of,
    wrong,
)
from youbei.engine.simulation.world_troubles import troubles_of

__all__ = ["BadWorld", "read_world"]

FIELDS = frozenset({"teams", "stock", "sites", "travel", "capacity", "troubles", "demand"})
TEAM_FIELDS = frozenset({"id", "label", "label_en", "capabilities", "lat", "lon", "turn_out", "is_available"})
STOCK_FIELDS = frozenset({"id", "label", "label_en", "item", "quantity", "lat", "lon", "lead"})
PLACE_FIELDS = frozenset({"lat", "lon"})
TRAVEL_FIELDS = frozenset({"speed_m_s", "detour"})


def read_world(content: bytes) -> World:
    """Read a world file; raise BadWorld with where it is wrong, and what to write."""
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise BadWorld(
            zh='资源文件不是 JSON。请写成 {"teams": [...], "stock": [...], "sites": {...}}。',
            en='The world file is not JSON. Write it as {"teams": [...], "stock": [...], "sites": {...}}.',
        ) from None
    values = fields_of(data, FIELDS, "/")
    teams, stock = rows_of(values, "teams"), rows_of(values, "stock")
    sites = values.get("sites", {})
    if not isinstance(sites, dict):
        raise wrong("sites", '须是对象，如 {"incident": {"lat": 30, "lon": 120}}', "must be an object of places")
    world = World(
        teams=tuple(team_of(team, f"teams[{number}]") for number, team in enumerate(teams)),
        stock=tuple(stock_of(lot, f"stock[{number}]") for number, lot in enumerate(stock)),
        sites={name: site_of(place, f"sites.{name}") for name, place in sites.items()},
        travel=travel_of(values.get("travel", {})),
    )
    world = replace(world, stock=(*world.stock, *capacity_of(values)))
    demand_own_ids(world)
    known = frozenset((*(team.id for team in world.teams), *(lot.id for lot in world.stock)))
    known |= {line["id"] for line in rows_of(values, "capacity")}
    return replace(
        world,
        troubles=troubles_of(values.get("troubles", {}), world, known),
        demand=demand_of(values.get("demand", {}), world),
    )


def team_of(data: object, place: str) -> Team:
    values = fields_of(data, TEAM_FIELDS, place)
    able = values.get("capabilities")
    if not isinstance(able, list) or not all(isinstance(one, str) for one in able):
        raise wrong(f"{place}.capabilities", "须是能力代码的列表", "must be a list of capability codes")
    is_available = values.get("is_available", True)
    if not isinstance(is_available, bool):
        raise wrong(f"{place}.is_available", "须是 true 或 false", "must be true or false")
    name = text_of(values, "id", place)
    return Team(
        id=name,
        label=str(values.get("label", name)),
        capabilities=frozenset(able),
        base=point_of(values, place),
        turn_out=length_of(values, "turn_out", place),
        is_available=is_available,
        label_en=str(values.get("label_en", "")),
    )


def stock_of(data: object, place: str) -> Stock:
    values = fields_of(data, STOCK_FIELDS, place)
    name = text_of(values, "id", place)
    return Stock(
        id=name,
        item=text_of(values, "item", place),
        quantity=number_of(values, "quantity", place, least=0.0, most=1e12),
        base=point_of(values, place),
        lead=length_of(values, "lead", place),
        label=str(values.get("label", name)),
        label_en=str(values.get("label_en", "")),
    )


def site_of(data: object, place: str) -> Point:
    return point_of(fields_of(data, PLACE_FIELDS, place), place)


def travel_of(data: object) -> StraightLine:
    values, usual = fields_of(data, TRAVEL_FIELDS, "travel"), StraightLine()
    speed, detour = values.get("speed_m_s", usual.speed_m_s), values.get("detour", usual.detour)
    known = {"speed_m_s": speed, "detour": detour}
    return StraightLine(
        number_of(known, "speed_m_s", "travel", least=0.1, most=1000.0),
        number_of(known, "detour", "travel", least=1.0, most=10.0),
    )


def demand_own_ids(world: World) -> None:
    """Refuse two resources of one id: the run would take them for one."""
    seen: set[str] = set()
    for name in (*(team.id for team in world.teams), *(lot.id for lot in world.stock)):
        if name in seen:
            raise wrong(name, "编号出现两次，请改用不同的编号", "this id stands there twice; give each its own")
        seen.add(name)
