"""The clock of a run as it is kept in its row."""

from __future__ import annotations

from typing import Any

from youbei.engine.clock import Clock
from youbei.engine.events import iso, parse_iso
from youbei.records.models import Run


def clock_data(clock: Clock) -> dict[str, Any]:
    return {
        "wall": iso(clock.wall),
        "scenario": iso(clock.scenario),
        "speed": clock.speed,
        "is_paused": clock.is_paused,
    }


def clock_of(run: Run) -> Clock:
    """Return the clock a run follows: its own in an exercise, the wall in reality."""
    data = run.clock
    if not data:
        return Clock.real()
    return Clock(
        wall=parse_iso(data["wall"]),
        scenario=parse_iso(data["scenario"]),
        speed=float(data["speed"]),
        is_paused=bool(data["is_paused"]),
    )
