"""The turn-out is the departure less the call where it was reported, else what the arrival leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.clock import Mode
from youbei.engine.teams.turn_out import Sent, measure, to_plan_with

CALL = datetime(2026, 11, 1, 8, tzinfo=UTC)
spans = st.integers(0, 600).map(lambda number: timedelta(minutes=number))


def sent(left: timedelta | None, road: timedelta | None, *, mode: Mode = Mode.REAL) -> Sent:
    departed = None if left is None else CALL + left
    arrived = None if road is None else CALL + (left or timedelta(0)) + road
    return Sent(CALL, CALL + timedelta(minutes=15), arrived, timedelta(minutes=5), mode, departed)


@given(spans, spans)
def test_call_to_departure_and_departure_to_arrival_make_up_the_whole(left: timedelta, road: timedelta) -> None:
    one = sent(left, road)
    assert one.travel is not None
    assert one.turn_out + one.travel == left + road
    assert one.turn_out == left


@given(spans)
def test_a_departure_counts_before_the_arrival_is_known(left: timedelta) -> None:
    assert sent(left, None).turn_out == left
    assert sent(left, None).travel is None


@given(spans)
def test_without_a_departure_what_is_late_is_laid_to_the_turn_out(road: timedelta) -> None:
    one = sent(None, road)
    assert one.turn_out == max(road - timedelta(minutes=10), timedelta(0))
    assert one.travel is None


def test_of_nothing_reported_nothing_is_measured() -> None:
    with pytest.raises(ValueError, match="no turn-out"):
        _ = sent(None, None).turn_out


def test_the_sample_says_how_many_departures_were_reported_in_drills_and_incidents() -> None:
    minutes = [timedelta(minutes=number) for number in (3, 4, 9)]
    observed = [sent(left, minutes[0]) for left in minutes] + [sent(None, minutes[2])]
    observed.append(sent(minutes[1], None, mode=Mode.EXERCISE))
    real, exercise = measure(observed, Mode.REAL), measure(observed, Mode.EXERCISE)
    assert real is not None
    assert exercise is not None
    assert (real.number, real.reported, real.most) == (4, 3, minutes[2])
    assert (exercise.number, exercise.reported) == (1, 1)
    assert to_plan_with(timedelta(minutes=2), real) == real.median
