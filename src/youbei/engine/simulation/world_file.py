"""Read a world from a file: teams, stock and places in JSON, as docs/reference/simulation.md describes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from youbei.engine.errors import Refused
from youbei.engine.places import Point, StraightLine
from youbei.engine.plans.durations import NotADuration, parse_duration
from youbei.engine.resources import Stock, Team, World

FIELDS = frozenset({"teams", "stock", "sites", "travel"})
TEAM_FIELDS = frozenset({"id", "label", "capabilities", "lat", "lon", "turn_out", "is_available"})
STOCK_FIELDS = frozenset({"id", "label", "item", "quantity", "lat", "lon", "lead"})
PLACE_FIELDS = frozenset({"lat", "lon"})
TRAVEL_FIELDS = frozenset({"speed_m_s", "detour"})
MOST = 1_000_000


class BadWorld(Refused):
    """Refuse a file that describes no world."""

    status = 422


def wrong(place: str, zh: str, en: str) -> BadWorld:
    return BadWorld(zh=f"资源文件 {place}：{zh}。", en=f"The world file, {place}: {en}.")


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
    demand_own_ids(world)
    return world


def rows_of(values: Mapping[str, Any], name: str) -> list[Any]:
    rows = values.get(name, [])
    if not isinstance(rows, list) or len(rows) > MOST:
        raise wrong(name, f"须是列表，至多 {MOST:,} 项", f"must be a list of at most {MOST:,}")
    return rows


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
    )


def point_of(values: Mapping[str, Any], place: str) -> Point:
    lat = number_of(values, "lat", place, least=-90.0, most=90.0)
    return Point(lat, number_of(values, "lon", place, least=-180.0, most=180.0))


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


def fields_of(data: object, fields: frozenset[str], place: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise wrong(place, "须是 JSON 对象", "a JSON object is needed")
    unknown = sorted(set(data) - fields)
    if unknown:
        known = ", ".join(sorted(fields))
        zh = f"不认识的字段“{unknown[0]}”，可用：{known}"
        raise wrong(place, zh, f"unknown field {unknown[0]!r}; there are {known}")
    return data


def text_of(values: Mapping[str, Any], name: str, place: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise wrong(f"{place}.{name}", "须是非空文字", "must be text that is not empty")
    return value


def number_of(values: Mapping[str, Any], name: str, place: str, *, least: float, most: float) -> float:
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        zh, en = f"须是 {least:g} 到 {most:g} 的数", f"must be a number from {least:g} to {most:g}"
        raise wrong(f"{place}.{name}", zh, en)
    return float(value)


def length_of(values: Mapping[str, Any], name: str, place: str) -> timedelta:
    try:
        return parse_duration(str(values.get(name, "PT0S")))
    except NotADuration:
        raise wrong(
            f"{place}.{name}", "须写成 ISO 8601 时长，如 PT5M", "must be a length as ISO 8601 writes it, such as PT5M"
        ) from None
