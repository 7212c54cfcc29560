"""Read from a world file what goes on every day, and what production lines make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any

from youbei.engine.demand import Demand, Stream
from youbei.engine.places import Point
from youbei.engine.resources import Stock, World
from youbei.engine.simulation.world_fields import (
    fields_of,
    length_of,
    number_of,
    point_of,
    rows_of,
    share_of,
    text_of,
    wrong,
)
from youbei.engine.stock.capacity import Curve, Line, curve_of

FIELDS = frozenset({"streams", "handling", "within", "warm_up", "lasts"})
STREAM_FIELDS = frozenset(
    {"kind", "place", "lat", "lon", "capability", "count", "per_day", "on_scene", "spread", "hours", "months"}
)
LINE_FIELDS = frozenset(
    {"id", "label", "item", "lat", "lon", "switch_over", "ramp_up", "first_rate", "full_rate", "raw_material"}
    | {"resupply_rate", "share"}
)
MOST_STREAMS = 20_000
MOST_COUNT = 50
LONGEST = timedelta(days=7)
# What a line makes is fetched every six hours, for three days. Assumption: a lorry load now and then, and no response
# that hangs on a production line is over sooner or planned further ahead.
FETCHED, FETCHED_FOR = timedelta(hours=6), timedelta(days=3)


def demand_of(data: object, world: World) -> Demand:
    """Make the demand of JSON values."""
    values = fields_of(data, FIELDS, "demand")
    rows = rows_of(values, "streams")
    if len(rows) > MOST_STREAMS:
        raise wrong("demand.streams", f"至多 {MOST_STREAMS:,} 项", f"there may be at most {MOST_STREAMS:,}")
    usual = Demand(())
    streams = tuple(stream_of(row, f"demand.streams[{number}]") for number, row in enumerate(rows))
    names = [stream.id for stream in streams]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise wrong("demand.streams", f"“{twice}”出现两次", f"{twice!r} stands there twice")
    return Demand(
        streams=streams,
        handling=limited(values, "handling", usual.handling),
        within=limited(values, "within", usual.within),
        warm_up=limited(values, "warm_up", usual.warm_up),
        lasts=limited(values, "lasts", usual.lasts),
    )


def limited(values: Mapping[str, Any], name: str, usual: timedelta) -> timedelta:
    if name not in values:
        return usual
    found = length_of(values, name, "demand")
    if not timedelta(0) <= found <= LONGEST:
        raise wrong(f"demand.{name}", "须在零到七天之间", "must be from nothing to seven days")
    return found


def stream_of(data: object, place: str) -> Stream:
    values = fields_of(data, STREAM_FIELDS, place)
    count = values.get("count", 1)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_COUNT:
        raise wrong(
            f"{place}.count", f"须是 1 到 {MOST_COUNT} 的整数", f"must be a whole number from 1 to {MOST_COUNT}"
        )
    return Stream(
        kind=text_of(values, "kind", place),
        place=text_of(values, "place", place),
        point=point_of(values, place),
        capability=text_of(values, "capability", place),
        per_day=number_of(values, "per_day", place, least=1e-6, most=1e5),
        on_scene=length_of(values, "on_scene", place),
        count=count,
        spread=number_of({"spread": 1.0, **values}, "spread", place, least=1.0, most=10.0),
        hours=weights_of(values, "hours", place, 24),
        months=weights_of(values, "months", place, 12),
    )


def weights_of(values: Mapping[str, Any], name: str, place: str, count: int) -> tuple[float, ...]:
    """Return weights whose mean is 1."""
    found = values.get(name, [1] * count)
    if not isinstance(found, list) or len(found) != count:
        raise wrong(f"{place}.{name}", f"须列出 {count} 个数", f"must list {count} numbers")
    weights = [
        number_of({str(which): one}, str(which), f"{place}.{name}", least=0.0, most=1e6)
        for which, one in enumerate(found)
    ]
    if not any(weights):
        raise wrong(f"{place}.{name}", "不能全为零", "must not be all zero")
    return tuple(one * count / sum(weights) for one in weights)


def capacity_of(values: Mapping[str, Any]) -> Iterator[Stock]:
    """Yield what the production lines of a file make, load by load."""
    for number, row in enumerate(rows_of(values, "capacity")):
        place = f"capacity[{number}]"
        yield from loads_of(fields_of(row, LINE_FIELDS, place), place)


def loads_of(values: Mapping[str, Any], place: str) -> Iterator[Stock]:
    name = text_of(values, "id", place)
    if "#" in name:
        raise wrong(f"{place}.id", "不能含“#”", "must not hold a #")
    known = {"raw_material": None, "resupply_rate": 0.0, "first_rate": values.get("full_rate"), **values}
    first, full, resupply = (
        number_of(known, one, place, least=0.0, most=1e12) for one in ("first_rate", "full_rate", "resupply_rate")
    )
    raw = known["raw_material"]
    line = Line(
        switch_over_h=hours(length_of(values, "switch_over", place)),
        first_rate=Fraction(first),
        ramp_up_h=hours(length_of(values, "ramp_up", place)),
        full_rate=Fraction(full),
        raw_material=None if raw is None else Fraction(number_of(known, "raw_material", place, least=0.0, most=1e12)),
        resupply_rate=Fraction(resupply),
        share=Fraction(share_of(values, "share", place, 1.0)),
    )
    item, base, label = text_of(values, "item", place), point_of(values, place), str(values.get("label", name))
    yield from loads_by(name, label, item, base, curve_of(line))


def hours(length: timedelta) -> Fraction:
    return Fraction(length // timedelta(microseconds=1), 3_600_000_000)


def loads_by(
    name: str, label: str, item: str, base: Point, supply: Curve, *, taken: Fraction = Fraction(0)
) -> Iterator[Stock]:
    """Yield what a line makes as stock: each load can leave once it is made, counted from the call.

    taken: what others have ordered of it already, and get first.
    """
    made = taken
    for number in range(1, FETCHED_FOR // FETCHED + 1):
        lead = number * FETCHED
        by_then = supply.at(hours(lead))
        if by_then > made:
            yield Stock(f"{name}#{number}", item, float(by_then - made), base, lead, label)
            made = by_then
