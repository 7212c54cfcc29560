"""The whole problem as one integer program, solved level by level: each optimum becomes a row of the next level.

This is the model without any pruning: every allowed move and delivery is in it. It proves what it says for problems of
hundreds of units; for tens of thousands see `places` and `crews`, which find the few moves that can matter.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from youbei.engine.dispatch.answer import Proof
from youbei.engine.dispatch.budget import Budget, Meter
from youbei.engine.dispatch.moves import CM3_OF_A_LITRE, GRAMS_OF_A_KG, Delivery, Move, Trip, pieces_in, trip_of
from youbei.engine.dispatch.plan import Draw, Plan
from youbei.engine.dispatch.problem import Crew, TaskForce
from youbei.engine.dispatch.program import INFINITY, Floats, Limits, RowBuilder, Rows, solve_integer
from youbei.engine.dispatch.score import LEVELS, Score, leaving, missing_pieces, points_each, score
from youbei.engine.dispatch.situation import Situation, Supply, parts_of


class Model:
    """Number the decisions of a situation, and state its constraints over them."""

    def __init__(self, situation: Situation, moves: Sequence[Move], ways: Sequence[Delivery]) -> None:
        self.situation, self.moves, self.ways = situation, moves, ways
        fetched = [self.trip(way.vehicle, way.supply, situation.wanted[way.wanted].incident.id) for way in ways]
        self.trips: list[Trip] = sorted({trip for trip in fetched if trip is not None})
        self.trip_number = {trip: number for number, trip in enumerate(self.trips)}
        self.trip_of = [-1 if trip is None else self.trip_number[trip] for trip in fetched]
        counts = [len(moves), len(self.trips), len(ways), len(situation.wanted), len(situation.problem.cover)]
        self.first = [sum(counts[:number]) for number in range(len(counts) + 1)]
        self.high = np.ones(self.first[-1], np.float64)
        self.integral = np.zeros(self.first[-1], np.bool_)
        self.integral[: self.first[3]] = True
        self.builder = RowBuilder()
        self.of_unit: dict[str, list[int]] = defaultdict(list)
        for number, move in enumerate(moves):
            self.of_unit[situation.people[move.send.unit]].append(number)
        for number, (vehicle, *_) in enumerate(self.trips):
            self.of_unit[situation.people[vehicle]].append(self.first[1] + number)
        self.state_bounds()
        self.state_units()
        self.state_needs()
        self.state_supplies()
        self.state_cover()

    def trip(self, vehicle: str, supply: str, incident: str) -> Trip | None:
        return trip_of(self.situation, vehicle, self.situation.supplies[supply], incident) if vehicle else None

    def state_bounds(self) -> None:
        for number, way in enumerate(self.ways):
            supply, wanted = self.situation.supplies[way.supply], self.situation.wanted[way.wanted]
            most = min(supply.quantity, wanted.need.asked)
            if way.vehicle:
                most = min(most, pieces_in(self.situation.units[way.vehicle], supply))
            self.high[self.first[2] + number] = most
        for wanted in self.situation.wanted:
            self.high[self.first[3] + wanted.number] = wanted.need.asked
            self.integral[self.first[3] + wanted.number] = isinstance(wanted.need.asks, TaskForce)
        for number, cover in enumerate(self.situation.problem.cover):
            most = 0 if cover.is_strict else self.situation.cover_before(cover)
            self.high[self.first[4] + number] = most

    def state_units(self) -> None:
        """State that each unit, and whoever drives it, is in one place at a time."""
        for columns in self.of_unit.values():
            if len(columns) > 1:
                self.builder.add([(column, 1.0) for column in columns], high=1.0)

    def state_needs(self) -> None:
        """State that what is given and what is missing make up each need."""
        given: dict[tuple[int, int], list[tuple[int, float]]] = defaultdict(list)
        for column, move in enumerate(self.moves):
            for number, pieces in move.gives:
                given[number, move.send.part].append((column, float(pieces)))
        for column, way in enumerate(self.ways):
            given[way.wanted, 0].append((self.first[2] + column, 1.0))
        for wanted in self.situation.wanted:
            missing = self.first[3] + wanted.number
            asked = float(wanted.need.asked)
            if isinstance(wanted.need.asks, TaskForce):
                for at, part in enumerate(parts_of(wanted.need)):
                    whole = [*given[wanted.number, at], (missing, float(part.count))]
                    self.builder.add(whole, low=part.count, high=part.count)
            else:
                most = INFINITY if isinstance(wanted.need.asks, Crew) else asked
                self.builder.add([*given[wanted.number, 0], (missing, 1.0)], low=asked, high=most)

    def state_supplies(self) -> None:
        """State that no supply gives more than it has, and no vehicle carries more than it can."""
        drawn: dict[str, list[tuple[int, float]]] = defaultdict(list)
        loads: dict[int, list[tuple[int, Supply]]] = defaultdict(list)
        for number, way in enumerate(self.ways):
            column = self.first[2] + number
            drawn[way.supply].append((column, 1.0))
            if self.trip_of[number] >= 0:
                loads[self.trip_of[number]].append((column, self.situation.supplies[way.supply]))
        for supply, terms in drawn.items():
            self.builder.add(terms, high=float(self.situation.supplies[supply].quantity))
        for trip, load in loads.items():
            vehicle, goes = self.situation.units[self.trips[trip][0]], self.first[1] + trip
            heavy = [(column, float(supply.grams_each)) for column, supply in load]
            self.builder.add([*heavy, (goes, -float(vehicle.payload_kg * GRAMS_OF_A_KG))], high=0.0)
            if vehicle.payload_l:
                large = [(column, float(supply.cm3_each)) for column, supply in load if supply.cm3_each]
                self.builder.add([*large, (goes, -float(vehicle.payload_l * CM3_OF_A_LITRE))], high=0.0)
            for column, _ in load:
                self.builder.add([(column, 1.0), (goes, -float(self.high[column]))], high=0.0)

    def state_cover(self) -> None:
        """State that what leaves a district is missed there beyond what it has to spare."""
        for number, cover in enumerate(self.situation.problem.cover):
            present = self.situation.covering[cover.id]
            people = Counter(self.situation.people[unit] for unit in sorted(present))
            leaving = [(column, -float(count)) for one, count in people.items() for column in self.of_unit[one]]
            spare = len(present) - self.situation.cover_before(cover)
            self.builder.add([*leaving, (self.first[4] + number, 1.0)], low=-float(spare))

    def costs(self, level: str) -> Floats:
        """Return what each decision counts on a level, in whole numbers."""
        cost = np.zeros(self.first[-1], np.float64)
        priority = {incident.id: incident.priority for incident in self.situation.problem.incidents}
        if level in ("life_safety_unmet", "unmet"):
            for wanted in self.situation.wanted:
                if wanted.need.is_life_safety == (level == "life_safety_unmet"):
                    cost[self.first[3] + wanted.number] = points_each(wanted)
        elif level in ("lateness", "arrival"):
            for number, move in enumerate(self.moves):
                seconds = move.late_s if level == "lateness" else move.arrival_s
                cost[number] = priority[move.send.incident] * seconds
        elif level in ("delivery_lateness", "delivery"):
            for number, way in enumerate(self.ways):
                seconds = way.late_s if level == "delivery_lateness" else way.arrival_s
                cost[self.first[2] + number] = self.situation.wanted[way.wanted].incident.priority * seconds
        elif level == "cover_lost":
            cost[self.first[4] :] = 1
        else:
            cost[: self.first[1]] = [move.price for move in self.moves]
            trips = [self.situation.price(self.situation.units[vehicle].owner)[0] for vehicle, *_ in self.trips]
            cost[self.first[1] : self.first[2]] = trips
            cost[self.first[2] : self.first[3]] = [way.price for way in self.ways]
        return cost

    def values_of(self, plan: Plan) -> Floats:
        """Return a plan as values of the decisions."""
        values = np.zeros(self.first[-1], np.float64)
        sends = set(plan.sends)
        for number, move in enumerate(self.moves):
            values[number] = move.send in sends
        column = {
            (way.supply, self.situation.wanted[way.wanted].key, way.vehicle): number
            for number, way in enumerate(self.ways)
        }
        for draw in plan.draws:
            values[self.first[2] + column[draw.supply, (draw.incident, draw.need), draw.vehicle]] += draw.quantity
            trip = self.trip(draw.vehicle, draw.supply, draw.incident)
            if trip is not None:
                values[self.first[1] + self.trip_number[trip]] = 1
        for wanted, missing in zip(self.situation.wanted, missing_pieces(self.situation, plan), strict=True):
            values[self.first[3] + wanted.number] = missing
        gone = leaving(self.situation, plan)
        for number, cover in enumerate(self.situation.problem.cover):
            left = len(self.situation.covering[cover.id] - gone)
            values[self.first[4] + number] = max(0, self.situation.cover_before(cover) - left)
        return values

    def plan_of(self, values: Floats) -> Plan:
        """Return the plan that values of the decisions say."""
        sends = tuple(move.send for number, move in enumerate(self.moves) if values[number] > 0.5)
        draws = []
        for number, way in enumerate(self.ways):
            quantity = round(values[self.first[2] + number])
            if quantity > 0:
                incident, need = self.situation.wanted[way.wanted].key
                draws.append(Draw(way.supply, incident, need, quantity, way.vehicle))
        return Plan(sends, tuple(draws)).ordered()


def solve_stages(
    model: Model, plan: Plan, budget: Budget, meter: Meter, known: Sequence[Proof] = ()
) -> tuple[Plan, tuple[Proof, ...]]:
    """Improve a plan level by level; return the best plan found and what is proven of each level.

    A level that could not be proven ends the proof: the levels after it keep the bound 0. `known` are the proofs of the
    first levels where the plan is at their optimum already.
    """
    proofs: list[Proof] = []
    best = score(model.situation, plan)
    for number, level in enumerate(LEVELS):
        costs = model.costs(level)
        lower = known[number].lower if number < len(known) else 0
        if number >= len(known) and best.as_tuple()[number] > 0:
            found, lower = solve_level(model, costs, plan, budget, meter)
            if found is not None and (value := score(model.situation, found)) < best:
                plan, best = found, value
            # A bound above a plan we hold is no bound: nothing is proven then.
            lower = lower if lower <= best.as_tuple()[number] else 0
        proofs.append(Proof(level, best.as_tuple()[number], lower))
        if not proofs[-1].is_proven:
            break
        keep_level(model, costs, best.as_tuple()[number])
    return plan, complete(proofs, best)


def complete(proofs: Sequence[Proof], best: Score) -> tuple[Proof, ...]:
    """Return proofs for all levels, with the plan's values; of levels not looked at nothing is known."""
    lower = [proof.lower for proof in proofs] + [0] * (len(LEVELS) - len(proofs))
    return tuple(Proof(*one) for one in zip(LEVELS, best.as_tuple(), lower, strict=True))


def solve_level(model: Model, costs: Floats, plan: Plan, budget: Budget, meter: Meter) -> tuple[Plan | None, int]:
    """Return the best plan on one level among those allowed by the rows so far, and a lower bound."""
    divisor = divisor_of(costs)
    limits = Limits(budget.nodes, time_s=meter.left_s())
    rows: Rows = model.builder.rows()
    low = np.zeros_like(model.high)
    begin = model.values_of(plan)
    found = solve_integer(costs / divisor, low, model.high, rows, model.integral, limits=limits, begin=begin)
    meter.is_over()
    lower = whole_bound(found.bound) * divisor
    return (None if found.values is None else model.plan_of(found.values)), lower


def improve_level(model: Model, costs: Floats, plan: Plan, budget: Budget, meter: Meter) -> Plan:
    """Return the best plan at these costs that keeps to the rows so far, and keep its value as a row."""
    found, _ = solve_level(model, costs, plan, budget, meter)
    value = float(costs @ model.values_of(plan))
    if found is not None and float(costs @ model.values_of(found)) < value - 0.5:
        plan, value = found, float(costs @ model.values_of(found))
    terms = [(int(column), float(costs[column])) for column in np.flatnonzero(costs)]
    if terms:
        model.builder.add(terms, high=value + 1e-6)
    return plan


def divisor_of(costs: Floats) -> int:
    return max(1, math.gcd(*(int(one) for one in costs if one)))


def whole_bound(bound: float) -> int:
    """Return the smallest whole number that a float bound proves, leaving room for its rounding."""
    if not math.isfinite(bound) or bound <= 0:
        return 0
    return math.ceil(bound - 1e-6 - 1e-9 * abs(bound))


def keep_level(model: Model, costs: Floats, value: int) -> None:
    """Make the optimum of a level a row: from now on nothing worse on it is looked at."""
    columns = np.flatnonzero(costs)
    if not len(columns):
        return
    if value == 0:
        model.high[columns] = 0.0
        return
    divisor = divisor_of(costs)
    terms = [(int(column), float(costs[column] / divisor)) for column in columns]
    model.builder.add(terms, high=value / divisor + 1e-7)
