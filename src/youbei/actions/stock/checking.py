"""Hold the rows of lots against their ledger: they must say the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from youbei.actions.stock.posting import balances_of
from youbei.engine.stock import ledger
from youbei.records.models import StockLot, StockPosting

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A lot whose row says something else than its ledger."""

    lot: int
    code: str
    quantity: Decimal
    in_ledger: Decimal
    reserved: Decimal
    reserved_in_ledger: Decimal
    is_balanced: bool


def disagreements() -> Iterator[Disagreement]:
    """Yield every lot whose quantity or reserved part is not the sum of its postings, or whose postings do not
    balance."""
    after = 0
    while True:
        rows = list(
            StockLot.objects.filter(pk__gt=after)
            .order_by("pk")
            .values_list("pk", "code", "quantity", "reserved")[:BATCH]
        )
        if not rows:
            return
        by_lot: dict[str, dict[tuple[str, ledger.Account], Decimal]] = {}
        for key, sum_of in balances_of([row[0] for row in rows]).items():
            by_lot.setdefault(key[0], {})[key] = sum_of
        for pk, code, quantity, reserved in rows:
            own = by_lot.get(str(pk), {})
            held, promised = ledger.at_hand(own, str(pk)), ledger.promised(own, str(pk))
            is_balanced = not sum(own.values(), Decimal(0))
            if (quantity, reserved) != (held, promised) or not is_balanced:
                yield Disagreement(pk, code, quantity, held, reserved, promised, is_balanced)
        after = rows[-1][0]


def counted() -> tuple[int, int]:
    """Return how many lots and how many postings there are."""
    return StockLot.objects.count(), StockPosting.objects.count()
