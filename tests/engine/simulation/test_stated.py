"""Claims about calls that somebody states: as many as stated, where and when stated, and nonsense is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from youbei.engine.places import Point, distance_m
from youbei.engine.simulation.stated import (
    MOST_STATED,
    BadCalls,
    StatedCalls,
    calls_from_data,
    demand_stated,
    streams_stated,
)

KINDS = {"accident": {"capability": "rescue", "on_scene": "PT1H", "spread": 1.8}}
CALLS = StatedCalls("accident", 12.0, Point(30.0, 120.0), 9.0, 22, 6, (6, 7, 8))


def test_as_many_come_as_are_stated_in_their_hours_and_months() -> None:
    streams = list(streams_stated([CALLS], KINDS))
    assert len({stream.id for stream in streams}) == len(streams) == 7
    in_july = sum(stream.per_day * stream.months[6] for stream in streams)
    assert in_july == pytest.approx(12.0)
    assert {stream.months[0] for stream in streams} == {0.0}
    for stream in streams:
        assert sum(stream.hours) == pytest.approx(24.0)
        assert sum(stream.months) == pytest.approx(12.0)
        assert [hour for hour, weight in enumerate(stream.hours) if weight] == [0, 1, 2, 3, 4, 5, 22, 23]
        assert (stream.capability, stream.spread) == ("rescue", 1.8)
        assert distance_m(CALLS.point, stream.point) <= 6_010


@pytest.mark.parametrize("place", [Point(90.0, 0.0), Point(-90.0, 180.0), Point(0.0, -180.0), Point(89.99, 179.99)])
def test_an_area_at_the_end_of_the_earth_stays_on_it(place: Point) -> None:
    for stream in streams_stated([replace(CALLS, point=place, radius_km=100.0)], KINDS):
        assert -90 <= stream.point.lat <= 90
        assert -180 <= stream.point.lon <= 180


def test_several_are_told_apart_even_at_one_place() -> None:
    streams = list(streams_stated([CALLS, CALLS], KINDS))
    assert len({stream.id for stream in streams}) == 14


def test_it_is_kept_and_said() -> None:
    assert calls_from_data(CALLS.as_data()) == CALLS
    assert CALLS.text.en == "12 a day at 30.000, 120.000 and 9 km around, from 22:00 to 6:00, in the months 6, 7, 8"
    assert CALLS.text.zh == "每天 12 起，30.000, 120.000 周围 9 公里内，22–6 时，6、7、8 月"
    assert replace(CALLS, radius_km=0.0, start=0, end=24, months=()).text.en == "12 a day at 30.000, 120.000"


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "volcano"},
        {"per_day": 0.0},
        {"per_day": -1.0},
        {"per_day": float("nan")},
        {"per_day": float("inf")},
        {"radius_km": -1.0},
        {"radius_km": float("nan")},
        {"radius_km": 1e9},
        {"point": Point(float("nan"), 0.0)},
        {"point": Point(91.0, 0.0)},
        {"start": 24},
        {"start": -1},
        {"end": 25},
        {"start": 6, "end": 6},
        {"months": (0,)},
        {"months": (1, 1)},
    ],
)
def test_what_cannot_be_meant_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadCalls) as refused:
        demand_stated([replace(CALLS, **change)], kinds=KINDS)
    assert refused.value.text.zh.endswith("。")
    assert refused.value.text.en.endswith(".")


def test_too_many_are_refused() -> None:
    demand_stated([CALLS] * MOST_STATED, kinds=KINDS)
    with pytest.raises(BadCalls, match="At most 20"):
        demand_stated([CALLS] * (MOST_STATED + 1), kinds=KINDS)
