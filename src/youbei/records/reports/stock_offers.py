"""What can be had of an item, out of all reserves, as the engine proposes from it: lots, market offers, lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from youbei.engine.places import Point, distance_m
from youbei.engine.reach import Journeys
from youbei.engine.stock.fefo import NOTHING, USABLE, Shelf
from youbei.engine.stock.proposal import Offer, Terms
from youbei.engine.stock.requirement import Reserve, rounded
from youbei.engine.text import Text
from youbei.records.models import CapacityLine, Item, MarketOffer, Organisation, StockLot, StockOrder, StockOrderLine
from youbei.records.models.scope import path_condition
from youbei.records.nearby import nearest
from youbei.records.reports.stock_for_sale import curve_from
from youbei.records.reports.stock_gap import delay

# Lots that are looked at, the nearest or those that expire first; and hindered ones that are named with the reason.
LOOKED_AT = 400
NAMED = 20
# Assumption: what a line has not made within a week is no help to somebody who asks today.
LONGEST_H = Decimal(168)
SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Source:
    """An offer, and what it is in the registers: where it lies or who has it, and its record."""

    offer: Offer
    register: str
    pk: int
    place: Text
    shelf: str
    code: str
    org_path: str
    phone: str = ""

    @property
    def key(self) -> str:
        return self.offer.shelf.lot


def sources(paths: list[str], item: Item, *, near: Point | None, terms: Terms, ways: Journeys) -> list[Source]:
    """Return what can be had of an item under these paths, seen from a place if there is one."""
    if not paths:
        return []
    return [
        *lots_of(paths, item, near=near, terms=terms, ways=ways),
        *offers_of(paths, item, on=terms.on),
        *lines_of(paths, item, terms=terms),
    ]


def lots_of(paths: list[str], item: Item, *, near: Point | None, terms: Terms, ways: Journeys) -> list[Source]:
    rows = StockLot.objects.filter(item=item, retired_at=None, quantity__gt=0)
    if "/" not in paths:
        rows = rows.filter(path_condition(paths, "org_path__under_by_walking"))
    last = terms.on + terms.keeps_for
    fit = Q(condition__in=USABLE, quantity__gt=F("reserved")) & (Q(expires_on=None) | Q(expires_on__gte=last))
    found = nearest(rows.filter(fit), near, LOOKED_AT) if near else first_expired(rows.filter(fit), LOOKED_AT)
    found += first_expired(rows.exclude(fit), NAMED)
    return [source_of(lot, near, ways) for lot in joined([lot.pk for lot in found])]


def first_expired(rows: QuerySet[StockLot], limit: int) -> list[StockLot]:
    return list(rows.order_by(F("expires_on").asc(nulls_last=True), "pk")[:limit])


def joined(pks: Iterable[int]) -> QuerySet[StockLot]:
    return StockLot.objects.select_related("site", "agreement").filter(pk__in=list(pks)).order_by("pk")


def source_of(lot: StockLot, near: Point | None, ways: Journeys) -> Source:
    ready, distance = delay(lot.reserve, lot.agreement.response_min if lot.agreement else None), 0.0
    if near is not None:
        at = Point(lot.lat, lot.lon)
        travel, _ = ways(at, near)
        ready += Fraction(round(travel.total_seconds()), SECONDS)
        distance = distance_m(at, near)
    shelf = Shelf(
        lot=f"lot:{lot.pk}",
        free=lot.quantity - lot.reserved,
        expires_on=lot.expires_on,
        condition=lot.condition,
        received_on=lot.received_on,
        distance_m=distance,
        name=lot.code,
    )
    offer = Offer(shelf, Reserve(lot.reserve), ready, lot.unit_value)
    place = Text(lot.site.name_zh, lot.site.name_en or lot.site.name_zh)
    return Source(offer, "lot", lot.pk, place, lot.shelf, lot.code, lot.org_path)


def offers_of(paths: list[str], item: Item, *, on: date) -> list[Source]:
    """Return what the market has, less what was ordered of it already."""
    rows = in_force(MarketOffer.objects.under_any(paths, "under"), item, on).select_related("supplier")
    ordered = ordered_of("offer", [row.pk for row in rows])
    return [
        bought("offer", "market_offer", row, row.quantity - ordered.get(row.pk, NOTHING), Fraction(row.delay_h))
        for row in rows
    ]


def lines_of(paths: list[str], item: Item, *, terms: Terms) -> list[Source]:
    """Return what production lines make in time, less what was ordered of them already."""
    rows = in_force(CapacityLine.objects.under_any(paths, "under"), item, terms.on).select_related("producer")
    ordered = ordered_of("line", [row.pk for row in rows])
    found = []
    for row in rows:
        curve, taken = curve_from(row), ordered.get(row.pk, NOTHING)
        free = max(rounded(curve.at(terms.within_h or LONGEST_H)) - taken, NOTHING)
        ready = curve.when(min(free, terms.quantity) + taken) if free else None
        found.append(bought("line", "capacity_line", row, free, ready or Fraction(0)))
    return found


def in_force(rows: Any, item: Item, on: date) -> Any:
    return rows.filter(Q(valid_until=None) | Q(valid_until__gte=on), item=item, retired_at=None).order_by("pk")[:NAMED]


def ordered_of(column: str, pks: list[int]) -> dict[int, Decimal]:
    """Return how much open orders hold of offers or lines."""
    lines = StockOrderLine.objects.filter(**{f"{column}_id__in": pks}, order__state=StockOrder.State.RESERVED)
    return dict(lines.order_by().values_list(column).annotate(Sum("quantity")))


def bought(kind: str, register: str, row: Any, free: Decimal, ready_h: Fraction) -> Source:
    supplier: Organisation | None = row.producer if kind == "line" else row.supplier
    name = Text(row.name_zh, row.name_en or row.name_zh) if kind == "line" else Text(row.supplier_name)
    if supplier is not None:
        name = Text(supplier.name_zh, supplier.name_en or supplier.name_zh)
    reserve = Reserve.CAPACITY if kind == "line" else Reserve.MARKET
    offer = Offer(Shelf(f"{kind}:{row.pk}", free, name=row.code), reserve, ready_h, row.unit_price)
    return Source(offer, register, row.pk, name, "", row.code, row.org_path, row.phone)
