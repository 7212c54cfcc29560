"""The road node nearest to a place, for many places at once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from youbei.engine.compiled import compiled
from youbei.engine.places import EARTH_RADIUS_M
from youbei.engine.travel.graph import Floats, Graph, Ints, Longs

NOWHERE = -1
# Assumption: four nodes to a cell keep both the cells and the search in them small.
NODES_PER_CELL = 4
METRES_PER_DEGREE = math.radians(EARTH_RADIUS_M)


@dataclass(frozen=True, slots=True)
class Cells:
    """The nodes of a network, sorted into cells of a grid: those of cell i are `nodes[first[i]:first[i + 1]]`."""

    first: Longs
    nodes: Ints
    lat: Floats
    lon: Floats
    south: float
    west: float
    # Height and width of a cell in degrees.
    tall: float
    wide: float
    rows: int
    columns: int


def cells(graph: Graph) -> Cells:
    """Sort the places of a network into cells, so that the nearest to a point is found at once."""
    lat, lon = graph.lat[: graph.places], graph.lon[: graph.places]
    south, west = float(lat.min()), float(lon.min())
    height, width = float(lat.max()) - south, float(lon.max()) - west
    narrow = max(0.01, math.cos(math.radians(south + height / 2)))
    area = max(height, 1e-6) * max(width * narrow, 1e-6)
    tall = max(1e-6, math.sqrt(area * NODES_PER_CELL / len(lat)))
    wide = tall / narrow
    rows, columns = int(height // tall) + 1, int(width // wide) + 1
    cell = ((lat - south) // tall).astype(np.int64) * columns + ((lon - west) // wide).astype(np.int64)
    first = np.zeros(rows * columns + 1, np.int64)
    np.cumsum(np.bincount(cell, minlength=rows * columns), out=first[1:])
    nodes = np.argsort(cell, kind="stable").astype(np.int32)
    return Cells(first, nodes, lat, lon, south, west, tall, wide, rows, columns)


def snap(among: Cells, lat: ArrayLike, lon: ArrayLike, *, beyond_m: float = math.inf) -> tuple[Ints, Floats]:
    """Return for each point the nearest node and its distance in metres; of equals the lowest number.

    Where there is no road within `beyond_m`, the node is NOWHERE and the distance infinite.
    """
    lats, lons = np.atleast_1d(np.asarray(lat, np.float64)), np.atleast_1d(np.asarray(lon, np.float64))
    nodes, metres = np.empty(len(lats), np.int32), np.empty(len(lats), np.float64)
    look(
        (lats, lons, nodes, metres),
        (among.first, among.nodes, among.lat, among.lon),
        (among.south, among.west, among.tall, among.wide),
        (among.rows, among.columns),
        beyond_m,
    )
    return nodes, metres


@compiled
def great_circle_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Return the great-circle distance in metres (haversine), as `places.distance_m` does."""
    north_a, north_b = math.radians(lat_a), math.radians(lat_b)
    half_lat, half_lon = (north_b - north_a) / 2, math.radians(lon_b - lon_a) / 2
    h = math.sin(half_lat) ** 2 + math.cos(north_a) * math.cos(north_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


@compiled
def look(
    points: tuple[Floats, Floats, Ints, Floats],
    among: tuple[Longs, Ints, Floats, Floats],
    frame: tuple[float, float, float, float],
    size: tuple[int, int],
    beyond_m: float,
) -> None:
    """Search cells in rings round each point until no farther ring can hold a nearer node."""
    lats, lons, found, metres = points
    first, nodes, node_lat, node_lon = among
    south, west, tall, wide = frame
    rows, columns = size
    for point in range(len(lats)):
        lat, lon = lats[point], lons[point]
        row, column = math.floor((lat - south) / tall), math.floor((lon - west) / wide)
        # Meridians draw together towards the poles: the narrowest a cell can be between the point and a node.
        far = min(89.9, max(abs(lat), abs(south), abs(south + rows * tall)))
        step_m = METRES_PER_DEGREE * min(tall, wide * math.cos(math.radians(far)))
        start = max(0, -column, column - columns + 1, -row, row - rows + 1)
        last = max(column, columns - 1 - column, row, rows - 1 - row)
        best, best_m = NOWHERE, math.inf
        for ring in range(start, last + 1):
            # A great circle cuts corners that the grid does not: leave one ring more than the plane would.
            if (ring - 2) * step_m > min(best_m, beyond_m):
                break
            for at_row in range(max(0, row - ring), min(rows - 1, row + ring) + 1):
                stride = 1 if abs(at_row - row) == ring else max(1, 2 * ring)
                for at_column in range(column - ring, column + ring + 1, stride):
                    if at_column < 0 or at_column >= columns:
                        continue
                    cell = at_row * columns + at_column
                    for at in range(first[cell], first[cell + 1]):
                        node = nodes[at]
                        away = great_circle_m(lat, lon, node_lat[node], node_lon[node])
                        if away < best_m or (away == best_m and node < best):
                            best, best_m = node, away
        if best_m > beyond_m:
            best, best_m = NOWHERE, math.inf
        found[point] = best
        metres[point] = best_m
