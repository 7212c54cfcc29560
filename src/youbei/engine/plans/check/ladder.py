"""The ladder of levels over one fact: where it dips as the fact grows, and where its rungs are swapped."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from youbei.engine.conditions import AllOf, AnyOf, Compare, Condition, Not, Op, Value, is_number, leaves
from youbei.engine.plans.check.solve import GAVE_UP, OTHER, Budget, Domains, State, domains, solve, truth
from youbei.engine.plans.model import Level, LevelNumber
from youbei.engine.text import Text

RISING = frozenset({Op.GT, Op.GTE})
FALLING = frozenset({Op.LT, Op.LTE})


@dataclass(frozen=True, slots=True)
class Hole:
    """Say that `level` applies with the fact at `low`, but only `after` (or none) at `high`, all else being equal."""

    level: LevelNumber
    fact: str
    low: float
    high: float
    after: LevelNumber | None
    others: State


def holes(levels: Sequence[Level], fractions: Collection[str] = (), budget: Budget | None = None) -> Iterator[Hole]:
    """Yield each place where the level drops although a fact that counts upwards has grown.

    `levels` run from the most severe to the mildest. A fact counts upwards where the levels ask for it to be at
    least something, and ask for at most something only together with that (a range). Facts count in whole numbers
    where their thresholds do, unless they are named in `fractions`: nobody is hurt by halves.
    """
    conditions = [level.when for level in levels]
    within = domains(conditions)
    budget = budget or Budget()
    for fact in _upward(conditions):
        numbers = [float(value) for value in within[fact] if is_number(value)]
        if fact not in fractions:
            whole = [value for value in numbers if value.is_integer()]
            numbers = whole if _are_whole(conditions, fact) else numbers
        for low, high in pairwise(numbers):
            if budget.left < 0:
                return
            for index, level in enumerate(levels):
                hole = _hole(levels[: index + 1], level, fact, (low, high), within, budget)
                if hole is not None:
                    after = next((m.number for m in levels if truth(m.when, {**hole, fact: high}) is True), None)
                    others = {name: value for name, value in hole.items() if name != fact}
                    yield Hole(level.number, fact, low, high, after, others)


def _are_whole(conditions: Sequence[Condition], fact: str) -> bool:
    """Tell whether all thresholds of a fact are whole numbers."""
    return all(
        float(leaf.value).is_integer()
        for condition in conditions
        for leaf in leaves(condition)
        if isinstance(leaf, Compare) and leaf.fact == fact and isinstance(leaf.value, (int, float))
    )


def _hole(
    at_least: Sequence[Level], level: Level, fact: str, pair: tuple[float, float], within: Domains, budget: Budget
) -> dict[str, Value] | None:
    """Return a state in which `level` holds at the lower value and nothing as severe does at the higher one."""
    low, high = pair
    here = fixed(level.when, fact, low)
    there = tuple(Not(fixed(one.when, fact, high)) for one in at_least)
    found = solve(AllOf((here, *there)), within, budget=budget)
    return None if found is None or found is GAVE_UP else {**_undecided(within, found), **found, fact: low}


def _undecided(within: Domains, found: State) -> dict[str, Value]:
    """Give variables that did not matter their least value, so that the witness is a whole state."""
    return {name: values[0] for name, values in within.items() if name not in found and values}


def fixed(condition: Condition, fact: str, value: Value) -> Condition:
    """Return the condition with one fact given; its comparisons become always or never."""
    match condition:
        case Compare(fact=name) if name == fact:
            return AllOf(()) if truth(condition, {fact: value}) is True else AnyOf(())
        case AllOf(of=parts):
            return AllOf(tuple(fixed(part, fact, value) for part in parts))
        case AnyOf(of=parts):
            return AnyOf(tuple(fixed(part, fact, value) for part in parts))
        case Not(of=part):
            return Not(fixed(part, fact, value))
        case leaf:
            return leaf


def _upward(conditions: Sequence[Condition]) -> list[str]:
    rising: set[str] = set()
    other: set[str] = set()
    for condition in conditions:
        _directions(condition, rising, other, frozenset(), is_negated=False)
    return sorted(rising - other)


def _directions(
    condition: Condition, rising: set[str], other: set[str], ranged: frozenset[str], *, is_negated: bool
) -> None:
    """Note facts that are asked to be high, and those that are also asked to be low on their own."""
    match condition:
        case Compare(fact=fact, op=op):
            up = FALLING if is_negated else RISING
            if op in up:
                rising.add(fact)
            elif op in RISING | FALLING and fact not in ranged:
                other.add(fact)
        case Not(of=part):
            _directions(part, rising, other, frozenset(), is_negated=not is_negated)
        case AllOf(of=parts) if not is_negated:
            lows = frozenset(part.fact for part in parts if isinstance(part, Compare) and part.op in RISING)
            for part in parts:
                _directions(part, rising, other, ranged | lows, is_negated=False)
        case AllOf(of=parts) | AnyOf(of=parts):
            for part in parts:
                _directions(part, rising, other, ranged, is_negated=is_negated)
        case _:
            return


def bounds(condition: Condition) -> Mapping[str, float]:
    """Return, for each fact that alone decides the condition by growing, the least value that does."""
    found: dict[str, float] = {}
    parts = condition.of if isinstance(condition, AnyOf) else (condition,)
    for part in parts:
        if isinstance(part, Compare) and part.op in RISING and is_number(part.value):
            value = float(part.value)  # type: ignore[arg-type]
            found[part.fact] = min(value, found.get(part.fact, value))
    return found


def inverted(mild: Mapping[str, float], severe: Mapping[str, float]) -> list[tuple[str, float, float]]:
    """Return the facts for which the milder level asks for as much as the more severe one, or more."""
    return [(fact, mild[fact], severe[fact]) for fact in sorted(mild) if fact in severe and mild[fact] >= severe[fact]]


def looks_at(condition: Condition) -> set[str]:
    """Return the facts that a condition compares."""
    return {leaf.fact for leaf in leaves(condition) if isinstance(leaf, Compare)}


def has_upper_bound(condition: Condition) -> bool:
    """Tell whether a condition asks somewhere for a fact to be at most something, or to be one value exactly."""
    ops = {leaf.op for leaf in leaves(condition) if isinstance(leaf, Compare) and is_number(leaf.value)}
    return bool(ops & (FALLING | {Op.EQ, Op.NE}))


def describe_state(state: State) -> Text:
    """Name the other facts of a witness, where there are any that matter."""
    named = [f"{name} = {value}" for name, value in sorted(state.items()) if _matters(value)]
    if not named:
        return Text()
    return Text(zh=f"（其余：{'，'.join(named)}）", en=f" (with {', '.join(named)})")


def _matters(value: Value) -> bool:
    return value is True or (is_number(value) and value != 0) or (isinstance(value, str) and value != OTHER)
