"""What would let a need be filled: one change to the facts, which can be carried out on a problem."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from youbei.engine.dispatch.problem import Agreement, Crew, Items, Lot, Owner, Problem, Skill, Status, Unit
from youbei.engine.dispatch.situation import Wanted, parts_of
from youbei.engine.text import Text

NEW = "new"


class Action(StrEnum):
    """The kinds of cure, the cheapest first.

    Assumption: what can be done by a call comes before what takes another's consent, and that before buying. A later
    useful time is nobody's gift, and comes late in the order.
    """

    STAFF = "staff"
    RELIEVE = "relieve"
    RELEASE = "release"
    UNCOVER = "uncover"
    AGREE = "agree"
    RETURN = "return"
    CARRY = "carry"
    WAIT = "wait"
    PROCURE = "procure"


RANK = {action: number for number, action in enumerate(Action)}


@dataclass(frozen=True, slots=True)
class Cure:
    """One change: to a unit, an owner, a need, or by bringing in `lacking` new pieces, by part of the need."""

    action: Action
    incident: str
    need: str
    subject: str = ""
    lacking: tuple[int, ...] = ()
    until_s: int = 0
    text: Text = Text()

    def as_data(self) -> dict[str, Any]:
        return {"action": self.action.value, "subject": self.subject or None, "text": self.text.as_data()}


def cured(problem: Problem, cure: Cure) -> Problem:
    """Return the problem in which the cure has been carried out."""
    match cure.action:
        case Action.STAFF:
            return with_unit(problem, cure.subject, is_staffed=True)
        case Action.RELIEVE:
            return with_unit(problem, cure.subject, worked_s=0)
        case Action.RELEASE | Action.RETURN:
            return with_unit(problem, cure.subject, status=Status.AVAILABLE, serving="")
        case Action.UNCOVER:
            return replace(problem, cover=tuple(replace(one, is_strict=False) for one in problem.cover))
        case Action.AGREE:
            return with_agreement(problem, cure.subject)
        case Action.CARRY:
            return with_vehicle(problem, cure)
        case Action.WAIT:
            return with_latest(problem, cure)
        case Action.PROCURE:
            return with_more(problem, cure)


def with_unit(problem: Problem, name: str, **changes: Any) -> Problem:
    units = tuple(replace(unit, **changes) if unit.id == name else unit for unit in problem.units)
    return replace(problem, units=units)


def with_agreement(problem: Problem, name: str) -> Problem:
    owners = []
    for owner in problem.owners:
        if owner.id == name:
            agreed = replace(owner.agreement or Agreement(), starts_at=None, ends_at=None)
            owner = replace(owner, agreement=agreed)
        owners.append(owner)
    return replace(problem, owners=tuple(owners))


def with_vehicle(problem: Problem, cure: Cure) -> Problem:
    """Bring a vehicle that carries the whole of what is missing to the supply."""
    lot = next(lot for lot in problem.lots if lot.id == cure.subject)
    payload = -(-cure.lacking[0] * lot.grams_each // 1000)
    vehicle = Unit(free_name(problem), lot.place, payload_kg=payload)
    lots = tuple(replace(one, aboard="") if one.id == lot.id else one for one in problem.lots)
    return replace(problem, units=(*problem.units, vehicle), lots=lots)


def with_latest(problem: Problem, cure: Cure) -> Problem:
    incidents = []
    for incident in problem.incidents:
        if incident.id == cure.incident:
            needs = tuple(replace(n, latest_s=cure.until_s) if n.id == cure.need else n for n in incident.needs)
            incident = replace(incident, needs=needs)
        incidents.append(incident)
    return replace(problem, incidents=tuple(incidents))


def with_more(problem: Problem, cure: Cure) -> Problem:
    """Bring the lacking units, people or pieces to the very place."""
    incident = next(one for one in problem.incidents if one.id == cure.incident)
    need = next(one for one in incident.needs if one.id == cure.need)
    wanted = Wanted(0, incident, need)
    if isinstance(need.asks, Items):
        lot = Lot(free_name(problem), need.asks.item, incident.place, cure.lacking[0])
        return replace(problem, lots=(*problem.lots, lot))
    lender = Owner(free_name(problem), agreement=Agreement())
    units = (replace(unit, owner=lender.id) for unit in new_units(problem, wanted, cure.lacking))
    return replace(problem, units=(*problem.units, *units), owners=(*problem.owners, lender))


def new_units(problem: Problem, wanted: Wanted, lacking: tuple[int, ...]) -> list[Unit]:
    place, asks = wanted.incident.place, wanted.need.asks
    if isinstance(asks, Crew):
        return [Unit(free_name(problem), place, (Skill(asks.capability, crew=lacking[0]),))]
    found: list[Unit] = []
    for part, count in zip(parts_of(wanted.need), lacking, strict=True):
        for _ in range(count):
            found.append(Unit(free_name(problem, len(found)), place, (Skill(part.capability, part.type),)))
    return found


def free_name(problem: Problem, offset: int = 0) -> str:
    """Return a name that nothing has yet."""
    taken = {unit.id for unit in problem.units} | {lot.id for lot in problem.lots} | {one.id for one in problem.owners}
    number = 1
    while f"{NEW}{number}" in taken:
        number += 1
    return f"{NEW}{number + offset}"
