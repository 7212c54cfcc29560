"""Answer a dispatch problem: a plan in milliseconds, then a better one, with what is proven of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from youbei.engine.dispatch.answer import Proof, Solution
from youbei.engine.dispatch.budget import Budget, Meter
from youbei.engine.dispatch.coverage import Covered, coverage
from youbei.engine.dispatch.explain import Pick, picks
from youbei.engine.dispatch.greedy import greedy
from youbei.engine.dispatch.moves import Delivery, Move, all_deliveries, all_moves
from youbei.engine.dispatch.parts import halves, joined, solve_kind
from youbei.engine.dispatch.plan import Plan
from youbei.engine.dispatch.problem import Items, Problem, Units
from youbei.engine.dispatch.score import LEVELS, Score, score
from youbei.engine.dispatch.shortfalls import Shortfall, shortfalls
from youbei.engine.dispatch.situation import Situation
from youbei.engine.dispatch.stages import Model, complete, solve_stages

# Assumption: the full program answers so many moves and deliveries at once; beyond, the special methods are faster.
LARGE = 2000


def first_answer(situation: Situation, moves: list[Move], ways: list[Delivery]) -> Solution:
    """Return the greedy plan; only levels at nothing are proven, for nothing is less."""
    plan = greedy(situation, moves, ways)
    value = score(situation, plan)
    proofs: list[Proof] = []
    for level, number in zip(LEVELS, value.as_tuple(), strict=True):
        proofs.append(Proof(level, number, 0))
        if number:
            break
    return Solution(plan, value, complete(proofs, value), "greedy")


def is_matched(situation: Situation) -> bool:
    """Say whether units will be matched with places, which is soon done and tells what every place is worth."""
    is_large = len(all_moves(situation)) + len(all_deliveries(situation)) > LARGE
    return is_large and all(isinstance(wanted.need.asks, Units | Items) for wanted in situation.wanted)


def find(situation: Situation, budget: Budget, *, begin: Plan | None = None, large: int = LARGE) -> Solution:
    """Return the best plan that the budget finds, beginning from the greedy one or a better `begin`.

    Problems of more than `large` moves are parted, and solved by the methods made for one kind of need where they can.
    """
    moves, ways = all_moves(situation), all_deliveries(situation)
    is_large = len(moves) + len(ways) > large and budget.nodes > 0
    parts = halves(situation) if is_large else None
    if parts is not None:
        units, items = (find(Situation(part, situation.times), budget, large=large) for part in parts)
        return joined(situation, units, items)
    first = first_answer(situation, moves, ways)
    if first.is_proven or budget.nodes <= 0:
        return first
    meter = Meter(budget)
    if is_large:
        found = solve_kind(situation, moves, budget, meter)
        if found is not None and found.score <= first.score:
            return found
    plan = first.plan
    if begin is not None and score(situation, begin) < first.score:
        plan = begin
    model = Model(situation, moves, ways)
    plan, proofs = solve_stages(model, plan, budget, meter)
    return Solution(plan, score(situation, plan), proofs, "stages", meter.was_stopped)


@dataclass(frozen=True, slots=True)
class Answer:
    """A solution with its explanation: what was picked and why, what is short and why, how home is covered.

    `estimated` counts the ways whose time was estimated along the great circle instead of given.
    """

    solution: Solution
    picks: tuple[Pick, ...]
    shortfalls: tuple[Shortfall, ...]
    cover: tuple[Covered, ...]
    estimated: int

    @property
    def plan(self) -> Plan:
        return self.solution.plan

    @property
    def score(self) -> Score:
        return self.solution.score

    @property
    def lower(self) -> int:
        return self.solution.lower

    @property
    def upper(self) -> int:
        return self.solution.upper

    @property
    def gap(self) -> float:
        return self.solution.gap

    @property
    def is_proven(self) -> bool:
        return self.solution.is_proven

    def as_data(self) -> dict[str, Any]:
        return {
            **self.solution.as_data(),
            "picks": [pick.as_data() for pick in self.picks],
            "shortfalls": [short.as_data() for short in self.shortfalls],
            "cover": [one.as_data() for one in self.cover],
            "estimated_ways": self.estimated,
        }


def explain(situation: Situation, solution: Solution) -> Answer:
    """Explain a solution from its facts."""
    plan = solution.plan
    return Answer(
        solution,
        picks(situation, plan, all_moves(situation)),
        shortfalls(situation, plan),
        coverage(situation, plan),
        len(situation.times.estimated),
    )


def solve(problem: Problem, *, budget: Budget | None = None) -> Answer:
    """Answer a problem: the best plan within the budget, how good it is known to be, and why it is so."""
    situation = Situation(problem)
    return explain(situation, find(situation, budget or Budget()))
