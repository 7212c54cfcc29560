"""The log in the database: append to the one chain, read a stream, write it out for verification.

Appending locks the head row last of all locks (order: incident, run, team or lot, head), so positions are gapless
and two transactions can never hold entries in each other's way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db.models import Max
from django.db.transaction import TransactionManagementError

from youbei.engine.clock import Mode
from youbei.engine.events import Actor, Event
from youbei.engine.log import GENESIS, Entry, Fault, chain, entry_body, verify
from youbei.records.driver import database, execute, fetch
from youbei.records.insert import insert_rows
from youbei.records.models import LogEntry, LogHead

EXPORT_CHUNK = 2000
EVENT_FIELDS = ("stream", "seq", "at", "mode", "kind", "data", "version", "by_id", "by_label")


class SequenceBroken(RuntimeError):
    """Two writers extended one stream at once, or an event was left out: a missing lock, never a user's doing."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: how many entries there are, and the hash of the last."""

    position: int
    hash: str


def append(events: Sequence[Event], *, org_path: str, recorded_at: datetime) -> list[Entry]:
    """Put the events at the end of the chain, inside the caller's transaction, and return them with their places.

    `org_path` is the organisation whose log they are in; it decides who may read them. Events of one stream must
    continue it: the caller holds the lock of whatever the stream tells about.
    """
    if not events:
        return []
    if not database().in_atomic_block:
        raise TransactionManagementError("Appending to the log needs a transaction that also holds what it tells.")
    last = lock_head()
    demand_sequence(events)
    recorded_at = recorded_at.astimezone(UTC)
    entries = list(chain(events, after=last.position, head=last.hash, recorded_at=recorded_at))
    insert_rows(LogEntry, [entry_row(entry, org_path) for entry in entries])
    end = [entries[-1].position, entries[-1].hash]
    execute("UPDATE records_loghead SET position = %s, hash = %s WHERE id = 1", end)
    return entries


def lock_head() -> Head:
    """Lock the head until the transaction ends. On SQLite the immediate transaction is the lock."""
    lock = " FOR UPDATE" if database().features.has_select_for_update else ""
    position, digest = fetch(f"SELECT position, hash FROM records_loghead WHERE id = 1{lock}")[0]
    return Head(position, digest)


def head() -> Head:
    """Return the end of the chain as it is now."""
    return Head(*LogHead.objects.values_list("position", "hash").get(pk=1))


def demand_sequence(events: Sequence[Event]) -> None:
    """Raise SequenceBroken unless each event is the next of its stream."""
    expected: dict[str, int] = {}
    for event in events:
        if event.stream not in expected:
            expected[event.stream] = 1 if event.seq == 1 else next_seq(event.stream)
        if event.seq != expected[event.stream]:
            raise SequenceBroken(
                f"{event.kind} came as number {event.seq} of {event.stream}, expected {expected[event.stream]}."
            )
        expected[event.stream] += 1


def next_seq(stream: str) -> int:
    """Return the number that the next event of the stream gets; 1 for a new stream."""
    last: int | None = fetch("SELECT MAX(seq) FROM records_logentry WHERE stream = %s", [stream])[0][0]
    return (last or 0) + 1


def entry_row(entry: Entry, org_path: str) -> dict[str, Any]:
    event = entry.event
    return {
        "position": entry.position,
        "stream": event.stream,
        "seq": event.seq,
        "at": event.at,
        "recorded_at": entry.recorded_at,
        "mode": event.mode.value,
        "kind": event.kind,
        "version": event.version,
        "data": entry.data_text,
        "by_id": event.by.id,
        "by_label": event.by.label,
        "org_path": org_path,
        "prev_hash": entry.prev_hash,
        "hash": entry.hash,
    }


def read_stream(stream: str, *, after: int = 0) -> list[Event]:
    """Return the events of a stream in order, from the one behind number `after` on."""
    rows = LogEntry.objects.filter(stream=stream, seq__gt=after).order_by("seq").values_list(*EVENT_FIELDS)
    return [event_from(*row) for row in rows]


def event_from(
    stream: str, seq: int, at: datetime, mode: str, kind: str, data: str, version: int, by_id: str, by_label: str
) -> Event:
    return Event(
        stream=stream,
        seq=seq,
        at=at,
        mode=Mode(mode),
        kind=kind,
        data=json.loads(data),
        version=version,
        by=Actor(id=by_id, label=by_label),
    )


def export_lines(after: int = 0) -> Iterator[dict[str, Any]]:
    """Yield each entry behind position `after` as `engine.log.verify` reads it, up to the head as it is now."""
    position, end = after, head().position
    while position < end:
        rows = (
            LogEntry.objects.filter(position__gt=position, position__lte=end)
            .order_by("position")
            .values_list("position", "recorded_at", "prev_hash", "hash", *EVENT_FIELDS)[:EXPORT_CHUNK]
        )
        found = list(rows)
        if not found:
            return
        for place, recorded_at, prev_hash, digest, *event in found:
            yield {
                **entry_body(position=place, event=event_from(*event), recorded_at=recorded_at, prev_hash=prev_hash),
                "hash": digest,
            }
        position = found[-1][0]


@dataclass(frozen=True, slots=True)
class VerifiedPart:
    """What a check of part of the chain found: it went up to `position`, whose hash is `hash`, of `last` in all."""

    position: int
    hash: str
    last: int
    faults: tuple[Fault, ...]

    @property
    def is_complete(self) -> bool:
        return self.position >= self.last


def verify_part(*, after: int, digest: str, limit: int = EXPORT_CHUNK) -> VerifiedPart:
    """Check the next `limit` entries behind `after`, whose hash was found to be `digest`; so progress can be shown.

    The part that reaches the head also holds the end of the chain against it.
    """
    end = head()
    lines = list(islice(export_lines(after), limit))
    streams = {line["stream"] for line in lines}
    before = LogEntry.objects.filter(stream__in=streams, position__lte=after).values_list("stream")
    sequences = dict(before.annotate(Max("seq")).order_by())
    faults = list(verify(lines, after=after, head=digest, sequences=sequences))
    position, reached = (lines[-1]["position"], lines[-1]["hash"]) if lines else (after, digest)
    if (not lines and position < end.position) or (position == end.position and reached != end.hash):
        faults.append(end_fault(end.position, position))
        position = end.position
    return VerifiedPart(position=position, hash=reached, last=end.position, faults=tuple(faults))


def verify_log() -> Iterator[Fault]:
    """Check the whole chain in the database, and that it ends where the head says, and yield each fault found."""
    last = head()
    position, digest = 0, GENESIS

    def remembered() -> Iterator[dict[str, Any]]:
        nonlocal position, digest
        for line in export_lines():
            if line["position"] > last.position:
                return
            position, digest = line["position"], line["hash"]
            yield line

    yield from verify(remembered())
    beyond = LogEntry.objects.filter(position__gt=LogHead.objects.filter(pk=1).values("position")).exists()
    if (position, digest) != (last.position, last.hash) or beyond:
        yield end_fault(last.position, position)


def end_fault(head_position: int, position: int) -> Fault:
    return Fault(
        head_position,
        "head",
        f"链头记为第 {head_position} 条，而日志止于第 {position} 条：末尾的记录被移除或改动过。",
        f"The head stands at entry {head_position}, but the log ends at entry {position}: its end was changed.",
    )
