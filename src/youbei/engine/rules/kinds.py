"""Kinds of rules: what each holds, and the pure function that applies it.

To add a kind: a body, a function here, its reader in `load.py`, its example check in `evaluate.py`, and a test.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from youbei.engine.conditions import (
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    Not,
    Op,
    Quantity,
    Value,
    evaluate,
    unknown_facts,
)
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade; `severity` 1 is the worst."""

    code: str
    title: Text
    severity: int
    when: Condition


@dataclass(frozen=True, slots=True)
class Grading:
    """Grades from the worst to the mildest; the first whose condition holds applies."""

    grades: tuple[Grade, ...]


@dataclass(frozen=True, slots=True)
class DueStep:
    """Somebody must do something `within` a time after `trigger`.

    `within` zero means: immediately. None means that the law gives no figure, and `wording` is all it says.
    `is_working_days` counts days of work, for which the year's calendar is needed. `when` limits it to some cases.
    """

    trigger: str
    actor: Text
    to: Text
    within: timedelta | None
    is_working_days: bool = False
    wording: Text = Text()
    article: Text = Text()
    when: Condition = Always()


@dataclass(frozen=True, slots=True)
class Deadlines:
    """A chain of things to be done in time. `duty` names what they are about, so that layers can be compared."""

    duty: str
    steps: tuple[DueStep, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part that something complete has; `code` may be a clause number such as `6.3.1`."""

    code: str
    title: Text
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Complete:
    """The parts of an object: `plan` (of `plan_kind`), `incident_report`, `plan_activation` ..."""

    object: str
    parts: tuple[Part, ...]
    plan_kind: str = ""


@dataclass(frozen=True, slots=True)
class Codes:
    """A closed list of codes with their names, in order."""

    values: Mapping[str, Text]


Body = Grading | Deadlines | Complete | Codes


@dataclass(frozen=True, slots=True)
class FactsView:
    """Let a condition look at facts alone; rules know no run."""

    facts: Mapping[str, Value]
    on: date

    @property
    def now(self) -> datetime:
        return datetime(self.on.year, self.on.month, self.on.day, tzinfo=UTC)

    def fact(self, key: str) -> Value | None:
        return self.facts.get(key)

    def moment(self, name: str) -> datetime | None:
        return None

    def count(self, of: Quantity, among: tuple[str, ...]) -> int:
        return 0


def find_grade(body: Grading, view: FactsView) -> tuple[Grade | None, tuple[str, ...]]:
    """Return the grade that what is known proves, and the unknown facts on which a worse one depends.

    Where the second part is not empty, the grade (or no grade) is a lower bound only.
    """
    unknown: dict[str, None] = {}
    for grade in body.grades:
        truth = evaluate(grade.when, view)
        if truth is True:
            return grade, tuple(unknown)
        if truth is None:
            unknown.update(dict.fromkeys(unknown_facts(grade.when, view)))
    return None, tuple(unknown)


def proven(condition: Condition, view: FactsView) -> tuple[Compare, ...]:
    """Return the comparisons that make a true condition true."""
    match condition:
        case Compare():
            return (condition,) if evaluate(condition, view) is True else ()
        case AllOf(of=parts):
            return tuple(leaf for part in parts for leaf in proven(part, view))
        case AnyOf(of=parts):
            return tuple(leaf for part in parts if evaluate(part, view) is True for leaf in proven(part, view))
        case _:
            return ()


def uses_facts_only(condition: Condition) -> bool:
    """Say whether a condition looks at nothing but facts, as a rule's must."""
    match condition:
        case AllOf(of=parts) | AnyOf(of=parts):
            return all(uses_facts_only(part) for part in parts)
        case Not(of=part):
            return uses_facts_only(part)
        case Compare() | Always():
            return True
        case _:
            return False


def due_steps(body: Deadlines, trigger: str, view: FactsView) -> tuple[DueStep, ...]:
    """Return the steps that a trigger starts; a step whose case is not known to be excluded counts."""
    return tuple(step for step in body.steps if step.trigger == trigger and evaluate(step.when, view) is not False)


def due_at(step: DueStep, triggered_at: datetime) -> datetime | None:
    """Return when a step is due, or None where the law gives no figure or counts working days."""
    if step.within is None or step.is_working_days:
        return None
    return triggered_at + step.within


def missing_parts(body: Complete, present: Collection[str]) -> tuple[Part, ...]:
    """Return the required parts that are not there."""
    return tuple(part for part in body.parts if part.is_required and part.code not in present)


OP_SIGNS: Mapping[Op, str] = {
    Op.EQ: "=",
    Op.NE: "≠",
    Op.GT: ">",
    Op.GTE: "≥",
    Op.LT: "<",
    Op.LTE: "≤",
    Op.IN: "∈",
}
