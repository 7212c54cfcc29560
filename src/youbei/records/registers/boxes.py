"""What lies in a box on the map, out of registers of any size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from youbei.records.models.scope import SORTED_QUICKLY, STRIPES, ScopedQuerySet, Stripe

# A box that is higher than so many stripes (ten degrees) holds most of what there is.
MOST_STRIPES = 200


@dataclass(frozen=True, slots=True)
class Box:
    """Lie between parallels and meridians, in degrees of WGS 84; a `west` east of `east` crosses the date line."""

    south: float
    west: float
    north: float
    east: float

    @property
    def middle(self) -> tuple[float, float]:
        """Return latitude and longitude of the middle."""
        wide = (self.east - self.west) % 360 if self.west > self.east else self.east - self.west
        return (self.south + self.north) / 2, (self.west + wide / 2 + 180) % 360 - 180


def in_box(rows: ScopedQuerySet[Any], paths: list[str], box: Box) -> QuerySet[Any]:
    """Keep what is in use under these paths and lies in the box or on its edge, in no order.

    Of a large subtree the index of places finds it (`placed_by`), of a small one that of the tree.
    """
    between = Q(lon__gte=box.west) & Q(lon__lte=box.east)
    if box.west > box.east:
        between = Q(lon__gte=box.west) | Q(lon__lte=box.east)
    few = rows.order_by().under_any(paths, "under").values("pk")
    is_large = few[SORTED_QUICKLY : SORTED_QUICKLY + 1].exists()
    inside = rows.order_by().under_any(paths, "under_by_walking" if is_large else "under")
    # Said outright: SQLite looks for it word by word before it takes the index.
    inside = inside.filter(between, retired_at__isnull=True, lat__isnull=False, lat__gte=box.south, lat__lte=box.north)
    first, last = math.floor(box.south * STRIPES), math.ceil(box.north * STRIPES)
    if not is_large or last - first > MOST_STRIPES:
        return inside
    return inside.alias(stripe=Stripe("lat")).filter(stripe__in=[float(one) for one in range(first, last + 1)])
