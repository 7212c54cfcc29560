"""Planning again when something has changed: as little change as the gain is worth, and nobody torn away in silence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from youbei.engine.dispatch.answer import Solution
from youbei.engine.dispatch.budget import Budget, Meter
from youbei.engine.dispatch.explain import name_of, worse_by
from youbei.engine.dispatch.moves import all_deliveries, all_moves
from youbei.engine.dispatch.plan import Plan
from youbei.engine.dispatch.problem import Problem, Status, Unit
from youbei.engine.dispatch.score import LEVELS, PlanBroken, Score, missing_pieces, score, violations
from youbei.engine.dispatch.situation import Situation
from youbei.engine.dispatch.solve import find
from youbei.engine.dispatch.stages import Model, improve_level
from youbei.engine.text import Text

# Assumption: a change of orders is worth it where it saves ten minutes of one incident of priority 1, and taking a unit
# away from where it works where it saves an hour. Needs that would stay unmet are worth any change.
WORTH = 600
WORTH_OF_TEARING = 3600


@dataclass(frozen=True, slots=True)
class Change:
    """One decision that is no longer as it was. `is_torn`: the unit was on scene already."""

    unit: str
    before: str
    after: str
    is_torn: bool
    text: Text

    def as_data(self) -> dict[str, Any]:
        return {
            "unit": self.unit,
            "before": self.before or None,
            "after": self.after or None,
            "is_torn": self.is_torn,
            "text": self.text.as_data(),
        }


@dataclass(frozen=True, slots=True)
class Replanned:
    """A new plan, what it changes, and what it would cost to change nothing.

    `kept`: the score of the old plan as far as it can still be carried out. `best`: the best where change is free.
    """

    plan: Plan
    score: Score
    changes: tuple[Change, ...]
    kept: Score
    best: Solution

    @property
    def torn(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.is_torn)

    def as_data(self) -> dict[str, Any]:
        return {
            **self.plan.as_data(),
            "score": self.score.as_data(),
            "kept": self.kept.as_data(),
            "best": self.best.as_data(),
            "changes": [change.as_data() for change in self.changes],
        }


def replan(
    problem: Problem,
    current: Plan,
    *,
    budget: Budget | None = None,
    worth: int = WORTH,
    worth_of_tearing: int = WORTH_OF_TEARING,
) -> Replanned:
    """Plan again from a plan that is being carried out.

    The facts are those of now: places and statuses of units as they are. Units of the plan may be sent elsewhere; needs
    unmet come first, then lateness and arrival together, in which every changed order weighs `worth` weighted seconds
    and every unit that leaves a scene `worth_of_tearing` besides. Cover and cost come last.
    """
    work = budget or Budget()
    situation = Situation(available(problem, current))
    scene = {unit.id: unit.serving for unit in problem.units if unit.status is Status.ON_SCENE}
    kept = what_remains(situation, current)
    moves, ways = all_moves(situation), all_deliveries(situation)
    model, meter = Model(situation, moves, ways), Meter(work)
    plan = kept
    best = find(situation, work, begin=kept)
    for level in ("life_safety_unmet", "unmet"):
        begin = best.plan if missing_points(situation, best.plan) < missing_points(situation, plan) else plan
        plan = improve_level(model, model.costs(level), begin, work, meter)
    costs = model.costs("lateness") + model.costs("arrival")
    ordered = set(current.sends)
    for number, move in enumerate(moves):
        if move.send not in ordered:
            costs[number] += worth
        if scene.get(move.send.unit) == move.send.incident:
            costs[number] -= worth_of_tearing
    plan = improve_level(model, costs, plan, work, meter)
    for level in LEVELS[4:]:
        plan = improve_level(model, model.costs(level), plan, work, meter)
    changes = tuple(changes_between(situation, current, plan, scene))
    return Replanned(plan, score(situation, plan), changes, score(situation, kept), best)


def missing_points(situation: Situation, plan: Plan) -> tuple[int, ...]:
    return score(situation, plan).as_tuple()[:2]


def available(problem: Problem, current: Plan) -> Problem:
    """Return the problem in which the units of the plan may be sent anew; who is on scene is there at once."""
    place = {incident.id: incident.place for incident in problem.incidents}
    planned = {send.unit for send in current.sends}
    units = []
    for unit in problem.units:
        if unit.id in planned and unit.status in (Status.ASSIGNED, Status.ON_SCENE):
            unit = freed(unit, place)
        units.append(unit)
    return replace(problem, units=tuple(units))


def freed(unit: Unit, place: dict[str, str]) -> Unit:
    if unit.status is Status.ON_SCENE and unit.serving in place:
        return replace(unit, status=Status.AVAILABLE, place=place[unit.serving], turn_out_s=0)
    return replace(unit, status=Status.AVAILABLE)


def what_remains(situation: Situation, current: Plan) -> Plan:
    """Return what can still be carried out of a plan: decision after decision, as long as no constraint is broken."""
    kept = Plan()
    for send in sorted(current.sends):
        longer = replace(kept, sends=(*kept.sends, send))
        kept = kept if any(violations(situation, longer)) else longer
    for draw in sorted(current.draws):
        longer = replace(kept, draws=(*kept.draws, draw))
        kept = kept if any(violations(situation, longer)) else longer
    return kept


def changes_between(situation: Situation, before: Plan, after: Plan, scene: dict[str, str]) -> list[Change]:
    """Return whose orders differ, in order of their names."""
    old, new = orders(before), orders(after)
    found = []
    for unit in sorted(old.keys() | new.keys()):
        if old.get(unit) != new.get(unit):
            was, becomes = old.get(unit, ("", "")), new.get(unit, ("", ""))
            is_torn = unit in scene and becomes[0] != scene[unit]
            found.append(Change(unit, was[0], becomes[0], is_torn, say(situation, unit, was[0], becomes[0], is_torn)))
    return found


def orders(plan: Plan) -> dict[str, tuple[str, str]]:
    vehicles = {draw.vehicle: (draw.incident, draw.supply) for draw in plan.draws if draw.vehicle}
    return {send.unit: (send.incident, send.need) for send in plan.sends} | vehicles


def say(situation: Situation, unit: str, before: str, after: str, is_torn: bool) -> Text:
    name, was, becomes = (name_of(situation, one) if one else Text("驻地", "home") for one in (unit, before, after))
    zh = f"“{name.zh}”由“{was.zh}”改往“{becomes.zh}”。"
    en = f"{name.en} goes to {becomes.en} instead of {was.en}."
    if is_torn:
        zh += "该队已在现场作业，调离须由指挥员确认。"
        en += " It is at work on scene: taking it away needs the commander's word."
    return Text(zh, en)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a plan of people's own choice costs against the optimum, level by level (more is worse).

    `broken` says which constraints it breaks; then there is no score. `missing` counts the pieces that lack more.
    """

    levels: tuple[int, ...]
    broken: tuple[Text, ...]
    missing: tuple[tuple[str, str, int], ...]
    text: Text

    def as_data(self) -> dict[str, Any]:
        return {
            "levels": {level: value for level, value in zip(LEVELS, self.levels, strict=False) if value},
            "broken": [text.as_data() for text in self.broken],
            "missing": [{"incident": one, "need": need, "more": count} for one, need, count in self.missing],
            "text": self.text.as_data(),
        }


def difference(problem: Problem | Situation, plan: Plan, optimum: Plan) -> Difference:
    """Return what it costs to carry out `plan` instead of `optimum`; nothing is hidden where it breaks a constraint."""
    situation = problem if isinstance(problem, Situation) else Situation(problem)
    best = score(situation, optimum)
    try:
        value = score(situation, plan)
    except PlanBroken as broken:
        return Difference((), broken.violations, (), broken.text)
    levels = tuple(one - other for one, other in zip(value.as_tuple(), best.as_tuple(), strict=True))
    lacks = zip(situation.wanted, missing_pieces(situation, plan), missing_pieces(situation, optimum), strict=True)
    missing = tuple((*wanted.key, one - other) for wanted, one, other in lacks if one > other)
    zh, en = worse_by(levels)
    if not any(levels):
        return Difference(levels, (), missing, Text("与最优方案同样好。", "As good as the optimum."))
    return Difference(levels, (), missing, Text(f"与最优方案相比：{zh}。", f"Against the optimum: {en}."))
