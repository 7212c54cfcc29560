"""Read from a world file what may be otherwise on the day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from youbei.engine.resources import World
from youbei.engine.simulation.world_fields import (
    fields_of,
    length_of,
    names_of,
    number_of,
    point_of,
    rows_of,
    share_of,
    text_of,
    wrong,
)
from youbei.engine.troubles import Closure, Failure, OffHours, Shift, Troubles, Unreachable

FIELDS = frozenset({"hour", "month", "night", "holiday", "off_road", "unreachable", "closures", "failures", "shifts"})
NIGHT_FIELDS = frozenset({"from", "until", "slower", "strength"})
HOLIDAY_FIELDS = frozenset({"share", "slower", "strength"})
OFF_ROAD_FIELDS = frozenset({"probability", "teams"})
UNREACHABLE_FIELDS = frozenset({"post", "probability", "deputy_after", "alone_after"})
CLOSURE_FIELDS = frozenset({"id", "label", "lat", "lon", "radius_m", "probability", "factor"})
FAILURE_FIELDS = frozenset({"id", "label", "resources", "probability"})
SHIFT_FIELDS = frozenset({"teams", "from", "until"})
# What happened in a replication is one bit each of a whole number, beside the night and the day off.
MOST_HAPPENINGS = 60

Row = TypeVar("Row", Unreachable, Closure, Failure, Shift)


def troubles_of(data: object, world: World, known: frozenset[str]) -> Troubles:
    """Make troubles of JSON values; `known` are the ids of all that may be missing."""
    values = fields_of(data, FIELDS, "troubles")
    night = fields_of(values.get("night", {}), NIGHT_FIELDS, "troubles.night")
    holiday = fields_of(values.get("holiday", {}), HOLIDAY_FIELDS, "troubles.holiday")
    off_road = fields_of(values.get("off_road", {}), OFF_ROAD_FIELDS, "troubles.off_road")
    usual, teams = Troubles(), frozenset(team.id for team in world.teams)
    troubles = Troubles(
        hour=hour_of(values, "hour", "troubles") if values.get("hour") is not None else None,
        month=month_of(values) if values.get("month") is not None else None,
        night=off_hours(night, "troubles.night"),
        night_from=hour_of({"from": usual.night_from, **night}, "from", "troubles.night"),
        night_until=hour_of({"until": usual.night_until, **night}, "until", "troubles.night"),
        holiday=off_hours(holiday, "troubles.holiday"),
        holiday_share=share_of(holiday, "share", "troubles.holiday", 0.0),
        off_road=share_of(off_road, "probability", "troubles.off_road", 0.0),
        off_road_of=off_road_of(off_road, teams),
        unreachable=each(values, "unreachable", unreachable_of),
        closures=each(values, "closures", closure_of),
        failures=each(values, "failures", lambda data, place: failure_of(data, place, world, known)),
        shifts=each(values, "shifts", lambda data, place: shift_of(data, place, teams)),
    )
    demand_once(troubles)
    return troubles


def each(values: Mapping[str, Any], name: str, make: Callable[[object, str], Row]) -> tuple[Row, ...]:
    return tuple(make(row, f"troubles.{name}[{number}]") for number, row in enumerate(rows_of(values, name)))


def hour_of(values: Mapping[str, Any], name: str, place: str) -> float:
    return number_of(values, name, place, least=0.0, most=24.0)


def month_of(values: Mapping[str, Any]) -> int:
    month = number_of(values, "month", "troubles", least=1.0, most=12.0)
    if not month.is_integer():
        raise wrong("troubles.month", "须是 1 到 12 的整数", "must be a whole number from 1 to 12")
    return int(month)


def off_hours(values: Mapping[str, Any], place: str) -> OffHours:
    known = {"slower": 1.0, **values}
    slower = number_of(known, "slower", place, least=0.1, most=100.0)
    return OffHours(slower, share_of(values, "strength", place, 1.0))


def off_road_of(values: Mapping[str, Any], teams: frozenset[str]) -> Mapping[str, float]:
    own = values.get("teams", {})
    if not isinstance(own, dict):
        raise wrong("troubles.off_road.teams", '须是对象，如 {"fire-1": 0.2}', 'must be an object, as {"fire-1": 0.2}')
    names_of({"teams": list(own)}, "teams", "troubles.off_road", teams) if own else None
    return {team: share_of(own, team, "troubles.off_road.teams") for team in own}


def unreachable_of(data: object, place: str) -> Unreachable:
    values = fields_of(data, UNREACHABLE_FIELDS, place)
    return Unreachable(
        post=text_of(values, "post", place),
        probability=share_of(values, "probability", place),
        deputy_after=length_of(values, "deputy_after", place),
        alone_after=length_of({"alone_after": values.get("deputy_after", "PT0S"), **values}, "alone_after", place),
    )


def closure_of(data: object, place: str) -> Closure:
    values = fields_of(data, CLOSURE_FIELDS, place)
    name, factor = text_of(values, "id", place), values.get("factor")
    return Closure(
        id=name,
        label=str(values.get("label", name)),
        centre=point_of(values, place),
        radius_m=number_of(values, "radius_m", place, least=1.0, most=1e6),
        probability=share_of(values, "probability", place),
        factor=None if factor is None else number_of(values, "factor", place, least=1.0, most=1000.0),
    )


def failure_of(data: object, place: str, world: World, known: frozenset[str]) -> Failure:
    """Make a failure; naming a production line names all that it makes."""
    values = fields_of(data, FAILURE_FIELDS, place)
    name, resources = text_of(values, "id", place), names_of(values, "resources", place, known)
    made = (lot.id for lot in world.stock if lot.id.partition("#")[0] in resources)
    return Failure(
        id=name,
        label=str(values.get("label", name)),
        resources=resources | frozenset(made),
        probability=share_of(values, "probability", place),
    )


def shift_of(data: object, place: str, teams: frozenset[str]) -> Shift:
    values = fields_of(data, SHIFT_FIELDS, place)
    return Shift(
        teams=names_of(values, "teams", place, teams),
        start=hour_of(values, "from", place),
        end=hour_of(values, "until", place),
    )


def demand_once(troubles: Troubles) -> None:
    """Refuse two troubles of one name, and more than can be told apart."""
    names = troubles.conditions
    twice = next((name for name in names if names.count(name) > 1), None) if len(names) <= MOST_HAPPENINGS else None
    if twice is not None:
        raise wrong("troubles", f"“{twice}”出现两次", f"{twice!r} stands there twice")
    if len(names) > MOST_HAPPENINGS:
        most = MOST_HAPPENINGS - 2
        raise wrong(
            "troubles",
            f"封闭、失效和联系不上合计至多 {most} 项",
            f"at most {most} closures, failures and posts out of reach in all",
        )
