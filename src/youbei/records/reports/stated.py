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


@dataclass(frozen=True, slots=True)
class Which:
    """Which statements are asked for: of one import (its number), of one store (the code of its site), before a key."""

    number: int = 0
    site: str = ""
    before: int = 0

    @property
    def is_all(self) -> bool:
        return not self.number and not self.site


ALL = Which()
COUNTED_TO = 10_000


def waiting_page(user: User, *, which: Which = ALL, cursor: str | None = None, size: int = 50) -> Page[Waiting]:
    """Return what waits under one's eyes, the newest first."""
    rows = StatedQuantity.objects.visible_to(user)
    return keyset_page(with_lots(narrowed(rows, which)), order=("-id",), cursor=cursor, size=size, read=seen)


def first_waiting(user: User, *, limit: int) -> list[Waiting]:
    """Return the newest that wait."""
    rows = with_lots(narrowed(StatedQuantity.objects.visible_to(user), ALL))
    return seen(list(rows.order_by("-id")[:limit]))


def waiting_of(lot: int) -> list[Waiting]:
    """Return what waits for one lot."""
    return seen(list(with_lots(narrowed(StatedQuantity.objects.filter(lot=lot), ALL)).order_by("-id")))


def waiting_keys(user: User, which: Which, *, limit: int) -> list[int]:
    """Return the keys of what waits under one's eyes, the newest first."""
    rows = narrowed(StatedQuantity.objects.visible_to(user), which)
    return list(rows.order_by("-id").values_list("pk", flat=True)[:limit])


def how_many_wait(user: User, which: Which) -> int:
    """Return how many wait; counting ends at `COUNTED_TO`."""
    return narrowed(StatedQuantity.objects.visible_to(user), which).order_by()[:COUNTED_TO].count()


def narrowed(rows: QuerySet[StatedQuantity], which: Which) -> QuerySet[StatedQuantity]:
    """Keep what waits for lots that are in use; one that is out of use holds nothing to decide on."""
    found = rows.filter(state=StatedQuantity.State.WAITING, lot__retired_at__isnull=True)
    if which.number:
        found = found.filter(source=f"import:{which.number}")
    if which.site:
        found = found.filter(lot__site__code=which.site)
    return found.filter(pk__lt=which.before) if which.before else found


def with_lots(rows: QuerySet[StatedQuantity]) -> QuerySet[StatedQuantity]:
    return rows.select_related("lot__item", "lot__site", "lot__organisation")


def seen(rows: Sequence[StatedQuantity]) -> list[Waiting]:
    return [Waiting(row, row.lot, row.lot.quantity + row.stated - row.stood, import_of(row)) for row in rows]


def import_of(row: StatedQuantity) -> int:
    kind, _, number = row.source.partition(":")
    return int(number) if kind == "import" and number.isdigit() else 0
