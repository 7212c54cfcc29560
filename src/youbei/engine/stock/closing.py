"""The cheapest way to fill a store up to what is required: what is for sale or made, the lowest price first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from youbei.engine.stock.requirement import Gap, Reserve, Supply, rounded

NOTHING = Decimal(0)
KEPT = frozenset({Reserve.GOVERNMENT, Reserve.OWN, Reserve.AGREEMENT})
# Assumption: a gap in peace is closed within a month.
MONTH_H = 24 * 30


@dataclass(frozen=True, slots=True)
class Purchase:
    """So much of one offer; the price of one is None where it is not known."""

    label: str
    reserve: Reserve
    quantity: Decimal
    unit_price: Decimal | None


@dataclass(frozen=True, slots=True)
class Closing:
    """What is kept against what is required, and how the rest is bought; `open_end` is what nobody offers."""

    kept: Decimal
    lacking: Decimal
    purchases: tuple[Purchase, ...]
    open_end: Decimal

    @property
    def cost(self) -> Decimal:
        return sum((one.quantity * (one.unit_price or NOTHING) for one in self.purchases), NOTHING)

    @property
    def has_unknown_price(self) -> bool:
        return any(one.unit_price is None for one in self.purchases)


def close(gap: Gap) -> Closing:
    """Buy the gap between what is kept and what is required at the least cost.

    Prices are by the piece and quantities have limits, so the cheapest first is the least in all; what has no price
    goes last.
    """
    kept = kept_of(gap.supplies)
    lacking = rest = max(gap.required - kept, NOTHING)
    purchases = []
    offers = [one for one in gap.supplies if one.reserve not in KEPT]
    for offer in sorted(offers, key=lambda one: (one.unit_price is None, one.unit_price or NOTHING, one.label)):
        taken = min(rest, rounded(offer.curve.at(MONTH_H)))
        if taken > 0:
            purchases.append(Purchase(offer.label, offer.reserve, taken, offer.unit_price))
            rest -= taken
    return Closing(kept, lacking, tuple(purchases), rest)


def kept_of(supplies: Iterable[Supply]) -> Decimal:
    return rounded(sum((one.curve.at(MONTH_H) for one in supplies if one.reserve in KEPT), Fraction(0)))
