"""Places and the time it takes to get there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

# Source: IUGG mean Earth radius R1, Moritz, Geodetic Reference System 1980 (2000).
EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Point:
    """Locate something on WGS 84, in degrees."""

    lat: float
    lon: float


def distance_m(a: Point, b: Point) -> float:
    """Return the great-circle distance in metres (haversine)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b.lon - a.lon) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


class TravelTimes(Protocol):
    """Answer how long a vehicle needs from one place to another."""

    def __call__(self, origin: Point, destination: Point) -> timedelta: ...


@dataclass(frozen=True, slots=True)
class StraightLine:
    """Estimate travel by the great circle, for places without a road network.

    Assumption: roads are `detour` times longer than the straight line and are driven at `speed_m_s` on average; both
    are guesses for a Chinese county town and are replaced by the road network where there is one.
    """

    speed_m_s: float = 11.0
    detour: float = 1.4

    def __call__(self, origin: Point, destination: Point) -> timedelta:
        return timedelta(seconds=round(distance_m(origin, destination) * self.detour / self.speed_m_s))
