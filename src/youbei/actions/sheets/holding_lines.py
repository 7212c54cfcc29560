"""What the rows of a sheet say of who holds which post, kept in a file while they are judged and nothing is stored.

A dry run judges a thousand rows at a time. Those behind are held against all before them, yet only the holdings of the
persons at hand are in memory.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from youbei.actions import files
from youbei.actions.registers.holdings import Held
from youbei.actions.sheets.judge import Judged
from youbei.actions.sheets.lines import append
from youbei.records.models import PostHolding, SheetImport


def held_path(sheet: SheetImport) -> Path:
    return files.path_of(sheet.file).with_name(f"{sheet.file}.held")


def keep_held(sheet: SheetImport, size: int, judged: Sequence[Judged]) -> int:
    """Append the holdings that these rows would store to the file that had that size; return its new size."""
    rows = [one.row for one in judged if isinstance(one.row, PostHolding) and not one.problems]
    if not rows:
        return size
    said = [
        [row.person_id, row.post_id, row.pk or 0, row.starts_at.isoformat(), row.ends_at and row.ends_at.isoformat()]
        for row in rows
    ]
    return append(held_path(sheet), size, said)


def held_by(sheet: SheetImport, size: int, persons: Collection[int]) -> Iterator[Held]:
    """Yield what earlier rows say of these persons; only what was kept when the file had that size counts."""
    if not size:
        return
    asked = frozenset(f"[{person}, ".encode() for person in persons)
    at = 0
    with held_path(sheet).open("rb") as file:
        for raw in file:
            at += len(raw)
            if at > size:
                return
            if raw[: raw.index(b" ") + 1] in asked:
                person, post, pk, start, end = json.loads(raw)
                yield post, person, pk, (datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None)
