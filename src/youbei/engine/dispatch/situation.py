"""A problem with what follows from it: look-ups, travel times, supplies, who counts for the cover of a district.

Worked out once, and used by score, solver and explanation alike, so that they cannot disagree about a fact.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from youbei.engine.dispatch.problem import (
    Cover,
    Crew,
    Incident,
    Items,
    Need,
    Owner,
    Place,
    Problem,
    Reserve,
    Status,
    TaskForce,
    Unit,
    Units,
)
from youbei.engine.places import Point, distance_m
from youbei.engine.text import Text

# A production line is offered in this many consignments of equal size, each ready when its last piece is made.
CONSIGNMENTS = 8
SECONDS_OF_AN_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Supply:
    """A lot, or one consignment of a production line."""

    id: str
    item: str
    place: str
    quantity: int
    ready_s: int
    expires_at: datetime | None
    grams_each: int
    owner: str
    label: Text
    aboard: str = ""
    cm3_each: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A need where it is needed. `number` counts all needs of the problem."""

    number: int
    incident: Incident
    need: Need

    @property
    def key(self) -> tuple[str, str]:
        return (self.incident.id, self.need.id)


@dataclass(slots=True)
class Times:
    """Answer seconds from place to place; None where there is no way. Legs come first, then the straight way."""

    places: dict[str, Place]
    legs: dict[tuple[str, str], int | None]
    problem: Problem
    estimated: set[tuple[str, str]] = field(default_factory=set)

    def __call__(self, origin: str, destination: str) -> int | None:
        pair = (origin, destination)
        if pair not in self.legs:
            self.legs[pair] = self.estimate(origin, destination)
        return self.legs[pair]

    def estimate(self, origin: str, destination: str) -> int | None:
        if origin == destination:
            return 0
        way = self.problem.straight_way
        one, other = self.places.get(origin), self.places.get(destination)
        if way is None or one is None or other is None:
            return None
        if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
            return None
        self.estimated.add((origin, destination))
        metres = distance_m(Point(one.lat, one.lon), Point(other.lat, other.lon))
        return math.ceil(metres * way.detour / way.speed_m_s)


class Situation:
    """Hold a problem and its look-ups. It is never changed.

    `times` are those of a situation with the same places and ways. `moves` and `deliveries` are worked out when they
    are first asked for, by `moves.all_moves` and `moves.all_deliveries`.
    """

    def __init__(self, problem: Problem, times: Times | None = None) -> None:
        self.problem = problem
        self.moves: list[Any] | None = None
        self.deliveries: list[Any] | None = None
        self.units = {unit.id: unit for unit in problem.units}
        self.people = {unit.id: unit.crew or unit.id for unit in problem.units}
        self.same_people = same_people(self.people)
        self.incidents = {incident.id: incident for incident in problem.incidents}
        self.owners = {owner.id: owner for owner in problem.owners}
        self.wanted = tuple(wanted_of(problem))
        self.needs = {wanted.key: wanted for wanted in self.wanted}
        self.supplies = {supply.id: supply for supply in supplies_of(problem)}
        self.by_capability: dict[str, list[Unit]] = defaultdict(list)
        for unit in problem.units:
            for skill in unit.skills:
                self.by_capability[skill.capability].append(unit)
        self.by_item: dict[str, list[Supply]] = defaultdict(list)
        for supply in self.supplies.values():
            self.by_item[supply.item].append(supply)
        self.vehicles = tuple(unit for unit in problem.units if unit.payload_kg > 0)
        self.times = times or Times({place.id: place for place in problem.places}, legs_of(problem), problem)
        self.covering = {cover.id: frozenset(self.who_covers(cover)) for cover in problem.cover}

    def owner(self, name: str) -> Owner | None:
        """Return the organisation; None is ourselves."""
        return self.owners.get(name) if name else None

    def delay_s(self, name: str) -> int:
        owner = self.owner(name)
        return 0 if owner is None or owner.is_ours or owner.agreement is None else owner.agreement.delay_s

    def price(self, name: str) -> tuple[int, int]:
        """Return what a unit and what a piece of an organisation cost."""
        owner = self.owner(name)
        if owner is None or owner.is_ours or owner.agreement is None:
            return 0, 0
        return owner.agreement.price_per_unit, owner.agreement.price_per_piece

    def is_agreed(self, name: str) -> bool:
        """Say whether what an organisation owns may be sent now."""
        owner = self.owner(name)
        if owner is None or owner.is_ours:
            return True
        return owner.agreement is not None and owner.agreement.is_valid(self.problem.at)

    def who_covers(self, cover: Cover) -> Iterator[str]:
        """Yield our own units that could be in a district in time; what others lend covers nothing of ours."""
        for unit in self.by_capability.get(cover.capability, ()):
            owner = self.owner(unit.owner)
            if owner is not None and not owner.is_ours:
                continue
            if unit.status is Status.AVAILABLE and unit.is_staffed and has_skill(unit, cover):
                ways = [self.times(unit.place, place) for place in (cover.place, *cover.also)]
                if all(way is not None and unit.turn_out_s + way <= cover.within_s for way in ways):
                    yield unit.id

    def gone_with(self, unit: str) -> frozenset[str]:
        """Return what cannot be sent any more once a unit is: itself, and what the same people drive."""
        return self.same_people.get(unit) or frozenset((unit,))

    def carriers(self, supply: Supply) -> tuple[Unit, ...]:
        """Return the vehicles that might fetch a supply: that on which it lies, else all."""
        if not supply.aboard:
            return self.vehicles
        return tuple(unit for unit in self.vehicles if unit.id == supply.aboard)

    def loaded_s(self, supply: Supply) -> int:
        """Return when a supply can be loaded."""
        return supply.ready_s + self.delay_s(supply.owner)

    def cover_before(self, cover: Cover) -> int:
        """Return how many of the wanted units cover a district before anything is sent."""
        return min(cover.number, len(self.covering[cover.id]))


def same_people(people: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return by unit all units with the same people, where there are more than one."""
    groups: dict[str, set[str]] = defaultdict(set)
    for unit, crew in people.items():
        if unit != crew:
            groups[crew] |= {unit, crew}
    return {unit: frozenset(group) for group in groups.values() for unit in group}


def has_skill(unit: Unit, asks: Units | Cover) -> bool:
    return any(skill.capability == asks.capability and skill.type <= asks.type for skill in unit.skills)


def crew_of(unit: Unit, capability: str) -> int:
    return sum(skill.crew for skill in unit.skills if skill.capability == capability)


def parts_of(need: Need) -> tuple[Units, ...]:
    """Return the kinds of places that single units fill for a need; none for crew and items."""
    match need.asks:
        case Units():
            return (need.asks,)
        case TaskForce(parts=parts):
            return parts
        case Crew() | Items():
            return ()


def wanted_of(problem: Problem) -> Iterator[Wanted]:
    number = 0
    for incident in problem.incidents:
        for need in incident.needs:
            yield Wanted(number, incident, need)
            number += 1


def legs_of(problem: Problem) -> dict[tuple[str, str], int | None]:
    return {(leg.origin, leg.destination): leg.seconds for leg in problem.legs}


def supplies_of(problem: Problem) -> Iterator[Supply]:
    for lot in problem.lots:
        yield Supply(
            lot.id,
            lot.item,
            lot.place,
            lot.quantity,
            lot.ready_s,
            lot.expires_at,
            lot.grams_each,
            lot.owner,
            lot.label,
            lot.aboard,
            lot.cm3_each,
        )
    for reserve in problem.reserves:
        yield from consignments(reserve)


def consignments(reserve: Reserve) -> Iterator[Supply]:
    """Offer what a production line makes, up to its limit, in consignments named `id#1`, `id#2`, ..."""
    if reserve.rate_per_h <= 0:
        return
    made = 0
    for number in range(1, CONSIGNMENTS + 1):
        until = reserve.limit * number // CONSIGNMENTS
        if until > made:
            ready = reserve.switch_over_s + seconds_to_make(reserve, until)
            yield Supply(
                f"{reserve.id}#{number}",
                reserve.item,
                reserve.place,
                until - made,
                ready,
                None,
                0,
                reserve.owner,
                reserve.label,
            )
            made = until


def seconds_to_make(reserve: Reserve, quantity: int) -> int:
    """Return after how many whole seconds of running so many pieces are made; the rate climbs evenly from nothing."""
    rate, ramp = reserve.rate_per_h, reserve.ramp_up_s
    if 2 * SECONDS_OF_AN_HOUR * quantity <= rate * ramp:
        return ceil_root(-(-2 * SECONDS_OF_AN_HOUR * quantity * ramp // rate))
    # Twice the time is 2 q / rate + ramp, all in whole numbers.
    return -(-(2 * SECONDS_OF_AN_HOUR * quantity + rate * ramp) // (2 * rate))


def ceil_root(square: int) -> int:
    root = math.isqrt(square)
    return root if root * root == square else root + 1
