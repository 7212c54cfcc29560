"""Claims about small siting problems: nothing is better than what is said to be best, tried by trying everything."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import shortest_path

from youbei.engine.siting.center import p_center
from youbei.engine.siting.cover import maximal_cover
from youbei.engine.siting.levels import by_levels
from youbei.engine.siting.median import FEW_NODES, p_median
from youbei.engine.siting.problem import BadSiting, NoSiting, Outcome, Siting, siting
from youbei.engine.siting.setcover import least_cover

wholes = st.integers(0, 12).map(float)
parts = st.floats(0, 1000, allow_nan=False).map(lambda value: round(value, 3))


@st.composite
def problems(draw: st.DrawFn) -> tuple[Siting, int]:
    sites, places = draw(st.integers(1, 8)), draw(st.integers(1, 10))
    numbers = draw(st.sampled_from([wholes, parts, wholes | st.just(math.inf)]))
    rows = st.lists(numbers, min_size=places, max_size=places)
    weights = draw(st.lists(draw(st.sampled_from([wholes, parts])), min_size=places, max_size=places))
    matrix = draw(st.lists(rows, min_size=sites, max_size=sites))
    return siting(matrix, weight=weights), draw(st.integers(1, sites))


def choices(problem: Siting, p: int) -> list[list[int]]:
    return [list(chosen) for chosen in combinations(range(len(problem.sites)), p)]


def median(problem: Siting, chosen: list[int]) -> float:
    near = problem.distance[chosen].min(axis=0)
    weighs = problem.weight > 0
    return float((near[weighs] * problem.weight[weighs]).sum())


def same(found: float, best: float) -> bool:
    return math.isclose(found, best, rel_tol=2e-9, abs_tol=1e-4)


def check(outcome: Outcome, p: int, best: float) -> None:
    assert outcome.is_proven
    assert outcome.gap == 0
    assert outcome.bound == outcome.objective
    assert same(outcome.objective, best)
    assert len(set(outcome.chosen)) == p


@settings(max_examples=200)
@given(given_problem=problems())
def test_no_choice_has_a_smaller_sum_of_distances(given_problem: tuple[Siting, int]) -> None:
    problem, p = given_problem
    best = min(median(problem, chosen) for chosen in choices(problem, p))
    if math.isinf(best):
        with pytest.raises(NoSiting, match="out of reach"):
            p_median(problem, p)
        return
    found = p_median(problem, p)
    check(found, p, best)
    assert same(median(problem, list(found.chosen)), found.objective)


@settings(max_examples=200)
@given(given_problem=problems())
def test_no_choice_has_its_farthest_place_nearer(given_problem: tuple[Siting, int]) -> None:
    problem, p = given_problem
    best = min(float(problem.distance[chosen].min(axis=0).max()) for chosen in choices(problem, p))
    if math.isinf(best):
        with pytest.raises(NoSiting, match="do not reach every place"):
            p_center(problem, p)
        return
    check(p_center(problem, p), p, best)


@settings(max_examples=200)
@given(given_problem=problems(), radius=st.integers(0, 12) | st.floats(0, 1000))
def test_no_choice_covers_more(given_problem: tuple[Siting, int], radius: float) -> None:
    problem, p = given_problem
    best = max(
        float(problem.weight[(problem.distance[chosen] <= radius).any(axis=0)].sum()) for chosen in choices(problem, p)
    )
    check(maximal_cover(problem, p, radius), p, best)


@settings(max_examples=200)
@given(given_problem=problems(), radius=st.integers(0, 12) | st.floats(0, 1000))
def test_fewer_sites_do_not_cover_everything(given_problem: tuple[Siting, int], radius: float) -> None:
    problem, _ = given_problem
    covers = problem.distance <= radius
    if not covers.any(axis=0).all():
        with pytest.raises(NoSiting, match="no candidate site within"):
            least_cover(problem, radius)
        return
    found = least_cover(problem, radius)
    assert found.is_proven
    assert covers[list(found.chosen)].any(axis=0).all()
    for fewer in range(1, len(found.chosen)):
        assert not any(covers[chosen].any(axis=0).all() for chosen in choices(problem, fewer))


def towns(sites: int, places: int, *, seed: int = 3) -> Siting:
    draw = np.random.default_rng(seed)
    at, of = draw.random((sites, 2)), draw.random((places, 2))
    away = np.hypot(at[:, None, 0] - of[None, :, 0], at[:, None, 1] - of[None, :, 1])
    return siting(np.rint(away * 10_000), weight=draw.integers(1, 200, places))


def test_without_time_the_gap_is_said_and_nothing_is_called_best() -> None:
    problem = towns(120, 400)
    best = p_median(problem, 12)
    assert best.is_proven
    asked = iter([1.0] * 3)
    hurried = p_median(problem, 12, left=lambda: next(asked, 0.0))
    assert hurried.objective >= best.objective >= hurried.bound
    assert hurried.as_data()["status"] == ("optimal" if hurried.bound == hurried.objective else "feasible")
    for question in (p_center(problem, 12, left=lambda: 0.0), least_cover(problem, 2000.0, left=lambda: 0.0)):
        assert question.bound <= question.objective
        assert question.is_proven == (question.bound == question.objective)
    covered = maximal_cover(problem, 12, 900.0, left=lambda: 0.0)
    assert covered.bound >= covered.objective


def test_the_same_question_has_the_same_answer() -> None:
    problem = towns(60, 200)
    assert p_median(problem, 7) == p_median(problem, 7)


def test_questions_without_sense_are_refused() -> None:
    problem = towns(3, 5)
    for p in (0, 4):
        with pytest.raises(BadSiting, match="number from 1 to 3"):
            p_median(problem, p)
    with pytest.raises(BadSiting, match="zero or more"):
        maximal_cover(problem, 1, math.nan)
    with pytest.raises(BadSiting, match="at least one"):
        siting([[]])
    with pytest.raises(BadSiting, match="zero or more"):
        siting([[-1.0]])
    with pytest.raises(BadSiting, match="too large to be exact"):
        p_median(siting([[1e18]]), 1)


@settings(max_examples=100)
@given(given_problem=problems())
def test_the_program_over_levels_bounds_every_choice_and_meets_the_best(given_problem: tuple[Siting, int]) -> None:
    problem, p = given_problem
    cost = np.rint(np.where(np.isfinite(problem.distance), problem.distance, 5000) * problem.weight).astype(np.int64)
    found, lower = by_levels(cost, np.empty(0, np.int64), p, time_s=math.inf)
    best = min(int(cost[chosen].min(axis=0).sum()) for chosen in choices(problem, p))
    assert found is not None
    assert len(found) == p
    assert lower <= best
    assert int(cost[found].min(axis=0).sum()) == best == lower


def drawn(nodes: int, seed: int) -> Siting:
    """Draw a graph as those of the OR-Library were: nodes * nodes / 50 edges of 1 to 100."""
    rng = np.random.default_rng(seed)
    length = np.full((nodes, nodes), np.inf)
    tail, head = rng.integers(0, nodes, (2, nodes * nodes // 50))
    length[tail, head] = length[head, tail] = rng.integers(1, 101, len(tail))
    return siting(shortest_path(np.where(np.isinf(length), 0, length), directed=False))


def test_a_problem_of_many_sites_that_branching_does_not_end_is_proven() -> None:
    problem = drawn(400, seed=4)
    outcome = p_median(problem, 133)
    assert outcome.is_proven
    assert outcome.nodes >= FEW_NODES
    assert median(problem, list(outcome.chosen)) == outcome.objective
