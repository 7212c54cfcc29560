"""Units into places: the least cost, level by level, with prices that prove it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from youbei.engine.dispatch.matching import Offers, match

MANY = 10**6


@st.composite
def offers(draw: st.DrawFn) -> Offers:
    needs, units = draw(st.integers(1, 5)), draw(st.integers(1, 8))
    levels = draw(st.integers(1, 3))
    chosen = [draw(st.lists(st.integers(0, units - 1), unique=True)) for _ in range(needs)]
    first = np.concatenate([[0], np.cumsum([len(one) for one in chosen])]).astype(np.int64)
    number = st.integers(0, 6)
    cost = [[draw(number) for _ in range(levels)] for one in chosen for _ in one]
    missing = [[draw(st.integers(3, 9)), *(0 for _ in range(levels - 1))] for _ in range(needs)]
    return Offers(
        first,
        np.array([unit for one in chosen for unit in one], np.int64),
        np.array(cost, np.int64).reshape(-1, levels),
        np.array([draw(st.integers(1, 3)) for _ in range(needs)], np.int64),
        np.array(missing, np.int64),
        units,
    )


def by_another_method(problem: Offers) -> tuple[int, ...]:
    """Return the least cost by the dense method of scipy, with the levels weighted far apart."""
    levels = problem.cost.shape[1]
    weights = np.array([1000 ** (levels - 1 - level) for level in range(levels)], np.int64)
    rows = np.repeat(np.arange(len(problem.asked)), problem.asked)
    dense = np.full((len(rows), problem.units + len(rows)), 10**12)
    for row, need in enumerate(rows):
        at = slice(problem.first[need], problem.first[need + 1])
        dense[row, problem.unit[at]] = problem.cost[at] @ weights
        dense[row, problem.units + row] = problem.missing[need] @ weights
    value = int(dense[linear_sum_assignment(dense)].sum())
    found = []
    for weight in weights:
        found.append(value // int(weight))
        value %= int(weight)
    return tuple(found)


@settings(max_examples=1500, deadline=None)
@given(offers())
def test_the_assignment_is_the_cheapest_and_its_prices_prove_it(problem: Offers) -> None:
    found = match(problem)
    assert found.value == by_another_method(problem)
    assert found.is_proven
    assert len(np.unique(problem.unit[found.taken])) == len(found.taken)
    need_of = np.repeat(np.arange(len(problem.asked)), np.diff(problem.first))
    filled = np.bincount(need_of[found.taken], minlength=len(problem.asked))
    assert (filled + found.empty == problem.asked).all()
