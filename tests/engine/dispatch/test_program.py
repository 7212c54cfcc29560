"""The integer programs are solved to their true optimum, whatever the version of the solver."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from youbei.engine.dispatch.program import Limits, RowBuilder, solve_integer


def test_presolve_does_not_lose_the_optimum() -> None:
    """Minimise 2x + 3z with x + z >= 4.5, z whole: 9 at x = 4.5, which one version of HiGHS takes for 15."""
    rows = RowBuilder()
    rows.add([(0, 1.0), (1, 1.0)], low=4.5)
    found = solve_integer(
        np.array([2.0, 3.0]),
        np.zeros(2),
        np.full(2, 10.0),
        rows.rows(),
        np.array([False, True]),
        limits=Limits(1000),
    )
    assert found.is_finished
    assert found.objective == pytest.approx(9)
    assert found.bound == pytest.approx(9)


COVERS = st.lists(
    st.tuples(st.lists(st.integers(0, 9), min_size=5, max_size=5), st.integers(1, 15)), min_size=1, max_size=4
)


@settings(max_examples=200, deadline=None)
@given(COVERS, st.lists(st.integers(1, 50), min_size=9, max_size=9))
def test_covering_programs_agree_with_another_build_of_the_solver(covers: list, costs: list) -> None:
    count = len(covers)
    rows = RowBuilder()
    for number, (gives, asked) in enumerate(covers):
        terms = [(column, float(one)) for column, one in enumerate(gives) if one]
        rows.add([*terms, (5 + number, 1.0)], low=float(asked))
    cost = np.array(costs[: 5 + count], np.float64)
    high = np.array([1.0] * 5 + [float(asked) for _, asked in covers])
    integral = np.array([True] * 5 + [False] * count)
    built = rows.rows()
    found = solve_integer(cost, np.zeros_like(high), high, built, integral, limits=Limits(1000))
    matrix = csr_matrix((built.value, built.column, built.start), shape=(count, len(cost)))
    other = milp(
        cost,
        integrality=integral.astype(int),
        bounds=Bounds(0, high),
        constraints=LinearConstraint(matrix, built.low, np.inf),
    )
    assert found.objective == pytest.approx(other.fun, abs=0.5 + 1e-6)
    assert found.bound <= other.fun + 1e-6
