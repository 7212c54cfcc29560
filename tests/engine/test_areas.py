"""Laws of areas: outlines hold exactly the cells they are made of, whatever holes and corners these have."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.areas import (
    INFINITY,
    Cell,
    Grid,
    Polygon,
    Ring,
    as_multipolygon,
    grid_over,
    outlines,
    straight_times,
    times_on,
    within,
)

GRID = Grid(30.0, 120.0, 8, 8, 1000.0, 0.01, 0.01)
CELLS = st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=64)


def area(ring: Ring) -> float:
    return sum(one[1] * two[0] - two[1] * one[0] for one, two in pairwise(ring)) / 2


def holds(polygon: Polygon, lat: float, lon: float) -> bool:
    def crosses(ring: Ring) -> bool:
        found = False
        for one, two in pairwise(ring):
            if (one[0] > lat) != (two[0] > lat) and one[1] > lon:
                found = not found
        return found

    return crosses(polygon.outer) and not any(crosses(hole) for hole in polygon.holes)


@given(CELLS)
def test_outlines_hold_the_middle_of_each_cell_that_is_inside_and_of_no_other(cells: set[Cell]) -> None:
    found = outlines(GRID, cells)
    for row in range(8):
        for column in range(8):
            lat, lon = 30.0 + (row + 0.5) / 100, 120.0 + (column + 0.5) / 100
            assert sum(holds(one, lat, lon) for one in found) == ((row, column) in cells)


@given(CELLS)
def test_the_rings_are_closed_run_the_right_way_and_have_the_area_of_the_cells(cells: set[Cell]) -> None:
    total = 0.0
    for one in outlines(GRID, cells):
        for ring in (one.outer, *one.holes):
            assert ring[0] == ring[-1]
            assert len(ring) >= 5
        assert area(one.outer) > 0
        assert all(area(hole) < 0 for hole in one.holes)
        total += area(one.outer) + sum(area(hole) for hole in one.holes)
    assert math.isclose(total, len(cells) * 1e-4, abs_tol=1e-9)


def test_cells_that_touch_at_a_corner_stay_apart_and_a_ring_of_cells_has_a_hole() -> None:
    assert len(outlines(GRID, {(0, 0), (1, 1)})) == 2
    ring = {(row, column) for row in range(3) for column in range(3)} - {(1, 1)}
    (polygon,) = outlines(GRID, ring)
    assert len(polygon.holes) == 1
    assert as_multipolygon([polygon])["coordinates"][0][0][0] == [120.0, 30.0]


def test_nothing_has_no_outline() -> None:
    assert outlines(GRID, set()) == ()


def test_a_cell_is_as_early_as_its_earliest_crossing_and_its_neighbours_are_reached_off_the_road() -> None:
    known = [(30.005, 120.005, 100.0), (30.006, 120.006, 60.0), (30.055, 120.055, INFINITY)]
    times = times_on(GRID, known, pace_s_m=0.1)
    assert times[0, 0] == 60.0
    assert times[0, 1] == 160.0
    assert times[1, 1] == pytest.approx(60 + 100 * math.sqrt(2))
    assert times[5, 5] == INFINITY
    assert (0, 2) not in times
    assert within(times, 160) == {(0, 0), (0, 1), (1, 0)}


def test_without_roads_an_area_is_a_disc_round_each_source() -> None:
    grid = grid_over([(30.0, 120.0), (30.1, 120.1)], across=50)
    times = straight_times(grid, [(30.05, 120.05, 60.0)], pace_s_m=0.1, limit_s=360.0)
    reached = within(times, 360)
    assert grid.km2(reached) == pytest.approx(math.pi * 9, rel=0.05)
    assert len(times) == grid.rows * grid.columns
    assert not within(straight_times(grid, [(30.05, 120.05, 400.0)], pace_s_m=0.1, limit_s=360.0), 360)


@given(
    st.lists(st.tuples(st.floats(-60, 60), st.floats(-170, 170)), min_size=1, max_size=8),
    st.integers(2, 120),
)
def test_a_grid_holds_all_it_was_made_for_and_is_no_finer_than_said(
    spots: list[tuple[float, float]], across: int
) -> None:
    grid = grid_over(spots, across=across)
    assert max(grid.rows, grid.columns) <= across + 1
    assert all(grid.cell(*spot) is not None for spot in spots)
    assert grid.cell_m >= 50
