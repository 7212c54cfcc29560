"""What is required, by item and by when, as a question whose numbers are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from youbei.records.counts.asked import Asked, Side


def required(paths: Sequence[str], today: date, *, items: Iterable[str] = ()) -> Asked:
    """Ask for what counts of the requirements in force under these paths; `items` are the keys of those wanted.

    What counts for no hour is a smaller yardstick for the same stock: it is among the records, not in the quantity.
    """
    wanted = tuple(sorted(items))
    return Asked(
        register="requirement",
        paths=tuple(sorted(paths)),
        sides=(Side("column", "item_id"), Side("column", "basis"), Side("column", "yardstick_h")),
        words=(("item_id", wanted),) if wanted else (),
        days=(("valid_until", today.isoformat(), "", True),),
        adds=("quantity",),
    )
