from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.findings.kinds import FindingSeverity
from youbei.engine.findings.lateness import deadline, next_step_on, told_now
from youbei.engine.findings.life import Course, State

DAY = date(2026, 11, 25)


def test_each_state_has_its_own_day() -> None:
    def due(state: State, needs_retest: bool = False) -> date | None:
        return deadline(Course(state, needs_retest), FindingSeverity.GENERAL, since=DAY, next_due_on=date(2027, 1, 1))

    assert due(State.OPEN) == DAY + timedelta(days=10)
    assert due(State.SETTLED) == date(2027, 1, 1)
    assert due(State.RECTIFIED) == due(State.EXPLAINED) == DAY + timedelta(days=10)
    assert due(State.ACCEPTED) is None
    assert due(State.ACCEPTED, needs_retest=True) == DAY + timedelta(days=90)
    assert due(State.TOLERATED) == date(2027, 1, 1)
    assert due(State.VERIFIED) is None
    assert due(State.DROPPED) is None


def test_what_is_major_reaches_the_superior_on_the_first_day_and_advice_only_once() -> None:
    def climbs(severity: FindingSeverity) -> list[int]:
        late = told_now(severity, DAY, 5, taken=(), today=DAY + timedelta(days=365))
        return [(step.on - DAY).days for step in late if step.level]

    assert climbs(FindingSeverity.MAJOR) == [1, 3, 5]
    assert climbs(FindingSeverity.GENERAL) == [3, 10, 17]
    assert climbs(FindingSeverity.ADVICE) == [14]


@given(st.sampled_from(FindingSeverity), st.lists(st.integers(0, 60), unique=True), st.integers(0, 4))
def test_however_often_one_looks_each_step_is_taken_once(
    severity: FindingSeverity, looks: list[int], levels: int
) -> None:
    taken: list[str] = []
    for days in sorted({*looks, 60}):
        today = DAY - timedelta(days=30) + timedelta(days=days)
        found = told_now(severity, DAY, levels, taken=taken, today=today)
        taken += [step.key for step in found]
        following = next_step_on(severity, DAY, levels, taken=taken)
        assert following is None or following > today
    assert len(taken) == len(set(taken))
    assert sorted(taken) == sorted(step.key for step in told_now(severity, DAY, levels, taken=(), today=date.max))
