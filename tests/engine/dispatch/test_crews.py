"""Crews of several capabilities: the search agrees with the full model, and its bound is never above the optimum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from youbei.engine.dispatch.budget import Budget, Meter
from youbei.engine.dispatch.crew_search import cover
from youbei.engine.dispatch.crews import Columns, row_program


def columns_of(seed: int, *, units: int, incidents: int, kinds: int, scarce: float) -> Columns:
    """Return a random problem in which every unit could go to every incident."""
    rng = np.random.default_rng(seed)
    spot, place = rng.uniform(0, 100, (units, 2)), rng.uniform(20, 80, (incidents, 2))
    crew = rng.integers(0, 9, (units, kinds)) * (rng.random((units, kinds)) < 0.5)
    weight = rng.integers(1, 6, incidents)
    unit, incident, cost, first, need, people = [], [], [], [0], [], []
    for one in range(units):
        for other in range(incidents):
            if crew[one].any():
                unit.append(one)
                incident.append(other)
                cost.append(int(weight[other] * (60 + 30 * np.hypot(*(spot[one] - place[other])))))
                for kind in np.flatnonzero(crew[one]):
                    need.append(other * kinds + kind)
                    people.append(crew[one, kind])
                first.append(len(need))
    most = np.maximum(1, crew.sum(axis=0) * scarce / incidents).astype(np.int64)
    demand = np.array([rng.integers(1, most[kind] + 1) for _ in range(incidents) for kind in range(kinds)])
    numbers = (unit, incident, cost, first, need, people)
    found = [np.array(one, np.int64) for one in numbers]
    return Columns(*found, demand, np.repeat(np.arange(incidents), kinds), units)


def full_model(columns: Columns) -> float | None:
    """Return the optimum by the full integer program, without any pruning; None where nothing covers."""
    if not columns.count:
        return None
    rows = row_program(columns)
    matrix = csr_array((rows.value, rows.column, rows.start), shape=(len(rows.low), columns.count))
    found = milp(
        columns.cost,
        integrality=np.ones(columns.count),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, rows.low, rows.high),
        options={"mip_rel_gap": 0.0},
    )
    return None if found.x is None else float(found.fun)


def check(columns: Columns) -> None:
    budget = Budget()
    found = cover(columns, budget=budget, meter=Meter(budget))
    truth = full_model(columns)
    if truth is None:
        assert found.picked is None
        return
    assert found.picked is not None
    assert found.lower <= truth + 1e-6 <= found.value + 2e-6
    part = columns.only(found.picked)
    assert int(part.cost.sum()) == found.value
    assert np.bincount(part.unit).max() <= 1
    assert (np.bincount(part.need, part.people, minlength=len(columns.demand)) >= columns.demand).all()
    assert found.is_proven
    assert cover(columns, budget=budget, meter=Meter(budget)).value == found.value


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(4, 30), st.integers(1, 3), st.integers(1, 4), st.floats(0.2, 1.0))
def test_the_search_finds_the_optimum_of_the_full_model(
    seed: int, units: int, incidents: int, kinds: int, scarce: float
) -> None:
    check(columns_of(seed, units=units, incidents=incidents, kinds=kinds, scarce=scarce))


@pytest.mark.long
@settings(max_examples=1000, deadline=None)
@given(st.integers(0, 10**6), st.integers(4, 60), st.integers(1, 4), st.integers(1, 4), st.floats(0.1, 1.0))
def test_the_search_finds_the_optimum_of_the_full_model_a_thousand_times(
    seed: int, units: int, incidents: int, kinds: int, scarce: float
) -> None:
    check(columns_of(seed, units=units, incidents=incidents, kinds=kinds, scarce=scarce))


@pytest.mark.parametrize("seed", range(3))
def test_a_middling_problem_is_proven_like_the_full_model(seed: int) -> None:
    check(columns_of(seed, units=300, incidents=3, kinds=4, scarce=0.15))
