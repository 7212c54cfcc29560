"""Conditions: a small tree over incident facts and the state of a run, evaluated in three values.

What is not known is unknown, not zero: `deaths >= 3` is neither true nor false while nobody has reported deaths. The
truth values are True, False and None (unknown), combined as in Kleene's strong logic. Conditions are data; nothing
in them is ever executed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

Value = int | float | str | bool
Truth = bool | None


class Op(StrEnum):
    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    IN = "in"


ORDERED = frozenset({Op.GT, Op.GTE, Op.LT, Op.LTE})
COMPARE: Mapping[Op, Callable[[Any, Any], bool]] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.GT: operator.gt,
    Op.GTE: operator.ge,
    Op.LT: operator.lt,
    Op.LTE: operator.le,
}


class Quantity(StrEnum):
    """Name what `Count` can count in a run."""

    STEPS_OPEN = "steps_open"
    STEPS_FINISHED = "steps_finished"
    STEPS_LATE = "steps_late"
    NEEDS_OPEN = "needs_open"
    NEEDS_MET = "needs_met"
    NEEDS_SHORT = "needs_short"
    TEAMS_ASSIGNED = "teams_assigned"
    TEAMS_ARRIVED = "teams_arrived"
    INJECTS_FIRED = "injects_fired"
    INJECTS_SKIPPED = "injects_skipped"
    ACTIONS_MET = "actions_met"
    ACTIONS_LATE = "actions_late"
    ACTIONS_MISSED = "actions_missed"


# What only the script of an exercise may count: injects, and the actions that they call for.
SCRIPT_QUANTITIES = frozenset(
    {
        Quantity.INJECTS_FIRED,
        Quantity.INJECTS_SKIPPED,
        Quantity.ACTIONS_MET,
        Quantity.ACTIONS_LATE,
        Quantity.ACTIONS_MISSED,
    }
)
PLAN_QUANTITIES = tuple(of for of in Quantity if of not in SCRIPT_QUANTITIES)


class View(Protocol):
    """Show a condition what it may look at."""

    @property
    def now(self) -> datetime: ...

    def fact(self, key: str) -> Value | None:
        """Return the current value of an incident fact, or None where it is not known."""

    def moment(self, name: str) -> datetime | None:
        """Return when something happened (names in `MOMENTS`), or None where it has not."""

    def count(self, of: Quantity, among: tuple[str, ...]) -> int:
        """Count steps, needs, teams, injects or actions; `among` (ids) limits the count where it is not empty."""


# The moments of a run; `step:<id>:opened`, `step:<id>:finished` and `level:<n>` (reached) are further ones.
MOMENTS = ("occurred", "known", "activation", "level", "ended")
# Further moments of an exercise: StartEx, and the last time that a player did anything. `inject:<id>:fired`,
# `inject:<id>:skipped`, `action:<id>:met` and `action:<id>:late` are further ones.
SCRIPT_MOMENTS = ("startex", "acted")


@dataclass(frozen=True, slots=True)
class Always:
    """Hold without condition."""


@dataclass(frozen=True, slots=True)
class Compare:
    """Compare a fact with a value, or with a tuple of values for `in`."""

    fact: str
    op: Op
    value: Value | tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Hold once `atleast` has passed since a moment; false before, unknown while the moment has not come."""

    since: str
    atleast: timedelta


@dataclass(frozen=True, slots=True)
class Count:
    of: Quantity
    op: Op
    value: int
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AllOf:
    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    of: Condition


Condition = Always | Compare | Elapsed | Count | AllOf | AnyOf | Not


def evaluate(condition: Condition, view: View) -> Truth:
    """Return True, False, or None where what is known does not decide."""
    match condition:
        case Always():
            return True
        case Compare(fact=key, op=op, value=value):
            return compare(view.fact(key), op, value)
        case Elapsed(since=since, atleast=atleast):
            start = view.moment(since)
            return None if start is None else view.now >= start + atleast
        case Count(of=of, op=op, value=value, among=among):
            return compare(view.count(of, among), op, value)
        case AllOf(of=parts):
            return conjunction(evaluate(part, view) for part in parts)
        case AnyOf(of=parts):
            inner = conjunction(negate(evaluate(part, view)) for part in parts)
            return negate(inner)
        case Not(of=part):
            return negate(evaluate(part, view))


def compare(known: Value | None, op: Op, value: Value | tuple[Value, ...]) -> Truth:
    """Compare a known value; unknown stays unknown, and values of kinds that have no order are never ordered."""
    if known is None:
        return None
    if op is Op.IN:
        return known in value if isinstance(value, tuple) else known == value
    if op in ORDERED and not (is_number(known) and is_number(value)):
        return None
    if isinstance(known, bool) is not isinstance(value, bool):
        return op is Op.NE
    return COMPARE[op](known, value)


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def negate(truth: Truth) -> Truth:
    return None if truth is None else not truth


def conjunction(truths: Iterator[Truth]) -> Truth:
    """Return False if any is false, else unknown if any is unknown, else True."""
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def leaves(condition: Condition) -> Iterator[Always | Compare | Elapsed | Count]:
    """Yield every leaf of the tree, left to right."""
    match condition:
        case AllOf(of=parts) | AnyOf(of=parts):
            for part in parts:
                yield from leaves(part)
        case Not(of=part):
            yield from leaves(part)
        case leaf:
            yield leaf


def next_change(condition: Condition, view: View) -> datetime | None:
    """Return the next instant after now at which time alone may change the truth, or None if time cannot."""
    moments = []
    for leaf in leaves(condition):
        if isinstance(leaf, Elapsed) and (start := view.moment(leaf.since)) is not None:
            threshold = start + leaf.atleast
            if threshold > view.now:
                moments.append(threshold)
    return min(moments, default=None)


def unknown_facts(condition: Condition, view: View) -> tuple[str, ...]:
    """Name the facts that the condition asks for and nobody has reported, each once, in order."""
    return tuple(
        dict.fromkeys(
            leaf.fact for leaf in leaves(condition) if isinstance(leaf, Compare) and view.fact(leaf.fact) is None
        )
    )
