"""Lots near the places where an item is needed, and the agreements under which others help."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from youbei.engine.access import Permission
from youbei.engine.places import Point
from youbei.engine.stock.fefo import USABLE
from youbei.engine.text import Text
from youbei.records.models import Agreement, Assignment, Item, Run, StockLot, User
from youbei.records.models.scope import path_condition
from youbei.records.nearby import looked_to, nearest
from youbei.records.reports.names import name_of

LOTS_LOOKED_AT = 100
EXPIRED_LOOKED_AT = 10
GRAMS_OF_A_KG = 1000
CM3_OF_A_M3, LITRES_OF_A_M3 = 1_000_000, 1000


@dataclass(frozen=True, slots=True)
class Lot:
    """So many free whole pieces in a store; `agreement` is the key of the agreement by which it is had, if any.

    `grams_each` and `cm3_each` are None where nobody has entered what a piece weighs, or how large it is.
    """

    pk: int
    code: str
    item: str
    name: Text
    at: Point
    free: int
    expires_on: date | None
    org_pk: int
    org_path: str
    org_name: Text
    agreement: int | None
    site: int
    grams_each: int | None
    cm3_each: int | None = None


@dataclass(frozen=True, slots=True)
class Lots:
    """`is_cut`: more lie farther away and were not looked at. `edges`: item and place -> how far was looked."""

    lots: tuple[Lot, ...] = ()
    is_cut: bool = False
    edges: Mapping[tuple[str, Point], float] = field(default_factory=dict)


def lots(
    wanted: Mapping[str, Iterable[Point | None]],
    *,
    paths: list[str],
    today: date,
    exercise: int | None = None,
    looked_at: int = LOTS_LOOKED_AT,
) -> Lots:
    """Return the lots of the wanted items (code -> places) under these paths that hold at least one whole piece."""
    ids: dict[int, None] = {}
    edges: dict[tuple[str, Point], float] = {}
    for code, places in wanted.items():
        fit = StockLot.objects.filter(
            item__code=code, quantity__gt=F("reserved"), condition__in=USABLE, retired_at=None
        )
        rows = under(fit, paths)
        usable = rows.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today))
        for place in dict.fromkeys(places):
            found = nearest(usable, place, looked_at + 1)
            past = nearest(rows.filter(expires_on__lt=today), place, EXPIRED_LOOKED_AT)
            if len(found) > looked_at and place is not None:
                edges[code, place] = looked_to(place, Point(found[-1].lat, found[-1].lon))
            ids.update(dict.fromkeys(row.pk for row in (*found[:looked_at], *past)))
    taken = taken_in(exercise)
    read = StockLot.objects.filter(pk__in=list(ids)).select_related("site", "item", "organisation").order_by("pk")
    rows_read = (lot_of(row, taken.get(row.pk, Decimal(0))) for row in read)
    return Lots(tuple(lot for lot in rows_read if lot.free > 0), bool(edges), edges)


def under(rows: QuerySet[StockLot], paths: list[str]) -> QuerySet[StockLot]:
    if not paths:
        return rows.none()
    return rows if "/" in paths else rows.filter(path_condition(paths, "org_path__under_by_walking"))


def taken_in(exercise: int | None) -> dict[int, Decimal]:
    """Return what an exercise holds of lots: the registers do not know of it."""
    if exercise is None:
        return {}
    rows = Assignment.objects.filter(run__incident_id=exercise, run__mode=Run.Mode.EXERCISE, released_at=None)
    sums = rows.filter(lot__isnull=False).order_by().values_list("lot_id").annotate(Sum("quantity"))
    return {lot: Decimal(str(quantity)) for lot, quantity in sums}


def lot_of(row: StockLot, taken: Decimal) -> Lot:
    return Lot(
        pk=row.pk,
        code=row.code,
        item=row.item.code,
        name=name_of(row.site),
        at=Point(row.lat, row.lon),
        free=math.floor(row.quantity - row.reserved - taken),
        expires_on=row.expires_on,
        org_pk=row.organisation_id,
        org_path=row.org_path,
        org_name=name_of(row.organisation),
        agreement=row.agreement_id,
        site=row.site_id,
        grams_each=grams_of(row.item),
        cm3_each=cm3_of(row.item),
    )


def grams_of(item: Item) -> int | None:
    """Return what a piece of an item weighs, rounded up; None where it is not known."""
    return math.ceil(item.weight_kg * GRAMS_OF_A_KG) if item.weight_kg else None


def cm3_of(item: Item) -> int | None:
    """Return how many cubic centimetres a piece of an item takes, rounded up; None where it is not known."""
    return math.ceil(item.volume_m3 * CM3_OF_A_M3) if item.volume_m3 else None


@dataclass(frozen=True, slots=True)
class Aid:
    """What a partner promised: to be asked `delay_min` ahead, at `price`, from one day to another, both included."""

    pk: int
    code: str
    name: Text
    partner: Text
    partner_path: str
    delay_min: Decimal
    price: Decimal
    valid_from: date | None
    valid_until: date | None

    def is_valid(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on <= self.valid_until
        )


def aids(user: User, paths: Iterable[str]) -> tuple[Aid, ...]:
    """Return the agreements that a user sees, and those of the organisations at or above these paths."""
    own = user.paths_with(Permission.SEE)
    above = {path[: at + 1] for path in paths for at, letter in enumerate(path) if letter == "/" and at}
    rows: QuerySet[Agreement] = Agreement.objects.filter(retired_at=None, partner__isnull=False)
    if "/" not in own:
        condition = Q(org_path__in=above)
        rows = rows.filter(condition | path_condition(own, "org_path__under") if own else condition)
    found = rows.select_related("partner").order_by("pk")
    return tuple(aid_of(row, row.partner) for row in found)


def aid_of(row: Agreement, partner: Any) -> Aid:
    return Aid(
        pk=row.pk,
        code=row.code,
        name=name_of(row),
        partner=name_of(partner),
        partner_path=partner.path,
        delay_min=row.response_min or Decimal(0),
        price=row.price or Decimal(0),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )
