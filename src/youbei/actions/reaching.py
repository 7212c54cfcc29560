"""Areas that are reached within a time: along the stored roads where there are any, else by the straight line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from youbei.engine.areas import (
    Cell,
    Grid,
    as_multipolygon,
    fineness,
    grid_over,
    outlines,
    straight_times,
    times_on,
    within,
)
from youbei.engine.places import Point
from youbei.engine.reach import BESIDE_ROAD_M, Journeys
from youbei.engine.roads import RoadTravel

# Without roads each source draws its own disc. Assumption: so many are drawn in a few seconds; beyond, none is.
MOST_DISCS = 3000
Source = tuple[Point, float]


@dataclass(frozen=True, slots=True)
class Reached:
    """Which cells are reached in time and which are not; cells that no road comes near to are neither."""

    grid: Grid
    reached: frozenset[Cell]
    unreached: frozenset[Cell]

    def as_data(self) -> dict[str, Any]:
        """Return both as geometries of GeoJSON with their size."""
        return {
            "reached": as_multipolygon(outlines(self.grid, self.reached)),
            "unreached": as_multipolygon(outlines(self.grid, self.unreached)),
            "reached_km2": self.grid.km2(self.reached),
            "unreached_km2": self.grid.km2(self.unreached),
        }


def reached_from(sources: Sequence[Source], *, grid: Grid, ways: Journeys, limit_s: float) -> Reached | None:
    """Return what is reached from the first of the sources, each with the seconds until it leaves; None: too many."""
    pace_s_m = ways.straight.detour / ways.straight.speed_m_s
    if ways.roads is not None:
        times = times_on(grid, seconds_of(ways.roads, sources), pace_s_m=pace_s_m)
    elif len(sources) <= MOST_DISCS:
        starts = ((point.lat, point.lon, leaves_s) for point, leaves_s in sources)
        times = straight_times(grid, starts, pace_s_m=pace_s_m, limit_s=limit_s)
    else:
        return None
    inside = within(times, limit_s)
    return Reached(grid, frozenset(inside), frozenset(times.keys() - inside))


def seconds_of(roads: RoadTravel, sources: Iterable[Source]) -> Iterable[tuple[float, float, float]]:
    seconds = roads.reached_from(sources, beside_m=BESIDE_ROAD_M)
    return ((point.lat, point.lon, one) for point, one in zip(roads.graph.nodes, seconds, strict=True))


def grid_of(places: Collection[Point], ways: Journeys) -> Grid:
    """Return a grid over these places, as fine as the crossings among them allow."""
    spots = [(place.lat, place.lon) for place in places]
    if ways.roads is None:
        return grid_over(spots)
    whole = grid_over(spots)
    among = sum(whole.cell(point.lat, point.lon) is not None for point in ways.roads.graph.nodes)
    return grid_over(spots, across=fineness(among))
