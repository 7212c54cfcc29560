"""Where somebody on the way is reckoned to be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.places import Point, distance_m
from youbei.engine.travel.along import point_along, share_passed

NOON = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
points = st.builds(Point, st.floats(30, 31), st.floats(119, 120))


def test_half_of_the_time_is_half_of_the_share() -> None:
    until = NOON + timedelta(minutes=10)
    assert share_passed(NOON + timedelta(minutes=5), since=NOON, until=until) == 0.5
    assert share_passed(NOON - timedelta(minutes=5), since=NOON, until=until) == 0
    assert share_passed(until, since=NOON, until=until) == 1
    assert share_passed(NOON, since=NOON, until=NOON) == 0


def test_half_of_a_way_of_two_equal_stretches_is_its_corner() -> None:
    corner = Point(30.0, 119.01)
    place = point_along([Point(30.0, 119.0), corner, Point(30.0, 119.02)], 0.5)
    assert distance_m(place, corner) < 1


@given(st.lists(points, min_size=1, max_size=8), st.floats(0, 1))
def test_a_point_along_a_way_is_never_farther_from_its_beginning_than_the_way_so_far(
    line: list[Point], share: float
) -> None:
    place = point_along(line, share)
    whole = sum(distance_m(a, b) for a, b in pairwise(line))
    # Half of the degrees is not quite half of the metres.
    assert distance_m(line[0], place) <= whole * share * 1.005 + 1
    assert point_along(line, 0) == line[0]
    assert distance_m(point_along(line, 1), line[-1]) < 1 + whole * 1e-9


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_a_way_that_is_a_point_stays_there(share: float) -> None:
    assert point_along([Point(30, 119)], share) == Point(30, 119)
