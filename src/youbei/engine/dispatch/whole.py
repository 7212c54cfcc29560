"""Whether what was not looked at could be part of a better plan: an exact radius, and no solver is needed for it.

Of a need's kind only the nearest are looked at. Whoever stands farther away is there no sooner than the edge of what
was looked at allows. Where at least as many of those that were looked at are there before that as all needs together
ask for, any plan with somebody from beyond has one of them to spare who would be there sooner: it is not the best.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from youbei.engine.dispatch.moves import all_moves, deliveries
from youbei.engine.dispatch.problem import Items, Units
from youbei.engine.dispatch.situation import Situation, Wanted


@dataclass(frozen=True, slots=True)
class Edge:
    """At an incident, of a capability or an item: nobody that was not looked at is there before so many seconds."""

    incident: str
    kind: str
    soonest_s: float


def is_whole(situation: Situation, edges: Iterable[Edge]) -> bool:
    """Say whether it is proven that the best plan needs nobody from beyond these edges."""
    soonest = {(one.incident, one.kind): one.soonest_s for one in edges}
    if soonest and may_bind(situation):
        return False
    units = sum(one.need.asks.count for one in situation.wanted if isinstance(one.need.asks, Units))
    kept = {unit for cover in situation.problem.cover if cover.is_strict for unit in situation.covering[cover.id]}
    free: dict[tuple[str, str], list[int]] = defaultdict(list)
    for move in all_moves(situation) if soonest else ():
        if move.send.unit not in kept:
            free[move.send.incident, move.send.need].append(move.arrival_s)
    for wanted in situation.wanted:
        asks = wanted.need.asks
        if isinstance(asks, Units):
            edge = soonest.get((wanted.incident.id, asks.capability))
            # Who could fill a place before anybody from beyond, and is not kept at home.
            if edge is not None and sum(arrival_s < edge for arrival_s in free[wanted.key]) < units:
                return False
        elif isinstance(asks, Items):
            edge = soonest.get((wanted.incident.id, asks.item))
            if edge is not None and count_pieces(situation, wanted, edge) < asked_of(situation, asks.item):
                return False
        elif any(incident == wanted.incident.id for incident, _ in soonest):
            return False
    return True


def may_bind(situation: Situation) -> bool:
    """Say whether a strict cover could keep somebody at home; who stands beyond might then take over the cover."""
    units = sum(one.need.asks.count for one in situation.wanted if isinstance(one.need.asks, Units))
    return any(
        cover.is_strict and len(situation.covering[cover.id]) < cover.number + units
        for cover in situation.problem.cover
    )


def count_pieces(situation: Situation, wanted: Wanted, edge: float) -> int:
    """Count the pieces that are delivered before anything from beyond; what vehicles fetch is not counted on."""
    sooner = {one.supply for one in deliveries(situation, wanted) if not one.vehicle and one.arrival_s < edge}
    return sum(situation.supplies[name].quantity for name in sooner)


def asked_of(situation: Situation, item: str) -> int:
    return sum(
        one.need.asks.quantity
        for one in situation.wanted
        if isinstance(one.need.asks, Items) and one.need.asks.item == item
    )
