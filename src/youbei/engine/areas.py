"""Areas out of times at points: a grid of square cells, and the outlines of those that are reached in time.

A cell is as early as the earliest crossing in it; a cell without any is reached from the cells beside it, off the road.
So an area is true to the width of a cell, which is always stated with it, and no finer.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

METRES_PER_DEGREE = 111_195.0
# Assumption: a hundred cells across are as fine as a page can show, and none is smaller than a block of houses.
ACROSS = 100
# Assumption: fewer cells across than this show nothing.
COARSEST = 12
LEAST_M = 50.0
DEGREES_DIGITS = 6
INFINITY = math.inf
Spot = tuple[float, float]
Cell = tuple[int, int]
Ring = tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Square cells of `cell_m` metres; row 0 lies in the south, column 0 in the west. Steps are in degrees."""

    south: float
    west: float
    rows: int
    columns: int
    cell_m: float
    lat_step: float
    lon_step: float

    def cell(self, lat: float, lon: float) -> Cell | None:
        """Return the cell in which a place lies, None outside."""
        row = math.floor((lat - self.south) / self.lat_step)
        column = math.floor((lon - self.west) / self.lon_step)
        return (row, column) if 0 <= row < self.rows and 0 <= column < self.columns else None

    def corner(self, row: int, column: int) -> Spot:
        return (
            round(self.south + row * self.lat_step, DEGREES_DIGITS),
            round(self.west + column * self.lon_step, DEGREES_DIGITS),
        )

    def around(self, cell: Cell, reach: int = 1) -> Iterator[Cell]:
        """Yield the cells no more than `reach` rows and columns away, the cell itself among them."""
        row, column = cell
        for up in range(max(0, row - reach), min(self.rows, row + reach + 1)):
            for right in range(max(0, column - reach), min(self.columns, column + reach + 1)):
                yield up, right

    def km2(self, cells: Collection[Cell]) -> float:
        return round(len(cells) * self.cell_m**2 / 1e6, 2)


@dataclass(frozen=True, slots=True)
class Polygon:
    """An outline, anticlockwise, with what is cut out of it, clockwise; the last corner of a ring is its first."""

    outer: Ring
    holes: tuple[Ring, ...] = ()

    def as_geojson(self) -> list[list[list[float]]]:
        return [[[lon, lat] for lat, lon in ring] for ring in (self.outer, *self.holes)]


def fineness(points: int) -> int:
    """Return how many cells across so many crossings are worth: about one for each, were they spread evenly."""
    return max(COARSEST, min(ACROSS, round(math.sqrt(points))))


def grid_over(spots: Iterable[Spot], *, across: int = ACROSS, least_m: float = LEAST_M, margin: float = 0.05) -> Grid:
    """Return a grid that holds these places (latitude, longitude) with a margin, `across` cells at most."""
    found = list(spots)
    lats, lons = [lat for lat, _ in found], [lon for _, lon in found]
    middle = math.radians((min(lats) + max(lats)) / 2)
    per_lon = METRES_PER_DEGREE * max(math.cos(middle), 0.01)
    tall, wide = (max(lats) - min(lats)) * METRES_PER_DEGREE, (max(lons) - min(lons)) * per_lon
    edge = max(tall, wide) * margin
    cell_m = max(least_m, (max(tall, wide) + 2 * edge) / across)
    lat_step, lon_step = cell_m / METRES_PER_DEGREE, cell_m / per_lon
    rows = max(1, math.ceil((tall + 2 * edge) / cell_m))
    columns = max(1, math.ceil((wide + 2 * edge) / cell_m))
    south = (min(lats) + max(lats)) / 2 - rows * lat_step / 2
    west = (min(lons) + max(lons)) / 2 - columns * lon_step / 2
    return Grid(south, west, rows, columns, round(cell_m, 1), lat_step, lon_step)


def times_on(grid: Grid, known: Iterable[tuple[float, float, float]], *, pace_s_m: float) -> dict[Cell, float]:
    """Return the earliest time in each cell that holds a point (latitude, longitude, seconds) or lies beside one.

    `pace_s_m` is how long a metre off the road takes. What no point is near to is not among them.
    """
    best: dict[Cell, float] = {}
    for lat, lon, seconds in known:
        cell = grid.cell(lat, lon)
        if cell is not None and seconds <= best.get(cell, INFINITY):
            best[cell] = seconds
    filled = dict(best)
    for cell, seconds in best.items():
        for other in grid.around(cell):
            if other not in best:
                beside = seconds + math.dist(cell, other) * grid.cell_m * pace_s_m
                filled[other] = min(beside, filled.get(other, INFINITY))
    return filled


def straight_times(
    grid: Grid, sources: Iterable[tuple[float, float, float]], *, pace_s_m: float, limit_s: float
) -> dict[Cell, float]:
    """Return the time in every cell where there are no roads, from the first source; INFINITY after the limit."""
    found = {(row, column): INFINITY for row in range(grid.rows) for column in range(grid.columns)}
    for lat, lon, starts in sources:
        at = ((lat - grid.south) / grid.lat_step - 0.5, (lon - grid.west) / grid.lon_step - 0.5)
        reach = (limit_s - starts) / (pace_s_m * grid.cell_m)
        if reach < 0:
            continue
        for row in range(max(0, math.floor(at[0] - reach)), min(grid.rows, math.ceil(at[0] + reach) + 1)):
            for column in range(max(0, math.floor(at[1] - reach)), min(grid.columns, math.ceil(at[1] + reach) + 1)):
                total = starts + math.dist(at, (row, column)) * grid.cell_m * pace_s_m
                if total <= limit_s and total < found[row, column]:
                    found[row, column] = total
    return found


def within(times: Mapping[Cell, float], limit_s: float) -> set[Cell]:
    return {cell for cell, seconds in times.items() if seconds <= limit_s}


def outlines(grid: Grid, cells: Collection[Cell]) -> tuple[Polygon, ...]:
    """Return the polygons that cells make; cells that touch at a corner only stay apart."""
    inside = set(cells)
    rings = [ring for ring in rings_round(inside)]
    outers = [ring for ring in rings if signed(ring) > 0]
    outers.sort(key=signed)
    holes: dict[int, list[Sequence[Cell]]] = defaultdict(list)
    for ring in rings:
        if signed(ring) < 0:
            # The corner of a hole where it turns is a corner of a cell inside; its middle tells whose hole it is.
            holes[holder_of(ring, outers)].append(ring)
    return tuple(
        Polygon(placed(grid, outer), tuple(placed(grid, hole) for hole in holes[number]))
        for number, outer in enumerate(outers)
    )


def rings_round(inside: set[Cell]) -> Iterator[Sequence[Cell]]:
    """Yield the closed lines between what is inside and what is not, with the inside on the left, by their corners."""
    onward: dict[Cell, list[Cell]] = defaultdict(list)
    for row, column in sorted(inside):
        corners = ((row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column))
        beside = ((row - 1, column), (row, column + 1), (row + 1, column), (row, column - 1))
        for number, other in enumerate(beside):
            if other not in inside:
                onward[corners[number]].append(corners[(number + 1) % 4])
    while onward:
        first = min(onward)
        ring, at, came = [first], first, (0, 0)
        while True:
            after = next_corner(at, came, onward[at])
            onward[at].remove(after)
            if not onward[at]:
                del onward[at]
            came = (after[0] - at[0], after[1] - at[1])
            at = after
            if at == first and (first not in onward or is_closed(came, ring)):
                break
            ring.append(at)
        yield straightened(ring)


def is_closed(came: Cell, ring: Sequence[Cell]) -> bool:
    """Say whether the line is back where it began in the direction in which a left turn leads onto its first piece."""
    begun = (ring[1][0] - ring[0][0], ring[1][1] - ring[0][1])
    return turn(came, begun) > 0


def next_corner(at: Cell, came: Cell, ways: Sequence[Cell]) -> Cell:
    """Return where the line goes on; where two lines meet it turns left, so that each goes round its own cell."""
    return max(ways, key=lambda way: turn(came, (way[0] - at[0], way[1] - at[1])))


def turn(came: Cell, goes: Cell) -> int:
    """Return 1 for a turn to the left, -1 for one to the right, 0 straight on; both as (rows, columns)."""
    return came[1] * goes[0] - came[0] * goes[1]


def straightened(ring: Sequence[Cell]) -> list[Cell]:
    """Leave out the corners at which a ring goes straight on."""
    kept = []
    for number, at in enumerate(ring):
        before, after = ring[number - 1], ring[(number + 1) % len(ring)]
        if turn((at[0] - before[0], at[1] - before[1]), (after[0] - at[0], after[1] - at[1])):
            kept.append(at)
    return kept


def signed(ring: Sequence[Cell]) -> int:
    """Return twice the area of a ring, negative where it runs clockwise, which is round a hole."""
    return sum(one[1] * other[0] - other[1] * one[0] for one, other in zip(ring, (*ring[1:], ring[0]), strict=True))


def holder_of(hole: Sequence[Cell], outers: Sequence[Sequence[Cell]]) -> int:
    """Return which outline, the smallest first, a hole lies in."""
    # The inside is on the left of its first piece: a little to that side lies in the polygon that it is cut out of.
    (row, column), (row_after, column_after) = hole[0], hole[1]
    along = (math.copysign(min(1, abs(row_after - row)), row_after - row), 0.0)
    if row_after == row:
        along = (0.0, math.copysign(1.0, column_after - column))
    spot = (row + along[0] / 2 + along[1] / 2, column + along[1] / 2 - along[0] / 2)
    return next(number for number, outer in enumerate(outers) if contains(outer, spot))


def contains(ring: Sequence[Cell], spot: Spot) -> bool:
    """Say whether a place that lies on no line of the grid is inside a ring."""
    is_inside = False
    for one, other in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (one[0] > spot[0]) != (other[0] > spot[0]) and one[1] > spot[1]:
            is_inside = not is_inside
    return is_inside


def placed(grid: Grid, ring: Sequence[Cell]) -> Ring:
    return tuple(grid.corner(row, column) for row, column in (*ring, ring[0]))


def as_multipolygon(polygons: Iterable[Polygon]) -> dict[str, Any]:
    """Return polygons as a geometry of GeoJSON (RFC 7946)."""
    return {"type": "MultiPolygon", "coordinates": [polygon.as_geojson() for polygon in polygons]}
