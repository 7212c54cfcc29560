"""The next entries of the log that a webhook wants, found by an index however rare they are.

Positions become visible in order (docs/decisions/0004), so whoever follows `position > last` misses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from youbei.engine.log import entry_body
from youbei.engine.webhooks import WhichModes
from youbei.records.log import EVENT_FIELDS, event_from
from youbei.records.models import LogEntry

# Up to so many kinds each is looked for by the index on kinds; more of them are met often enough by walking the log.
FEW_KINDS = 12
# Entries looked at in one step, and steps in one call: about ten milliseconds' work.
PER_LOOK, LOOKS = 500, 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a webhook wants to hear of."""

    path: str
    kinds: frozenset[str]
    which: WhichModes

    def fits(self, org_path: str, mode: str) -> bool:
        return org_path.startswith(self.path) and self.which.wants(mode)


@dataclass(frozen=True, slots=True)
class Found:
    """The positions found, in order, and how far was looked: nothing else is wanted up to `reached`."""

    positions: tuple[int, ...]
    reached: int


def next_wanted(wanted: Wanted, *, after: int, until: int, limit: int) -> Found:
    """Find up to `limit` entries in `after < position <= until`; look at no more than a bounded number of entries."""
    look = by_kind if len(wanted.kinds) <= FEW_KINDS else by_walking
    found: list[int] = []
    reached = after
    for _ in range(LOOKS):
        if reached >= until or len(found) >= limit:
            break
        positions, reached = look(wanted, reached, until)
        found += positions
    if len(found) > limit:
        found, reached = found[:limit], found[limit - 1]
    return Found(tuple(found), reached)


def by_kind(wanted: Wanted, after: int, until: int) -> tuple[list[int], int]:
    """Ask the index for the next entries of each kind; what lies behind the end of a full answer is not known yet."""
    found: list[int] = []
    reached = until
    for kind in sorted(wanted.kinds):
        rows = LogEntry.objects.filter(kind=kind, position__gt=after, position__lte=until).order_by("position")
        seen = list(rows.values_list("position", "org_path", "mode")[:PER_LOOK])
        if len(seen) == PER_LOOK:
            reached = min(reached, seen[-1][0])
        found += [position for position, path, mode in seen if wanted.fits(path, mode)]
    return sorted(position for position in found if position <= reached), reached


def by_walking(wanted: Wanted, after: int, until: int) -> tuple[list[int], int]:
    """Look at the next entries one by one."""
    reached = min(until, after + PER_LOOK)
    rows = LogEntry.objects.filter(position__gt=after, position__lte=reached).order_by("position")
    found = [
        position
        for position, kind, path, mode in rows.values_list("position", "kind", "org_path", "mode")
        if kind in wanted.kinds and wanted.fits(path, mode)
    ]
    return found, reached


def bodies(positions: Collection[int]) -> Sequence[Mapping[str, Any]]:
    """Return entries whole, in order: as a line of an exported log, with the hash."""
    rows = LogEntry.objects.filter(position__in=positions).order_by("position")
    return [
        {
            **entry_body(position=position, event=event_from(*event), recorded_at=recorded_at, prev_hash=prev_hash),
            "hash": digest,
        }
        for position, recorded_at, prev_hash, digest, *event in rows.values_list(
            "position", "recorded_at", "prev_hash", "hash", *EVENT_FIELDS
        )
    ]
