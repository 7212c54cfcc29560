"""The exercise clock: set by the run's own log, so that it survives a restart; real runs have none to set."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.engine.running import EXERCISE, REAL, SIMULATED, activated, do, told

from youbei.engine.clock import Clock
from youbei.engine.plans.model import Deadline
from youbei.engine.run import Run, advance, fold, next_due
from youbei.engine.run.acts_opening import ClockIsReal, ClockRunsBack, SpeedRefused
from youbei.engine.run.commands import SetClock
from youbei.testing import OFFICER, START, as_recorded, minutes, small_plan, small_step

PLAN = small_plan(small_step("a", within=Deadline(minutes(10))))


def clock_of(run: Run) -> Clock:
    assert run.state.clock is not None
    return run.state.clock


def set_to(clock: Clock) -> SetClock:
    return SetClock(clock.wall, clock.scenario, clock.speed, clock.is_paused)


def exercise() -> Run:
    """Return an exercise whose clock shows START when the wall does."""
    return do(activated(PLAN, mode=EXERCISE), SetClock(START, START, 1.0, False))


def tick(run: Run, wall: datetime) -> Run:
    return advance(run, clock_of(run).scenario_at(wall))


def test_a_paused_exercise_stands_still_however_long():
    run = tick(exercise(), START + minutes(5))
    run = do(run, set_to(clock_of(run).paused(wall=START + minutes(5))), after=5)
    run = tick(run, START + minutes(500))
    assert told(run, "step.late", "at") == []
    assert run.now == START + minutes(5)
    due = next_due(run)
    assert due is not None
    assert clock_of(run).wall_at(due) is None
    run = do(run, set_to(clock_of(run).resumed(wall=START + minutes(500))), after=5)
    assert clock_of(run).wall_at(due) == START + minutes(505)
    assert told(tick(run, START + minutes(505)), "step.late", "at") == [10]


def test_at_sixty_times_the_speed_ten_minutes_pass_in_ten_seconds():
    run = do(exercise(), set_to(clock_of(exercise()).at_speed(60, wall=START)))
    assert told(tick(run, START + minutes(9 / 60)), "step.late", "at") == []
    assert told(tick(run, START + minutes(10 / 60)), "step.late", "at") == [10]


def test_a_jump_carries_out_what_lies_between():
    run = do(exercise(), set_to(clock_of(exercise()).jumped(minutes(60), wall=START)))
    assert told(run, "step.late", "at") == [], "the jump itself is at the old time"
    run = tick(run, START)
    assert told(run, "step.late", "at") == [10]
    assert run.now == START + minutes(60)


def test_the_clock_is_part_of_what_the_log_rebuilds():
    run = do(exercise(), set_to(clock_of(exercise()).at_speed(60, wall=START)))
    folded = fold(PLAN, as_recorded(run.log), stream="run:1", mode=EXERCISE)
    assert folded.state.clock == run.state.clock


@pytest.mark.parametrize("mode", [REAL, SIMULATED])
def test_only_an_exercise_has_a_clock_to_set(mode):
    with pytest.raises(ClockIsReal):
        do(activated(PLAN, mode=mode), SetClock(START, START, 1.0, False), by=OFFICER)


def test_an_exercise_never_goes_back():
    run = tick(exercise(), START + minutes(20))
    with pytest.raises(ClockRunsBack):
        do(run, SetClock(START, START + minutes(19), 1.0, False))


@pytest.mark.parametrize("speed", [0.0, -1.0, 4000.0, float("nan")])
def test_a_speed_out_of_range_is_refused(speed):
    with pytest.raises(SpeedRefused):
        do(exercise(), SetClock(START, START, speed, False))
