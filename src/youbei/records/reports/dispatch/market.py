"""What the market offers and production lines make of an item, as a dispatch sees it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Sum

from youbei.engine.places import Point
from youbei.engine.stock.capacity import HOURS_OF_A_DAY, Curve
from youbei.engine.stock.fefo import NOTHING
from youbei.engine.text import Text
from youbei.records.models import Assignment, CapacityLine, Item, MarketOffer, Run
from youbei.records.reports.names import name_of
from youbei.records.reports.stock_for_sale import curve_from
from youbei.records.reports.stock_offers import LONGEST_H, in_force, ordered_of

SECONDS_OF_AN_HOUR = 3600
CENTS = 100
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Bought:
    """An offer of the market (`kind` offer) or a production line: free whole pieces, and when they are ready.

    `at` None: it is delivered to wherever it is wanted within its time. `price` is cents for a piece, `rate_per_h` what
    a line makes of its promised share when it runs fully. `curve` is None for an offer, which is ready at once.
    """

    kind: str
    pk: int
    item: str
    supplier: Text
    org_name: Text
    at: Point | None
    free: int
    taken: Decimal
    start_h: Decimal
    rate_per_h: float
    price: int
    valid_until: date | None
    curve: Curve | None

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.pk}"

    def ready_s(self, quantity: int) -> int | None:
        """Return after how many seconds so many pieces are there, beyond what others have ordered; None: never."""
        hours = Fraction(self.start_h) if self.curve is None else self.curve.when(quantity + self.taken)
        return None if hours is None else math.ceil(hours * SECONDS_OF_AN_HOUR)


def market(items: Iterable[str], *, paths: list[str], today: date, exercise: int | None = None) -> tuple[Bought, ...]:
    """Return what can be bought or made of these items under these paths, less what is ordered of it already."""
    found: list[Bought] = []
    if not paths:
        return ()
    held = held_in(exercise)
    for item in Item.objects.filter(code__in=sorted(set(items))).order_by("pk"):
        offers = MarketOffer.objects.under_any(paths, "under")
        rows = list(in_force(offers, item, today).select_related("supplier", "organisation"))
        ordered = ordered_of("offer", [row.pk for row in rows])
        found += [offer_of(row, item, taken_of(row, "offer", ordered, held)) for row in rows]
        lines = CapacityLine.objects.under_any(paths, "under")
        rows = list(in_force(lines, item, today).select_related("producer", "organisation"))
        ordered = ordered_of("line", [row.pk for row in rows])
        found += [line_of(row, item, taken_of(row, "line", ordered, held)) for row in rows]
    return tuple(one for one in found if one.free > 0)


def one_of(kind: str, pk: int, *, today: date, exercise: int | None = None) -> Bought | None:
    """Return one offer or line as it stands now; None where there is none or it has ended."""
    model: Any = MarketOffer if kind == "offer" else CapacityLine
    row = model.objects.filter(pk=pk, retired_at=None).select_related("item", "organisation").first()
    if row is None or (row.valid_until is not None and row.valid_until < today):
        return None
    make = offer_of if kind == "offer" else line_of
    return make(row, row.item, taken_of(row, kind, ordered_of(kind, [pk]), held_in(exercise)))


def taken_of(row: Any, kind: str, ordered: Mapping[int, Decimal], held: Mapping[str, Decimal]) -> Decimal:
    return ordered.get(row.pk, NOTHING) + held.get(f"{kind}:{row.pk}", NOTHING)


def held_in(exercise: int | None) -> dict[str, Decimal]:
    """Return what an exercise holds of offers and lines: no order is made for it."""
    if exercise is None:
        return {}
    rows = Assignment.objects.filter(run__incident_id=exercise, run__mode=Run.Mode.EXERCISE, released_at=None)
    sums = rows.filter(team=None, lot=None).order_by().values_list("resource").annotate(Sum("quantity"))
    return {resource: Decimal(str(quantity)) for resource, quantity in sums}


def offer_of(row: MarketOffer, item: Item, taken: Decimal) -> Bought:
    supplier = name_of(row.supplier) if row.supplier is not None else Text(row.supplier_name, row.supplier_name)
    return bought("offer", row, item, supplier, taken, row.quantity - taken, row.delay_h, 0.0, None)


def line_of(row: CapacityLine, item: Item, taken: Decimal) -> Bought:
    curve = curve_from(row)
    free = Decimal(math.floor(curve.at(LONGEST_H))) - taken
    rate = float(row.full_rate * row.share / PERCENT / HOURS_OF_A_DAY)
    supplier = name_of(row.producer) if row.producer is not None else name_of(row)
    return bought("line", row, item, supplier, taken, free, row.switch_over_h, rate, curve)


def bought(
    kind: str,
    row: Any,
    item: Item,
    supplier: Text,
    taken: Decimal,
    free: Decimal,
    start_h: Decimal,
    rate_per_h: float,
    curve: Curve | None,
) -> Bought:
    return Bought(
        kind=kind,
        pk=row.pk,
        item=item.code,
        supplier=supplier or Text(row.code, row.code),
        org_name=name_of(row.organisation),
        at=None if row.lat is None or row.lon is None else Point(row.lat, row.lon),
        free=math.floor(free),
        taken=taken,
        start_h=start_h,
        rate_per_h=rate_per_h,
        price=int((row.unit_price or 0) * CENTS),
        valid_until=row.valid_until,
        curve=curve,
    )
