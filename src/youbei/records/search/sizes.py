"""Which registers are large: looked up now and then, for it only says how to ask."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.db import connection

from youbei import content
from youbei.records.search.entries import is_searched

# Assumption: what fits in a register of fewer records is quickly found among all.
LARGE = 20_000
LOOKED_AGAIN_S = 600.0


@dataclass(slots=True)
class Known:
    """What this process has seen last, and until when it holds by the clock that never goes back."""

    names: frozenset[str] = frozenset()
    until: float = 0.0


KNOWN = Known()


def large_registers() -> frozenset[str]:
    """Return the registers that have, or have had, more than `LARGE` records."""
    if time.monotonic() >= KNOWN.until:
        KNOWN.names, KNOWN.until = look(), time.monotonic() + LOOKED_AGAIN_S
    return KNOWN.names


def look() -> frozenset[str]:
    """Ask of each register for its newest entry: a key stands in the index by which entries are found again."""
    names = [name for name, one in content.registers().items() if is_searched(one)]
    one = "SELECT %s, (SELECT max(record_id) FROM records_searchentry WHERE register = %s)"
    newest = " UNION ALL ".join([one] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(newest, [value for name in names for value in (name, name)])
        return frozenset(name for name, last in cursor.fetchall() if (last or 0) > LARGE)
