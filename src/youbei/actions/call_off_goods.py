"""Goods called off under an agreement leave the store that holds them, and come back to it, in its ledger."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.utils import timezone

from youbei.actions.permit import By
from youbei.actions.stock.posting import Note, lock_lots, post
from youbei.engine.call_offs import HOLDING, CallOffRefused
from youbei.engine.clock import Mode
from youbei.engine.stock import ledger
from youbei.records.models import Agreement, CallOff, Item, StockLot, StockPosting


def left_under(agreement: Agreement, item: Item | None) -> Decimal | None:
    """Return how much of an item is held under an agreement and not promised yet; None where nobody keeps count."""
    if item is None:
        return None
    lots = StockLot.objects.filter(agreement=agreement, item=item, retired_at__isnull=True)
    held: Decimal | None = lots.aggregate(free=Sum(F("quantity") - F("reserved")))["free"]
    if held is None:
        return None
    asked = CallOff.objects.filter(
        agreement=agreement, item=item, state__in=[one.value for one in HOLDING], mode=Mode.REAL.value
    )
    promised = sum((row.quantity if row.accepted is None else row.accepted for row in asked), Decimal(0))
    return max(Decimal(0), held - promised)


def source_of(row: CallOff) -> str:
    return f"call_off:{row.pk}"


def hand_over(row: CallOff, quantity: Decimal, *, by: By, now: datetime) -> None:
    """Issue what arrived from the lots under the agreement, first expired first; an exercise moves no stock.

    What the lots do not have came from elsewhere and is nobody's stock.
    """
    if row.item is None or row.mode != Mode.REAL.value:
        return
    today = timezone.localdate(now)
    usable = Q(expires_on__isnull=True) | Q(expires_on__gte=today)
    wanted = StockLot.objects.filter(usable, agreement=row.agreement, item=row.item, retired_at__isnull=True)
    wanted = wanted.filter(quantity__gt=F("reserved")).order_by(F("expires_on").asc(nulls_last=True), "pk")
    keys = list(wanted.values_list("pk", flat=True))
    lots, left = lock_lots(keys), quantity
    for lot in (lots[key] for key in keys):
        taken = min(left, lot.quantity - lot.reserved)
        if taken > 0:
            issue(row, lot, taken, by=by, now=now)
            left -= taken


def issue(row: CallOff, lot: StockLot, taken: Decimal, *, by: By, now: datetime) -> None:
    key, consumer = str(lot.pk), f"#{row.pk}"
    note = Note(document=f"#{row.pk}", source=source_of(row))
    post(
        {lot.pk: lot},
        lambda balances: ledger.issue("", lot=key, quantity=taken, consumer=consumer),
        by=by,
        now=now,
        note=note,
    )


def take_back(row: CallOff, quantity: Decimal, *, by: By, now: datetime) -> None:
    """Receive what came back into the lots it was issued from, the last issued first."""
    if row.item is None or row.mode != Mode.REAL.value:
        return
    issued = StockPosting.objects.filter(movement__source=source_of(row), kind=ledger.Kind.STORE.value)
    gone = [(one.lot_id, -one.quantity) for one in issued.order_by("-pk") if one.quantity < 0]
    lots, left = lock_lots([key for key, _ in gone]), quantity
    for key, amount in gone:
        back = min(left, amount)
        if back > 0:
            receive(row, lots[key], back, by=by, now=now)
            left -= back


def receive(row: CallOff, lot: StockLot, back: Decimal, *, by: By, now: datetime) -> None:
    key = str(lot.pk)
    note = Note(document=f"#{row.pk}", source=source_of(row))
    post(
        {lot.pk: lot},
        lambda balances: ledger.receive("", lot=key, quantity=back, supplier=f"#{row.pk}"),
        by=by,
        now=now,
        note=note,
    )


def quantity_returned(row: CallOff, quantity: Decimal | None) -> Decimal | None:
    """Return how much of the goods came back: all of it unless said otherwise, none for teams."""
    if row.item is None:
        return None
    most = row.delivered or Decimal(0)
    if quantity is None:
        return most
    if not 0 <= quantity <= most:
        raise CallOffRefused(
            zh=f"归还的数量须在 0 与到位的 {most.normalize():f} 之间。请填写实际归还的数量。",
            en=f"What came back lies between 0 and the {most.normalize():f} that arrived. Give what came back.",
        )
    return quantity
