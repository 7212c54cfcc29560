"""Cells: whatever lies in a box lies in its ranges, each once, and these hold little more than the box."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as some

from youbei.engine.cells import (
    ACROSS,
    COLUMNS_PER_DEGREE,
    MOST_RANGES,
    ROWS_PER_DEGREE,
    WORLD,
    Box,
    cell_of,
    number,
    ranges_of,
)

LATS, LONS = some.floats(-90, 90), some.floats(-180, 180)


@some.composite
def boxes(draw: some.DrawFn) -> Box:
    south, north = sorted((draw(LATS), draw(LATS)))
    west, east = sorted((draw(LONS), draw(LONS)))
    return Box(west, south, east, north)


@some.composite
def within_boxes(draw: some.DrawFn) -> tuple[list[Box], float, float]:
    """Return boxes and a place in one of them."""
    found = draw(some.lists(boxes(), min_size=1, max_size=3))
    box = draw(some.sampled_from(found))
    return found, draw(some.floats(box.south, box.north)), draw(some.floats(box.west, box.east))


@given(within_boxes())
def test_what_lies_in_a_box_is_in_one_of_its_ranges_and_in_no_other(given_: tuple[list[Box], float, float]) -> None:
    found, lat, lon = given_
    cell = cell_of(lat, lon)
    assert sum(first <= cell <= last for first, last in ranges_of(found)) == 1


@given(boxes())
def test_the_ranges_of_a_box_are_few_in_order_and_apart(box: Box) -> None:
    ranges = ranges_of([box])
    assert 1 <= len(ranges) <= MOST_RANGES
    assert all(first <= last for first, last in ranges)
    assert all(one[1] + 1 < other[0] for one, other in itertools.pairwise(ranges))


@given(some.floats(-80, 80), some.floats(-170, 170), some.floats(0.01, 9), some.floats(0.3, 3))
def test_the_ranges_of_a_box_hold_no_more_than_sixteen_times_its_ground(
    lat: float, lon: float, high: float, flat: float
) -> None:
    box = Box(lon, lat, lon + high * flat, lat + high)
    held = sum(last - first + 1 for first, last in ranges_of([box]))
    assert held < 16 * high * ROWS_PER_DEGREE * high * flat * COLUMNS_PER_DEGREE


def test_the_world_is_one_range_and_its_corners_have_cells() -> None:
    assert ranges_of([WORLD]) == [(0, number(ACROSS, ACROSS))]
    assert cell_of(-90, -180) == 0
    assert cell_of(90, 180) == number(ACROSS, ACROSS)
