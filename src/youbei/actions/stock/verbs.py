"""The verbs of a store: receive, issue, move, reserve, release, count, rotate, reverse; one transaction each."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from youbei.actions.actors import ids_of
from youbei.actions.permit import not_found, require
from youbei.actions.stock.posting import Note, lock_lots, movement_from, post
from youbei.actions.stock.stated import overtake
from youbei.engine.access import Permission
from youbei.engine.duties_apart import Duty, refuse_same
from youbei.engine.errors import Refused
from youbei.engine.stock import ledger
from youbei.engine.stock.ledger import Verb
from youbei.records.models import StatedQuantity, StockLot, StockMovement, StockPosting, User

HANDLING = ("receive", "issue", "move", "write_off", "rotate", "restate", "open", "reverse")
# What sets a lot to a figure that somebody found: to undo it is to say what lies there, as it was to do it.
COUNTING = ("count", "restate")
STATED = "stated:"


class MoveRefused(Refused):
    """Refuse to move stock to where it lies already, or to a place that is out of use."""


class LotOutOfUse(Refused):
    """Refuse to do something with a lot that was taken out of use."""


@transaction.atomic
def receive(
    *,
    by: User | None,
    now: datetime,
    lot: int,
    quantity: Decimal,
    supplier: str = "",
    replaces: int | None = None,
    note: Note | None = None,
) -> StockMovement:
    """Take a quantity into a lot; `replaces` is the lot whose rotation it makes good."""
    lots = lock_lots([lot] if replaces is None else [lot, replaces])
    allow(by, lots)
    other = "" if replaces is None else str(replaces)
    return post(
        lots,
        lambda balances: ledger.receive("", lot=str(lot), quantity=quantity, supplier=supplier, replaces=other),
        by=by,
        now=now,
        note=note,
    )


@transaction.atomic
def issue(
    *, by: User | None, now: datetime, lot: int, quantity: Decimal, consumer: str, note: Note | None = None
) -> StockMovement:
    """Hand a quantity out for good; what is reserved stays."""
    lots = lock_lots([lot])
    allow(by, lots)
    return post(
        lots,
        lambda balances: ledger.issue("", lot=str(lot), quantity=quantity, consumer=consumer),
        by=by,
        now=now,
        note=note,
    )


@transaction.atomic
def reserve(
    *, by: User | None, now: datetime, lot: int, quantity: Decimal, holder: str, note: Note | None = None
) -> StockMovement:
    """Promise a quantity of a lot to a holder. Whoever calls this has checked that the person may."""
    return post(
        lock_lots([lot]),
        lambda balances: ledger.reserve("", lot=str(lot), quantity=quantity, holder=holder),
        by=by,
        now=now,
        note=note,
    )


@transaction.atomic
def release(
    *,
    by: User | None,
    now: datetime,
    lot: int,
    quantity: Decimal,
    holder: str,
    consumer: str = "",
    note: Note | None = None,
) -> StockMovement:
    """Take a promise back; with a `consumer` the quantity has been used and is gone."""
    key = str(lot)

    def make(balances: ledger.Balances) -> ledger.Movement:
        if consumer:
            return ledger.issue("", lot=key, quantity=quantity, consumer=consumer, holder=holder)
        return ledger.release("", lot=key, quantity=quantity, holder=holder)

    return post(lock_lots([lot]), make, by=by, now=now, note=note)


@transaction.atomic
def count(*, by: User | None, now: datetime, lot: int, counted: Decimal, note: Note | None = None) -> StockMovement:
    """Post what was counted; nobody counts what they have handled since the last count."""
    lots = lock_lots([lot])
    allow_counting(by, lots)
    row = lots[lot]
    made = post(
        lots,
        lambda balances: ledger.count("", lot=str(lot), at_hand=ledger.at_hand(balances, str(lot)), counted=counted),
        by=by,
        now=now,
        note=note,
    )
    row.confirmed_at, row.confirmed_by = now, made.by_label[:120]
    row.save(update_fields=["confirmed_at", "confirmed_by"])
    overtake(lot, by=by, now=now, movement=made)
    return made


def allow_counting(by: User | None, lots: dict[int, StockLot], *, but: int = 0) -> None:
    """Let count whoever may and has not handled these lots since the last count, that of the key `but` not counted."""
    allow(by, lots, Permission.COUNT_STOCK)
    if by is None:
        return
    for lot in lots:
        refuse_same(Duty.COUNT, handled(lot, but=but), f"user:{by.pk}", acting_for=ids_of(by))


def handled(lot: int, *, but: int = 0) -> list[tuple[Duty, str]]:
    """Return who has handled a lot since it was last counted. A count that was reversed, and `but`, is none."""
    of_lot = StockMovement.objects.filter(postings__lot_id=lot)
    counts = of_lot.filter(verb=Verb.COUNT.value, reversed_by__isnull=True).exclude(pk=but)
    last = counts.order_by("-pk").values_list("pk", flat=True).first() or 0
    since = of_lot.filter(pk__gt=last, verb__in=HANDLING)
    # Who approved a write-off has not handled the goods; who applied for it has.
    actors = set(since.exclude(verb=Verb.WRITE_OFF.value, source__startswith=STATED).values_list("actor", flat=True))
    applied = StatedQuantity.objects.filter(lot=lot, movement__gt=last).exclude(write_off="")
    return [(Duty.MOVE, actor) for actor in sorted(actors | set(applied.values_list("actor", flat=True)))]


@transaction.atomic
def rotate(
    *, by: User | None, now: datetime, lot: int, quantity: Decimal, consumer: str, note: Note | None = None
) -> StockMovement:
    """Hand out for use what would expire; as much is expected in its place."""
    lots = lock_lots([lot])
    allow(by, lots)
    return post(
        lots,
        lambda balances: ledger.rotate("", lot=str(lot), quantity=quantity, consumer=consumer),
        by=by,
        now=now,
        note=note,
    )


@transaction.atomic
def reverse(*, by: User | None, now: datetime, movement: int, reason: str) -> StockMovement:
    """Undo a movement by another; both stay in the ledger. A count, and a write-off
    that was approved, are undone by those who might have counted."""
    row = StockMovement.objects.filter(pk=movement).first()
    if row is None:
        raise not_found()
    lots = lock_lots(StockPosting.objects.filter(movement=row).values_list("lot_id", flat=True))
    if row.verb in COUNTING or row.source.startswith(STATED):
        allow_counting(by, lots, but=row.pk)
    else:
        allow(by, lots)
    if not reason.strip():
        raise ledger.CannotReverse(zh="请写明冲销的原因。", en="Say why it is reversed.")
    if row.source.startswith("run:"):
        raise ledger.CannotReverse(
            zh="这笔业务来自处置中的调派。请在处置中归还。",
            en="This movement comes from a response. Release the resource there.",
        )
    if row.source.startswith("call_off:"):
        raise ledger.CannotReverse(
            zh="这笔业务来自协议请求。请在该请求上登记归还。",
            en="This movement comes from a request under an agreement. Note there what came back.",
        )
    if row.source.startswith("order:"):
        raise ledger.CannotReverse(
            zh="这笔业务属于取用单。请在取用单上取消，或办理入库退回。",
            en="This movement belongs to an order. Take the order back, or receive what was returned.",
        )
    if row.source.startswith("write_off:"):
        raise ledger.CannotReverse(
            zh="这笔业务属于报废申请。请核实、驳回或撤回该申请。",
            en="This movement belongs to an application to write off. Approve, reject or take back the application.",
        )
    if StockMovement.objects.filter(reverses=row).exists():
        raise ledger.CannotReverse(
            zh="这笔业务已经冲销过。", en="This movement has been reversed already. Nothing more is to be done."
        )
    undone = ledger.reverse("", movement_from(row))
    return post(lots, lambda balances: undone, by=by, now=now, note=Note(reason=reason, reverses=row.pk))


def allow(by: User | None, lots: dict[int, StockLot], permission: Permission = Permission.EDIT_RESOURCE) -> None:
    for lot in lots.values():
        require(by, permission, lot.org_path)
        if lot.retired_at is not None:
            raise LotOutOfUse(
                zh=f"批次“{lot.code}”已停用。请先在登记中重新启用，再办理出入库。",
                en=f"The lot {lot.code} is out of use. Bring it back into use in the register first.",
            )
