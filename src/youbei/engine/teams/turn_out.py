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
    """One time that a team was sent and said to have arrived. `promised` is the turn-out it promised at the time."""

    assigned_at: datetime
    expected_at: datetime
    arrived_at: datetime
    promised: timedelta
    mode: Mode = Mode.REAL

    @property
    def turn_out(self) -> timedelta:
        """Return the time until it left, as far as it can be known: what the arrival leaves when the road is taken off.

        The road takes what was expected of it: whatever is late is laid to the turn-out, never less than nothing.
        """
        road = max(self.expected_at - self.assigned_at - self.promised, timedelta(0))
        return max(self.arrived_at - self.assigned_at - road, timedelta(0))


@dataclass(frozen=True, slots=True)
class Measured:
    """What observations say: half were quicker than the median, nine in ten not slower than `most`."""

    number: int
    median: timedelta
    most: timedelta


def measure(observed: Sequence[Sent], mode: Mode | None = None) -> Measured | None:
    """Return the measured turn-out over real incidents, over exercises, or over both; None without observations."""
    spans = sorted(one.turn_out for one in observed if mode is None or one.mode is mode)
    if not spans:
        return None
    half = len(spans) // 2
    median = spans[half] if len(spans) % 2 else (spans[half - 1] + spans[half]) / 2
    return Measured(len(spans), median, spans[ceil(0.9 * len(spans)) - 1])


def to_plan_with(promised: timedelta, measured: Measured | None) -> timedelta:
    """Return the worse of promise and measured median; a few observations do not count yet."""
    if measured is None or measured.number < ENOUGH:
        return promised
    return max(promised, measured.median)
