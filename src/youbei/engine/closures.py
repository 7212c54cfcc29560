"""Stretches of road that nobody may drive, or only slowly: what lies in or crosses an area."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from youbei.engine.errors import Refused
from youbei.engine.places import EARTH_RADIUS_M, Point

Line = Sequence[Point]


class BadClosure(Refused):
    """Refuse an area or a factor that closes nothing."""

    status = 422


@dataclass(frozen=True, slots=True)
class Closure:
    """Close the roads in an area, or make them `factor` times slower. The last corner is joined to the first."""

    area: tuple[Point, ...]
    factor: float | None = None

    @property
    def box(self) -> tuple[float, float, float, float]:
        lats, lons = [corner.lat for corner in self.area], [corner.lon for corner in self.area]
        return min(lats), min(lons), max(lats), max(lons)


def closure(area: Sequence[Point], factor: float | None = None) -> Closure:
    if len(set(area)) < 3:
        raise BadClosure(
            zh=f"封闭区域只有 {len(set(area))} 个不同的角点；至少要三个。",
            en=f"The area has {len(set(area))} different corners; give at least three.",
        )
    if any(not (-90 <= corner.lat <= 90 and -180 <= corner.lon <= 180) for corner in area):
        raise BadClosure(
            zh="封闭区域有角点不在地球上：纬度 -90 至 90，经度 -180 至 180。",
            en="A corner of the area is not on Earth: latitude -90 to 90, longitude -180 to 180.",
        )
    if factor is not None and not 1 <= factor <= 1000:
        raise BadClosure(
            zh=f"放慢的倍数是 {factor:g}；须在 1 到 1000 之间。要封闭道路，请不给倍数。",
            en=f"The factor is {factor:g}; give 1 to 1000. To close the roads, give none.",
        )
    return Closure(tuple(area), factor)


def around(middle: Point, radius_m: float, corners: int = 16) -> tuple[Point, ...]:
    """Return the corners of an even polygon round a point that holds the circle of that radius."""
    reach = math.degrees(radius_m / math.cos(math.pi / corners) / EARTH_RADIUS_M)
    wide = reach / max(0.05, math.cos(math.radians(middle.lat)))
    turns = [2 * math.pi * number / corners for number in range(corners)]
    return tuple(Point(middle.lat + reach * math.sin(turn), middle.lon + wide * math.cos(turn)) for turn in turns)


def is_inside(area: Sequence[Point], point: Point) -> bool:
    """Say whether a point lies in an area: a line from it to the east crosses the edge an odd number of times."""
    inside = False
    for a, b in edges(area):
        if (a.lat > point.lat) != (b.lat > point.lat):
            crosses_at = a.lon + (point.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon)
            inside ^= point.lon < crosses_at
    return inside


def edges(area: Sequence[Point]) -> Iterable[tuple[Point, Point]]:
    return zip(area, [*area[1:], area[0]], strict=True)


def side(a: Point, b: Point, point: Point) -> float:
    return (b.lon - a.lon) * (point.lat - a.lat) - (b.lat - a.lat) * (point.lon - a.lon)


def cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Say whether two straight lines cross."""
    return side(a, b, c) * side(a, b, d) <= 0 and side(c, d, a) * side(c, d, b) < 0


def touches(area: Sequence[Point], line: Line) -> bool:
    """Say whether any of a line lies in an area."""
    if any(is_inside(area, point) for point in line):
        return True
    return any(cross(a, b, c, d) for a, b in itertools.pairwise(line) for c, d in edges(area))
