"""The chain: each entry of the deployment's log carries the hash of the one before it.

One chain runs over all streams, so that an entry, or a whole stream, cannot be taken out without leaving a hole. What
is proven is that nothing was changed *later*; whether an entry was true when it was written is another matter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from youbei.engine.events import Event, iso

GENESIS = "0" * 64
NO_SEQUENCES: Mapping[str, int] = {}
encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
quoted = json.encoder.encode_basestring


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold an event as recorded: its position in the chain (1, 2, 3 ...), when the wall saw it, and the two hashes.

    `data_text` is the event's data as it was hashed, so that whoever stores it need not write it a second time.
    """

    position: int
    event: Event
    recorded_at: datetime
    prev_hash: str
    hash: str
    data_text: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Name one place where a chain does not hold."""

    position: int
    code: str
    zh: str
    en: str


def canonical(value: Any) -> str:
    """Write JSON in the one way that is hashed: sorted keys, no blanks, text unescaped; NaN and infinities refused."""
    return encode(value)


def entry_body(*, position: int, event: Event, recorded_at: datetime, prev_hash: str) -> dict[str, Any]:
    """Return the fields that the hash covers, as JSON values; also the form of a line in an exported log."""
    return {
        "position": position,
        "stream": event.stream,
        "seq": event.seq,
        "at": iso(event.at),
        "recorded_at": iso(recorded_at),
        "mode": event.mode.value,
        "kind": event.kind,
        "version": event.version,
        "data": event.data,
        "by_id": event.by.id,
        "by_label": event.by.label,
        "prev_hash": prev_hash,
    }


def body_hash(body: dict[str, Any]) -> str:
    """Return the SHA-256 of the canonical body, in hex."""
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def chain(events: Iterable[Event], *, after: int, head: str, recorded_at: datetime) -> Iterator[Entry]:
    """Give each event its place behind position `after`, whose hash is `head`."""
    position, prev_hash = after, head
    seen_at = iso(recorded_at)
    times: dict[datetime, str] = {}
    for event in events:
        position += 1
        at = times.get(event.at)
        if at is None:
            at = times[event.at] = iso(event.at)
        data = encode(event.data)
        # The canonical text of `entry_body`, put together by hand: an activation writes many entries at once.
        body = (
            f'{{"at":"{at}","by_id":{quoted(event.by.id)},"by_label":{quoted(event.by.label)},"data":{data},'
            f'"kind":{quoted(event.kind)},"mode":"{event.mode.value}","position":{position},"prev_hash":"{prev_hash}",'
            f'"recorded_at":"{seen_at}","seq":{event.seq},"stream":{quoted(event.stream)},"version":{event.version}}}'
        )
        digest = hashlib.sha256(body.encode()).hexdigest()
        yield Entry(position, event, recorded_at, prev_hash, digest, data)
        prev_hash = digest


def verify(
    lines: Iterable[dict[str, Any]], *, after: int = 0, head: str = GENESIS, sequences: Mapping[str, int] = NO_SEQUENCES
) -> Iterator[Fault]:
    """Check exported lines (an `entry_body` with its `hash`) from position 1 on, and yield each fault found.

    Checked are: positions without gap, the link to the line before, the hash of the content, and the sequence
    within each stream. The caller compares the last hash with an anchor kept elsewhere. To go on behind a part that
    was checked before, give the position and hash of its last line, and the last number of each stream until then.
    """
    expected, prev_hash = after + 1, head
    sequences = dict(sequences)
    for line in lines:
        body = {key: value for key, value in line.items() if key != "hash"}
        position = body.get("position")
        position = position if isinstance(position, int) else 0
        if position != expected:
            yield Fault(
                position,
                "gap",
                f"此处应为第 {expected} 条，实为第 {position} 条：有记录被移除或插入。",
                f"Entry {expected} should stand here, not {position}: entries were removed or inserted.",
            )
        if body.get("prev_hash") != prev_hash:
            yield Fault(
                position,
                "link",
                f"第 {position} 条与前一条的哈希不衔接。",
                f"Entry {position} does not link to the entry before it.",
            )
        if body_hash(body) != line.get("hash"):
            yield Fault(
                position,
                "content",
                f"第 {position} 条的内容与其哈希不符：记录被改动过。",
                f"The content of entry {position} does not match its hash: it was changed.",
            )
        stream, seq = str(body.get("stream")), body.get("seq")
        if seq != sequences.get(stream, 0) + 1:
            yield Fault(
                position,
                "sequence",
                f"第 {position} 条在“{stream}”中的序号应为 {sequences.get(stream, 0) + 1}，实为 {seq}。",
                f"Entry {position} should be number {sequences.get(stream, 0) + 1} of stream {stream}, not {seq}.",
            )
        sequences[stream] = seq if isinstance(seq, int) else sequences.get(stream, 0)
        expected, prev_hash = position + 1, str(line.get("hash"))
