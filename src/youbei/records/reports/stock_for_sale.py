"""What the market and production lines can supply of items: offer by offer, or where there are many added up.

Offers of one price and delay are one supply, and so are lines that are alike in all that their curve is made of: at
every hour there is as much of them together, and the cheapest way to buy costs the same. A supply that is made of
several has no label.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, Min, Q, Sum

from youbei.engine.stock.capacity import Curve, curve_of, lump
from youbei.engine.stock.capacity import Line as ProductionLine
from youbei.engine.stock.requirement import Reserve, Supply
from youbei.records.models import CapacityLine, MarketOffer

PERCENT = 100
# Assumption: so many offers of all items together are named one by one; of more the database adds up those that agree.
FEW = 1000
# What the supply of a production line is made of.
SHAPE = ("switch_over_h", "first_rate", "ramp_up_h", "full_rate", "raw_material", "resupply_rate", "share")


@dataclass(frozen=True, slots=True)
class LineFigures:
    """The figures of a production line, as the register has them (`share` in percent)."""

    switch_over_h: Decimal
    first_rate: Decimal
    ramp_up_h: Decimal
    full_rate: Decimal
    raw_material: Decimal | None
    resupply_rate: Decimal | None
    share: Decimal


def on_the_market(paths: list[str], codes: list[str], today: date) -> list[Supply]:
    """Return what is for sale under these paths on a day."""
    rows = for_sale(MarketOffer.objects.under_any(paths, "under"), codes, today)
    if not are_many(rows):
        return [
            Supply(row.item.code, Reserve.MARKET, lump(row.quantity, row.delay_h), row.code, row.unit_price)
            for row in rows.select_related("item")
        ]
    alike = rows.order_by().values("item__code", "delay_h", "unit_price")
    return [
        Supply(one["item__code"], Reserve.MARKET, lump(one["all"], one["delay_h"]), label(one), one["unit_price"])
        for one in alike.annotate(all=Sum("quantity"), count=Count("pk"), first=Min("code"))
    ]


def in_production(paths: list[str], codes: list[str], today: date) -> list[Supply]:
    """Return what lines of production under these paths make."""
    rows = for_sale(CapacityLine.objects.under_any(paths, "under"), codes, today)
    if not are_many(rows):
        return [
            Supply(row.item.code, Reserve.CAPACITY, curve_from(row), row.code, row.unit_price)
            for row in rows.select_related("item")
        ]
    alike = rows.order_by().values("item__code", "unit_price", *SHAPE)
    return [
        Supply(one["item__code"], Reserve.CAPACITY, curve_of_several(one), label(one), one["unit_price"])
        for one in alike.annotate(count=Count("pk"), first=Min("code"))
    ]


def for_sale(rows: Any, codes: list[str], today: date) -> Any:
    return rows.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=today), item__code__in=codes, retired_at__isnull=True
    )


def are_many(rows: Any) -> bool:
    return bool(rows.order_by().values("pk")[FEW : FEW + 1].exists())


def label(one: Mapping[str, Any]) -> str:
    return str(one["first"]) if one["count"] == 1 else ""


def curve_of_several(one: Mapping[str, Any]) -> Curve:
    return curve_from(LineFigures(**{name: one[name] for name in SHAPE}), count=one["count"])


def curve_from(row: CapacityLine | LineFigures, *, count: int = 1) -> Curve:
    """Return the supply of so many production lines as this one is registered."""
    return curve_of(
        ProductionLine(
            switch_over_h=row.switch_over_h,
            first_rate=row.first_rate * count,
            ramp_up_h=row.ramp_up_h,
            full_rate=row.full_rate * count,
            raw_material=None if row.raw_material is None else row.raw_material * count,
            resupply_rate=(row.resupply_rate or 0) * count,
            share=Fraction(row.share) / PERCENT,
        )
    )
