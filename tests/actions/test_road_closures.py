"""Claims about roads that an incident closes: journeys know at once, none gets faster, exercises close nothing real."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.actions.town import NOW, Town
from tests.built_once import built_once
from youbei.actions import ways
from youbei.actions.roads import AlreadyOpen, close_roads, open_roads
from youbei.engine.closures import BadClosure
from youbei.engine.errors import NotFound
from youbei.engine.places import Point
from youbei.records.models import Incident, Run

WEST, MIDDLE, EAST = Point(37.50, 121.40), Point(37.50, 121.42), Point(37.50, 121.44)
ROUND = Point(37.48, 121.42)
AREA = [Point(37.499, 121.409), Point(37.499, 121.411), Point(37.501, 121.411), Point(37.501, 121.409)]
ROADS = {
    "nodes": [[one.lat, one.lon] for one in (WEST, MIDDLE, EAST, ROUND)],
    "edges": [[0, 1, 100], [1, 2, 100], [0, 3, 400], [3, 2, 400]],
}


@built_once
def incident(run: Run) -> Incident:
    ways.store_roads(by=None, now=NOW, code="town", data=ROADS)
    return run.incident


def seconds(**options: bool) -> float:
    return ways.travel_times(**options)(WEST, EAST).total_seconds()


def test_a_closed_road_is_driven_round_and_an_opened_one_again(town: Town, incident: Incident, now: datetime) -> None:
    assert seconds() == 200
    closed = close_roads(by=town.users["officer"], now=now, incident=incident, area=AREA, reason="plume")
    assert seconds() == 800
    open_roads(by=town.users["officer"], now=now, closed=closed)
    assert seconds() == 200
    with pytest.raises(AlreadyOpen):
        open_roads(by=town.users["officer"], now=now, closed=closed)


def test_a_slowed_road_is_still_driven_where_that_is_faster(town: Town, incident: Incident, now: datetime) -> None:
    close_roads(by=town.users["officer"], now=now, incident=incident, area=AREA, reason="ice", factor=3)
    assert seconds() == 400


def test_what_is_cut_off_is_never_nearer_than_before(town: Town, incident: Incident, now: datetime) -> None:
    before = ways.travel_times()(WEST, ROUND)
    everything = [Point(37.4, 121.3), Point(37.4, 121.5), Point(37.6, 121.5), Point(37.6, 121.3)]
    close_roads(by=town.users["officer"], now=now, incident=incident, area=everything, reason="flood")
    assert ways.travel_times()(WEST, ROUND) >= before >= timedelta(seconds=400)


def test_an_exercise_closes_roads_for_exercises_only(town: Town, incident: Incident, now: datetime) -> None:
    Incident.objects.filter(pk=incident.pk).update(mode="exercise")
    close_roads(by=None, now=now, incident=incident, area=AREA, reason="drill")
    assert seconds() == 200
    assert seconds(with_exercises=True) == 800


def test_a_closed_incident_closes_no_roads(town: Town, incident: Incident, now: datetime) -> None:
    close_roads(by=None, now=now, incident=incident, area=AREA, reason="fire")
    Incident.objects.filter(pk=incident.pk).update(status="closed")
    assert seconds() == 200


def test_areas_that_are_none_and_people_who_may_not_are_refused(town: Town, incident: Incident, now: datetime) -> None:
    with pytest.raises(BadClosure, match="at least three"):
        close_roads(by=None, now=now, incident=incident, area=AREA[:2], reason="fire")
    with pytest.raises(BadClosure, match="1 to 1000"):
        close_roads(by=None, now=now, incident=incident, area=AREA, reason="fire", factor=0.5)
    with pytest.raises(NotFound):
        close_roads(by=town.users["stranger"], now=now, incident=incident, area=AREA, reason="fire")
