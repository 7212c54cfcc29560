"""What a response takes from the market or a production line: the order that goes with an assignment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from youbei.actions.permit import not_allowed
from youbei.actions.stock_orders import Wanted, close, take
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.places import Point
from youbei.engine.stock.proposal import Terms
from youbei.engine.text import Text
from youbei.records.models import CapacityLine, Item, MarketOffer, Run, StockOrder, User
from youbei.records.reports.dispatch.market import Bought, one_of

KINDS = ("offer", "line")
# Said where the order is out of the turn of the stores: the optimiser weighed all of them together.
BY_DISPATCH = "统筹调度 / dispatch"


class SupplyGone(Refused):
    """Refuse what is not offered any more, or not so much of it."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """What was ordered, from where (None: it is delivered to where it is wanted) and after how long it leaves."""

    label: str
    at: Point | None
    ready: timedelta
    quantity: float
    order: StockOrder | None


@transaction.atomic
def order_supply(
    *, by: User | None, now: datetime, run: Run, kind: str, pk: int, item: str, quantity: float, reason: str
) -> Ordered:
    """Order so much of an offer or a line for a response; an exercise orders nothing and only reckons with it."""
    exercise = run.incident_id if run.mode == Run.Mode.EXERCISE else None
    lock = MarketOffer.objects if kind == "offer" else CapacityLine.objects
    list(lock.select_for_update(no_key=True).filter(pk=pk))
    found = one_of(kind, pk, today=timezone.localdate(now), exercise=exercise)
    if found is None or found.item != item:
        raise SupplyGone(
            zh="这一供应渠道已不在有效期内，或供应的不是所需物资。请按最新建议重新决定。",
            en="This supply has ended, or supplies something else. Decide on the proposal as it stands.",
        )
    pieces = int(quantity)
    ready = found.ready_s(pieces)
    if not 0 < pieces <= found.free or ready is None:
        name = found.supplier
        raise SupplyGone(
            zh=f"{name.zh}现在只能再供 {found.free}，不能订 {quantity:g}。请减少数量，或按最新建议重新决定。",
            en=f"{name.en or name.zh} can supply {found.free} more, not {quantity:g}. Order less, or decide anew.",
        )
    order = ordered(by, now, run, found, pieces, reason) if exercise is None else None
    return Ordered(said(found.supplier), found.at, timedelta(seconds=ready), float(pieces), order)


def ordered(by: User | None, now: datetime, run: Run, found: Bought, pieces: int, reason: str) -> StockOrder:
    if by is None:
        raise not_allowed(Permission.ASSIGN_RESOURCE)
    terms = Terms(quantity=Decimal(pieces), on=timezone.localdate(now))
    wanted = Wanted(Item.objects.get(code=found.item), terms, incident=run.incident)
    return take(
        by=by,
        now=now,
        wanted=wanted,
        chosen={found.key: Decimal(pieces)},
        is_issued=False,
        reason=reason or BY_DISPATCH,
    )


def said(name: Text) -> str:
    return name.zh or name.en


def settle(order: int, *, is_used: bool, by: User | None, now: datetime) -> None:
    """Close the order of an assignment that is let go: used up where it has come, taken back where it has not."""
    row = StockOrder.objects.select_for_update(of=("self",), no_key=True).get(pk=order)
    if row.state != StockOrder.State.RESERVED:
        return
    state, kind = StockOrder.State.CANCELLED, "stock.order_cancelled"
    if is_used:
        state, kind = StockOrder.State.ISSUED, "stock.order_issued"
    close(row, state, kind, by=by, now=now, reason="" if is_used else BY_DISPATCH)
