"""How much of which item lies near a place, free to be given out today."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from youbei.engine.places import EARTH_RADIUS_M, Point, distance_m
from youbei.records.models import StockLot
from youbei.records.reports.stock_gap import usable


def free_near(
    paths: list[str], items: Sequence[str], *, today: date, near: Point | None, km: Decimal
) -> dict[str, Decimal]:
    """Add up what is free of each item under these paths, within so many kilometres of a place or anywhere."""
    lots = usable(StockLot.objects.under_any(paths, "under"), today).filter(item__code__in=items)
    if near is not None:
        reach = math.degrees(float(km) * 1000 / EARTH_RADIUS_M)
        wide = reach / max(math.cos(math.radians(near.lat)), 0.01)
        lots = lots.filter(
            lat__range=(near.lat - reach, near.lat + reach), lon__range=(near.lon - wide, near.lon + wide)
        )
    found: dict[str, Decimal] = {}
    for code, lat, lon, quantity, reserved in lots.values_list("item__code", "lat", "lon", "quantity", "reserved"):
        if near is None or distance_m(near, Point(lat, lon)) <= float(km) * 1000:
            found[code] = found.get(code, Decimal(0)) + quantity - reserved
    return found
