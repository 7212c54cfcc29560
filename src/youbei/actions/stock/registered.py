"""Keep the ledger in line with the register: what is entered or imported there is a movement, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from youbei.actions.actors import actor_for
from youbei.actions.permit import By
from youbei.actions.stock.posting import Note, balances_of, open_lots, write_many
from youbei.engine.stock import ledger
from youbei.engine.stock.ledger import Movement, Verb
from youbei.records.models import StockLot, StockPosting

NOTHING: Mapping[int, str] = {}


def bring_in_line(
    rows: Sequence[object], *, by: By, now: datetime, source: str = "", reasons: Mapping[int, str] = NOTHING
) -> None:
    """Post what the quantities of lots were set to: an opening for new ones, a restatement for the others.

    `reasons` (key of a lot -> words) is what stands beside a new lot's opening, as “3 箱 = 72 瓶”.
    The rows are stored and locked by the caller. The number of statements is the same for one and for thousands.
    """
    lots = [row for row in rows if isinstance(row, StockLot)]
    if not lots:
        return
    actor = actor_for(by, now)
    known = set(StockPosting.objects.filter(lot_id__in=[lot.pk for lot in lots]).values_list("lot_id", flat=True))
    open_lots([lot for lot in lots if lot.pk not in known], actor=actor, now=now, source=source, reasons=reasons)
    balances = balances_of(known)
    held: dict[str, Decimal] = {}
    for (lot_pk, account), quantity in balances.items():
        if account.kind in ledger.AT_HAND:
            held[lot_pk] = held.get(lot_pk, Decimal(0)) + quantity
    restated: list[tuple[Movement, str]] = []
    for lot in lots:
        at_hand = held.get(str(lot.pk), Decimal(0))
        if lot.pk in known and at_hand != lot.quantity:
            movement = ledger.count("", lot=str(lot.pk), at_hand=at_hand, counted=lot.quantity, verb=Verb.RESTATE)
            ledger.demand_balance(movement)
            restated.append((movement, lot.org_path))
    write_many(restated, actor=actor, now=now, note=Note(source=source))


def withdraw(rows: Sequence[object], *, by: By, now: datetime, source: str) -> None:
    """Post that lots which an undone import entered hold nothing any more; they are deleted next."""
    lots = [row for row in rows if isinstance(row, StockLot)]
    for lot in lots:
        lot.quantity = Decimal(0)
    bring_in_line(lots, by=by, now=now, source=source)
