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

# Assumption: conditions written by people are decided in far fewer trials; beyond this the answer is "it can".
MOST_TRIALS = 20_000
OTHER = "…"

State = Mapping[str, Value]
Domains = Mapping[str, tuple[Value, ...]]


class _GaveUp(Exception):
    pass


@dataclass(slots=True)
class _Budget:
    left: int = MOST_TRIALS

    def spend(self) -> None:
        self.left -= 1
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


def solve(condition: Condition, within: Domains, given: State | None = None) -> dict[str, Value] | None:
    """Return a state in which the condition is true, or None where there is none.

    Gives an empty answer that counts as "it can" where the search grows too long.
    """
    state = dict(given or {})
    names = [name for name in domains([condition]) if name not in state]
    try:
        found = _search(condition, within, names, state, _Budget())
    except _GaveUp:
        return {}
    return found


def _search(
    condition: Condition, within: Domains, names: list[str], state: dict[str, Value], budget: _Budget
) -> dict[str, Value] | None:
    budget.spend()
    decided = truth(condition, state)
    if decided is True:
        return dict(state)
    if decided is False or not names:
        return None
    name, rest = names[0], names[1:]
    for value in within.get(name, ()):
        state[name] = value
        found = _search(condition, within, rest, state, budget)
        if found is not None:
            return found
        del state[name]
    return None


def can_be_true(condition: Condition) -> bool:
    """Tell whether any values make the condition true."""
    return solve(condition, domains([condition])) is not None
