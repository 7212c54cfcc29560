"""Who could go instead of a chosen one, for those who decide otherwise."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from youbei.engine.dispatch.moves import Delivery, Move, all_deliveries, all_moves
from youbei.engine.dispatch.plan import Draw, Plan, Send
from youbei.engine.dispatch.score import leaving
from youbei.engine.dispatch.situation import Situation

OFFERED = 8


@dataclass(frozen=True, slots=True)
class Alternative:
    """Something that stays at home and could serve instead: when it would be there, and how much there is of it."""

    resource: str
    arrival_s: int
    quantity: int = 1


def alternatives(situation: Situation, plan: Plan) -> dict[Send | Draw, tuple[Alternative, ...]]:
    """Return for each decision who could take its place, the first to arrive first."""
    gone = leaving(situation, plan)
    moves: dict[tuple[str, str, int], list[Move]] = defaultdict(list)
    for move in all_moves(situation):
        if move.send.unit not in gone:
            moves[move.send.incident, move.send.need, move.send.part].append(move)
    found: dict[Send | Draw, tuple[Alternative, ...]] = {}
    for send in plan.sends:
        free = sorted(moves[send.incident, send.need, send.part], key=lambda one: (one.arrival_s, one.send.unit))
        found[send] = tuple(Alternative(one.send.unit, one.arrival_s) for one in free[:OFFERED])
    return found | alternative_supplies(situation, plan)


def alternative_supplies(situation: Situation, plan: Plan) -> dict[Send | Draw, tuple[Alternative, ...]]:
    left = {supply.id: supply.quantity for supply in situation.supplies.values()}
    for draw in plan.draws:
        left[draw.supply] -= draw.quantity
    ways: dict[int, list[Delivery]] = defaultdict(list)
    for way in all_deliveries(situation) if plan.draws else ():
        if not way.vehicle:
            ways[way.wanted].append(way)
    found: dict[Send | Draw, tuple[Alternative, ...]] = {}
    for draw in plan.draws:
        others = sorted(ways[situation.needs[draw.incident, draw.need].number], key=lambda one: one.arrival_s)
        found[draw] = tuple(
            Alternative(one.supply, one.arrival_s, left[one.supply])
            for one in others
            if one.supply != draw.supply and left[one.supply] >= draw.quantity
        )[:OFFERED]
    return found
