"""What must be rotated by when, so that nothing expires in a store; what equipment is due for a test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

# Assumption: stock is rotated when a quarter of its shelf life is left, so that whoever gets it can still use it.
SHARE_LEFT = Decimal("0.25")
# Assumption: buying the replacement takes thirty days, unless the item or the offer says otherwise.
LEAD = timedelta(days=30)


class Urgency(StrEnum):
    """How it stands with the shelf life of a lot."""

    EXPIRED = "expired"
    LATE = "late"
    DUE = "due"
    COMING = "coming"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Kept:
    """A lot that keeps until a day. `made_on` is when its life began; the shelf life of the item stands in for it."""

    lot: str
    quantity: Decimal
    expires_on: date
    made_on: date | None = None
    shelf_life: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rotate a lot: start buying on `start_on`, hand out by `rotate_by`; `share_left` of its life is left today."""

    lot: str
    quantity: Decimal
    expires_on: date
    rotate_by: date
    start_on: date
    share_left: Decimal | None
    urgency: Urgency


def life_of(kept: Kept) -> timedelta | None:
    if kept.made_on is not None and kept.made_on < kept.expires_on:
        return kept.expires_on - kept.made_on
    return kept.shelf_life


def propose(
    kept: Kept, *, on: date, lead: timedelta = LEAD, share: Decimal = SHARE_LEFT, ahead: timedelta = timedelta(days=90)
) -> Proposal:
    """Say by when a lot is to be rotated and when buying must begin, and how it stands with that on a day.

    Where the length of its life is unknown, the lot is to leave by `lead` before it expires.
    """
    life = life_of(kept)
    margin = timedelta(days=int(life.days * share)) if life is not None else lead
    rotate_by = kept.expires_on - margin
    start_on = rotate_by - lead
    left = None if not life else Decimal(max((kept.expires_on - on).days, 0)) / Decimal(life.days)
    return Proposal(
        lot=kept.lot,
        quantity=kept.quantity,
        expires_on=kept.expires_on,
        rotate_by=rotate_by,
        start_on=start_on,
        share_left=left,
        urgency=urgency(on, kept.expires_on, rotate_by, start_on, ahead),
    )


def urgency(on: date, expires_on: date, rotate_by: date, start_on: date, ahead: timedelta) -> Urgency:
    """The last day of shelf life still counts as usable."""
    if on > expires_on:
        return Urgency.EXPIRED
    if on > rotate_by:
        return Urgency.LATE
    if on >= start_on:
        return Urgency.DUE
    return Urgency.COMING if on >= start_on - ahead else Urgency.FINE


def proposals(stock: Iterable[Kept], *, on: date, lead: timedelta = LEAD) -> list[Proposal]:
    """Return what is expired, late, due or coming, the most urgent first."""
    found = (propose(kept, on=on, lead=lead) for kept in stock if kept.quantity > 0)
    return sorted(
        (one for one in found if one.urgency is not Urgency.FINE),
        key=lambda one: (one.rotate_by, one.expires_on, one.lot),
    )
