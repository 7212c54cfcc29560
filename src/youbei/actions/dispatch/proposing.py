"""Ask the optimiser about all running responses at once; keep its last answers, for many screens ask the same."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

from youbei.actions.dispatch.buying import said_of
from youbei.actions.dispatch.facts import LOOKED_AT, Facts, edges_of, gather, place_name, problem_of
from youbei.actions.dispatch.supposing import NOTHING, Suppose
from youbei.engine.dispatch.cures import Cure
from youbei.engine.dispatch.plan import Draw, Plan, Send
from youbei.engine.dispatch.problem import Problem, Unit
from youbei.engine.dispatch.whole import is_whole as seen_whole
from youbei.engine.dispatch.whole import may_bind
from youbei.engine.errors import Refused
from youbei.engine.text import Text
from youbei.records.log import head
from youbei.records.models import User
from youbei.records.reports.dispatch.covers import CoverWanted
from youbei.records.reports.dispatch.forces import Force
from youbei.records.reports.dispatch.running import OpenNeed, Running
from youbei.records.reports.dispatch.supplies import GRAMS_OF_A_KG

if TYPE_CHECKING:
    from youbei.engine.dispatch.answer import Solution
    from youbei.engine.dispatch.coverage import Covered, MoveUp
    from youbei.engine.dispatch.explain import Pick
    from youbei.engine.dispatch.instead import Alternative
    from youbei.engine.dispatch.situation import Supply
    from youbei.engine.dispatch.solve import Answer

NEEDED = ("numpy", "scipy", "numba", "highspy")
HAS_SOLVERS = all(find_spec(name) is not None for name in NEEDED)
if HAS_SOLVERS:
    from youbei.engine.dispatch.budget import Budget
    from youbei.engine.dispatch.instead import alternatives
    from youbei.engine.dispatch.situation import Situation
    from youbei.engine.dispatch.solve import explain, find, is_matched

# Assumption: a duty officer waits a second for a page; the guard of the budget ends the work after four on any machine.
SECONDS = 1.0
KEPT = 32
# An answer is good for so long: then due times and the ways of those who move have changed noticeably.
GOOD_FOR = timedelta(seconds=20)
# So many of the nearest are looked at, then more, until it is proven that the rest cannot matter.
LOOKS = (LOOKED_AT, 4 * LOOKED_AT, 16 * LOOKED_AT)


class SolversMissing(Refused):
    """Refuse to optimise where the numeric libraries are not installed."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """One decision as people see it: who, to which need, when there, why, and who could go instead.

    `decision` is as the engine made it. `price` is in cents. `origin` is the place it comes from; `carrier` fetches it
    from there, `load_g` is what it weighs, None where that is not known.
    """

    decision: Send | Draw
    run: Running
    need: OpenNeed
    resource: str
    name: Text
    unit: Text
    quantity: int
    arrival_s: int
    is_late: bool
    is_estimated: bool
    reason: Text
    runner_up: Text
    runner_up_arrival_s: int | None
    agreement: Text
    price: int
    others: tuple[tuple[Alternative, Text], ...]
    origin: str = ""
    carrier: Text = field(default_factory=Text)
    load_g: int | None = None
    carriage: Text = field(default_factory=Text)

    @property
    def key(self) -> str:
        """Name the decision in a form: `<run>|<need>|<choice>`."""
        return f"{self.run.pk}|{self.need.key}|{self.choice}"

    @property
    def vehicle(self) -> str:
        return self.decision.vehicle if isinstance(self.decision, Draw) else ""

    @property
    def choice(self) -> str:
        """Name who is sent: a resource, or a lot with the vehicle that fetches it."""
        return f"{self.resource}@{self.vehicle}" if self.vehicle else self.resource

    @property
    def is_unweighed(self) -> bool:
        """Say whether it comes out of a store and nobody knows what it weighs."""
        return self.resource.startswith("lot:") and self.load_g is None

    @property
    def load_kg(self) -> float | None:
        return None if self.load_g is None else self.load_g / GRAMS_OF_A_KG


@dataclass(frozen=True, slots=True)
class Short:
    """A need that stays short: what binds, and what would help."""

    run: Running
    need: OpenNeed
    missing: int
    asked: int
    cause: str
    text: Text
    cure: Cure


@dataclass(frozen=True, slots=True)
class District:
    """How the cover of a district stands after the dispatch, and who should move up."""

    wanted: CoverWanted
    covered: Covered
    moves_up: tuple[tuple[MoveUp, Force], ...]

    @property
    def is_cured(self) -> bool:
        """Say whether those who are moving up or should suffice."""
        return len(self.moves_up) + len(self.covered.coming) >= self.covered.wanted - self.covered.after


@dataclass(frozen=True, slots=True)
class Proposal:
    """The answer with the question: facts, problem, solution; `seconds` is how long it took.

    `is_whole`: nobody who was not looked at, being farther away, could be part of a better plan.
    """

    facts: Facts
    problem: Problem
    suppose: Suppose
    answer: Answer
    picks: tuple[Proposed, ...]
    shorts: tuple[Short, ...]
    districts: tuple[District, ...]
    is_whole: bool
    seconds: float

    @property
    def good_for(self) -> timedelta:
        """Return for how long it may be shown; one that was long in the making for as much longer."""
        return GOOD_FOR + timedelta(seconds=self.seconds)

    @property
    def is_empty(self) -> bool:
        return not any(run.needs for run in self.facts.runs)


# The last answers, by who asked what at which head of the log; registers write to the log too.
ANSWERS: OrderedDict[tuple[object, ...], tuple[datetime, Proposal]] = OrderedDict()


def demand_solvers() -> None:
    if not HAS_SOLVERS:
        missing = [name for name in NEEDED if find_spec(name) is None]
        raise SolversMissing(
            zh=f"缺少求解所需的程序库（{'、'.join(missing)}）。请安装：pip install 'youbei[solve]'；此前可逐项调派。",
            en=f"The libraries for solving are missing ({', '.join(missing)}). Install them: "
            "pip install 'youbei[solve]'. Until then resources are assigned need by need.",
        )


def propose(
    user: User,
    *,
    now: datetime,
    exercise: int | None = None,
    suppose: Suppose = NOTHING,
    tell: Callable[[Proposal], None] | None = None,
) -> Proposal:
    """Propose who goes to which need of all running responses that the user may see.

    The last answer is good as long as nothing has changed and hardly any time has passed. Where very many have to be
    looked at, `tell` is handed a first plan before.

    Raises:
        SolversMissing: the numeric libraries are not installed.
    """
    demand_solvers()
    key = (user.pk, exercise, suppose, head().hash)
    at, proposal = ANSWERS.get(key, (now, None))
    if proposal is None or not at <= now < at + proposal.good_for:
        proposal = proposed_now(user, now=now, exercise=exercise, suppose=suppose, tell=tell)
        ANSWERS[key] = now, proposal
        while len(ANSWERS) > KEPT:
            ANSWERS.popitem(last=False)
    return proposal


def last_proposal(user: User, *, exercise: int | None, suppose: Suppose) -> Proposal | None:
    """Return the last proposal where nothing has changed since, however old it is."""
    _, proposal = ANSWERS.get((user.pk, exercise, suppose, head().hash), (None, None))
    return proposal


def proposed_now(
    user: User,
    *,
    now: datetime,
    exercise: int | None,
    suppose: Suppose,
    tell: Callable[[Proposal], None] | None = None,
) -> Proposal:
    """Propose anew: look round as far as it takes until it is proven that nobody farther away can matter."""
    began = time.monotonic()
    budget = Budget.of_seconds(suppose.budget_s or SECONDS, time.monotonic)
    for looked_at in LOOKS:
        facts = gather(user, now=now, exercise=exercise, suppose=suppose, looked_at=looked_at)
        problem = problem_of(facts, suppose=suppose)
        situation, edges = Situation(problem), tuple(edges_of(facts))
        solution = None
        is_enough = seen_whole(situation, edges)
        is_last = not facts.is_cut or may_bind(situation) or (facts.lots.is_cut and facts.carriers.is_kept)
        if not is_enough and not is_last and is_matched(situation):
            solution = find(situation, budget)
            is_enough = seen_whole(situation, edges, solution)
        is_last = is_last or is_enough
        if tell is not None and facts.is_cut and looked_at == LOOKS[0] and not (is_last and solution):
            first = solution or find(situation, Budget(nodes=0))
            tell(made_of(facts, problem, situation, suppose, first, began=began, is_whole=False))
        if is_last:
            break
    solution = solution or find(situation, budget)
    return made_of(facts, problem, situation, suppose, solution, began=began, is_whole=is_enough)


def made_of(
    facts: Facts,
    problem: Problem,
    situation: Situation,
    suppose: Suppose,
    solution: Solution,
    *,
    began: float,
    is_whole: bool,
) -> Proposal:
    """Explain the solution of the problem of the facts, and put names to it."""
    answer = explain(situation, solution)
    shown = Shown(facts, problem, situation, answer, suppose)
    return Proposal(
        facts=facts,
        problem=problem,
        suppose=suppose,
        answer=answer,
        picks=shown.picks(alternatives(situation, answer.plan)),
        shorts=shown.shorts(),
        districts=tuple(districts_of(facts, answer)),
        is_whole=is_whole,
        seconds=time.monotonic() - began,
    )


def districts_of(facts: Facts, answer: Answer) -> Iterator[District]:
    forces = {f"team:{one.pk}": one for one in facts.forces.teams}
    for wanted, covered in zip(facts.covers.wanted, answer.cover, strict=True):
        yield District(wanted, covered, tuple((move, forces[move.unit]) for move in covered.moves_up))


class Shown:
    """Put names to an answer."""

    def __init__(
        self, facts: Facts, problem: Problem, situation: Situation, answer: Answer, suppose: Suppose = NOTHING
    ) -> None:
        self.facts, self.situation, self.answer = facts, situation, answer
        self.slack_s = suppose.slack_min * 60
        self.needs: dict[tuple[str, str], tuple[Running, OpenNeed]] = {
            (place_name(run, need), need.key): (run, need) for run in facts.runs for need in run.needs
        }
        self.names = {f"team:{one.pk}": one.name for one in facts.forces.teams}
        self.names |= {f"lot:{one.pk}": one.name for one in facts.lots.lots}
        self.names |= {f"vehicle:{one.pk}": one.name for one in facts.carriers.vehicles}
        self.grams = {f"lot:{one.pk}": one.grams_each for one in facts.lots.lots}
        self.units = {f"team:{one.pk}": one.org_name for one in facts.forces.teams}
        self.units |= {f"lot:{one.pk}": one.org_name for one in facts.lots.lots}
        self.bought = {one.key: one for one in facts.bought}
        for supply in problem.lots:
            one = self.bought.get(supply.place)
            if one is not None:
                self.names[supply.id], self.units[supply.id] = one.supplier, one.org_name
        self.aids = {f"agreement:{one.pk}": one.name for one in facts.aids}

    def picks(self, others: Mapping[Send | Draw, tuple[Alternative, ...]]) -> tuple[Proposed, ...]:
        found = []
        for pick in self.answer.picks:
            one = pick.chosen
            resource, quantity = (one.unit, 1) if isinstance(one, Send) else (one.supply, one.quantity)
            run, need = self.needs[one.incident, one.need]
            thing = self.situation.units.get(resource) or self.situation.supplies[resource]
            per_unit, per_piece = self.situation.price(thing.owner)
            found.append(
                Proposed(
                    decision=one,
                    run=run,
                    need=need,
                    resource=resource,
                    name=self.names[resource],
                    unit=self.units[resource],
                    quantity=quantity,
                    arrival_s=pick.arrival_s,
                    is_late=need.due_s is not None and pick.arrival_s > need.due_s + self.slack_s,
                    is_estimated=(thing.place, one.incident) in self.situation.times.estimated,
                    reason=self.reason(pick, thing, quantity),
                    runner_up=self.names.get(pick.runner_up, Text()),
                    runner_up_arrival_s=pick.runner_up_arrival_s,
                    agreement=self.aids.get(thing.owner, Text()),
                    price=per_unit if isinstance(thing, Unit) else per_piece * quantity,
                    others=tuple((other, self.name_of(other)) for other in others.get(one, ())),
                    origin=thing.place,
                    carrier=self.names[one.vehicle] if isinstance(one, Draw) and one.vehicle else Text(),
                    load_g=self.load_of(resource, quantity),
                    carriage=pick.carriage,
                )
            )
        order = {(run.pk, need.key): place for place, (run, need) in enumerate(self.needs.values())}
        found.sort(key=lambda pick: (order[pick.run.pk, pick.need.key], pick.arrival_s, pick.resource))
        return tuple(found)

    def name_of(self, other: Alternative) -> Text:
        """Name who could be sent instead, and who would fetch it."""
        name = self.names[other.resource]
        if not other.vehicle:
            return name
        carrier = self.names[other.vehicle]
        return Text(f"{name.zh}，{carrier.zh}运", f"{name.en or name.zh}, by {carrier.en or carrier.zh}")

    def load_of(self, resource: str, quantity: int) -> int | None:
        each = self.grams.get(resource)
        return None if each is None else each * quantity

    def reason(self, pick: Pick, thing: Unit | Supply, quantity: int) -> Text:
        one = self.bought.get(thing.place)
        if one is None:
            return pick.reason
        said = said_of(one, quantity)
        return Text(f"{said.zh}{pick.reason.zh}", f"{said.en} {pick.reason.en}")

    def shorts(self) -> tuple[Short, ...]:
        return tuple(
            Short(
                *self.needs[short.incident, short.need],
                missing=short.missing,
                asked=short.asked,
                cause=short.cause.value,
                text=short.text,
                cure=short.cure,
            )
            for short in self.answer.shortfalls
        )


def plan_with(proposal: Proposal, chosen: Mapping[str, str]) -> Plan:
    """Return the plan in which people keep some decisions (key -> resource, the same or another) and drop the rest."""
    sends: list[Send] = []
    draws: list[Draw] = []
    for pick in proposal.picks:
        resource = chosen.get(pick.key)
        if resource is None:
            continue
        if isinstance(pick.decision, Send):
            sends.append(replace(pick.decision, unit=resource))
        else:
            supply, _, vehicle = resource.partition("@")
            draws.append(replace(pick.decision, supply=supply, vehicle=vehicle))
    return Plan(tuple(sends), tuple(draws)).ordered()
