"""How much of which item lies near a place, free to be given out today."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from youbei.engine.places import EARTH_RADIUS_M, Point, distance_m
from youbei.records.models import Item, StockLot
from youbei.records.reports.stock_gap import free, usable


def free_near(
    paths: list[str], items: Sequence[str], *, today: date, near: Point | None, km: Decimal
) -> dict[str, Decimal]:
    """Add up what is free of each item under these paths, within so many kilometres of a place or anywhere."""
    known = dict(Item.objects.filter(code__in=items).values_list("pk", "code"))
    if not known:
        return {}
    lookup = "under" if near is None else "under_by_walking"
    lots = usable(StockLot.objects.under_any(paths, lookup), today).filter(item__in=list(known)).order_by()
    if near is None:
        sums = lots.values_list("item").annotate(Sum("quantity"), Sum("reserved"))
        return {known[item]: free(quantity, reserved) for item, quantity, reserved in sums}
    reach = math.degrees(float(km) * 1000 / EARTH_RADIUS_M)
    wide = reach / max(math.cos(math.radians(near.lat)), 0.01)
    lots = lots.filter(lat__range=(near.lat - reach, near.lat + reach), lon__range=(near.lon - wide, near.lon + wide))
    found: dict[str, Decimal] = {}
    for item, lat, lon, quantity, reserved in lots.values_list("item", "lat", "lon", "quantity", "reserved"):
        if distance_m(near, Point(lat, lon)) <= float(km) * 1000:
            found[known[item]] = found.get(known[item], Decimal(0)) + quantity - reserved
    return found
