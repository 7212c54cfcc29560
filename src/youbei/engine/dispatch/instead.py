"""Who could go instead of a chosen one, for those who decide otherwise."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from heapq import nsmallest

from youbei.engine.dispatch.moves import Delivery, Move, all_deliveries, all_moves, pieces_in
from youbei.engine.dispatch.plan import Draw, Plan, Send
from youbei.engine.dispatch.score import leaving
from youbei.engine.dispatch.situation import Situation

OFFERED = 8


@dataclass(frozen=True, slots=True)
class Alternative:
    """Something that stays at home and could serve instead: when it would be there, and how much there is of it.

    `vehicle` is what would fetch it.
    """

    resource: str
    arrival_s: int
    quantity: int = 1
    vehicle: str = ""

    @property
    def choice(self) -> str:
        """Name who would be sent: a resource, or a supply with the vehicle that fetches it."""
        return f"{self.resource}@{self.vehicle}" if self.vehicle else self.resource


def alternatives(situation: Situation, plan: Plan) -> dict[Send | Draw, tuple[Alternative, ...]]:
    """Return for each decision who could take its place, the first to arrive first."""
    gone = leaving(situation, plan)
    moves: dict[tuple[str, str, int], list[Move]] = defaultdict(list)
    for move in all_moves(situation):
        if move.send.unit not in gone:
            moves[move.send.incident, move.send.need, move.send.part].append(move)
    # Whoever is sent to places of the same kind can be replaced by the same others.
    offered: dict[tuple[str, str, int], tuple[Alternative, ...]] = {}
    for key in {(send.incident, send.need, send.part) for send in plan.sends}:
        free = nsmallest(OFFERED, ((one.arrival_s, one.send.unit) for one in moves[key]))
        offered[key] = tuple(Alternative(unit, arrival_s) for arrival_s, unit in free)
    found: dict[Send | Draw, tuple[Alternative, ...]] = {
        send: offered[send.incident, send.need, send.part] for send in plan.sends
    }
    return found | alternative_supplies(situation, plan)


def alternative_supplies(situation: Situation, plan: Plan) -> dict[Send | Draw, tuple[Alternative, ...]]:
    left = {supply.id: supply.quantity for supply in situation.supplies.values()}
    for draw in plan.draws:
        left[draw.supply] -= draw.quantity
    ways: dict[int, list[Delivery]] = defaultdict(list)
    for way in all_deliveries(situation) if plan.draws else ():
        ways[way.wanted].append(way)
    gone, loads = leaving(situation, plan), Counter(draw.vehicle for draw in plan.draws)
    found: dict[Send | Draw, tuple[Alternative, ...]] = {}
    for draw in plan.draws:
        others = sorted(ways[situation.needs[draw.incident, draw.need].number], key=lambda one: one.arrival_s)
        # Who fetches this and nothing else could as well fetch another.
        taken = gone - situation.gone_with(draw.vehicle) if loads[draw.vehicle] == 1 else gone
        found[draw] = tuple(
            Alternative(one.supply, one.arrival_s, left[one.supply], one.vehicle)
            for one in others
            if is_other(draw, one) and enough(situation, draw, one, left) and one.vehicle not in taken
        )[:OFFERED]
    return found


def is_other(draw: Draw, way: Delivery) -> bool:
    return (way.supply, way.vehicle) != (draw.supply, draw.vehicle)


def enough(situation: Situation, draw: Draw, way: Delivery, left: Mapping[str, int]) -> bool:
    """Say whether there is as much of a supply as is drawn now, and the vehicle carries it all."""
    free = left[way.supply] + (draw.quantity if way.supply == draw.supply else 0)
    if way.vehicle:
        most = pieces_in(situation.units[way.vehicle], situation.supplies[way.supply])
        return min(free, most) >= draw.quantity
    return free >= draw.quantity
