"""Whether what was not looked at could be part of a better plan: an exact radius, and no solver is needed for it.

Of a need's kind only the nearest are looked at. Whoever stands farther away is there no sooner than the edge of what
was looked at allows. Where at least as many of those that were looked at are there before that as all needs together
ask for, any plan with somebody from beyond has one of them to spare who would be there sooner: it is not the best.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from youbei.engine.dispatch.answer import Solution
from youbei.engine.dispatch.moves import all_moves, deliveries, late_s
from youbei.engine.dispatch.problem import Items, Units
from youbei.engine.dispatch.situation import Situation, Wanted


@dataclass(frozen=True, slots=True)
class Edge:
    """At an incident, of a capability or an item: nobody that was not looked at is there before so many seconds."""

    incident: str
    kind: str
    soonest_s: float


def is_whole(situation: Situation, edges: Iterable[Edge], solution: Solution | None = None) -> bool:
    """Say whether it is proven that the best plan needs nobody from beyond these edges.

    A `solution` that matched units with places proves more: a need pays at most its price for its last place, and
    whoever arrives later than that can be no part of a better plan, however few have been looked at.
    """
    prices = solution.prices if solution is not None else {}
    soonest = {(one.incident, one.kind): one.soonest_s for one in edges}
    if not soonest:
        return True
    if may_bind(situation):
        return False
    free = free_arrivals(situation) if not prices else {}
    for wanted in situation.wanted:
        asks = wanted.need.asks
        if isinstance(asks, Units):
            edge = soonest.get((wanted.incident.id, asks.capability))
            is_seen = edge is None or is_unit_seen(situation, wanted, edge, free, prices)
        elif isinstance(asks, Items):
            edge = soonest.get((wanted.incident.id, asks.item))
            is_seen = edge is None or count_pieces(situation, wanted, edge) >= asked_of(situation, asks.item)
        else:
            is_seen = not any(incident == wanted.incident.id for incident, _ in soonest)
        if not is_seen:
            return False
    return True


def is_unit_seen(
    situation: Situation,
    wanted: Wanted,
    edge: float,
    free: Mapping[tuple[str, str], list[int]],
    prices: Mapping[tuple[str, str], tuple[int, ...]],
) -> bool:
    """Say whether nobody from beyond an edge can matter to a need: by its price, else by counting who is sooner."""
    if wanted.key in prices:
        return is_dearer(wanted, edge, prices[wanted.key])
    units = sum(one.need.asks.count for one in situation.wanted if isinstance(one.need.asks, Units))
    return sum(arrival_s < edge for arrival_s in free.get(wanted.key, ())) >= units


def free_arrivals(situation: Situation) -> Mapping[tuple[str, str], list[int]]:
    """Return by need when those would be there who could fill a place of it, and are not kept at home."""
    kept = {unit for cover in situation.problem.cover if cover.is_strict for unit in situation.covering[cover.id]}
    free: dict[tuple[str, str], list[int]] = defaultdict(list)
    for move in all_moves(situation):
        if move.send.unit not in kept:
            free[move.send.incident, move.send.need].append(move.arrival_s)
    return free


def is_dearer(wanted: Wanted, edge: float, price: tuple[int, ...]) -> bool:
    """Say whether whoever is at a need no sooner than an edge costs more than the need pays, up to the arrivals."""
    if math.isinf(edge):
        return True
    arrival_s = math.floor(edge)
    weighted = wanted.incident.priority * late_s(arrival_s, wanted.need.due_s), wanted.incident.priority * arrival_s
    return (*(0 for _ in price[:-2]), *weighted) > price


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
