"""A quantity that somebody states for a lot is no count: it waits until somebody else confirms or rejects it."""

from __future__ import annotations

from decimal import Decimal

from youbei.engine.errors import Refused


class StatementOvertaken(Refused):
    """Refuse to confirm a statement after which more was taken out than it says there was."""


def found_now(*, at_hand: Decimal, stood: Decimal, stated: Decimal) -> Decimal:
    """Return what a lot holds now if `stated` was right when its ledger said `stood`.

    What came and went since changed both alike, so the difference is what is carried on, not the figure.
    """
    found = at_hand + stated - stood
    if found < 0:
        raise StatementOvertaken(
            zh=f"报数时账上 {stood.normalize():f}、报 {stated.normalize():f}，其后又有出库，结果会是 "
            f"{found.normalize():f}，不可能。请到现场盘点后录入盘点数。",
            en=f"It was {stated.normalize():f} instead of {stood.normalize():f}, and so much was taken out since that "
            f"{found.normalize():f} would be left, which cannot be. Count the lot and enter the count.",
        )
    return found
