"""Keep the quantities that are stated for lots apart from what the ledger says, until somebody else has looked.

Everything here happens under the lock of the lots: it is what lets two who decide at once come one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import By
from youbei.actions.wording import clean
from youbei.engine.events import Actor
from youbei.records.insert import insert_records
from youbei.records.models import StatedQuantity, StockLot, StockMovement

State = StatedQuantity.State


def hold_back(row: object, before: Mapping[str, Any]) -> Decimal | None:
    """Put the quantity of the ledger back into a lot for which another was entered; return that one, None for none.

    `before` is what the record said, empty for a new one: what a new lot holds is its receipt.
    """
    if not isinstance(row, StockLot) or not before or row.quantity is None:
        return None
    stated = Decimal(row.quantity)
    row.quantity = before["quantity"]
    return None if stated == before["quantity"] else stated


def state(
    said: Sequence[tuple[StockLot, Decimal]], *, by: By, now: datetime, source: str = "", reasons: Sequence[str] = ()
) -> list[StatedQuantity]:
    """Keep stated quantities waiting, and return those that are new; one that waits already is not kept twice.

    The number of statements to the database is the same for one and for thousands.
    """
    if not said:
        return []
    actor = actor_for(by, now)
    own = StatedQuantity.objects.filter(
        lot__in=[lot.pk for lot, _ in said], actor=actor.id, state=State.WAITING, write_off=""
    )
    waiting = {one.lot_id: one for one in own}
    made: list[StatedQuantity] = []
    replaced: list[int] = []
    for (lot, stated), reason in zip(said, reasons or [""] * len(said), strict=True):
        earlier = waiting.get(lot.pk)
        if earlier is not None:
            if earlier.stated - earlier.stood == stated - lot.quantity:
                continue
            replaced.append(earlier.pk)
        made.append(
            StatedQuantity(
                lot=lot,
                org_path=lot.org_path,
                stood=lot.quantity,
                stated=stated,
                at=now,
                actor=actor.id,
                by_label=actor.label,
                reason=clean(reason, limit=1000),
                source=source,
            )
        )
    decide(StatedQuantity.objects.filter(pk__in=replaced), State.REPLACED, actor=actor, now=now)
    insert_records(StatedQuantity, made)
    return made


def state_one(lot: StockLot, stated: Decimal, *, by: By, now: datetime, source: str, reason: str) -> None:
    """Keep a quantity that was stated for one lot waiting, and say so in the log."""
    for made in state([(lot, stated)], by=by, now=now, source=source, reasons=[reason]):
        note(made, "stock.stated", actor=actor_for(by, now), now=now)


def note(one: StatedQuantity, kind: str, *, actor: Actor, now: datetime) -> None:
    """Say in the log of a lot what became of a statement."""
    data = {"statement": one.pk, "stood": str(one.stood), "stated": str(one.stated)}
    if one.answer:
        data["reason"] = one.answer
    record(f"register:lot:{one.lot_id}", [(kind, data)], by=actor, now=now, org_path=one.org_path)


def decide(
    rows: Any, state: str, *, actor: Actor, now: datetime, answer: str = "", movement: StockMovement | None = None
) -> int:
    """Give statements that wait their end, and return how many did."""
    ended: int = rows.filter(state=State.WAITING).update(
        state=state, decided_at=now, decided_by=actor.label, answer=clean(answer, limit=1000), movement=movement
    )
    return ended


def overtake(lot: int, *, by: By, now: datetime, movement: StockMovement) -> None:
    """End what waits for a lot: it has been counted. What is to be written off was there to be counted."""
    actor = actor_for(by, now)
    decide(StatedQuantity.objects.filter(lot=lot, write_off=""), State.COUNTED, actor=actor, now=now, movement=movement)


def take_back_all(source: str, *, by: By, now: datetime) -> int:
    """Withdraw what an import that is undone has stated and nobody has decided; return how many that were."""
    rows = StatedQuantity.objects.filter(source=source)
    return decide(rows, State.WITHDRAWN, actor=actor_for(by, now), now=now)
