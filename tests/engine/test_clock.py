"""Clocks: a straight line from wall to scenario time, anchored anew by every change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.clock import Clock, ClockRefused
from youbei.testing import START, minutes

SPEEDS = st.sampled_from([0.1, 0.5, 1.0, 2.0, 60.0, 3600.0])
PASSED = st.integers(0, 10**9).map(lambda ms: timedelta(milliseconds=ms))


def test_on_the_real_clock_scenario_time_is_wall_time():
    assert Clock.real().scenario_at(START) == START
    assert Clock.real().wall_at(START) == START


def test_an_exercise_goes_at_its_speed():
    clock = Clock(wall=START, scenario=START + minutes(600)).at_speed(60, wall=START)
    assert clock.scenario_at(START + minutes(1)) == START + minutes(660)
    assert clock.wall_at(START + minutes(660)) == START + minutes(1)


def test_a_paused_clock_stands_and_goes_on_from_there():
    clock = Clock(wall=START, scenario=START).paused(wall=START + minutes(10))
    assert clock.scenario_at(START + minutes(99)) == START + minutes(10)
    assert clock.wall_at(START + minutes(11)) is None
    assert clock.wall_at(START + minutes(10)) == START + minutes(10)
    resumed = clock.resumed(wall=START + minutes(30))
    assert resumed.scenario_at(START + minutes(31)) == START + minutes(11)


def test_a_clock_jumps_forward_only():
    clock = Clock(wall=START, scenario=START)
    assert clock.jumped(minutes(60), wall=START + minutes(5)).scenario_at(START + minutes(6)) == START + minutes(66)
    for back in (minutes(0), minutes(-1)):
        with pytest.raises(ClockRefused):
            clock.jumped(back, wall=START)


@pytest.mark.parametrize("speed", [0, -1, 0.09, 3601, float("nan"), float("inf")])
def test_a_speed_out_of_range_is_refused(speed):
    with pytest.raises(ClockRefused) as refused:
        Clock(wall=START, scenario=START).at_speed(speed, wall=START)
    assert refused.value.code == "clock-refused"
    assert refused.value.text.zh


@given(SPEEDS, SPEEDS, PASSED, PASSED)
def test_changing_speed_never_makes_scenario_time_jump(first, second, before, after):
    clock = Clock(wall=START, scenario=START, speed=first)
    changed = clock.at_speed(second, wall=START + before)
    assert changed.scenario_at(START + before) == clock.scenario_at(START + before)
    assert changed.scenario_at(START + before + after) >= changed.scenario_at(START + before)


@given(SPEEDS, PASSED)
def test_wall_and_scenario_time_lead_to_each_other(speed, passed):
    clock = Clock(wall=START, scenario=START + minutes(7), speed=speed)
    scenario = clock.scenario_at(START + passed)
    wall = clock.wall_at(scenario)
    assert wall is not None
    assert abs(wall - (START + passed)) <= timedelta(microseconds=10)
