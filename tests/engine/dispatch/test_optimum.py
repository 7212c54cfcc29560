"""The solver finds the best plan, and its bounds are true: against trying every plan."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from tests.engine.dispatch.brute import best_score
from tests.engine.dispatch.problems import problems

from youbei.engine.dispatch.problem import Problem
from youbei.engine.dispatch.score import score
from youbei.engine.dispatch.situation import Situation
from youbei.engine.dispatch.solve import solve

QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def check_against_brute_force(problem: Problem) -> None:
    best = best_score(problem)
    assume(best is not None)
    answer = solve(problem)
    assert answer.score == score(Situation(problem), answer.plan)
    assert answer.is_proven
    assert answer.score == best


@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
@given(problems(most_units=4))
def test_no_plan_is_better_than_the_one_proposed(problem: Problem) -> None:
    check_against_brute_force(problem)


@pytest.mark.long
@settings(max_examples=5000, deadline=None, suppress_health_check=QUIET)
@given(problems(most_units=5))
def test_no_plan_is_better_than_the_one_proposed_in_thousands_of_problems(problem: Problem) -> None:
    check_against_brute_force(problem)
