from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.findings.retest import (
    FEWEST_RUNS,
    Asks,
    Way,
    asks_of,
    judge_check,
    judge_exercise,
    judge_simulation,
)
from youbei.engine.simulation.statistics import wilson


def test_the_old_failure_is_the_test() -> None:
    assert asks_of("run:3:step:isolate", "steps.isolate") == Asks(Way.SIMULATION, step="isolate")
    asked = asks_of("check:12:W602:steps.isolate.start.after[0]", "steps.isolate.start.after[0]")
    assert (asked.way, asked.code, asked.place) == (Way.CHECK, "W602", "steps.isolate.start.after[0]")
    assert asks_of("", "6.3") == Asks(Way.EXERCISE)
    assert asks_of("stress:12:isolate", "steps.isolate") == Asks(Way.SIMULATION, step="isolate")
    assert asks_of("stress:12:isolate/foam#2", "steps.isolate") == Asks(Way.SIMULATION, step="isolate", need="foam")
    assert asks_of("stress:12:team:fire:isolate/crew", "steps.isolate") == Asks(Way.SIMULATION, step="isolate")


@given(st.integers(FEWEST_RUNS, 2000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_a_simulation_passes_only_where_the_promise_is_kept_beyond_doubt(figures: tuple[int, int]) -> None:
    late, of = figures
    outcome = judge_simulation(
        Asks(Way.SIMULATION, step="x"), tried=of, late=late, late_at_most=wilson(late, of).high, has_deadline=True
    )
    if outcome.passed:
        assert late / of <= 0.1
    if late == 0 and of >= 100:
        assert outcome.passed


@given(st.integers(0, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_too_few_courses_are_undecided_and_never_failed(figures: tuple[int, int]) -> None:
    late, of = figures
    high = wilson(late, of).high if of else 1.0
    outcome = judge_simulation(
        Asks(Way.SIMULATION, step="x"), tried=of, late=late, late_at_most=high, has_deadline=True
    )
    if of < FEWEST_RUNS or (outcome.passed is not True and late / of <= 0.1):
        assert outcome.passed is None
        assert "Undecided" in outcome.why.en
    elif not outcome.passed:
        assert outcome.passed is False


def test_a_run_that_is_not_over_or_did_not_test_it_is_undecided() -> None:
    asks = Asks(Way.EXERCISE, step="x")
    assert judge_exercise(asks, verdict="late", is_over=False, others=0).passed is None
    assert judge_exercise(asks, verdict=None, is_over=True, others=0).passed is None
    assert judge_exercise(asks, verdict="late", is_over=True, others=0).passed is False


def test_a_step_without_deadline_or_that_never_came_up_proves_nothing() -> None:
    asks = Asks(Way.SIMULATION, step="x")
    assert not judge_simulation(asks, tried=300, late=0, late_at_most=0.0, has_deadline=False).passed
    assert not judge_simulation(asks, tried=FEWEST_RUNS - 1, late=0, late_at_most=0.0, has_deadline=True).passed


def test_a_need_is_judged_by_how_often_it_was_short() -> None:
    asks = Asks(Way.SIMULATION, step="x", need="foam")
    short = judge_simulation(asks, tried=300, late=150, late_at_most=wilson(150, 300).high, has_deadline=True)
    assert (short.passed, "not enough free in 150" in short.why.en, "无处可调 150 次" in short.why.zh) == (
        False, True, True,
    )  # fmt: skip
    assert judge_simulation(asks, tried=300, late=0, late_at_most=wilson(0, 300).high, has_deadline=True).passed
    gone = judge_simulation(asks, tried=0, late=0, late_at_most=1.0, has_deadline=False)
    assert (gone.passed, "has no need 'foam'" in gone.why.en) == (False, True)


def test_the_checker_passes_when_it_is_silent_about_it_whatever_else_it_says() -> None:
    asks = Asks(Way.CHECK, code="W602", place="steps.a")
    assert judge_check(asks, frozenset({("W602", "steps.b"), ("E101", "steps.a")})).passed
    assert not judge_check(asks, frozenset({("W602", "steps.a")})).passed


def test_an_exercise_proves_a_step_only_when_it_is_over_and_the_step_was_in_time() -> None:
    asks = Asks(Way.EXERCISE, step="x")
    assert judge_exercise(asks, verdict="met", is_over=True, others=9).passed
    assert not judge_exercise(asks, verdict="met", is_over=False, others=0).passed
    for verdict in ("late", "missed", "done", None):
        assert not judge_exercise(asks, verdict=verdict, is_over=True, others=0).passed
    assert judge_exercise(Asks(Way.EXERCISE), verdict=None, is_over=True, others=0).passed
    assert not judge_exercise(Asks(Way.EXERCISE), verdict=None, is_over=True, others=1).passed
