"""Append to the log what an action did outside a run: the streams of registers, incidents and the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from youbei.engine.clock import Mode
from youbei.engine.events import Actor, Event
from youbei.records.log import append, lock_head, next_seq

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

    The head of the log is locked before the sequence is read, so no other transaction can take the same number.
    """
    if not happenings:
        return
    lock_head()
    append(
        events_of(stream, happenings, first=next_seq(stream), by=by, at=now, mode=mode),
        org_path=org_path,
        recorded_at=now,
    )


def events_of(
    stream: str, happenings: Sequence[Happening], *, first: int, by: Actor, at: datetime, mode: Mode
) -> list[Event]:
    """Return the happenings as events of a stream, numbered from `first` on."""
    return [
        Event(stream=stream, seq=seq, at=at, mode=mode, kind=kind, data=data, by=by)
        for seq, (kind, data) in enumerate(happenings, start=first)
    ]
