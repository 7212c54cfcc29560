"""The solver finds the best plan, and its bounds are true: against trying every plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.engine.dispatch.brute import best_score
from tests.engine.dispatch.problems import problems

from youbei.engine.dispatch.budget import Budget
from youbei.engine.dispatch.problem import (
    Cover,
    Crew,
    Incident,
    Items,
    Leg,
    Need,
    Place,
    Problem,
    Skill,
    Unit,
    Units,
)
from youbei.engine.dispatch.score import score
from youbei.engine.dispatch.situation import Situation
from youbei.engine.dispatch.solve import find, solve

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


@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
@given(problems(most_units=4), st.sampled_from(("units", "cover", "crew", "loads", "any")))
def test_the_methods_for_large_problems_find_the_same_optimum(problem: Problem, kind: str) -> None:
    if kind in ("units", "cover", "crew"):
        wanted = Crew if kind == "crew" else Units
        incidents = tuple(
            replace(one, needs=tuple(need for need in one.needs if isinstance(need.asks, wanted | Items)))
            for one in problem.incidents
        )
        lots = tuple(replace(lot, grams_each=0) for lot in problem.lots)
        problem = replace(problem, incidents=incidents, lots=lots, cover=problem.cover if kind == "cover" else ())
    if kind == "loads":
        units = (replace(unit, skills=() if unit.payload_kg else unit.skills, crew="") for unit in problem.units)
        problem = replace(problem, units=tuple(units))
    situation = Situation(problem)
    small = find(situation, Budget(), large=10**9)
    large = find(situation, Budget(), large=0)
    assert large.score == score(situation, large.plan)
    assert large.score >= small.score
    for proof, truth in zip(large.proofs, small.score.as_tuple(), strict=True):
        assert proof.lower <= truth
        if not proof.is_proven:
            break
    if large.is_proven:
        assert large.score == small.score


@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
@given(problems(most_units=4), problems(most_units=4))
def test_more_units_never_make_the_plan_worse(problem: Problem, other: Problem) -> None:
    problem = replace(problem, cover=())
    more = tuple(replace(unit, id=f"more {unit.id}") for unit in other.units)
    assert solve(replace(problem, units=problem.units + more)).score <= solve(problem).score


@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
@given(problems(most_units=4), st.data())
def test_a_road_that_is_closed_or_slower_never_makes_the_plan_better(problem: Problem, data: st.DataObject) -> None:
    problem = replace(problem, cover=())
    number = data.draw(st.integers(0, len(problem.legs) - 1))
    leg = problem.legs[number]
    slower = None if leg.seconds is None or data.draw(st.booleans()) else leg.seconds + 600
    legs = (*problem.legs[:number], replace(leg, seconds=slower), *problem.legs[number + 1 :])
    assert solve(replace(problem, legs=legs)).score >= solve(problem).score


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
@given(problems())
def test_the_same_question_has_the_same_answer(problem: Problem) -> None:
    assert solve(problem).as_data() == solve(problem).as_data()


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(problems(), st.integers(0, 3))
def test_with_little_work_the_bounds_are_still_true_and_optimal_is_not_said(problem: Problem, nodes: int) -> None:
    truth = solve(problem).score.as_tuple()
    answer = solve(problem, budget=Budget(nodes=nodes, steps=nodes))
    for proof, best in zip(answer.solution.proofs, truth, strict=True):
        assert proof.lower <= best
        if not proof.is_proven:
            break
    if answer.is_proven:
        assert answer.score.as_tuple() == truth


@pytest.mark.long
@settings(max_examples=5000, deadline=None, suppress_health_check=QUIET)
@given(problems(most_units=5))
def test_no_plan_is_better_than_the_one_proposed_in_thousands_of_problems(problem: Problem) -> None:
    check_against_brute_force(problem)


def test_of_plans_that_arrive_as_soon_the_one_that_leaves_most_cover_is_matched() -> None:
    skills = (Skill("pump"),)
    units = tuple(Unit(f"u{number}", "station", skills) for number in range(4))
    district = Cover("d", "elsewhere", "pump", 2, within_s=600)
    needs = (Need("n", Units("pump", 2)),)
    legs = [Leg("station", "fire", 300), Leg("yard", "fire", 300), Leg("station", "elsewhere", 500)]
    problem = Problem(
        at=datetime(2026, 7, 1, tzinfo=UTC),
        incidents=(Incident("i", "fire", needs),),
        units=(*units[:2], *(replace(unit, place="yard") for unit in units[2:])),
        cover=(district,),
        places=tuple(Place(name) for name in ("station", "yard", "fire", "elsewhere")),
        legs=tuple(legs),
    )
    found = find(Situation(problem), Budget(), large=0)
    assert found.method == "matching"
    assert found.is_proven
    assert {send.unit for send in found.plan.sends} == {"u2", "u3"}
    needs = (Need("n", Units("pump", 3)),)
    found = find(Situation(replace(problem, incidents=(Incident("i", "fire", needs),))), Budget(), large=0)
    assert (found.method, found.is_proven, found.score.cover_lost) == ("matching", True, 1)
