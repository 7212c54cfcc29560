"""Try every plan: slow, and right. Written apart from the solver; it shares the moves and the score with it only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

from youbei.engine.dispatch.moves import GRAMS_OF_A_KG, all_deliveries, all_moves
from youbei.engine.dispatch.plan import Draw, Plan
from youbei.engine.dispatch.problem import Problem
from youbei.engine.dispatch.score import PlanBroken, Score, score
from youbei.engine.dispatch.situation import Situation, Supply


def best_score(problem: Problem, *, most_plans: int = 20_000) -> Score | None:
    """Return the best score of all plans; None where there are too many to try."""
    situation = Situation(problem)
    best: Score | None = None
    for tried, plan in enumerate(all_plans(situation)):
        if tried == most_plans:
            return None
        try:
            found = score(situation, plan)
        except PlanBroken:
            continue
        best = found if best is None or found < best else best
    return best


def all_plans(situation: Situation) -> Iterator[Plan]:
    choices: dict[str, list] = defaultdict(lambda: [None])
    for move in all_moves(situation):
        choices[move.send.unit].append(move.send)
    ways = all_deliveries(situation)
    for way in ways:
        if way.vehicle:
            supply = situation.supplies[way.supply]
            trip = (supply.place, loaded_s(situation, supply), situation.wanted[way.wanted].incident.id)
            if trip not in choices[way.vehicle]:
                choices[way.vehicle].append(trip)
    for chosen in product(*choices.values()):
        sends = tuple(one for one in chosen if one is not None and not isinstance(one, tuple))
        trips = {unit: one for unit, one in zip(choices, chosen, strict=True) if isinstance(one, tuple)}
        for draws in all_draws(situation, ways, trips):
            yield Plan(sends, draws)


def loaded_s(situation: Situation, supply: Supply) -> int:
    return supply.ready_s + situation.delay_s(supply.owner)


def all_draws(situation: Situation, ways: list, trips: dict) -> Iterator[tuple[Draw, ...]]:
    usable = []
    for way in ways:
        wanted = situation.wanted[way.wanted]
        supply = situation.supplies[way.supply]
        trip = (supply.place, loaded_s(situation, supply), wanted.incident.id)
        if not way.vehicle or trips.get(way.vehicle) == trip:
            most = min(supply.quantity, wanted.need.asked)
            if way.vehicle:
                most = min(most, situation.units[way.vehicle].payload_kg * GRAMS_OF_A_KG // supply.grams_each)
            usable.append((way, wanted, most))
    for quantities in product(*(range(most + 1) for _, _, most in usable)):
        yield tuple(
            Draw(way.supply, wanted.incident.id, wanted.need.id, quantity, way.vehicle)
            for (way, wanted, _), quantity in zip(usable, quantities, strict=True)
            if quantity
        )
