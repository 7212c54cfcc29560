"""How many of a register the units in a part of the map have, where its records would be too many to show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from youbei.engine.boxes import middle_of
from youbei.engine.cells import Box
from youbei.engine.places import Point, distance_m
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import Organisation, User
from youbei.records.registers.filters import Filters
from youbei.records.registers.keeping import NotCountedYet
from youbei.records.registers.statistics import AREA, Counting, dimensions_of
from youbei.records.registers.subtrees import outermost

# With so many units in it a box is divided finely enough; a step down the tree looks below the nearest few.
ENOUGH, NEAREST = 4, 4
# Assumption: from a province to a township there are no more steps than these.
DEEPEST = 6
MOST_BELOW = 400


@dataclass(frozen=True, slots=True)
class Heap:
    """A unit on the map with the number of records of a layer in its subtree; `query` narrows the list to them."""

    layer: str
    register: str
    unit: str
    name: Text
    lat: float
    lon: float
    number: int
    query: dict[str, str]


def heaps_in(layer: str, register: Register, user: User, boxes: tuple[Box, ...], now: datetime) -> list[Heap]:
    """Return the units in a box with how many they have; none where no unit has a place, or nothing is counted yet."""
    area = next(one for one in dimensions_of(register) if one.name == AREA)
    found: dict[str, Heap] = {}
    for unit in parents_in(user.paths_with(register.see), boxes):
        counting = Counting(register, user, Filters(unit=unit.code), now, may_wait=True)
        try:
            pivot = counting.pivot(area, None)
        except NotCountedYet:
            return []
        for bucket in pivot.rows:
            if bucket.point is None or not any(box.holds(*bucket.point) for box in boxes):
                continue
            query = dict(bucket.query)
            name = bucket.title if bucket.key else Text(unit.name_zh, unit.name_en)
            number = int(pivot.row_totals[bucket.key])
            found[str(query)] = Heap(layer, register.name, query.get("unit", ""), name, *bucket.point, number, query)
    return list(found.values())


def parents_in(paths: list[str], boxes: tuple[Box, ...]) -> list[Organisation]:
    """Return the units whose children divide a box: from the top of what may be seen, down towards its middle."""
    units = Organisation.objects.order_by("path")
    tops = units.filter(parent=None) if "/" in paths else units.filter(path__in=outermost(paths))
    parents = nearest(tops[:MOST_BELOW], boxes)
    for _ in range(DEEPEST):
        below = Organisation.objects.filter(
            parent__in=[unit.pk for unit in parents], retired_at__isnull=True, lat__isnull=False, lon__isnull=False
        )
        children = list(below.order_by("path")[:MOST_BELOW])
        inside = [unit for unit in children if any(box.holds(unit.lat or 0, unit.lon or 0) for box in boxes)]
        near = nearest(children, boxes)
        if len(inside) >= ENOUGH or not Organisation.objects.filter(parent__in=[unit.pk for unit in near]).exists():
            break
        parents = near
    return parents


def nearest(units: Iterable[Organisation], boxes: tuple[Box, ...]) -> list[Organisation]:
    """Return the few units nearest to the middle of a box; those without a place come last."""
    middle = Point(*middle_of(boxes))

    def far(unit: Organisation) -> float:
        if unit.lat is None or unit.lon is None:
            return float("inf")
        return distance_m(middle, Point(unit.lat, unit.lon))

    return sorted(units, key=far)[:NEAREST]
