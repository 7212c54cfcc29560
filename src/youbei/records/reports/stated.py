"""Quantities that were stated for lots and wait for a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from youbei.records.models import StatedQuantity, StockLot, User
from youbei.records.pages import Page, keyset_page


@dataclass(frozen=True, slots=True)
class Waiting:
    """A statement and its lot as it stands: confirmed now, the lot would go from its quantity to `to`.

    `number` is that of the import it came with, 0 for none. `has_moved`: something came or went since.
    """

    statement: StatedQuantity
    lot: StockLot
    to: Decimal
    number: int

    @property
    def has_moved(self) -> bool:
        return self.lot.quantity != self.statement.stood

    @property
    def difference(self) -> Decimal:
        return self.statement.stated - self.statement.stood


def waiting_page(user: User, *, number: int = 0, cursor: str | None = None, size: int = 50) -> Page[Waiting]:
    """Return what waits under one's eyes, the newest first; with `number` what came with that import."""
    rows = StatedQuantity.objects.visible_to(user)
    return keyset_page(narrowed(rows, number), order=("-id",), cursor=cursor, size=size, read=seen)


def first_waiting(user: User, *, limit: int) -> list[Waiting]:
    """Return the newest that wait."""
    rows = narrowed(StatedQuantity.objects.visible_to(user), 0)
    return seen(list(rows.order_by("-id")[:limit]))


def waiting_of(lot: int) -> list[Waiting]:
    """Return what waits for one lot."""
    return seen(list(narrowed(StatedQuantity.objects.filter(lot=lot), 0).order_by("-id")))


def narrowed(rows: QuerySet[StatedQuantity], number: int) -> QuerySet[StatedQuantity]:
    """Keep what waits for lots that are in use; one that is out of use holds nothing to decide on."""
    found = rows.filter(state=StatedQuantity.State.WAITING, lot__retired_at__isnull=True)
    found = found.select_related("lot__item", "lot__site", "lot__organisation")
    return found.filter(source=f"import:{number}") if number else found


def seen(rows: Sequence[StatedQuantity]) -> list[Waiting]:
    return [Waiting(row, row.lot, row.lot.quantity + row.stated - row.stood, import_of(row)) for row in rows]


def import_of(row: StatedQuantity) -> int:
    kind, _, number = row.source.partition(":")
    return int(number) if kind == "import" and number.isdigit() else 0
