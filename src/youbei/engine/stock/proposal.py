"""Take so much of an item for one purpose: which lots, out of which reserve, by when, at which price, and why.

The reserves are asked in a stated order; within one, the stores in rings: the nearest store that has any, with all
that lie at most a detour farther, and among these what expires first; only when they are empty the next ring. Without
a detour the nearest store is emptied first, with an endless one it is first expired, first out over all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from youbei.engine.errors import Refused
from youbei.engine.stock.fefo import NOTHING, Left, Shelf, pick
from youbei.engine.stock.requirement import RESERVE_NAMES, Reserve, plain
from youbei.engine.text import Text

# Source: 山东省突发事件应急保障条例 arts 42, 43, for the reserves. Assumption: what the authority holds itself goes
# first, then what the unit has, what others keep for it, what is for sale, and last what must be made.
ORDER: tuple[Reserve, ...] = (
    Reserve.GOVERNMENT,
    Reserve.OWN,
    Reserve.AGREEMENT,
    Reserve.MARKET,
    Reserve.CAPACITY,
)
BOUGHT = frozenset({Reserve.MARKET, Reserve.CAPACITY})
PRICED = Text("库存不足，按价低、到货早选取", "the stores do not suffice: the cheapest, then the soonest")
# Assumption: half an hour of driving more is accepted so that nothing expires in a store.
DETOUR_M = 20_000.0


class NothingChosen(Refused):
    """Refuse to take nothing."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be had: `shelf.lot` is its key; it is there `ready_h` hours after it is asked for."""

    shelf: Shelf
    reserve: Reserve
    ready_h: Fraction = Fraction(0)
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked for: how much, to be used on which day and good for how long after, within how many hours."""

    quantity: Decimal
    on: date
    keeps_for: timedelta = timedelta(0)
    within_h: Decimal | None = None
    detour_m: float = DETOUR_M
    order: tuple[Reserve, ...] = ORDER


@dataclass(frozen=True, slots=True)
class Taken:
    """So much of one offer, when it is there, and why it is this one's turn."""

    key: str
    reserve: Reserve
    quantity: Decimal
    ready_h: Fraction
    unit_price: Decimal | None
    why: Text

    @property
    def cost(self) -> Decimal | None:
        return None if self.unit_price is None else self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is taken in its order, what is passed over with the reason, and what lacks."""

    taken: tuple[Taken, ...]
    passed_over: tuple[Left, ...]
    shortfall: Decimal

    @property
    def total(self) -> Decimal:
        return sum((one.quantity for one in self.taken), NOTHING)

    @property
    def ready_h(self) -> Fraction:
        """Return when the last of it is there."""
        return max((one.ready_h for one in self.taken), default=Fraction(0))

    @property
    def cost(self) -> Decimal:
        """Return what is to be paid for what is not in store yet and has a price."""
        return sum((one.cost or NOTHING for one in self.taken if one.reserve in BOUGHT), NOTHING)

    def as_chosen(self) -> dict[str, Decimal]:
        return {one.key: one.quantity for one in self.taken}


def propose(offers: Iterable[Offer], terms: Terms) -> Proposal:
    """Choose what to take. The same offers give the same proposal, in whatever order they come."""
    taken: list[Taken] = []
    passed: list[Left] = []
    usable: dict[Reserve, list[Offer]] = {}
    for offer in sorted(offers, key=lambda one: one.shelf.lot):
        why = unfit(offer, terms)
        if why is None:
            usable.setdefault(offer.reserve, []).append(offer)
        else:
            passed.append(Left(offer.shelf.lot, why))
    missing = max(terms.quantity, NOTHING)
    for reserve in terms.order:
        offered = usable.get(reserve, [])
        for ring in by_price(offered) if reserve in BOUGHT else rings(offered, terms.detour_m):
            if missing <= 0:
                break
            found, missing = from_ring(ring, missing, terms)
            taken += found
    return Proposal(tuple(taken), tuple(passed), missing)


def unfit(offer: Offer, terms: Terms) -> Text | None:
    """Say why an offer does not serve: not asked for, not there in time, or as `fefo` finds its shelf."""
    if offer.reserve not in terms.order:
        name = RESERVE_NAMES[offer.reserve]
        return Text(f"本次不动用{name.zh}", f"{name.en}: not asked this time")
    if terms.within_h is not None and offer.ready_h > terms.within_h:
        hours = f"{float(offer.ready_h):.1f}"
        return Text(f"{hours} 小时后才能到，来不及", f"is there after {hours} h only: too late")
    passed = pick([offer.shelf], NOTHING, on=terms.on, keeps_for=terms.keeps_for).passed_over
    return passed[0].why if passed else None


def rings(offers: Sequence[Offer], detour_m: float) -> list[list[Offer]]:
    """Part offers into rings around the place: the nearest with all within the detour of it, then the same anew."""
    found: list[list[Offer]] = []
    for offer in sorted(offers, key=lambda one: (one.shelf.distance_m, one.shelf.lot)):
        if not found or offer.shelf.distance_m > found[-1][0].shelf.distance_m + detour_m:
            found.append([])
        found[-1].append(offer)
    return found


def by_price(offers: Sequence[Offer]) -> list[list[Offer]]:
    """Order what is for sale: the cheapest first, then what is there soonest; what has no price last."""

    def rank(offer: Offer) -> tuple[bool, Decimal, Fraction, str]:
        return (offer.unit_price is None, offer.unit_price or NOTHING, offer.ready_h, offer.shelf.lot)

    return [[offer] for offer in sorted(offers, key=rank)]


def from_ring(ring: Sequence[Offer], missing: Decimal, terms: Terms) -> tuple[list[Taken], Decimal]:
    known = {offer.shelf.lot: offer for offer in ring}
    picking = pick([offer.shelf for offer in ring], missing, on=terms.on, keeps_for=terms.keeps_for)
    found = [
        Taken(
            key=one.lot,
            reserve=known[one.lot].reserve,
            quantity=one.quantity,
            ready_h=known[one.lot].ready_h,
            unit_price=known[one.lot].unit_price,
            why=PRICED if known[one.lot].reserve in BOUGHT else one.why,
        )
        for one in picking.picks
    ]
    return found, picking.shortfall


def deviation(offers: Sequence[Offer], terms: Terms, chosen: Mapping[str, Decimal]) -> Text:
    """Say what is taken out of turn, empty where nothing is: the same quantity, proposed anew, is the measure."""
    wanted = {key: quantity for key, quantity in chosen.items() if quantity > 0}
    if not wanted:
        raise NothingChosen(zh="没有选取任何数量。请填写要取的数量。", en="Nothing is chosen. Enter how much to take.")
    total = sum(wanted.values(), NOTHING)
    due = propose(offers, Terms(total, terms.on, terms.keeps_for, terms.within_h, terms.detour_m, terms.order))
    proposed = due.as_chosen()
    skipped = [key for key, quantity in proposed.items() if wanted.get(key, NOTHING) < quantity]
    early = [key for key, quantity in wanted.items() if quantity > proposed.get(key, NOTHING)]
    if not skipped and not early:
        return Text()
    names = {offer.shelf.lot: offer.shelf.name or offer.shelf.lot for offer in offers}
    zh = "、".join(f"{names.get(key, key)}（{plain(proposed[key])}）" for key in skipped)
    en = ", ".join(f"{names.get(key, key)} ({plain(proposed[key])})" for key in skipped)
    return Text(f"按先到期先出应先取：{zh or '无'}", f"first expired, first out would take: {en or 'none of these'}")
