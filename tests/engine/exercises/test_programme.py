"""What the law asks in a year, and how a unit stands."""

from __future__ import annotations

from datetime import date

from youbei import content
from youbei.engine.exercises.programme import Counts, Held, Requirement, State, months_later, periods_of
from youbei.engine.text import Text

TODAY = date(2026, 11, 26)


def asks(every: int, **more: object) -> Requirement:
    return Requirement("r", Text("r", "r"), every, **more)  # type: ignore[arg-type]


def states(requirement: Requirement, held: list[Held], planned: list[Held] | None = None) -> list[State]:
    return [one.state for one in periods_of(requirement, 2026, today=TODAY, held=held, planned=planned or ())]


def test_each_half_year_is_asked_for_by_itself() -> None:
    twice_in_spring = [Held(date(2026, 3, 1), Counts.EXERCISE), Held(date(2026, 4, 1), Counts.EXERCISE)]
    assert states(asks(6), twice_in_spring) == [State.DONE, State.DUE]


def test_what_is_planned_in_time_is_planned_and_what_was_missed_overdue() -> None:
    assert states(asks(6), [], [Held(date(2026, 12, 9), Counts.EXERCISE)]) == [State.OVERDUE, State.PLANNED]


def test_months_in_which_nobody_is_there_are_not_asked_for() -> None:
    assert len(states(asks(1, not_in=(7, 8)), [])) == 10


def test_the_wrong_kind_of_plan_does_not_count() -> None:
    on_site = asks(12, plan_kinds=("on_site",))
    assert states(on_site, [Held(date(2026, 3, 1), Counts.EXERCISE, "special")]) == [State.DUE]
    assert states(on_site, [Held(date(2026, 3, 1), Counts.EXERCISE, "on_site")]) == [State.DONE]


def test_a_head_count_counts_only_where_that_is_said() -> None:
    held = [Held(date(2026, 11, 2), Counts.HEAD_COUNT)]
    assert states(asks(12), held) == [State.DUE]
    assert states(asks(12, counts=(Counts.EXERCISE, Counts.HEAD_COUNT)), held) == [State.DONE]


def test_beyond_a_year_the_time_runs_from_the_last() -> None:
    last = Held(date(2024, 11, 26), Counts.EXERCISE)
    (period,) = periods_of(asks(24), 2026, today=date(2026, 11, 25), held=[last])
    assert (period.state, period.ends_on) == (State.DONE, date(2026, 11, 26))
    (period,) = periods_of(asks(24), 2026, today=date(2026, 11, 26), held=[last])
    assert period.state is State.OVERDUE


def test_a_month_later_than_the_last_of_january_is_the_last_of_february() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 1, 31), 23) == date(2027, 12, 31)


def test_every_regime_names_its_source_and_stands_alone() -> None:
    regimes = content.drill_regimes()
    assert len(regimes) == 8
    assert all(one.document and one.requirements and one.kinds for one in regimes.values())
