"""What else is going on: incidents of every day, which keep teams busy while a plan is carried out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from youbei.engine.places import Point

EVEN_HOURS = (1.0,) * 24
EVEN_MONTHS = (1.0,) * 12


@dataclass(frozen=True, slots=True)
class Stream:
    """Calls of one kind at one place, at random: `per_day` of them, more in some hours and months than in others.

    hours, months: how many times the mean, by local hour from 0 and by month from January; their mean is 1.
    capability, count: how many teams of what a call needs. on_scene: the median time that each stays there, `spread`
    its geometric standard deviation.
    """

    kind: str
    place: str
    point: Point
    capability: str
    per_day: float
    on_scene: timedelta
    count: int = 1
    spread: float = 1.0
    hours: tuple[float, ...] = EVEN_HOURS
    months: tuple[float, ...] = EVEN_MONTHS

    @property
    def id(self) -> str:
        return f"{self.kind}@{self.place}"


@dataclass(frozen=True, slots=True)
class Demand:
    """Hold the calls of every day.

    handling: from a call until teams are sent. within: what is called a good response. warm_up: how long before the
    activation calls come already, so that it meets teams as busy as they are; lasts: how long after it they come.
    """

    streams: tuple[Stream, ...]
    handling: timedelta = timedelta(0)
    within: timedelta = timedelta(minutes=15)
    warm_up: timedelta = timedelta(hours=12)
    lasts: timedelta = timedelta(hours=24)

    @property
    def per_day(self) -> float:
        return sum(stream.per_day for stream in self.streams)


NO_DEMAND = Demand(())
