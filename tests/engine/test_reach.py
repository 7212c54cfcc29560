"""Who can be at a place in time."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.places import Point, StraightLine, distance_m
from youbei.engine.reach import Candidate, Journeys, arrivals, journeys
from youbei.engine.roads import RoadGraph, RoadTravel

HERE = Point(34.6, 119.2)
STRAIGHT = journeys(StraightLine())
points = st.builds(Point, st.floats(34, 35), st.floats(118.6, 119.8))
candidates = st.lists(
    st.builds(Candidate, st.integers(1, 9), points, st.timedeltas(timedelta(0), timedelta(minutes=20)))
)
times = st.timedeltas(timedelta(minutes=1), timedelta(hours=2))


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def test_turn_out_counts_like_the_journey() -> None:
    at_once, late = Candidate(1, HERE), Candidate(2, HERE, minutes(11))
    assert [one.key for one in arrivals([late, at_once], HERE, journeys=STRAIGHT, within=minutes(10))] == [1]
    assert [one.key for one in arrivals([late, at_once], HERE, journeys=STRAIGHT, within=minutes(11))] == [1, 2]


def test_a_journey_beside_roads_goes_along_them_and_says_so() -> None:
    nodes = [HERE, Point(34.6, 119.25), Point(34.6, 119.3)]
    roads = RoadTravel(RoadGraph(nodes, [(0, 1, 60.0), (1, 2, 60.0)], is_two_way=True))
    both = journeys(roads)
    near, far = Candidate(1, nodes[2]), Candidate(2, Point(35.5, 119.2))
    found = arrivals([near, far], HERE, journeys=both, within=timedelta(hours=6))
    assert [(one.key, one.is_by_road) for one in found] == [(1, True), (2, False)]
    assert found[0].travel == timedelta(seconds=120)


@given(candidates, times)
def test_nobody_outside_the_radius_is_in_time(some: list[Candidate], within: timedelta) -> None:
    radius = STRAIGHT.radius_m(within, HERE)
    for one in arrivals(some, HERE, journeys=STRAIGHT, within=within):
        assert distance_m(one.at, HERE) <= radius + STRAIGHT.straight.speed_m_s
        assert one.total <= within


@given(candidates, times, times)
def test_more_time_brings_more_and_the_first_stay_first(
    some: list[Candidate], within: timedelta, more: timedelta
) -> None:
    few = arrivals(some, HERE, journeys=STRAIGHT, within=within)
    many = arrivals(some, HERE, journeys=STRAIGHT, within=within + more)
    assert many[: len(few)] == few


def test_a_place_without_roads_has_no_road_radius() -> None:
    assert Journeys(StraightLine()).radius_m(minutes(10), HERE) < 5000
