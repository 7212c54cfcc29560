"""What lies in a box on the map, out of registers of any size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from youbei.engine.errors import Refused
from youbei.records.models.scope import SORTED_QUICKLY, STRIPES, ScopedQuerySet, Stripe

# A box that is higher than so many stripes (ten degrees) holds most of what there is.
MOST_STRIPES = 200
SIDES, WITH_HEIGHTS = 4, 6


@dataclass(frozen=True, slots=True)
class Box:
    """Lie between parallels and meridians, in degrees of WGS 84; a `west` east of `east` crosses the date line."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, lat: float, lon: float) -> bool:
        """Say whether a place lies in it or on its edge."""
        between = self.west <= lon <= self.east
        if self.west > self.east:
            between = lon >= self.west or lon <= self.east
        return self.south <= lat <= self.north and between

    @property
    def middle(self) -> tuple[float, float]:
        """Return latitude and longitude of the middle."""
        wide = (self.east - self.west) % 360 if self.west > self.east else self.east - self.west
        return (self.south + self.north) / 2, (self.west + wide / 2 + 180) % 360 - 180


EARTH = Box(-90, -180, 90, 180)


class BoxRefused(Refused):
    """Refuse a box that is none."""

    status = 400


def box_from(text: str) -> Box:
    """Read `west,south,east,north` in degrees, as GeoJSON and OGC write it; six numbers have heights, passed over.

    Nothing at all is the whole earth.
    """
    if not text.strip():
        return EARTH
    try:
        numbers = [float(one) for one in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == WITH_HEIGHTS:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != SIDES or not all(math.isfinite(one) for one in numbers):
        raise BoxRefused(
            zh="bbox 应为四个数：西,南,东,北（度），以英文逗号分隔，例如 116.1,39.7,116.7,40.1。",
            en="bbox takes four numbers, west,south,east,north in degrees, for example 116.1,39.7,116.7,40.1.",
        )
    west, south, east, north = numbers
    if not (-90 <= south <= north <= 90 and -180 <= west <= 180 and -180 <= east <= 180):
        raise BoxRefused(
            zh="bbox 超出范围：纬度在 -90 与 90 之间且南不大于北，经度在 -180 与 180 之间。",
            en="The bbox is out of range: latitudes lie between -90 and 90, the south not above the north, longitudes "
            "between -180 and 180.",
        )
    return Box(south, west, north, east)


def in_box(rows: ScopedQuerySet[Any], paths: list[str], box: Box) -> QuerySet[Any]:
    """Keep what is in use under these paths and lies in the box or on its edge, in no order.

    Of a large subtree the index of places finds it (`placed_by`), of a small one that of the tree.
    """
    between = Q(lon__gte=box.west) & Q(lon__lte=box.east)
    if box.west > box.east:
        between = Q(lon__gte=box.west) | Q(lon__lte=box.east)
    first, last = math.floor(box.south * STRIPES), math.ceil(box.north * STRIPES)
    few = rows.order_by().under_any(paths, "under").values("pk")
    is_large = last - first <= MOST_STRIPES and few[SORTED_QUICKLY : SORTED_QUICKLY + 1].exists()
    inside = rows.order_by().under_any(paths, "under_by_walking" if is_large else "under")
    # Said outright: SQLite looks for it word by word before it takes the index.
    inside = inside.filter(between, retired_at__isnull=True, lat__isnull=False, lat__gte=box.south, lat__lte=box.north)
    if not is_large:
        return inside
    return inside.alias(stripe=Stripe("lat")).filter(stripe__in=[float(one) for one in range(first, last + 1)])
