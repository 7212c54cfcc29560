"""Shapes on the ground, as GeoJSON geometries (RFC 7946, longitude first): do they hold, and how large are they?"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from youbei.engine.cells import Box
from youbei.engine.errors import Refused
from youbei.engine.places import EARTH_RADIUS_M, Point, distance_m

Shape = Mapping[str, Any]
Position = Sequence[float]
Segment = tuple[float, float, float, float]
# Assumption: outlines of sites and areas have hundreds of points; one of more than this was exported by mistake.
MOST_POSITIONS = 20_000
KINDS = frozenset({"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"})
LEAST_POSITIONS = {"LineString": 2, "MultiLineString": 2, "Polygon": 4, "MultiPolygon": 4}


class ShapeRefused(Refused):
    """Refuse a shape that cannot be on the ground, with what is wrong and how to put it right."""

    status = 422


def check_shape(shape: Shape) -> None:
    """Raise ShapeRefused for a line that is too short, or a ring that is open, too short or crosses itself."""
    if sum(1 for _ in positions_of(shape)) > MOST_POSITIONS:
        raise ShapeRefused(
            zh=f"范围的点超过 {MOST_POSITIONS} 个。请简化后再填。",
            en=f"The outline has more than {MOST_POSITIONS} points. Simplify it first.",
        )
    least = LEAST_POSITIONS.get(shape["type"], 1)
    is_area = shape["type"].endswith("Polygon")
    for line in lines_of(shape):
        if is_area and list(line[0]) != list(line[-1]):
            raise ShapeRefused(
                zh="面的边界没有闭合：最后一点须与第一点相同。请补上，或改为每行一个点的写法，由系统闭合。",
                en="A ring is not closed: its last point must be its first. Add it, or write one point a line and it "
                "is closed for you.",
            )
        if len(line) < least:
            raise ShapeRefused(
                zh="点太少：线至少两个点，面至少三个不同的点。请补充。",
                en="There are too few points: a line takes two, an area three different ones. Add some.",
            )
        if is_area and (where := crossing(line)) is not None:
            raise ShapeRefused(
                zh=f"边界在 {where.lat:.5f}, {where.lon:.5f} 附近自相交。请按顺序沿边界取点。",
                en=f"The outline crosses itself near {where.lat:.5f}, {where.lon:.5f}. Take its points in order "
                "along the edge.",
            )


def lines_of(shape: Shape) -> Iterator[Sequence[Position]]:
    """Yield the lines or rings of a shape; a point is a line of one."""
    kind, parts = shape["type"], shape["coordinates"]
    if kind == "Point":
        yield [parts]
    elif kind in ("LineString", "MultiPoint"):
        yield parts
    elif kind in ("Polygon", "MultiLineString"):
        yield from parts
    else:
        for polygon in parts:
            yield from polygon


def positions_of(shape: Shape) -> Iterator[Position]:
    for line in lines_of(shape):
        yield from line


def polygons_of(shape: Shape) -> Sequence[Sequence[Sequence[Position]]]:
    if shape["type"] == "Polygon":
        return [shape["coordinates"]]
    return shape["coordinates"] if shape["type"] == "MultiPolygon" else []


def crossing(ring: Sequence[Position]) -> Point | None:
    """Return where a ring touches or crosses itself, None where it does not.

    The edges are swept from west to east; only edges that lie over the same longitudes are compared.
    """
    edges: list[Segment] = [(a[0], a[1], b[0], b[1]) for a, b in itertools.pairwise(ring)]
    last = len(edges) - 1
    under: list[int] = []
    for index in sorted(range(len(edges)), key=lambda one: min(edges[one][0], edges[one][2])):
        west = min(edges[index][0], edges[index][2])
        under = [one for one in under if max(edges[one][0], edges[one][2]) >= west]
        for other in under:
            is_next = abs(index - other) == 1 or {index, other} == {0, last}
            if not is_next and do_meet(edges[index], edges[other]):
                return Point(edges[other][1], edges[other][0])
            if is_next and is_back(edges, min(index, other), max(index, other)):
                return Point(edges[other][3], edges[other][2])
        under.append(index)
    return None


def is_back(edges: Sequence[Segment], first: int, second: int) -> bool:
    """Say whether of two edges that follow each other the later one runs back over the earlier."""
    if first == 0 and second > 1:
        first, second = second, first
    one, two = edges[first], edges[second]
    if one[2:] != two[:2] or turn(one, two[2], two[3]) != 0:
        return False
    return (one[2] - one[0]) * (two[2] - two[0]) + (one[3] - one[1]) * (two[3] - two[1]) < 0


def turn(edge: Segment, x: float, y: float) -> float:
    """Return a positive number where a point lies left of an edge, a negative one right of it, 0 in line with it."""
    return (edge[2] - edge[0]) * (y - edge[1]) - (edge[3] - edge[1]) * (x - edge[0])


def do_meet(one: Segment, two: Segment) -> bool:
    if max(one[1], one[3]) < min(two[1], two[3]) or max(two[1], two[3]) < min(one[1], one[3]):
        return False
    a, b = turn(one, two[0], two[1]), turn(one, two[2], two[3])
    c, d = turn(two, one[0], one[1]), turn(two, one[2], one[3])
    if a == b == c == d == 0:
        return max(one[0], one[2]) >= min(two[0], two[2]) and max(two[0], two[2]) >= min(one[0], one[2])
    return a * b <= 0 and c * d <= 0


def area_m2(shape: Shape) -> float:
    """Return the area of a shape on the sphere in square metres; 0 for points and lines."""
    return sum(
        max(0.0, abs(ring_m2(rings[0])) - sum(abs(ring_m2(hole)) for hole in rings[1:])) for rings in polygons_of(shape)
    )


def ring_m2(ring: Sequence[Position]) -> float:
    """Return the signed area of a closed ring.

    Source: Chamberlain & Duquette, Some Algorithms for Polygons on a Sphere, JPL Publication 07-03 (2007).
    """
    total = 0.0
    for a, b in itertools.pairwise(ring):
        total += math.radians(b[0] - a[0]) * (2 + math.sin(math.radians(a[1])) + math.sin(math.radians(b[1])))
    return total * EARTH_RADIUS_M**2 / 2


def length_m(shape: Shape) -> float:
    """Return the length of the lines of a shape, or of the edge of an area, in metres."""
    return sum(
        distance_m(Point(a[1], a[0]), Point(b[1], b[0]))
        for line in lines_of(shape)
        for a, b in itertools.pairwise(line)
        if shape["type"] not in ("Point", "MultiPoint")
    )


def holds(shape: Shape, point: Point) -> bool:
    """Say whether a point lies in an area (not in one of its holes)."""
    return any(
        in_ring(rings[0], point) and not any(in_ring(hole, point) for hole in rings[1:]) for rings in polygons_of(shape)
    )


def in_ring(ring: Sequence[Position], point: Point) -> bool:
    inside = False
    for a, b in itertools.pairwise(ring):
        if (a[1] > point.lat) != (b[1] > point.lat):
            east = a[0] + (point.lat - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
            inside ^= point.lon < east
    return inside


def meets(shape: Shape, box: Box) -> bool:
    """Say whether a shape has a point in common with a box, edges included, both as they are drawn on a flat map."""
    if any(box.holds(one[1], one[0]) for one in positions_of(shape)):
        return True
    if shape["type"] in ("Point", "MultiPoint"):
        return False
    # A line that cuts a corner off the box, or passes through it, meets one of its diagonals.
    diagonals = ((box.west, box.south, box.east, box.north), (box.west, box.north, box.east, box.south))
    for line in lines_of(shape):
        for a, b in itertools.pairwise(line):
            if any(do_meet((a[0], a[1], b[0], b[1]), diagonal) for diagonal in diagonals):
                return True
    return holds(shape, Point(box.south, box.west))


def away_m(shape: Shape, point: Point) -> float:
    """Return how far a point is from a shape in metres, 0 inside it. The plane at the point serves: near it that is
    exact to a thousandth, and farther than some hundred kilometres nobody asks."""
    if holds(shape, point):
        return 0.0
    north_m = math.radians(1) * EARTH_RADIUS_M
    east_m = north_m * math.cos(math.radians(point.lat))
    nearest = math.inf
    for line in lines_of(shape):
        flat = [((one[0] - point.lon) * east_m, (one[1] - point.lat) * north_m) for one in line]
        if len(flat) == 1 or shape["type"] == "MultiPoint":
            nearest = min([nearest, *(math.hypot(*one) for one in flat)])
            continue
        for (ax, ay), (bx, by) in itertools.pairwise(flat):
            dx, dy = bx - ax, by - ay
            square = dx * dx + dy * dy
            along = min(1.0, max(0.0, -(ax * dx + ay * dy) / square)) if square else 0.0
            nearest = min(nearest, math.hypot(ax + along * dx, ay + along * dy))
    return nearest


def thinned(shape: Shape, most: int) -> Shape:
    """Return a shape of about so many points at most, to look at and never to reckon with.

    Of each line every so manieth point is kept, of very many parts those with the most, of many areas the outer edges.
    """
    if shape["type"] in ("Point", "MultiPoint") or sum(1 for _ in positions_of(shape)) <= most:
        return shape
    kind, parts = shape["type"], shape["coordinates"]
    if kind == "MultiPolygon":
        return {"type": kind, "coordinates": [[ring] for ring in fewer([part[0] for part in parts], most, 4)]}
    if kind == "LineString":
        return {"type": kind, "coordinates": fewer([parts], most, 2)[0]}
    return {"type": kind, "coordinates": fewer(parts, most, 4 if kind == "Polygon" else 2)}


def fewer(lines: Sequence[Sequence[Position]], most: int, least: int) -> list[list[Position]]:
    """Return lines with fewer points, the first line first and each with its ends; none has less than `least`."""
    first, *others = lines
    kept = [first, *sorted(others, key=len, reverse=True)][: max(1, most // least)]
    every = math.ceil(sum(map(len, kept)) / most)
    return [[*line[: -1 : max(1, min(every, (len(line) - 1) // (least - 1)))], line[-1]] for line in kept]


def outside(shape: Shape, area: Shape) -> int:
    """Return how many points of a shape lie outside an area, the end of a ring counted with its beginning.

    Its edges between the points are not looked at.
    """
    points = {(position[1], position[0]) for position in positions_of(shape)}
    return sum(not holds(area, Point(*point)) for point in points)


def middle_of(shape: Shape) -> Point:
    """Return the middle of the box around a shape: where a map begins."""
    lons = [position[0] for position in positions_of(shape)]
    lats = [position[1] for position in positions_of(shape)]
    return Point((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2)
