"""Claims about the steps of a request for help, and about counting heads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.aid import OVER, STATE_NAMES, STEPS, State, WrongStep, after, steps_from
from youbei.engine.scene import HEARD_WITHIN, Inside, head_count

# Source: OASIS EDXL-RM 1.0, section 3.2: the resource messages.
MESSAGES = {
    "RequestResource",
    "ResponseToRequestResource",
    "RequisitionResource",
    "CommitResource",
    "RequestInformation",
    "ResponseToRequestInformation",
    "OfferUnsolicitedResource",
    "ReleaseResource",
    "RequestReturn",
    "ResponseToRequestReturn",
    "RequestQuote",
    "ResponseToRequestQuote",
    "RequestResourceDeploymentStatus",
    "ReportResourceDeploymentStatus",
    "RequestExtendedDeploymentDuration",
    "ResponseToRequestExtendedDeploymentDuration",
}
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def test_every_step_is_carried_by_a_message_of_the_standard() -> None:
    assert {step.message for step in STEPS.values()} <= MESSAGES
    assert set(STATE_NAMES) == set(State)


def test_help_is_offered_committed_sent_used_longer_released_and_returned() -> None:
    state = State.REQUESTED
    for name in ("offer", "commit", "depart", "arrive", "extend", "release", "return"):
        state = after(state, name)
    assert state is State.RETURNED


@given(names=st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_what_is_over_stays_over_and_nothing_is_skipped(names: list[str]) -> None:
    state = State.REQUESTED
    for name in names:
        if name in steps_from(state):
            assert state not in OVER
            state = after(state, name)
        else:
            with pytest.raises(WrongStep):
                after(state, name)


def entry(people: int, minutes_in: int, due: int, heard: int) -> Inside:
    def at(minutes: int) -> datetime:
        return NOW - timedelta(minutes=minutes)

    return Inside(people, at(minutes_in), at(-due), at(heard))


def test_heads_are_counted_and_those_overdue_or_silent_named() -> None:
    silent = int(HEARD_WITHIN.total_seconds() // 60)
    count = head_count([entry(2, 5, 10, 5), entry(3, 30, -1, 1), entry(1, 40, 5, silent)], NOW)
    assert (count.inside, count.overdue, count.unheard) == (6, 3, 1)
    assert count.is_alarming
    assert "3 should be out" in count.said().en
    assert not head_count([], NOW).is_alarming
    assert "无人" in head_count([], NOW).said().zh


def test_the_minute_they_should_be_out_counts_as_overdue() -> None:
    assert head_count([entry(1, 20, 0, 0)], NOW).overdue == 1
    assert head_count([entry(1, 20, 1, 0)], NOW).overdue == 0
