"""The head-count of an evacuation: who is at the assembly point, when, and who is missing still."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median


@dataclass(frozen=True, slots=True)
class GroupCount:
    """What is known of one class, of the staff, or of visitors. `expected` are those in the building today.

    `arrived_at` is when the group stood at its assembly point, None while it has not reported; `missing` how many were
    not there then, `found` how many of them have turned up since.
    """

    key: str
    expected: int
    arrived_at: datetime | None = None
    counted: int | None = None
    missing: int = 0
    found: int = 0

    @property
    def is_reported(self) -> bool:
        return self.counted is not None

    @property
    def still_missing(self) -> int:
        return max(0, self.missing - self.found)

    @property
    def unaccounted(self) -> int:
        """Return how many of those expected were neither counted nor called missing: they are to be looked for, too."""
        return max(0, -self.surplus)

    @property
    def surplus(self) -> int:
        """Return how many more (or, below zero, fewer) than expected were accounted for: a list that is not right."""
        return 0 if self.counted is None else self.counted + self.missing - self.expected


@dataclass(frozen=True, slots=True)
class HeadCountResult:
    """A head-count as it stands. `took` is until the last group stood at its point, None while one has not reported.

    `people_unknown` are those expected in groups that have not reported: neither here nor missing, but unknown.
    `unaccounted` are those whom a report leaves out. `is_complete` where every group has reported, nobody is missing
    and nobody left out.
    """

    groups: int
    reported: int
    expected: int
    counted: int
    missing: int
    people_unknown: int
    unaccounted: int
    took: timedelta | None
    first: timedelta | None
    slowest: str
    in_time: int

    @property
    def is_complete(self) -> bool:
        is_all_heard = self.groups > 0 and self.reported == self.groups
        return is_all_heard and self.missing == 0 and self.unaccounted == 0


def result_of(
    groups: Iterable[GroupCount], *, alarm_at: datetime | None, target: timedelta | None = None
) -> HeadCountResult:
    """Sum up a head-count. A group without anybody in it today need not report."""
    awaited = [one for one in groups if one.expected or one.is_reported]
    reported = [one for one in awaited if one.is_reported]
    times = {}
    if alarm_at is not None:
        times = {one.key: one.arrived_at - alarm_at for one in reported if one.arrived_at is not None}
    is_over = bool(awaited) and len(reported) == len(awaited)
    return HeadCountResult(
        groups=len(awaited),
        reported=len(reported),
        expected=sum(one.expected for one in awaited),
        counted=sum(one.counted or 0 for one in reported) + sum(min(one.found, one.missing) for one in reported),
        missing=sum(one.still_missing for one in reported),
        people_unknown=sum(one.expected for one in awaited if not one.is_reported),
        unaccounted=sum(one.unaccounted for one in reported),
        took=max(times.values(), default=None) if is_over else None,
        first=min(times.values(), default=None),
        slowest=max(times, key=lambda key: times[key]) if is_over and times else "",
        in_time=sum(time <= target for time in times.values()) if target is not None else 0,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How one school stands in a period: how many head-counts it held, how long a complete one takes."""

    held: int
    complete: int
    median: timedelta | None
    best: timedelta | None


def standing_of(times: Sequence[timedelta | None]) -> Standing:
    """Sum up the head-counts of a school; one that was never completed counts as held, and has no time."""
    known = sorted(time for time in times if time is not None)
    middle = timedelta(seconds=median(time.total_seconds() for time in known)) if known else None
    return Standing(len(times), len(known), middle, known[0] if known else None)
