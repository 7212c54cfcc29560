"""Confirm or reject a quantity that somebody else has stated for a lot, or what they apply to write off."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from youbei.actions.actors import actor_for, ids_of
from youbei.actions.permit import not_found
from youbei.actions.stock import stated
from youbei.actions.stock.behind_links import is_behind
from youbei.actions.stock.posting import Note, lock_lots, post
from youbei.actions.stock.verbs import allow_counting
from youbei.actions.stock.writing_off import carry_out, free_again
from youbei.engine.duties_apart import Duty, refuse_same
from youbei.engine.errors import Refused
from youbei.engine.stock import ledger
from youbei.engine.stock.stated import found_now
from youbei.records.models import StatedQuantity, StockLot, StockMovement, User


class DecidedAlready(Refused):
    """Refuse to decide a statement that waits no more."""


@transaction.atomic
def confirm_stated(*, by: User | None, now: datetime, statement: int, answer: str = "") -> StockMovement:
    """Post the difference that somebody else has stated, as a count; other statements for the lot end with it.

    What somebody applied to write off is taken out instead, and ends nothing else.
    """
    row, lots = waiting(statement)
    may_verify(by, row, lots)
    if row.write_off:
        gone = carry_out(row, lots, by=by, now=now, answer=answer)
        end(row, StatedQuantity.State.CONFIRMED, by=by, now=now, answer=answer, movement=gone)
        return gone
    key, lot = str(row.lot_id), lots[row.lot_id]

    def make(balances: ledger.Balances) -> ledger.Movement:
        at_hand = ledger.at_hand(balances, key)
        counted = found_now(at_hand=at_hand, stood=row.stood, stated=row.stated)
        return ledger.count("", lot=key, at_hand=at_hand, counted=counted)

    said = " · ".join(part for part in (row.reason, answer) if part)
    made = post(lots, make, by=by, now=now, note=Note(reason=said, source=f"stated:{row.pk}"))
    lot.confirmed_at, lot.confirmed_by = now, made.by_label[:120]
    lot.save(update_fields=["confirmed_at", "confirmed_by"])
    end(row, StatedQuantity.State.CONFIRMED, by=by, now=now, answer=answer, movement=made)
    stated.overtake(lot.pk, by=by, now=now, movement=made)
    return made


@transaction.atomic
def reject_stated(*, by: User | None, now: datetime, statement: int, answer: str = "") -> StatedQuantity:
    """Leave the lot as its ledger says. Whoever stated the quantity takes it back by this."""
    row, lots = waiting(statement)
    is_own = by is not None and (row.actor in ids_of(by) or is_behind(by, row.actor, row.at))
    if not is_own:
        may_verify(by, row, lots)
    state = StatedQuantity.State.WITHDRAWN if is_own else StatedQuantity.State.REJECTED
    end(row, state, by=by, now=now, answer=answer)
    if row.write_off:
        free_again(row, lots, by=by, now=now)
    return row


def waiting(statement: int) -> tuple[StatedQuantity, dict[int, StockLot]]:
    """Return a statement and its lot, which is locked."""
    found = StatedQuantity.objects.filter(pk=statement).values_list("lot_id", flat=True).first()
    if found is None:
        raise not_found()
    lots = lock_lots([found])
    row = StatedQuantity.objects.filter(pk=statement).first()
    if row is None:
        raise not_found()
    return row, lots


def may_verify(by: User | None, row: StatedQuantity, lots: dict[int, StockLot]) -> None:
    """Let decide whoever may count there, has not stated the quantity and has not handled the lot."""
    allow_counting(by, lots)
    if by is not None:
        asked, before = (Duty.APPROVE, Duty.REQUEST) if row.write_off else (Duty.VERIFY, Duty.STATE)
        same = ids_of(by) | ({row.actor} if is_behind(by, row.actor, row.at) else set())
        refuse_same(asked, [(before, row.actor)], f"user:{by.pk}", acting_for=same)
    if row.state != StatedQuantity.State.WAITING:
        raise DecidedAlready(
            zh="这次报数已有人办结，不再等待核实。请刷新页面查看结果。",
            en="This statement has been decided already. Reload the page to see what came of it.",
        )


def end(
    row: StatedQuantity,
    state: str,
    *,
    by: User | None,
    now: datetime,
    answer: str,
    movement: StockMovement | None = None,
) -> None:
    actor = actor_for(by, now)
    rows = StatedQuantity.objects.filter(pk=row.pk)
    if not stated.decide(rows, state, actor=actor, now=now, answer=answer, movement=movement):
        raise DecidedAlready(
            zh="这次报数已有人办结，不再等待核实。请刷新页面查看结果。",
            en="This statement has been decided already. Reload the page to see what came of it.",
        )
    row.refresh_from_db()
    stated.note(row, f"stock.statement_{state}", actor=actor, now=now)
