"""What can be at a place within a time: turn-out and journey together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from youbei.engine.places import Point, StraightLine, TravelTimes, distance_m
from youbei.engine.roads import RoadTravel

# Assumption: no vehicle gets along faster than this between two places, sirens or not (120 km/h).
FASTEST_M_S = 33.3
# Assumption: a place farther than this from the nearest road of a network does not belong to it.
BESIDE_ROAD_M = 3000.0
NOBODY_WAITS = timedelta(0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that stands at a point and leaves it `starts_after` it is called."""

    key: int
    at: Point
    starts_after: timedelta = NOBODY_WAITS


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a candidate is there. `is_by_road` says whether the journey was looked up along roads or estimated."""

    key: int
    at: Point
    starts_after: timedelta
    travel: timedelta
    distance_m: float
    is_by_road: bool

    @property
    def total(self) -> timedelta:
        return self.starts_after + self.travel


class Outside(Protocol):
    """Somebody outside who knows journeys: from each of these points to one, those that are known."""

    def __call__(self, origins: Sequence[Point], destination: Point) -> Mapping[Point, timedelta]: ...


@dataclass(frozen=True, slots=True)
class Journeys:
    """Answer how long a journey takes: along the roads where both ends lie beside one, else by the straight line.

    `outside`, where there is one, is asked first.
    """

    straight: StraightLine
    roads: RoadTravel | None = None
    outside: Outside | None = None

    def __call__(self, origin: Point, destination: Point) -> tuple[timedelta, bool]:
        if self.roads is not None and self.is_beside_road(origin) and self.is_beside_road(destination):
            return self.roads(origin, destination), True
        return self.straight(origin, destination), False

    def is_beside_road(self, point: Point) -> bool:
        return self.roads is not None and self.roads.is_beside(point, BESIDE_ROAD_M)

    def radius_m(self, within: timedelta, destination: Point) -> float:
        """Return how far away, in a straight line, something can be that is there in time."""
        speed = self.straight.speed_m_s / self.straight.detour
        if self.outside is not None or self.is_beside_road(destination):
            speed = max(speed, FASTEST_M_S)
        return within.total_seconds() * speed


def journeys(travel: TravelTimes) -> Journeys:
    """Tell the two ways of travelling apart that the rest of the house uses as one."""
    if isinstance(travel, RoadTravel):
        return Journeys(travel.off_road, travel)
    return Journeys(travel if isinstance(travel, StraightLine) else StraightLine())


def arrivals(candidates: Iterable[Candidate], here: Point, *, journeys: Journeys, within: timedelta) -> list[Arrival]:
    """Return who can be here within the time, the first to arrive first; of equals the lowest key."""
    found, asked = [], list(candidates)
    known = journeys.outside([one.at for one in asked], here) if journeys.outside is not None and asked else {}
    for one in asked:
        travel, is_by_road = (known[one.at], True) if one.at in known else journeys(one.at, here)
        if one.starts_after + travel <= within:
            found.append(Arrival(one.key, one.at, one.starts_after, travel, distance_m(one.at, here), is_by_road))
    return sorted(found, key=lambda arrival: (arrival.total, arrival.key))
