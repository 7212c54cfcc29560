"""Claims about where something on its way stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.closures import around, is_inside
from youbei.engine.places import Point, distance_m
from youbei.engine.underway import along, position

WAY = (Point(37.50, 121.40), Point(37.52, 121.40), Point(37.52, 121.44))
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TEN = timedelta(minutes=10)


def test_before_it_leaves_it_is_at_home_and_has_time_left() -> None:
    where, left = position(WAY, leaves_at=AT + TEN, expected_at=AT + 3 * TEN, now=AT)
    assert (where, left) == (WAY[0], TEN)


def test_half_way_in_time_is_half_way_along_the_road() -> None:
    where, left = position(WAY, leaves_at=AT, expected_at=AT + 2 * TEN, now=AT + TEN)
    assert left == timedelta(0)
    whole = distance_m(WAY[0], WAY[1]) + distance_m(WAY[1], WAY[2])
    assert distance_m(WAY[0], WAY[1]) + distance_m(WAY[1], where) == pytest.approx(whole / 2, rel=0.01)


def test_after_it_was_expected_it_is_at_the_end() -> None:
    assert position(WAY, leaves_at=AT, expected_at=AT + TEN, now=AT + 9 * TEN)[0] == WAY[-1]
    assert position(WAY[:1], leaves_at=AT, expected_at=AT, now=AT + TEN)[0] == WAY[0]


@given(share=st.floats(0, 1), more=st.floats(0, 1))
def test_who_has_driven_longer_is_never_nearer_to_the_start(share: float, more: float) -> None:
    less, greater = sorted((share, more))
    north, south = along(WAY[:2], less), along(WAY[:2], greater)
    assert distance_m(WAY[0], north) <= distance_m(WAY[0], south) + 0.01


@given(lat=st.floats(-70, 70), metres=st.floats(10, 20_000), turn=st.floats(0, 360))
def test_an_area_round_a_point_holds_the_whole_circle(lat: float, metres: float, turn: float) -> None:
    import math

    from youbei.engine.places import EARTH_RADIUS_M

    middle = Point(lat, 100.0)
    reach = math.degrees(0.97 * metres / EARTH_RADIUS_M)
    east = reach * math.cos(math.radians(turn)) / math.cos(math.radians(lat))
    inside = Point(lat + reach * math.sin(math.radians(turn)), 100.0 + east)
    assert is_inside(around(middle, metres), inside)
