"""Problems of one kind only, solved by the method made for them: places by matching, crews by covering.

Units and items part where whoever fetches items is of no other use: nothing decided about one touches the other, so the
levels of both add up, and so do their bounds.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from youbei.engine.dispatch.answer import Proof, Solution
from youbei.engine.dispatch.budget import Budget, Meter
from youbei.engine.dispatch.crew_search import cover
from youbei.engine.dispatch.crews import Columns, Mask
from youbei.engine.dispatch.matching import Matched, Offers, match
from youbei.engine.dispatch.moves import Move
from youbei.engine.dispatch.plan import Plan
from youbei.engine.dispatch.problem import Crew, Items, Problem, Units
from youbei.engine.dispatch.score import LEVELS, leaving, lost_cover, points_each, score
from youbei.engine.dispatch.situation import Situation
from youbei.engine.dispatch.stages import Model, complete, solve_stages


def halves(situation: Situation) -> tuple[Problem, Problem] | None:
    """Return the problem of units and that of items where both are asked for and neither touches the other."""
    problem = situation.problem
    asks_items = [isinstance(wanted.need.asks, Items) for wanted in situation.wanted]
    if all(asks_items) or not any(asks_items) or may_be_sent_either_way(situation):
        return None
    return keeping(problem, items=False), keeping(problem, items=True)


def may_be_sent_either_way(situation: Situation) -> bool:
    """Say whether somebody who could fetch a load, or those who would drive, could serve a need of units instead."""
    if not any(supply.grams_each for supply in situation.supplies.values()):
        return False
    tied = (situation.units[name] for one in situation.vehicles for name in situation.gone_with(one.id))
    return any(unit.skills for unit in tied)


def keeping(problem: Problem, *, items: bool) -> Problem:
    """Return the problem with its needs of items only and who fetches them, or without these needs."""
    incidents = tuple(
        replace(one, needs=tuple(need for need in one.needs if isinstance(need.asks, Items) == items))
        for one in problem.incidents
    )
    if items:
        vehicles = tuple(unit for unit in problem.units if unit.payload_kg and not unit.skills)
        return replace(problem, incidents=incidents, cover=(), units=vehicles)
    return replace(problem, incidents=incidents, lots=(), reserves=())


def joined(situation: Situation, units: Solution, items: Solution) -> Solution:
    """Put the solutions of both halves together; a bound stands while all levels before it are proven."""
    plan = Plan(units.plan.sends, items.plan.draws)
    value = score(situation, plan)
    proofs: list[Proof] = []
    for one, other, level, number in zip(units.proofs, items.proofs, LEVELS, value.as_tuple(), strict=True):
        proofs.append(Proof(level, number, one.lower + other.lower))
        if not proofs[-1].is_proven:
            break
    method = f"{units.method} + {items.method}"
    was_stopped = units.was_stopped or items.was_stopped
    return Solution(plan, value, complete(proofs, value), method, was_stopped, units.prices)


def solve_kind(situation: Situation, moves: list[Move], budget: Budget, meter: Meter) -> Solution | None:
    """Return the solution of a problem that asks for places only, or for crews only; None for any other."""
    if not situation.wanted or not moves or shares_people(situation, moves):
        return None
    if all(isinstance(wanted.need.asks, Units) for wanted in situation.wanted):
        return solve_places(situation, moves, budget, meter)
    if not situation.problem.cover and all(isinstance(wanted.need.asks, Crew) for wanted in situation.wanted):
        return solve_crews(situation, moves, budget, meter)
    return None


def shares_people(situation: Situation, moves: list[Move]) -> bool:
    """Say whether two of the units that could be sent have the same people."""
    units = {move.send.unit for move in moves}
    return len({situation.people[unit] for unit in units}) < len(units)


def solve_places(situation: Situation, moves: list[Move], budget: Budget, meter: Meter) -> Solution | None:
    """Match units with places on all levels at once; the prices of the matching prove every level.

    The matching knows nothing of cover. Where it breaks cover that must remain, there is None; where it takes away some
    that counts after the arrivals, the plans that arrive as soon are searched for the one that takes away least.
    """
    ordered = sorted(moves, key=lambda move: move.gives[0][0])
    counts = np.bincount([move.gives[0][0] for move in ordered], minlength=len(situation.wanted))
    number = {unit.id: at for at, unit in enumerate(situation.problem.units)}
    priority = {incident.id: incident.priority for incident in situation.problem.incidents}
    weights = [priority[move.send.incident] for move in ordered]
    cost = np.zeros((len(ordered), len(LEVELS)), np.int64)
    cost[:, LEVELS.index("lateness")] = [weight * move.late_s for weight, move in zip(weights, ordered, strict=True)]
    cost[:, LEVELS.index("arrival")] = [weight * move.arrival_s for weight, move in zip(weights, ordered, strict=True)]
    cost[:, LEVELS.index("cost")] = [move.price for move in ordered]
    missing = np.zeros((len(situation.wanted), len(LEVELS)), np.int64)
    for wanted in situation.wanted:
        missing[wanted.number, 0 if wanted.need.is_life_safety else 1] = points_each(wanted)
    offers = Offers(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.array([number[move.send.unit] for move in ordered], np.int64),
        cost,
        np.array([wanted.need.asked for wanted in situation.wanted], np.int64),
        missing,
        len(number),
    )
    matched = match(offers)
    plan = Plan(tuple(ordered[at].send for at in matched.taken)).ordered()
    lost = lost_cover(situation, leaving(situation, plan))
    if any(lost[cover.id] for cover in situation.problem.cover if cover.is_strict):
        return None
    value = score(situation, plan)
    proofs = tuple(Proof(*one) for one in zip(LEVELS, value.as_tuple(), matched.bound, strict=True))
    first = LEVELS.index("cover_lost")
    worth = matched.need_price[:, : LEVELS.index("arrival") + 1]
    prices = {one.key: tuple(map(int, worth[one.number])) for one in situation.wanted}
    if not any(lost.values()):
        return Solution(plan, value, proofs, "matching", prices=prices)
    as_good = [ordered[at] for at in np.flatnonzero(costs_nothing(offers, matched, first))]
    plan, proofs = solve_stages(Model(situation, as_good, ()), plan, budget, meter, proofs[:first])
    return Solution(plan, score(situation, plan), proofs, "matching", meter.was_stopped, prices)


def costs_nothing(offers: Offers, matched: Matched, levels: int) -> Mask:
    """Mark the offers that can be part of an optimum of the first levels: at the prices they cost nothing there."""
    need_of = np.repeat(np.arange(len(offers.asked)), np.diff(offers.first))
    reduced = offers.cost - matched.need_price[need_of] - matched.unit_price[offers.unit]
    marked: Mask = (reduced[:, :levels] == 0).all(axis=1)
    return marked


def solve_crews(situation: Situation, moves: list[Move], budget: Budget, meter: Meter) -> Solution | None:
    """Cover all crews with nobody late; None where that cannot be, and the full program has to weigh what to leave."""
    in_time = [move for move in moves if move.late_s == 0]
    if not in_time:
        return None
    columns = columns_of(situation, in_time)
    found = cover(columns, budget=budget, meter=meter)
    if found.picked is None:
        return None
    plan = Plan(tuple(in_time[at].send for at in found.picked)).ordered()
    value = score(situation, plan)
    proofs: list[Proof] = []
    for level, number in zip(LEVELS, value.as_tuple(), strict=True):
        proofs.append(Proof(level, number, found.lower if level == "arrival" else 0))
        if not proofs[-1].is_proven:
            break
    return Solution(plan, value, complete(proofs, value), "covering", found.was_stopped)


def columns_of(situation: Situation, moves: list[Move]) -> Columns:
    number = {unit.id: at for at, unit in enumerate(situation.problem.units)}
    place = {incident.id: at for at, incident in enumerate(situation.problem.incidents)}
    priority = [incident.priority for incident in situation.problem.incidents]
    incident = np.array([place[move.send.incident] for move in moves], np.int64)
    gives = [pair for move in moves for pair in move.gives]
    return Columns(
        np.array([number[move.send.unit] for move in moves], np.int64),
        incident,
        np.array([priority[at] * move.arrival_s for at, move in zip(incident, moves, strict=True)], np.int64),
        np.concatenate([[0], np.cumsum([len(move.gives) for move in moves])]).astype(np.int64),
        np.array([need for need, _ in gives], np.int64),
        np.array([people for _, people in gives], np.int64),
        np.array([wanted.need.asked for wanted in situation.wanted], np.int64),
        np.array([place[wanted.incident.id] for wanted in situation.wanted], np.int64),
        len(number),
    )
