"""Clocks that tie scenario time to the wall.

A real run's scenario time *is* the wall. An exercise runs at a speed, may be paused, and may jump. A simulation has
no wall. Everything here is arithmetic on values: nothing reads a clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from youbei.engine.errors import Refused


class Mode(StrEnum):
    """Say what a run is for; the mode decides which clock it follows and what may leave the building."""

    SIMULATED = "simulated"
    EXERCISE = "exercise"
    REAL = "real"


class ClockRefused(Refused):
    """Refuse a change that the clock of this run does not allow."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Map wall time to scenario time along a straight line through an anchor.

    `speed` is scenario seconds per wall second (1 for reality); while `is_paused`, scenario time stands at the anchor.
    """

    wall: datetime
    scenario: datetime
    speed: float = 1.0
    is_paused: bool = False

    @classmethod
    def real(cls) -> Clock:
        """Return the clock on which scenario time is wall time."""
        start = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
        return cls(wall=start, scenario=start)

    def scenario_at(self, wall: datetime) -> datetime:
        """Return the scenario time when the wall shows `wall`."""
        if self.is_paused:
            return self.scenario
        if self.speed == 1.0:
            return self.scenario + (wall - self.wall)
        return self.scenario + (wall - self.wall) * self.speed

    def wall_at(self, scenario: datetime) -> datetime | None:
        """Return when the wall will show that scenario time, or None while the clock is paused before it."""
        if scenario <= self.scenario:
            return self.wall
        if self.is_paused:
            return None
        if self.speed == 1.0:
            return self.wall + (scenario - self.scenario)
        return self.wall + (scenario - self.scenario) / self.speed

    def paused(self, *, wall: datetime) -> Clock:
        return replace(self, wall=wall, scenario=self.scenario_at(wall), is_paused=True)

    def resumed(self, *, wall: datetime) -> Clock:
        return replace(self, wall=wall, scenario=self.scenario_at(wall), is_paused=False)

    def at_speed(self, speed: float, *, wall: datetime) -> Clock:
        """Return the clock that goes on from here at another speed, 0.1 to 3600 scenario seconds per second."""
        if not 0.1 <= speed <= 3600:
            raise ClockRefused(
                zh=f"演练时钟的倍速须在 0.1 至 3600 之间，收到的是 {speed}。请换一个倍速。",
                en=f"An exercise clock runs at 0.1 to 3600 times real time, not {speed}. Choose a speed in that range.",
            )
        return replace(self, wall=wall, scenario=self.scenario_at(wall), speed=speed)

    def jumped(self, by: timedelta, *, wall: datetime) -> Clock:
        """Return the clock moved forward by `by` of scenario time; an exercise never goes back."""
        if by <= timedelta(0):
            raise ClockRefused(
                zh="演练时钟只能向前跳。要重来，请另开一次演练。",
                en="An exercise clock only jumps forward. To start over, open a new exercise.",
            )
        return replace(self, wall=wall, scenario=self.scenario_at(wall) + by)
