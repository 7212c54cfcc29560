"""How long a team really takes from the call until it leaves, and what to plan with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from youbei.engine.clock import Mode

# Assumption: with fewer than three observations one odd night would decide; until then the promise stands alone.
ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Sent:
    """One time that a team was sent and said to have set out or arrived.

    `promised` is the turn-out it promised at the time. Not both of `arrived_at` and `departed_at` are None.
    """

    assigned_at: datetime
    expected_at: datetime
    arrived_at: datetime | None
    promised: timedelta
    mode: Mode = Mode.REAL
    departed_at: datetime | None = None

    @property
    def turn_out(self) -> timedelta:
        """Return the time from the call until it left, as reported; else what the arrival leaves without the road.

        The road then takes what was expected of it: whatever is late is laid to the turn-out, never less than nothing.
        """
        if self.departed_at is not None:
            return self.departed_at - self.assigned_at
        if self.arrived_at is None:
            raise ValueError("A team of which neither departure nor arrival is known shows no turn-out")
        road = max(self.expected_at - self.assigned_at - self.promised, timedelta(0))
        return max(self.arrived_at - self.assigned_at - road, timedelta(0))

    @property
    def travel(self) -> timedelta | None:
        """Return how long the road took; None where departure or arrival was not reported."""
        if self.departed_at is None or self.arrived_at is None:
            return None
        return self.arrived_at - self.departed_at


@dataclass(frozen=True, slots=True)
class Measured:
    """What observations say: half were quicker than the median, nine in ten not slower than `most`.

    Of `number` observations `reported` rest on a reported departure, the others on the arrival.
    """

    number: int
    median: timedelta
    most: timedelta
    reported: int = 0


def measure(observed: Sequence[Sent], mode: Mode | None = None) -> Measured | None:
    """Return the measured turn-out over real incidents, over exercises, or over both; None without observations."""
    counted = [one for one in observed if mode is None or one.mode is mode]
    spans = sorted(one.turn_out for one in counted)
    if not spans:
        return None
    half = len(spans) // 2
    median = spans[half] if len(spans) % 2 else (spans[half - 1] + spans[half]) / 2
    reported = sum(one.departed_at is not None for one in counted)
    return Measured(len(spans), median, spans[ceil(0.9 * len(spans)) - 1], reported)


def to_plan_with(promised: timedelta, measured: Measured | None) -> timedelta:
    """Return the worse of promise and measured median; a few observations do not count yet."""
    if measured is None or measured.number < ENOUGH:
        return promised
    return max(promised, measured.median)
