"""From where the incidents of a dispatch are reached along the roads, in bands of minutes, as areas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from youbei.actions.dispatch.facts import Facts
from youbei.engine.areas import Polygon, as_multipolygon, fineness, grid_over, outlines, times_on, within
from youbei.engine.reach import BESIDE_ROAD_M
from youbei.engine.roads import RoadTravel
from youbei.records.reports.dispatch.forces import Force

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
    return banded(facts, known, known) if known else ()


@dataclass(frozen=True, slots=True)
class Left:
    """Where a free team could be within so many minutes before the dispatch and after it; areas in km²."""

    minutes: int
    before: Band | None
    after: Band | None


def who_is_left(facts: Facts, sent: Iterable[int]) -> tuple[Left, ...]:
    """Return where free teams (turn-out counted) could be before and after those `sent` have gone; the nearest first.

    Of the teams that were looked at; there is nothing where no roads are known or nobody stands beside one.
    """
    roads, gone = facts.ways.roads, set(sent)
    if roads is None:
        return ()
    free = [one for one in facts.forces.teams if one.serving is None and not one.is_out_of_service]
    before = list(reached(facts, roads, free))
    after = list(reached(facts, roads, [one for one in free if one.pk not in gone]))
    if not before:
        return ()
    bands = [banded(facts, before, known) for known in (before, after)]
    return tuple(Left(minutes, *(widest_within(one, minutes) for one in bands)) for minutes in BANDS_MIN)


def widest_within(bands: Iterable[Band], minutes: int) -> Band | None:
    """Return what is reached within so many minutes: bands that add nothing are left out of those given."""
    return max((band for band in bands if band.minutes <= minutes), key=lambda band: band.minutes, default=None)


def reached(facts: Facts, roads: RoadTravel, teams: Iterable[Force]) -> Iterator[tuple[float, float, float]]:
    """Yield the crossings at which the first of some teams can be in time: where, and in how many seconds."""
    origins = [(one.at, float(one.turn_out_s)) for one in teams if facts.ways.is_beside_road(one.at)]
    if not origins:
        return
    for crossing, seconds in enumerate(roads.reached_from(origins, beside_m=BESIDE_ROAD_M)):
        if seconds <= BANDS_MIN[-1] * 60.0:
            point = roads.graph.nodes[crossing]
            yield point.lat, point.lon, seconds


Known = list[tuple[float, float, float]]


def banded(facts: Facts, frame: Known, known: Known) -> tuple[Band, ...]:
    """Return the areas within the bands of minutes on a grid over `frame`, the widest first."""
    if not known:
        return ()
    grid = grid_over([(lat, lon) for lat, lon, _ in frame], across=fineness(len(frame)))
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
