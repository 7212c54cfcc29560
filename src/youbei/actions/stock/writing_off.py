"""Write stock off: whoever keeps it applies with a reason, somebody else approves; until then nothing is gone.

What is applied for is held back like a reservation: it stays in the ledger and on the shelf, and nobody is promised it.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import By
from youbei.actions.stock.posting import Note, lock_lots, post
from youbei.actions.stock.verbs import allow
from youbei.actions.wording import clean
from youbei.engine.errors import Refused
from youbei.engine.stock import ledger
from youbei.records.models import StatedQuantity, StockLot, StockMovement, User


class NoReason(Refused):
    """Refuse to write off without saying why."""


@transaction.atomic
def apply_for_write_off(
    *, by: User | None, now: datetime, lot: int, quantity: Decimal, why: str, note: Note | None = None
) -> StatedQuantity:
    """Say that so much of a lot can no longer be used, and hold it back until somebody else approves or rejects it."""
    said = note or Note()
    lots = lock_lots([lot])
    allow(by, lots)
    row, reason = lots[lot], clean(why, limit=100)
    if not reason:
        raise NoReason(zh="请写明报废原因。", en="Say why it can no longer be used.")
    ledger.demand_positive(quantity)
    actor = actor_for(by, now)
    made = StatedQuantity.objects.create(
        lot=row,
        org_path=row.org_path,
        stood=row.quantity,
        stated=max(row.quantity - quantity, Decimal(0)),
        at=now,
        actor=actor.id,
        by_label=actor.label,
        reason=clean(" ".join(part for part in (said.document, said.reason) if part), limit=1000),
        write_off=reason,
    )
    kept = Note(reason=reason, document=said.document, source=source_of(made))
    post(
        lots,
        lambda balances: ledger.reserve("", lot=str(lot), quantity=quantity, holder=source_of(made)),
        by=by,
        now=now,
        note=kept,
    )
    data = {"statement": made.pk, "quantity": str(quantity), "why": reason}
    record(f"register:lot:{lot}", [("stock.write_off_asked", data)], by=actor, now=now, org_path=row.org_path)
    return made


def source_of(row: StatedQuantity) -> str:
    """Name the account of what is held back for an application, and where its movements come from."""
    return f"write_off:{row.pk}"


def free_again(row: StatedQuantity, lots: dict[int, StockLot], *, by: By, now: datetime) -> None:
    """Give back what was held for an application; the lots are locked."""
    quantity = row.stood - row.stated
    post(
        lots,
        lambda balances: ledger.release("", lot=str(row.lot_id), quantity=quantity, holder=source_of(row)),
        by=by,
        now=now,
        note=Note(reason=row.write_off, source=source_of(row)),
    )


def carry_out(
    row: StatedQuantity, lots: dict[int, StockLot], *, by: By, now: datetime, answer: str = ""
) -> StockMovement:
    """Take out what was applied for, now that somebody else has approved it; the lots are locked."""
    quantity = row.stood - row.stated
    free_again(row, lots, by=by, now=now)
    said = " · ".join(part for part in (row.write_off, row.reason, answer) if part)
    return post(
        lots,
        lambda balances: ledger.write_off("", lot=str(row.lot_id), quantity=quantity, why=row.write_off),
        by=by,
        now=now,
        note=Note(reason=said, source=f"stated:{row.pk}"),
    )
