"""Conditions, facts and moments of a plan as numbers: small programs for a stack, and what is known when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

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
    Quantity,
    Value,
    compare,
)
from youbei.engine.plans.model import ScenarioFact
from youbei.engine.run.index import Index
from youbei.engine.simulation import plan_memory as at

COUNTED = {
    Quantity.STEPS_OPEN: at.STEPS_OPEN,
    Quantity.STEPS_FINISHED: at.STEPS_FINISHED,
    Quantity.STEPS_LATE: at.STEPS_LATE,
    Quantity.NEEDS_OPEN: at.NEEDS_OPEN,
    Quantity.NEEDS_MET: at.NEEDS_MET,
    Quantity.NEEDS_SHORT: at.NEEDS_SHORT,
    Quantity.TEAMS_ASSIGNED: at.TEAMS_ASSIGNED,
    Quantity.TEAMS_ARRIVED: at.TEAMS_ARRIVED,
}
OF_STEPS = frozenset({Quantity.STEPS_OPEN, Quantity.STEPS_FINISHED, Quantity.STEPS_LATE})
OPS = {Op.EQ: at.EQ, Op.NE: at.NE, Op.GT: at.GT, Op.GTE: at.GTE, Op.LT: at.LT, Op.LTE: at.LTE, Op.IN: at.EQ}
# Assumption: nobody writes conditions that nest deeper, and no compiler should fall over them.
DEEPEST = 200


class NotCompiled(Exception):
    """Say that a plan is left to the reference engine, and why."""


class Code:
    """Collect the conditions of a plan as instructions, the moments that matter, and the truths of comparisons.

    `facts` are in the order in which they become known, the first `initial` of them before the activation; a truth is
    stated for each number of facts known.
    """

    def __init__(self, index: Index, facts: Sequence[ScenarioFact], *, initial: int) -> None:
        self.index = index
        self.facts = tuple(facts)
        self.initial = initial
        self.starts = [0]
        self.instructions: list[int] = []
        self.truths: list[int] = []
        self.among: list[int] = []
        self.deepest = 0
        names = (*index.moment_order, *index.deadlines, *(step.start.since for step in index.steps))
        self.moments = {name: number for number, name in enumerate(dict.fromkeys(names))}
        self.known = tuple(known_after(self.facts, count) for count in range(len(self.facts) + 1))

    def moment(self, name: str) -> int:
        """Return the number of a moment, -1 where nothing depends on it."""
        return self.moments.get(name, -1)

    def end_condition(self) -> int:
        when = self.index.plan.end.when
        return -1 if isinstance(when, Always) else self.condition(when)

    def condition(self, condition: Condition | None) -> int:
        """Write a condition down; return its number, -1 for none."""
        if condition is None:
            return -1
        self.write(condition, 0)
        self.starts.append(len(self.instructions) // at.INSTRUCTION)
        return len(self.starts) - 2

    def write(self, condition: Condition, height: int) -> None:
        """Write the instructions that leave the truth of a condition on a stack of this height."""
        if height > DEEPEST:
            raise NotCompiled("a condition nests too deep")
        self.deepest = max(self.deepest, height + 1)
        match condition:
            case AllOf(of=parts) | AnyOf(of=parts):
                for place, part in enumerate(parts):
                    self.write(part, height + place)
                self.instruct(at.ALL_OF if isinstance(condition, AllOf) else at.ANY_OF, len(parts))
            case Not(of=part):
                self.write(part, height)
                self.instruct(at.NOT)
            case Always():
                self.instruct(at.TRUE)
            case Compare(fact=fact, op=op, value=value):
                self.instruct(at.COMPARE, self.truth(fact, op, value))
            case Elapsed(since=since, atleast=atleast):
                self.instruct(at.ELAPSED, self.moments[since], atleast // timedelta(microseconds=1))
            case Count():
                self.count(condition)

    def instruct(self, *parts: int) -> None:
        self.instructions.extend((*parts, 0, 0, 0, 0)[: at.INSTRUCTION])

    def truth(self, fact: str, op: Op, value: Value | tuple[Value, ...]) -> int:
        """State the truth of a comparison for each number of facts known; return where that begins."""
        start = len(self.truths)
        for known in self.known:
            found = compare(known.get(fact), op, value)
            self.truths.append(at.UNKNOWN if found is None else int(found))
        return start

    def count(self, counted: Count) -> None:
        if not isinstance(counted.value, int) or isinstance(counted.value, bool) or abs(counted.value) >= 2**62:
            raise NotCompiled("a count is compared with what is no whole number")
        among = -1
        if counted.among:
            order = self.index.order
            steps = [order[name] for name in counted.among if name in order]
            listed = steps if counted.of in OF_STEPS else sorted(set(steps))
            among = len(self.among)
            self.among.extend((len(listed), *listed))
        self.instruct(at.COUNT, COUNTED.get(counted.of, at.COUNT_NOTHING), OPS[counted.op], counted.value, among)


def known_after(facts: Sequence[ScenarioFact], count: int) -> dict[str, Value]:
    return {fact.key: fact.value for fact in facts[:count]}
