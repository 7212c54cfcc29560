"""What to take first: first expired, first out, leaving out what may not be given, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from youbei.engine.text import Text

NOTHING = Decimal(0)
USABLE = frozenset({"good", "worn"})


@dataclass(frozen=True, slots=True)
class Shelf:
    """A lot as it can be picked from: what is free of it, until when it keeps, its condition, and how far it is.

    `lot` is its key, `name` what people call it.
    """

    lot: str
    free: Decimal
    expires_on: date | None = None
    condition: str = "good"
    received_on: date | None = None
    distance_m: float = 0.0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """Take so much of a lot, and why."""

    lot: str
    quantity: Decimal
    why: Text


@dataclass(frozen=True, slots=True)
class Left:
    """A lot that is not taken from, and why."""

    lot: str
    why: Text


@dataclass(frozen=True, slots=True)
class Picking:
    """What is taken, what is passed over, and what lacks."""

    picks: tuple[Pick, ...]
    passed_over: tuple[Left, ...]
    shortfall: Decimal


def pick(shelves: Iterable[Shelf], quantity: Decimal, *, on: date, keeps_for: timedelta = timedelta(0)) -> Picking:
    """Choose from which lots to take a quantity: the one that expires first, first.

    Lots that expire before `on` plus `keeps_for` are passed over, as are those that are faulty or fully promised.
    Among lots that expire together the nearest is first, then the oldest, then the name: the same shelves give the
    same picks. Taking what expires first wastes least: whatever is used later, no other order leaves less to expire.
    """
    usable, passed = sift(shelves, on + keeps_for)
    picks: list[Pick] = []
    missing = max(quantity, NOTHING)
    for shelf in sorted(usable, key=rank):
        if missing <= 0:
            break
        taken = min(shelf.free, missing)
        picks.append(Pick(shelf.lot, taken, reason(shelf)))
        missing -= taken
    return Picking(tuple(picks), tuple(passed), missing)


def rank(shelf: Shelf) -> tuple[date, float, date, str]:
    return (shelf.expires_on or date.max, shelf.distance_m, shelf.received_on or date.min, shelf.lot)


def reason(shelf: Shelf) -> Text:
    if shelf.expires_on is None:
        return Text("不过期，最后取用", "does not expire: taken last")
    return Text(f"{shelf.expires_on} 到期，先到期先出", f"expires on {shelf.expires_on}: first expired, first out")


def sift(shelves: Iterable[Shelf], until: date) -> tuple[Sequence[Shelf], Sequence[Left]]:
    """Part the lots that may be given from those that may not."""
    usable: list[Shelf] = []
    passed: list[Left] = []
    for shelf in shelves:
        why = hindrance(shelf, until)
        if why is None:
            usable.append(shelf)
        else:
            passed.append(Left(shelf.lot, why))
    return usable, passed


def hindrance(shelf: Shelf, until: date) -> Text | None:
    if shelf.condition not in USABLE:
        return Text("状况不允许发放", "its condition does not allow it")
    if shelf.expires_on is not None and shelf.expires_on < until:
        return Text(f"{shelf.expires_on} 到期", f"expires on {shelf.expires_on}")
    if shelf.free <= 0:
        return Text("已全部预留或用完", "nothing of it is free")
    return None
