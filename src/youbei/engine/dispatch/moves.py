"""What may be decided: who can serve which need, when they would be there, and what hinders those who cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from youbei.engine.dispatch.plan import Send
from youbei.engine.dispatch.problem import Crew, Incident, Items, Need, Status, Unit, Units
from youbei.engine.dispatch.situation import Situation, Supply, Wanted, crew_of, has_skill, parts_of
from youbei.engine.text import Text

GRAMS_OF_A_KG = 1000
CM3_OF_A_LITRE = 1000


class Hindrance(StrEnum):
    """Why something that exists cannot serve a need."""

    LESS_CAPABLE = "less_capable"
    ASSIGNED = "assigned"
    OUT_OF_SERVICE = "out_of_service"
    NOT_STAFFED = "not_staffed"
    OVER_HOURS = "over_hours"
    NO_AGREEMENT = "no_agreement"
    NO_WAY = "no_way"
    TOO_FAR = "too_far"
    EXPIRED = "expired"
    NO_VEHICLE = "no_vehicle"


HINDRANCES = {
    Hindrance.LESS_CAPABLE: Text("能力等级不够", "not capable enough"),
    Hindrance.ASSIGNED: Text("已派往别处", "assigned elsewhere"),
    Hindrance.OUT_OF_SERVICE: Text("停用", "out of service"),
    Hindrance.NOT_STAFFED: Text("无人值守", "not staffed"),
    Hindrance.OVER_HOURS: Text("人员工时将超限", "its people would be over their hours"),
    Hindrance.NO_AGREEMENT: Text("没有有效的互助协议", "no agreement in force"),
    Hindrance.NO_WAY: Text("没有通路", "no way there"),
    Hindrance.TOO_FAR: Text("赶不及", "too far to be there in time"),
    Hindrance.EXPIRED: Text("到达时已过期", "expired when it arrives"),
    Hindrance.NO_VEHICLE: Text("没有能装运的车辆", "no vehicle that can carry it"),
}


@dataclass(frozen=True, slots=True)
class Reach:
    """When something would be there, None where there is no way, and all that hinders it."""

    arrival_s: int | None
    hindrances: tuple[Hindrance, ...] = ()

    @property
    def is_possible(self) -> bool:
        return not self.hindrances


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that may be decided about a unit, and what it is worth: `gives` names needs and pieces."""

    send: Send
    arrival_s: int
    gives: tuple[tuple[int, int], ...]
    late_s: int
    price: int


# A vehicle, where it loads, when what it loads is ready, and for which incident.
Trip = tuple[str, str, int, str]


def trip_of(situation: Situation, vehicle: str, supply: Supply, incident: str) -> Trip:
    """Return the trip on which a vehicle fetches a supply; what is ready together at one place goes on one trip."""
    return vehicle, supply.place, situation.loaded_s(supply), incident


@dataclass(frozen=True, slots=True)
class Delivery:
    """One way for a supply to come to a need: by itself, or fetched by a vehicle."""

    supply: str
    vehicle: str
    wanted: int
    arrival_s: int
    late_s: int
    price: int


def unit_arrival(situation: Situation, unit: Unit, incident: Incident) -> int | None:
    way = situation.times(unit.place, incident.place)
    return None if way is None else unit.turn_out_s + situation.delay_s(unit.owner) + way


def standing(situation: Situation, unit: Unit) -> Iterator[Hindrance]:
    """Yield what keeps a unit from being sent anywhere."""
    if unit.status in (Status.ASSIGNED, Status.ON_SCENE):
        yield Hindrance.ASSIGNED
    if unit.status is Status.OUT_OF_SERVICE:
        yield Hindrance.OUT_OF_SERVICE
    if not unit.is_staffed:
        yield Hindrance.NOT_STAFFED
    if not situation.is_agreed(unit.owner):
        yield Hindrance.NO_AGREEMENT


def in_time(arrival_s: int | None, need: Need) -> Iterator[Hindrance]:
    if arrival_s is None:
        yield Hindrance.NO_WAY
    elif need.latest_s is not None and arrival_s > need.latest_s:
        yield Hindrance.TOO_FAR


def within_hours(unit: Unit, arrival_s: int | None, work_s: int) -> bool:
    return unit.limit_s is None or unit.worked_s + (arrival_s or 0) + work_s <= unit.limit_s


def unit_reach(situation: Situation, unit: Unit, incident: Incident, need: Need, part: Units | None) -> Reach:
    """Return when a unit with the capability would serve a need, and what hinders it; `part` None: as crew."""
    arrival = unit_arrival(situation, unit, incident)
    hindrances = list(standing(situation, unit))
    if part is not None and not has_skill(unit, part):
        hindrances.append(Hindrance.LESS_CAPABLE)
    if not within_hours(unit, arrival, need.work_s):
        hindrances.append(Hindrance.OVER_HOURS)
    hindrances += in_time(arrival, need)
    return Reach(arrival, tuple(hindrances))


def late_s(arrival_s: int, due_s: int | None) -> int:
    return 0 if due_s is None else max(0, arrival_s - due_s)


@dataclass(frozen=True, slots=True)
class Able:
    """A unit that may be sent anywhere: its type for a capability, when it leaves, and what it costs."""

    unit: Unit
    type: int
    leaves_s: int
    price: int


def able_units(situation: Situation, capability: str) -> Iterator[Able]:
    """Yield the units with a capability that nothing keeps from being sent, each once."""
    for unit in {one.id: one for one in situation.by_capability.get(capability, ())}.values():
        if not any(standing(situation, unit)):
            grade = min(skill.type for skill in unit.skills if skill.capability == capability)
            leaves_s = unit.turn_out_s + situation.delay_s(unit.owner)
            yield Able(unit, grade, leaves_s, situation.price(unit.owner)[0])


def place_moves(situation: Situation, wanted: Wanted, able: Mapping[str, Sequence[Able]]) -> Iterator[Move]:
    """Yield every way in which one unit can fill one place of a need; `able` holds the units by capability."""
    incident, need = wanted.incident, wanted.need
    gives = ((wanted.number, 1),)
    for number, part in enumerate(parts_of(need)):
        for one in able[part.capability]:
            way = situation.times(one.unit.place, incident.place) if one.type <= part.type else None
            if way is None:
                continue
            arrival = one.leaves_s + way
            if within_hours(one.unit, arrival, need.work_s) and not any(in_time(arrival, need)):
                send = Send(one.unit.id, incident.id, need.id, number)
                yield Move(send, arrival, gives, late_s(arrival, need.due_s), one.price)


def crew_gives(
    situation: Situation, unit: Unit, incident: Incident
) -> tuple[list[Wanted], tuple[tuple[int, int], ...]]:
    """Return the needs of crew at an incident that a unit serves, and how many people it brings to each."""
    served, gives = [], []
    for need in incident.needs:
        if isinstance(need.asks, Crew):
            people = crew_of(unit, need.asks.capability)
            if people and unit_reach(situation, unit, incident, need, None).is_possible:
                wanted = situation.needs[incident.id, need.id]
                served.append(wanted)
                gives.append((wanted.number, people))
    return served, tuple(gives)


def crew_move(situation: Situation, unit: Unit, incident: Incident) -> Move | None:
    """Return the move that brings a unit's people to an incident, None where they are of no use there."""
    served, gives = crew_gives(situation, unit, incident)
    arrival = unit_arrival(situation, unit, incident)
    if not gives or arrival is None:
        return None
    late = max(late_s(arrival, wanted.need.due_s) for wanted in served)
    return Move(Send(unit.id, incident.id), arrival, gives, late, situation.price(unit.owner)[0])


def crew_moves(situation: Situation, incident: Incident) -> Iterator[Move]:
    capabilities = {need.asks.capability for need in incident.needs if isinstance(need.asks, Crew)}
    units = {unit.id: unit for one in sorted(capabilities) for unit in situation.by_capability.get(one, ())}
    for unit in units.values():
        move = crew_move(situation, unit, incident)
        if move is not None:
            yield move


def all_moves(situation: Situation) -> list[Move]:
    """Return every move, worked out once for a situation; the list is not to be changed."""
    if situation.moves is None:
        asked = {part.capability for wanted in situation.wanted for part in parts_of(wanted.need)}
        able = {capability: tuple(able_units(situation, capability)) for capability in asked}
        moves = [move for wanted in situation.wanted for move in place_moves(situation, wanted, able)]
        moves += [move for incident in situation.problem.incidents for move in crew_moves(situation, incident)]
        situation.moves = moves
    return situation.moves


def supply_arrival(situation: Situation, supply: Supply, incident: Incident, vehicle: Unit | None) -> int | None:
    """Return when a supply would be there: by itself, or loaded when both it and the vehicle are at its place."""
    onward = situation.times(supply.place, incident.place)
    if onward is None:
        return None
    ready = situation.loaded_s(supply)
    if vehicle is None:
        return ready + onward
    there = situation.times(vehicle.place, supply.place)
    if there is None:
        return None
    return max(ready, vehicle.turn_out_s + situation.delay_s(vehicle.owner) + there) + onward


def keeps(situation: Situation, supply: Supply, arrival_s: int) -> bool:
    """Say whether a supply has not expired when it arrives."""
    return supply.expires_at is None or situation.problem.at + timedelta(seconds=arrival_s) < supply.expires_at


def supply_reach(situation: Situation, supply: Supply, wanted: Wanted, vehicle: Unit | None) -> Reach:
    """Return when a supply would serve a need by itself or with a vehicle, and what hinders it."""
    arrival = supply_arrival(situation, supply, wanted.incident, vehicle)
    hindrances: list[Hindrance] = []
    if not situation.is_agreed(supply.owner):
        hindrances.append(Hindrance.NO_AGREEMENT)
    if vehicle is not None and not can_carry(situation, vehicle, supply, arrival):
        hindrances.append(Hindrance.NO_VEHICLE)
    hindrances += in_time(arrival, wanted.need)
    if arrival is not None and not keeps(situation, supply, arrival):
        hindrances.append(Hindrance.EXPIRED)
    return Reach(arrival, tuple(hindrances))


def can_carry(situation: Situation, vehicle: Unit, supply: Supply, arrival_s: int | None) -> bool:
    """Say whether a vehicle may go, and carries at least one piece."""
    is_able = pieces_in(vehicle, supply) > 0 and within_hours(vehicle, arrival_s, 0)
    return is_able and not any(standing(situation, vehicle))


def pieces_in(vehicle: Unit, supply: Supply) -> int:
    """Return how many pieces of a load an empty vehicle takes: by weight, and by volume where both are known."""
    heavy = vehicle.payload_kg * GRAMS_OF_A_KG // max(1, supply.grams_each)
    large = by_volume(vehicle, supply)
    return heavy if large is None else min(heavy, large)


def by_volume(vehicle: Unit, supply: Supply) -> int | None:
    """Return how many pieces there is room for; None where the size of the one or the other is not known."""
    if not (vehicle.payload_l and supply.cm3_each):
        return None
    return vehicle.payload_l * CM3_OF_A_LITRE // supply.cm3_each


def deliveries(situation: Situation, wanted: Wanted) -> Iterator[Delivery]:
    """Yield every way for a supply to serve a need of items."""
    if not isinstance(wanted.need.asks, Items):
        return
    for supply in situation.by_item.get(wanted.need.asks.item, ()):
        carriers: tuple[Unit | None, ...] = situation.carriers(supply) if supply.grams_each else (None,)
        for vehicle in carriers:
            reach = supply_reach(situation, supply, wanted, vehicle)
            if reach.is_possible and reach.arrival_s is not None and supply.quantity > 0:
                yield Delivery(
                    supply.id,
                    "" if vehicle is None else vehicle.id,
                    wanted.number,
                    reach.arrival_s,
                    late_s(reach.arrival_s, wanted.need.due_s),
                    situation.price(supply.owner)[1],
                )


def all_deliveries(situation: Situation) -> list[Delivery]:
    """Return every delivery, worked out once for a situation; the list is not to be changed."""
    if situation.deliveries is None:
        situation.deliveries = [delivery for wanted in situation.wanted for delivery in deliveries(situation, wanted)]
    return situation.deliveries
