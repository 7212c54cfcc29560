"""Decide whether a condition can ever be true, by trying values around its thresholds.

Facts, times since moments and counts are all treated as variables. A variable takes representative values: each
threshold named in the conditions, and one on either side of it. The search assigns one variable after another and
turns back as soon as the condition is false; what is not yet assigned is unknown, as in `conditions.evaluate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from youbei.engine.conditions import (
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    Count,
    Elapsed,
    Not,
    Op,
    Truth,
    Value,
    compare,
    is_number,
    leaves,
)

# Assumption: all conditions of a plan that people wrote are decided by far less work (comparisons looked at), and none
# of them looks at more things; beyond that the answer is "it can".
MOST_WORK = 1_000_000
MOST_VARIABLES = 60
OTHER = "…"

State = Mapping[str, Value]
Domains = Mapping[str, tuple[Value, ...]]


GAVE_UP: dict[str, Value] = {}


class _GaveUp(Exception):
    pass


@dataclass(slots=True)
class Budget:
    """Limit the work spent on one plan, so that no plan keeps the checker busy for long."""

    left: int = MOST_WORK

    def spend(self, work: int) -> None:
        self.left -= work
        if self.left < 0:
            raise _GaveUp


def variable(leaf: Compare | Elapsed | Count) -> str:
    """Name what a leaf looks at; facts keep their own name."""
    if isinstance(leaf, Compare):
        return leaf.fact
    if isinstance(leaf, Elapsed):
        return f"elapsed:{leaf.since}"
    return f"count:{leaf.of.value}:{','.join(leaf.among)}"


def truth(condition: Condition, state: State) -> Truth:
    """Evaluate a condition over variables; what the state does not hold is unknown."""
    match condition:
        case Always():
            return True
        case Elapsed(atleast=atleast):
            return compare(state.get(variable(condition)), Op.GTE, atleast.total_seconds())
        case Compare(op=op, value=value) | Count(op=op, value=value):
            return compare(state.get(variable(condition)), op, value)
        case AllOf(of=parts):
            return _all(parts, state)
        case AnyOf(of=parts):
            return _any(parts, state)
        case Not(of=part):
            found = truth(part, state)
            return None if found is None else not found


def _all(parts: Iterable[Condition], state: State) -> Truth:
    result: Truth = True
    for part in parts:
        found = truth(part, state)
        if found is False:
            return False
        if found is None:
            result = None
    return result


def _any(parts: Iterable[Condition], state: State) -> Truth:
    result: Truth = False
    for part in parts:
        found = truth(part, state)
        if found is True:
            return True
        if found is None:
            result = None
    return result


def domains(conditions: Iterable[Condition]) -> dict[str, tuple[Value, ...]]:
    """Return representative values for every variable of the conditions, in a fixed order."""
    thresholds: dict[str, set[Value]] = {}
    for condition in conditions:
        for leaf in leaves(condition):
            if not isinstance(leaf, Always):
                thresholds.setdefault(variable(leaf), set()).update(_thresholds(leaf))
    return {name: _around(found) for name, found in sorted(thresholds.items())}


def _thresholds(leaf: Compare | Elapsed | Count) -> tuple[Value, ...]:
    if isinstance(leaf, Elapsed):
        return (leaf.atleast.total_seconds(),)
    return leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)


def _around(thresholds: set[Value]) -> tuple[Value, ...]:
    numbers = sorted({float(value) for value in thresholds if is_number(value)})
    found: list[Value] = []
    if numbers:
        # Values below zero stand in only where a threshold is below zero: people and kilograms are not negative.
        lower = [numbers[0] - 1] if numbers[0] >= 1 or numbers[0] < 0 else [numbers[0] / 2] if numbers[0] > 0 else []
        gaps = [(low + high) / 2 for low, high in pairwise(numbers)]
        near = [high - 1 for low, high in pairwise(numbers) if high - low > 1]
        found += sorted({*lower, *numbers, *gaps, *near, numbers[-1] + 1})
    if any(isinstance(value, bool) for value in thresholds):
        found += [False, True]
    words = sorted(value for value in thresholds if isinstance(value, str))
    return (*found, *words, *([OTHER] if words or not found else []))


def solve(
    condition: Condition, within: Domains, given: State | None = None, budget: Budget | None = None
) -> dict[str, Value] | None:
    """Return a state in which the condition is true, or None where there is none.

    Returns `GAVE_UP`, which counts as "it can", where the search grows too long.
    """
    state, budget = dict(given or {}), budget or Budget()
    found = [variable(leaf) for leaf in leaves(condition) if not isinstance(leaf, Always)]
    names = sorted({name for name in found if name not in state})
    try:
        budget.spend(len(found) + 1)
        if len(names) > MOST_VARIABLES:
            return GAVE_UP
        return _search(condition, within, names, state, _Purse(budget, len(found) + 1))
    except _GaveUp:
        return GAVE_UP


@dataclass(frozen=True, slots=True)
class _Purse:
    """Pay for each trial of one condition by its size."""

    budget: Budget
    price: int

    def pay(self) -> None:
        self.budget.spend(self.price)


def _search(
    condition: Condition, within: Domains, names: list[str], state: dict[str, Value], purse: _Purse
) -> dict[str, Value] | None:
    purse.pay()
    decided = truth(condition, state)
    if decided is True:
        return dict(state)
    if decided is False or not names:
        return None
    name, rest = names[0], names[1:]
    for value in within.get(name, ()):
        state[name] = value
        found = _search(condition, within, rest, state, purse)
        if found is not None:
            return found
        del state[name]
    return None


def can_be_true(condition: Condition, budget: Budget | None = None) -> bool:
    """Tell whether any values make the condition true."""
    return solve(condition, domains([condition]), budget=budget) is not None
