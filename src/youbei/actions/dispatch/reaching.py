"""From where the incidents of a dispatch are reached along the roads, in bands of minutes, as areas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from youbei.actions.dispatch.facts import Facts
from youbei.engine.areas import Polygon, as_multipolygon, fineness, grid_over, outlines, times_on, within
from youbei.engine.roads import RoadTravel

BANDS_MIN = (10, 20, 30)


@dataclass(frozen=True, slots=True)
class Band:
    """The area from which one of the incidents is reached within so many minutes; true to `cell_m` metres."""

    minutes: int
    polygons: tuple[Polygon, ...]
    km2: float
    cell_m: float


def bands_of(facts: Facts) -> tuple[Band, ...]:
    """Return the bands, the widest first, those left out that reach no farther than the one before.

    There are none where no incident lies beside a road.
    """
    roads = facts.ways.roads
    if roads is None:
        return ()
    known = list(near_crossings(facts, roads, BANDS_MIN[-1] * 60.0))
    if not known:
        return ()
    grid = grid_over([(lat, lon) for lat, lon, _ in known], across=fineness(len(known)))
    straight = facts.ways.straight
    times = times_on(grid, known, pace_s_m=straight.detour / straight.speed_m_s)
    found, before = [], 0
    for minutes in BANDS_MIN:
        inside = within(times, minutes * 60.0)
        if len(inside) > before:
            found.append(Band(minutes, outlines(grid, inside), grid.km2(inside), grid.cell_m))
        before = len(inside)
    return tuple(reversed(found))


def near_crossings(facts: Facts, roads: RoadTravel, limit_s: float) -> Iterator[tuple[float, float, float]]:
    """Yield the crossings from which an incident with open needs is reached in time: where, and in how many seconds."""
    for run in facts.runs:
        if run.at is None or not run.needs or not facts.ways.is_beside_road(run.at):
            continue
        node, beside_m = roads.nearest(run.at)
        beside_s = beside_m * roads.off_road.detour / roads.off_road.speed_m_s
        yield run.at.lat, run.at.lon, 0.0
        for crossing, seconds in enumerate(roads.search(node).seconds):
            if seconds + beside_s <= limit_s:
                point = roads.graph.nodes[crossing]
                yield point.lat, point.lon, seconds + beside_s


def as_features(bands: Iterable[Band]) -> dict[str, Any]:
    """Return bands as a collection of GeoJSON."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": as_multipolygon(band.polygons),
                "properties": {"minutes": band.minutes, "km2": band.km2, "cell_m": band.cell_m},
            }
            for band in bands
        ],
    }
