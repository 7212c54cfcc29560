"""Who near a store can use up what it must rotate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from youbei import content
from youbei.engine.places import Point, distance_m
from youbei.engine.stock.consumers import Consumer, SharedOut, share_out, use_of
from youbei.engine.stock.rotation import Urgency
from youbei.records.models import Organisation, SchoolClass, StockLot
from youbei.records.reports.names import name_of
from youbei.records.reports.stock_due import RotationRow

# Consumers that are looked at. Assumption: more than can use what one county's stores rotate at a time.
LOOKED_AT = 400


@dataclass(frozen=True, slots=True)
class RotationProposal:
    """A lot to rotate, and to whom it would go; `shared` is None where it is too late, or nobody uses such a thing."""

    row: RotationRow
    shared: SharedOut | None

    @property
    def lot(self) -> StockLot:
        return self.row.lot


def with_consumers(paths: list[str], rows: Sequence[RotationRow], *, today: date) -> list[RotationProposal]:
    """Say for each lot to rotate who could use it: three queries, however many lots."""
    kinds = {kind for row in rows for kind in kinds_for(row.lot.item.code)}
    found = consumers(paths, sorted(kinds)) if kinds else []
    return [RotationProposal(row, shared_for(row, found, today)) for row in rows]


def proposal_of(paths: list[str], row: RotationRow, *, today: date) -> RotationProposal:
    return with_consumers(paths, [row], today=today)[0]


def kinds_for(item: str) -> frozenset[str]:
    use = use_of(item, content.uses())
    return use.kinds if use else frozenset()


def shared_for(row: RotationRow, found: Sequence[tuple[Organisation, int]], today: date) -> SharedOut | None:
    use = use_of(row.lot.item.code, content.uses())
    free = row.lot.quantity - row.lot.reserved
    if use is None or row.proposal.urgency is Urgency.EXPIRED or free <= 0:
        return None
    store = Point(row.lot.lat, row.lot.lon)
    usable = row.proposal.expires_on - today + timedelta(days=1)
    return share_out(free, use=use, consumers=[seen_from(store, one, people) for one, people in found], usable=usable)


def seen_from(store: Point, unit: Organisation, people: int) -> Consumer:
    far = math.inf if unit.lat is None or unit.lon is None else distance_m(store, Point(unit.lat, unit.lon))
    return Consumer(unit.code, name_of(unit), unit.kind, people, far)


def consumers(paths: list[str], kinds: Sequence[str]) -> list[tuple[Organisation, int]]:
    """Return organisations of these kinds with their heads: staff, and pupils of their classes."""
    rows = Organisation.objects.under_any(paths, "under").filter(kind__in=kinds, retired_at__isnull=True)
    units = list(rows.order_by("path")[:LOOKED_AT])
    classes = SchoolClass.objects.filter(organisation__in=units, retired_at__isnull=True).order_by()
    pupils = dict(classes.values_list("organisation").annotate(Sum("pupils")))
    return [(unit, (unit.employees or 0) + (pupils.get(unit.pk) or 0)) for unit in units]
