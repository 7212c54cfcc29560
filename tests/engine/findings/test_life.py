from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.duties_apart import SamePerson
from youbei.engine.findings.life import DOING, JUDGING, MOVES, Act, Course, NoSuchMove, State, move

PEOPLE = ("user:1", "user:2", "user:3")
WALKS = st.lists(st.tuples(st.sampled_from(Act), st.sampled_from(PEOPLE)), max_size=40)


def walk(course: Course, acts: list[tuple[Act, str]]) -> list[tuple[Act, str, Course, Course]]:
    """Return what was done out of what was tried, as (act, who, before, after)."""
    done = []
    for act, who in acts:
        try:
            after = move(course, act, by=who)
        except (NoSuchMove, SamePerson):
            continue
        done.append((act, who, course, after))
        course = after
    return done


@given(WALKS, st.booleans())
def test_only_a_passed_retest_verifies(acts: list[tuple[Act, str]], needs_retest: bool) -> None:
    for act, _, _, after in walk(Course(needs_retest=needs_retest), acts):
        assert (after.state is State.VERIFIED) == (act is Act.PASS_RETEST)
        assert needs_retest or after.state is not State.VERIFIED


@given(WALKS, st.booleans())
def test_nobody_judges_their_own_cure_however_they_try(acts: list[tuple[Act, str]], needs_retest: bool) -> None:
    doers: set[str] = set()
    for act, who, _, after in walk(Course(needs_retest=needs_retest), acts):
        if act in DOING:
            doers.add(who)
        if act in JUDGING:
            assert who not in doers
        if after.state is State.OPEN:
            doers = set()


@given(WALKS, st.booleans())
def test_what_is_closed_changes_only_by_reopening_it(acts: list[tuple[Act, str]], needs_retest: bool) -> None:
    for act, _, before, _ in walk(Course(needs_retest=needs_retest), acts):
        assert not before.is_closed or act is Act.REOPEN


def test_a_cure_that_must_be_retested_is_not_closed_by_its_acceptance() -> None:
    for needs_retest in (True, False):
        course = Course(needs_retest=needs_retest)
        course = move(move(course, Act.SETTLE, by="user:1"), Act.RECTIFY, by="user:1")
        assert move(course, Act.ACCEPT, by="user:2").is_closed is not needs_retest


def test_a_stand_in_carries_what_was_done_for_whom_they_stand_in() -> None:
    course = move(move(Course(), Act.SETTLE, by="user:1"), Act.RECTIFY, by="user:1")
    with pytest.raises(SamePerson):
        move(course, Act.ACCEPT, by="user:2", acting_for=("user:1",))
    assert move(course, Act.ACCEPT, by="user:2", acting_for=("user:3",)).state is State.ACCEPTED


def test_every_state_can_be_reached_and_left() -> None:
    reached = {State.OPEN} | set(MOVES.values())
    assert reached == set(State)
    assert {state for state, _ in MOVES} == set(State)
