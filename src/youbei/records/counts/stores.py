"""What may be given out of the stores, by item, reserve and agreement, as a question whose numbers are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from youbei.engine.stock.fefo import USABLE
from youbei.records.counts.asked import Asked, Side


def in_the_stores(paths: Sequence[str], today: date, *, items: Iterable[str] = ()) -> Asked:
    """Ask for what is usable under these paths and not reserved; `items` are the keys of those wanted, else of all."""
    wanted = tuple(sorted(items))
    return Asked(
        register="lot",
        paths=tuple(sorted(paths)),
        sides=(Side("column", "item_id"), Side("column", "reserve"), Side("column", "agreement_id")),
        words=((("item_id", wanted),) if wanted else ()) + (("condition", tuple(sorted(USABLE))),),
        days=(("expires_on", today.isoformat(), "", True),),
        adds=("quantity", "-reserved"),
    )
