"""A plan within milliseconds: needs in order of weight, each given who is there first. No proof comes with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from youbei.engine.dispatch.moves import CM3_OF_A_LITRE, GRAMS_OF_A_KG, Delivery, Move, Trip, trip_of
from youbei.engine.dispatch.plan import Draw, Plan, Send
from youbei.engine.dispatch.problem import Crew, Items
from youbei.engine.dispatch.score import lost_cover
from youbei.engine.dispatch.situation import Situation, Wanted, parts_of


class Hand:
    """Hold what has been decided so far, and what is still free."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.gone: set[str] = set()
        self.sends: list[Send] = []
        self.draws: list[Draw] = []
        self.left = {supply.id: supply.quantity for supply in situation.supplies.values()}
        self.loads: dict[str, tuple[Trip, int, int]] = {}
        self.missing = [wanted.need.asked for wanted in situation.wanted]

    def is_free(self, unit: str) -> bool:
        """Say whether a unit may still be sent: not gone, and not kept at home by a strict cover."""
        if unit in self.gone:
            return False
        tied = self.situation.gone_with(unit)
        strict = [
            cover
            for cover in self.situation.problem.cover
            if cover.is_strict and tied & self.situation.covering[cover.id]
        ]
        if not strict:
            return True
        lost = lost_cover(self.situation, frozenset(self.gone | tied))
        return not any(lost[cover.id] for cover in strict)

    def room(self, trip: Trip) -> tuple[int, int]:
        """Return how many grams and cm³ a vehicle can still load on a trip: none where it is gone on another."""
        under_way = self.loads.get(trip[0])
        if under_way is not None:
            return under_way[1:] if under_way[0] == trip else (0, 0)
        if not self.is_free(trip[0]):
            return 0, 0
        vehicle = self.situation.units[trip[0]]
        return vehicle.payload_kg * GRAMS_OF_A_KG, vehicle.payload_l * CM3_OF_A_LITRE

    def send(self, move: Move) -> None:
        self.sends.append(move.send)
        self.gone |= self.situation.gone_with(move.send.unit)
        for number, pieces in move.gives:
            self.missing[number] -= min(pieces, self.missing[number])

    def plan(self) -> Plan:
        return Plan(tuple(self.sends), tuple(self.draws)).ordered()


def greedy(situation: Situation, moves: Sequence[Move], ways: Sequence[Delivery]) -> Plan:
    """Return a plan that fills the heaviest needs first, each with the first to arrive; it breaks no constraint."""
    hand = Hand(situation)
    by_need: dict[int, list[Move]] = defaultdict(list)
    for move in sorted(moves, key=rank):
        for number, _ in move.gives:
            by_need[number].append(move)
    ways_to: dict[int, list[Delivery]] = defaultdict(list)
    for way in sorted(ways, key=lambda one: (one.arrival_s, one.supply, one.vehicle)):
        ways_to[way.wanted].append(way)
    for wanted in sorted(situation.wanted, key=weight):
        match wanted.need.asks:
            case Items():
                bring(hand, wanted, ways_to[wanted.number])
            case Crew():
                gather(hand, wanted, by_need[wanted.number])
            case _:
                fill(hand, wanted, by_need[wanted.number])
    return hand.plan()


def rank(move: Move) -> tuple[int, str, int]:
    return (move.arrival_s, move.send.unit, move.send.part)


def weight(wanted: Wanted) -> tuple[bool, int, int]:
    return (not wanted.need.is_life_safety, -wanted.incident.priority, wanted.number)


def fill(hand: Hand, wanted: Wanted, moves: Sequence[Move]) -> None:
    """Give each part of a need the first units to arrive; a task force is sent complete or not at all."""
    parts = parts_of(wanted.need)
    chosen: list[Move] = []
    before = set(hand.gone)
    is_complete = True
    for number, part in enumerate(parts):
        found = 0
        for move in moves:
            if found == part.count:
                break
            if move.send.part == number and hand.is_free(move.send.unit):
                hand.gone |= hand.situation.gone_with(move.send.unit)
                chosen.append(move)
                found += 1
        is_complete = is_complete and found == part.count
    hand.gone = before
    if is_complete or (len(parts) == 1 and wanted.need.asked == parts[0].count):
        for move in chosen:
            hand.send(move)


def gather(hand: Hand, wanted: Wanted, moves: Sequence[Move]) -> None:
    """Send units with crew while people are missing: the one that brings most missing people per second first."""
    while hand.missing[wanted.number] > 0:
        free = [move for move in moves if hand.is_free(move.send.unit)]
        if not free:
            return
        hand.send(min(free, key=lambda move: (dearness(hand, move), rank(move))))


def dearness(hand: Hand, move: Move) -> float:
    """Return seconds of arrival per share of a need that a move still fills."""
    share = sum(
        min(pieces, hand.missing[number]) / max(1, hand.situation.wanted[number].need.asked)
        for number, pieces in move.gives
    )
    return (move.arrival_s + 1) / share if share > 0 else float("inf")


def bring(hand: Hand, wanted: Wanted, ways: Sequence[Delivery]) -> None:
    """Take from the supplies that are there first, each fetched by the first free vehicle where it has to be."""
    for way in ways:
        supply = hand.situation.supplies[way.supply]
        most = min(hand.missing[wanted.number], hand.left[way.supply])
        trip, grams, cm3 = trip_of(hand.situation, way.vehicle, supply, wanted.incident.id), 0, 0
        if way.vehicle:
            grams, cm3 = hand.room(trip)
            most = min(most, grams // supply.grams_each)
            if supply.cm3_each and hand.situation.units[way.vehicle].payload_l:
                most = min(most, cm3 // supply.cm3_each)
        if most <= 0:
            continue
        hand.draws.append(Draw(way.supply, wanted.incident.id, wanted.need.id, most, way.vehicle))
        hand.left[way.supply] -= most
        hand.missing[wanted.number] -= most
        if way.vehicle:
            hand.gone |= hand.situation.gone_with(way.vehicle)
            hand.loads[way.vehicle] = trip, grams - most * supply.grams_each, cm3 - most * supply.cm3_each
