"""The ground of the demo city: coast, river, hills, districts and roads, drawn by arithmetic.

Haizhou does not exist. It lies at 33.4 to 33.6 degrees north, 122.7 to 123.0 degrees east: open water of the Yellow
Sea, far from any shore, so that no real place, road or person can be mistaken for one of ours.

Distances here are in kilometres east (`x`) and north (`y`) of the city's south-western corner.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Any

from youbei.engine.draws import Draws
from youbei.engine.places import EARTH_RADIUS_M, Point

ORIGIN = Point(33.43, 122.70)
WIDTH_KM, HEIGHT_KM = 24.0, 18.0
GRID_KM = 0.5
COLUMNS, ROWS = round(WIDTH_KM / GRID_KM), round(HEIGHT_KM / GRID_KM)
BRIDGES_KM = (4.0, 9.0, 12.0, 16.0)
RIVER_HALF_WIDTH_KM = 0.16

# Assumption: mean speeds in traffic with a blue light, in m/s (about 80, 54, 40 and 25 km/h); ours, for a Chinese city
# of middle size. Classes as in OpenStreetMap.
SPEED_M_S = {"trunk": 22.0, "primary": 15.0, "secondary": 11.0, "residential": 7.0}

SHAKES = Draws(seed=2026)

Place = tuple[float, float]
Cell = tuple[int, int]


def point(x: float, y: float) -> Point:
    """Turn kilometres into degrees, rounded to about a metre."""
    lat = ORIGIN.lat + math.degrees(y * 1000 / EARTH_RADIUS_M)
    lon = ORIGIN.lon + math.degrees(x * 1000 / (EARTH_RADIUS_M * math.cos(math.radians(ORIGIN.lat))))
    return Point(round(lat, 5), round(lon, 5))


def coast_x(y: float) -> float:
    """Return where the land ends at that latitude; the dent in the south is the harbour."""
    harbour = 1.6 * math.exp(-(((y - 4.2) / 1.1) ** 2))
    return 18.6 + 0.9 * math.sin(y / 2.3) + 0.5 * math.sin(y / 0.9 + 1) - harbour


def river_y(x: float) -> float:
    return 9.4 + 0.9 * math.sin(x / 3.4) - 0.02 * x


def is_hill(x: float, y: float) -> bool:
    """Say whether a place lies in the Yunling hills, which carry no roads but the valley's."""
    return ((x - 2.2) / 2.6) ** 2 + ((y - 15.2) / 2.4) ** 2 < 1 and abs(y - 15.0) > 0.2


def is_land(x: float, y: float) -> bool:
    return x < coast_x(y) - 0.15 and abs(y - river_y(x)) > RIVER_HALF_WIDTH_KM and not is_hill(x, y)


def is_built_up(x: float, y: float) -> bool:
    """Say whether streets are dense here: the old town, the new town, the chemical park and Yunling town."""
    return (
        (7 <= x <= 16.5 and 1.5 <= y <= 8.5)
        or (3 <= x <= 6.5 and 4 <= y <= 7.5)
        or (14.5 <= x <= 18 and 11 <= y <= 14.5)
        or (5 <= x <= 8 and 12 <= y <= 14)
    )


def road_class(index: int) -> str:
    """Name the class of the road on a grid line: every eighth is a trunk road, and so on down."""
    if index % 8 == 0:
        return "trunk"
    if index % 4 == 0:
        return "primary"
    return "secondary" if index % 2 == 0 else "residential"


def crossing(cell: Cell) -> Place:
    """Place a crossing: the grid, shaken a little so that the town does not look ruled."""
    column, row = cell
    shake = 0.16 * GRID_KM if column % 8 and row % 8 else 0.04 * GRID_KM
    return (
        column * GRID_KM + shake * (2 * SHAKES.uniform(1, column, row) - 1),
        row * GRID_KM + shake * (2 * SHAKES.uniform(2, column, row) - 1),
    )


def has_crossing(cell: Cell) -> bool:
    column, row = cell
    x, y = column * GRID_KM, row * GRID_KM
    if not (0 <= column <= COLUMNS and 0 <= row <= ROWS and is_land(x, y)):
        return False
    return is_built_up(x, y) or (column % 2 == 0 and row % 2 == 0)


def bridges_or_stays(a: Place, b: Place, column: int) -> bool:
    """Say whether a road may run from a to b: it stays on its bank, or it follows a bridge's line."""
    if (a[1] - river_y(a[0])) * (b[1] - river_y(b[0])) > 0:
        return True
    return column * GRID_KM in BRIDGES_KM


def neighbours(cell: Cell, cells: dict[Cell, int]) -> Iterator[tuple[Cell, str]]:
    """Yield the crossings reached next to the east and to the north, with the class of the road there."""
    column, row = cell
    for step in (1, 2):
        if (column + step, row) in cells:
            yield (column + step, row), road_class(row)
            break
    on_bridge = column * GRID_KM in BRIDGES_KM
    for step in range(1, 5 if on_bridge else 3):
        if (column, row + step) in cells:
            yield (column, row + step), "primary" if on_bridge else road_class(column)
            break


def joined(size: int, edges: list[tuple[int, int, str]]) -> list[int]:
    """Return the crossings of the largest connected part, in order."""
    reach: dict[int, list[int]] = {node: [] for node in range(size)}
    for a, b, _ in edges:
        reach[a].append(b)
        reach[b].append(a)
    largest: set[int] = set()
    seen: set[int] = set()
    for start in range(size):
        if start in seen:
            continue
        part, queue = {start}, [start]
        while queue:
            for near in reach[queue.pop()]:
                if near not in part:
                    part.add(near)
                    queue.append(near)
        seen |= part
        if len(part) > len(largest):
            largest = part
    return sorted(largest)


def travel_s(a: Place, b: Place, kind: str) -> int:
    return max(1, round(math.dist(a, b) * 1000 / SPEED_M_S[kind]))


@cache
def roads() -> tuple[list[list[float]], list[list[Any]]]:
    """Return the nodes `[lat, lon]` and the edges `[from, to, seconds, class]`; every edge is driven both ways."""
    grid = [(column, row) for row in range(ROWS + 1) for column in range(COLUMNS + 1) if has_crossing((column, row))]
    cells = {cell: index for index, cell in enumerate(grid)}
    places = [crossing(cell) for cell in grid]
    edges = [
        (index, cells[near], kind)
        for cell, index in cells.items()
        for near, kind in neighbours(cell, cells)
        if bridges_or_stays(places[index], places[cells[near]], cell[0])
    ]
    kept = joined(len(grid), edges)
    number = {old: new for new, old in enumerate(kept)}
    nodes = [[spot.lat, spot.lon] for spot in (point(*places[old]) for old in kept)]
    return nodes, [
        [number[a], number[b], travel_s(places[a], places[b], kind), kind] for a, b, kind in edges if a in number
    ]
