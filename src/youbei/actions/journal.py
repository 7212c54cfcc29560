"""Append to the log what an action did outside a run: the streams of registers, incidents and the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from youbei.engine.clock import Mode
from youbei.engine.events import Actor, Event
from youbei.records.log import append, next_seq

Happening = tuple[str, dict[str, Any]]


def record(
    stream: str,
    happenings: Sequence[Happening],
    *,
    by: Actor,
    now: datetime,
    org_path: str,
    mode: Mode = Mode.REAL,
) -> None:
    """Append `(kind, data)` pairs as the next events of a stream, inside the caller's transaction.

    The caller has locked the row the stream belongs to, so the sequence cannot be taken by another.
    """
    if not happenings:
        return
    first = next_seq(stream)
    events = [
        Event(stream=stream, seq=first + index, at=now, mode=mode, kind=kind, data=data, by=by)
        for index, (kind, data) in enumerate(happenings)
    ]
    append(events, org_path=org_path, recorded_at=now)
