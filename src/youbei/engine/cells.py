"""Cells of the ground, numbered so that a box is a few ranges of numbers, however large or small it is.

A cell is 1/2^20 of the meridian high and of the equator wide (19 m and 38 m). Its number holds, from the coarsest to
the finest, four bits of its row and four of its column at a time: cells that lie together have numbers that lie
together, at every one of five sizes. So one ordinary index of numbers finds what lies in a box, on every database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BITS, LEVELS = 4, 5
SIDE = 1 << BITS
ACROSS = (SIDE**LEVELS) - 1
ROWS_PER_DEGREE, COLUMNS_PER_DEGREE = ACROSS / 180, ACROSS / 360
# Assumption: more ranges cost more to look up than the rows cost that lie beside the box in fewer, larger cells.
MOST_RANGES = 64


@dataclass(frozen=True, slots=True)
class Box:
    """A box on WGS 84 in degrees, edges included; `west` is never greater than `east`."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lat: float, lon: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lon <= self.east

    def meets(self, other: Box) -> bool:
        """Say whether two boxes have a point in common."""
        across = self.west <= other.east and other.west <= self.east
        return across and self.south <= other.north and other.south <= self.north


WORLD = Box(-180, -90, 180, 90)


def row_of(lat: float) -> int:
    return int((lat + 90) * ROWS_PER_DEGREE)


def column_of(lon: float) -> int:
    return int((lon + 180) * COLUMNS_PER_DEGREE)


def number(row: int, column: int) -> int:
    """Return the number of a cell."""
    found = 0
    for level in range(LEVELS):
        high, low = (row >> BITS * level) & (SIDE - 1), (column >> BITS * level) & (SIDE - 1)
        found |= (high << BITS | low) << 2 * BITS * level
    return found


def cell_of(lat: float, lon: float) -> int:
    """Return the number of the cell of a place; latitude from -90 to 90, longitude from -180 to 180."""
    return number(row_of(lat), column_of(lon))


def ranges_of(boxes: Iterable[Box]) -> list[tuple[int, int]]:
    """Return the first and the last number of ranges of cells that hold these boxes, in order and apart.

    They hold more than the boxes: what lies in a cell that a box only touches. The cells are as small as they may be
    while the ranges of a box are at most `MOST_RANGES`.
    """
    return joined(sorted(one for box in boxes for one in ranges_over(box)))


def ranges_over(box: Box) -> Iterable[tuple[int, int]]:
    rows, columns = (row_of(box.south), row_of(box.north)), (column_of(box.west), column_of(box.east))
    for level in range(LEVELS):
        shift = BITS * level
        first_row, last_row, first, last = (one >> shift for one in (*rows, *columns))
        parents = (last >> BITS) - (first >> BITS) + 1
        if (last_row - first_row + 1) * parents <= MOST_RANGES:
            return runs(first_row, last_row, first, last, shift)
    return [(0, number(ACROSS, ACROSS))]


def runs(first_row: int, last_row: int, first: int, last: int, shift: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of cells of one size that stand in one row of one larger cell."""
    rest = (1 << 2 * shift) - 1
    for row in range(first_row, last_row + 1):
        for parent in range(first >> BITS, (last >> BITS) + 1):
            begin, end = max(first, parent << BITS), min(last, (parent << BITS) + SIDE - 1)
            yield number(row << shift, begin << shift), number(row << shift, end << shift) | rest


def joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Make one of ranges that follow each other without a gap, or have cells in common."""
    found: list[tuple[int, int]] = []
    for begin, end in ranges:
        if found and begin <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found
