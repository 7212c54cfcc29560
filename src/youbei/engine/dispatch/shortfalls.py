"""What is short: for each need that is not filled the cause that binds, and the cheapest way to cure it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from youbei.engine.dispatch.cures import RANK, Action, Cure
from youbei.engine.dispatch.explain import minutes_of, name_of
from youbei.engine.dispatch.greedy import Hand
from youbei.engine.dispatch.moves import (
    HINDRANCES,
    Hindrance,
    Reach,
    in_time,
    keeps,
    pieces_in,
    standing,
    supply_arrival,
    supply_reach,
    unit_reach,
    within_hours,
)
from youbei.engine.dispatch.plan import Plan
from youbei.engine.dispatch.problem import Crew, Items, TaskForce, Unit, Units
from youbei.engine.dispatch.score import leaving, missing_pieces
from youbei.engine.dispatch.situation import Situation, Supply, Wanted, crew_of, has_skill, parts_of
from youbei.engine.text import Text


class Cause(StrEnum):
    """Why a need is not filled."""

    NONE_EXIST = "none_exist"
    ALL_ASSIGNED = "all_assigned"
    TOO_FAR = "too_far"
    EXPIRED = "expired"
    NOT_STAFFED = "not_staffed"
    NO_AGREEMENT = "no_agreement"
    OUT_OF_SERVICE = "out_of_service"
    KEPT_FOR_COVER = "kept_for_cover"
    NO_VEHICLE = "no_vehicle"
    NOT_SOUGHT = "not_sought"


CAUSES = {
    Cause.NONE_EXIST: Text("没有这样的资源", "none exist"),
    Cause.ALL_ASSIGNED: Text("都已派出", "all are assigned"),
    Cause.TOO_FAR: Text("都赶不及或没有通路", "too far, or no way there"),
    Cause.EXPIRED: Text("到达时已过期", "expired when it would arrive"),
    Cause.NOT_STAFFED: Text("无人值守或工时将超限", "not staffed, or over their hours"),
    Cause.NO_AGREEMENT: Text("没有有效的互助协议", "no agreement in force"),
    Cause.OUT_OF_SERVICE: Text("停用", "out of service"),
    Cause.KEPT_FOR_COVER: Text("须留守驻地", "kept at home for cover"),
    Cause.NO_VEHICLE: Text("没有能装运的车辆", "no vehicle that can carry it"),
    Cause.NOT_SOUGHT: Text("尚有可用资源，计算提前结束", "something is free; the search ended before using it"),
}
CAUSE_OF = {
    Hindrance.LESS_CAPABLE: Cause.NONE_EXIST,
    Hindrance.ASSIGNED: Cause.ALL_ASSIGNED,
    Hindrance.OUT_OF_SERVICE: Cause.OUT_OF_SERVICE,
    Hindrance.NOT_STAFFED: Cause.NOT_STAFFED,
    Hindrance.OVER_HOURS: Cause.NOT_STAFFED,
    Hindrance.NO_AGREEMENT: Cause.NO_AGREEMENT,
    Hindrance.NO_WAY: Cause.TOO_FAR,
    Hindrance.TOO_FAR: Cause.TOO_FAR,
    Hindrance.EXPIRED: Cause.EXPIRED,
    Hindrance.NO_VEHICLE: Cause.NO_VEHICLE,
}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A need that lacks so many pieces. `hindered` counts what exists by what hinders it first."""

    incident: str
    need: str
    missing: int
    asked: int
    cause: Cause
    hindered: tuple[tuple[Hindrance, int], ...]
    cure: Cure
    text: Text

    def as_data(self) -> dict[str, Any]:
        return {
            "incident": self.incident,
            "need": self.need,
            "missing": self.missing,
            "asked": self.asked,
            "cause": self.cause.value,
            "hindered": {hindrance.value: count for hindrance, count in self.hindered},
            "cure": self.cure.as_data(),
            "text": self.text.as_data(),
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something of the right kind that is not in the plan, and what hinders it from serving the need."""

    subject: str
    reach: Reach
    owner: str = ""


def shortfalls(situation: Situation, plan: Plan) -> tuple[Shortfall, ...]:
    """Explain every need that a plan leaves open, the heaviest first."""
    missing = missing_pieces(situation, plan)
    short = [wanted for wanted in situation.wanted if missing[wanted.number]]
    short.sort(key=lambda one: (not one.need.is_life_safety, -one.incident.priority, one.number))
    hand = hand_after(situation, plan)
    return tuple(explain_short(hand, wanted, missing[wanted.number]) for wanted in short)


def hand_after(situation: Situation, plan: Plan) -> Hand:
    """Return what is left once a plan has been decided."""
    hand = Hand(situation)
    hand.gone = set(leaving(situation, plan))
    for draw in plan.draws:
        hand.left[draw.supply] -= draw.quantity
    return hand


def explain_short(hand: Hand, wanted: Wanted, missing: int) -> Shortfall:
    situation = hand.situation
    lacking = lacking_of(hand, wanted, missing)
    hindered, offered = survey(hand, wanted, lacking)
    if sum(lacking) > 1 and isinstance(wanted.need.asks, TaskForce):
        offered = []
    if offered:
        cause, cure = min(offered, key=lambda one: (RANK[one[1].action], one[1].until_s, one[1].subject))
    else:
        cause = common_cause(hand, wanted, hindered)
        cure = Cure(Action.PROCURE, *wanted.key, lacking=lacking)
    cure = Cure(
        cure.action,
        *wanted.key,
        cure.subject,
        cure.lacking or lacking,
        cure.until_s,
        cure_text(situation, cure, lacking),
    )
    return Shortfall(
        wanted.incident.id,
        wanted.need.id,
        missing,
        wanted.need.asked,
        cause,
        tuple(sorted(hindered.items())),
        cure,
        say(wanted, missing, cause, hindered, cure),
    )


def lacking_of(hand: Hand, wanted: Wanted, missing: int) -> tuple[int, ...]:
    """Return how many pieces a need lacks, by part: a task force lacks what nobody free can fill."""
    if not isinstance(wanted.need.asks, TaskForce):
        return (missing,)
    before, lacking = set(hand.gone), []
    for part in wanted.need.asks.parts:
        found = 0
        for unit in hand.situation.by_capability.get(part.capability, ()):
            is_fit = unit_reach(hand.situation, unit, wanted.incident, wanted.need, part).is_possible
            if found < part.count and is_fit and hand.is_free(unit.id):
                hand.gone |= hand.situation.gone_with(unit.id)
                found += 1
        lacking.append(part.count - found)
    hand.gone = before
    return tuple(lacking)


def survey(hand: Hand, wanted: Wanted, lacking: tuple[int, ...]) -> tuple[Counter[Hindrance], list[tuple[Cause, Cure]]]:
    """Count what hinders what exists, and offer a cure for all that one change would make fit."""
    hindered: Counter[Hindrance] = Counter()
    offered: list[tuple[Cause, Cure]] = []
    for candidate in candidates(hand, wanted, lacking):
        reach = candidate.reach
        if reach.hindrances:
            hindered[reach.hindrances[0]] += 1
        cure = single_cure(hand, wanted, candidate)
        if cure is not None:
            cause = CAUSE_OF[reach.hindrances[0]] if reach.hindrances else Cause.KEPT_FOR_COVER
            offered.append((cause, cure))
    return hindered, offered


def candidates(hand: Hand, wanted: Wanted, lacking: tuple[int, ...] = ()) -> Iterator[Candidate]:
    """Yield what exists of the right kind and is not in the plan; of a task force for the parts that lack something."""
    situation, need = hand.situation, wanted.need
    if isinstance(need.asks, Items):
        for supply in situation.by_item.get(need.asks.item, ()):
            if hand.left[supply.id] > 0:
                yield Candidate(supply.id, best_reach(hand, supply, wanted), supply.owner)
        return
    kinds: list[Units | None] = [None] if isinstance(need.asks, Crew) else []
    kinds += [part for at, part in enumerate(parts_of(need)) if not lacking or lacking[at]]
    for part in kinds:
        capability = need.asks.capability if isinstance(need.asks, Crew) else part.capability if part else ""
        for unit in situation.by_capability.get(capability, ()):
            if unit.id not in hand.gone and (part is not None or crew_of(unit, capability)):
                yield Candidate(unit.id, unit_reach(situation, unit, wanted.incident, need, part), unit.owner)


def best_reach(hand: Hand, supply: Supply, wanted: Wanted) -> Reach:
    """Return how a supply comes to a need with the least hindrance; a load needs a vehicle that is free."""
    situation = hand.situation
    if not supply.grams_each:
        return supply_reach(situation, supply, wanted, None)
    ways = [
        supply_reach(situation, supply, wanted, vehicle)
        for vehicle in situation.carriers(supply)
        if hand.is_free(vehicle.id)
    ]
    alone = supply_reach(situation, supply, wanted, None)
    ways.append(Reach(alone.arrival_s, (*alone.hindrances, Hindrance.NO_VEHICLE)))
    return min(ways, key=lambda way: (len(way.hindrances), way.arrival_s or 0))


def single_cure(hand: Hand, wanted: Wanted, candidate: Candidate) -> Cure | None:
    """Return the cure where one change makes a candidate fit; None where it takes more, or nothing would help."""
    reach, unit = candidate.reach, hand.situation.units.get(candidate.subject)
    if unit is not None and not isinstance(wanted.need.asks, Items):
        if not reach.hindrances:
            return Cure(Action.UNCOVER, *wanted.key, candidate.subject) if not hand.is_free(unit.id) else None
        if may_be_kept(hand, unit):
            return None
    if len(reach.hindrances) != 1:
        return None
    hindrance = reach.hindrances[0]
    if hindrance is Hindrance.NO_VEHICLE:
        vehicle = vehicle_cure(hand, wanted, hand.situation.supplies[candidate.subject])
        return vehicle or Cure(Action.CARRY, *wanted.key, candidate.subject)
    if hindrance is Hindrance.TOO_FAR and reach.arrival_s is not None:
        return Cure(Action.WAIT, *wanted.key, candidate.subject, until_s=reach.arrival_s)
    if hindrance is Hindrance.NO_AGREEMENT:
        return Cure(Action.AGREE, *wanted.key, candidate.owner)
    return None if unit is None else unit_cure(wanted, unit, hindrance, reach)


def vehicle_cure(hand: Hand, wanted: Wanted, supply: Supply) -> Cure | None:
    """Return the cure that frees a vehicle which could fetch a supply in time, if one change does."""
    situation = hand.situation
    found = []
    for vehicle in situation.carriers(supply):
        kept_from = tuple(standing(situation, vehicle))
        is_large_enough = pieces_in(vehicle, supply) > 0
        is_alone = len(situation.gone_with(vehicle.id)) == 1 and not may_be_kept(hand, vehicle)
        action = UNIT_CURES.get(kept_from[0]) if len(kept_from) == 1 else None
        if action is None or not is_large_enough or not is_alone or vehicle.id in hand.gone:
            continue
        arrival = supply_arrival(situation, supply, wanted.incident, vehicle)
        if fits(situation, wanted, supply, vehicle, arrival):
            found.append((RANK[action], arrival or 0, vehicle.id, action))
    if not found:
        return None
    *_, name, action = min(found)
    return Cure(action, *wanted.key, name)


def fits(situation: Situation, wanted: Wanted, supply: Supply, vehicle: Unit, arrival_s: int | None) -> bool:
    """Say whether a supply is of use when a vehicle could be there with it."""
    is_of_use = arrival_s is not None and not any(in_time(arrival_s, wanted.need))
    return is_of_use and keeps(situation, supply, arrival_s or 0) and within_hours(vehicle, arrival_s, 0)


UNIT_CURES = {
    Hindrance.NOT_STAFFED: Action.STAFF,
    Hindrance.ASSIGNED: Action.RELEASE,
    Hindrance.OUT_OF_SERVICE: Action.RETURN,
}


def unit_cure(wanted: Wanted, unit: Unit, hindrance: Hindrance, reach: Reach) -> Cure | None:
    if hindrance is Hindrance.OVER_HOURS:
        is_enough = (reach.arrival_s or 0) + wanted.need.work_s <= (unit.limit_s or 0)
        return Cure(Action.RELIEVE, *wanted.key, unit.id) if is_enough else None
    action = UNIT_CURES.get(hindrance)
    return None if action is None else Cure(action, *wanted.key, unit.id)


def may_be_kept(hand: Hand, unit: Unit) -> bool:
    """Say whether a strict cover might claim a unit as soon as it is fit."""
    return any(cover.is_strict and has_skill(unit, cover) for cover in hand.situation.problem.cover)


def common_cause(hand: Hand, wanted: Wanted, hindered: Counter[Hindrance]) -> Cause:
    """Return the cause where no single change helps: what is free but unused, what hinders most, else none exist."""
    found = list(candidates(hand, wanted))
    if isinstance(wanted.need.asks, TaskForce):
        is_free = not any(lacking_of(hand, wanted, 1))
    else:
        is_free = any(one.reach.is_possible for one in found)
    if is_free:
        return Cause.NOT_SOUGHT
    if is_spent(hand, wanted):
        return Cause.ALL_ASSIGNED
    counts: Counter[Cause] = Counter()
    for hindrance, count in hindered.items():
        counts[CAUSE_OF[hindrance]] += count
    return min(counts, key=lambda cause: (-counts[cause], cause)) if counts else Cause.NONE_EXIST


def is_spent(hand: Hand, wanted: Wanted) -> bool:
    """Say whether the plan itself uses something that could have served the need."""
    situation, need = hand.situation, wanted.need
    if isinstance(need.asks, Items):
        return any(
            hand.left[one.id] < one.quantity
            or (one.grams_each and any(vehicle.id in hand.gone for vehicle in situation.vehicles))
            for one in situation.by_item.get(need.asks.item, ())
        )
    if isinstance(need.asks, Crew):
        units = situation.by_capability.get(need.asks.capability, ())
        return any(unit.id in hand.gone and crew_of(unit, need.asks.capability) for unit in units)
    return any(
        unit.id in hand.gone and unit_reach(situation, unit, wanted.incident, need, part).is_possible
        for part in parts_of(need)
        for unit in situation.by_capability.get(part.capability, ())
    )


def cure_text(situation: Situation, cure: Cure, lacking: tuple[int, ...]) -> Text:
    """Put a cure into an order that can be given."""
    name = name_of(situation, cure.subject) if cure.subject else Text()
    owner = situation.owners.get(cure.subject)
    if owner is not None and owner.label:
        name = Text(owner.label.in_language("zh"), owner.label.in_language("en"))
    order = ORDERS[cure.action]
    known = {"minutes": minutes_of(cure.until_s), "count": sum(lacking)}
    return Text(order.zh.format(name=name.zh, **known), order.en.format(name=name.en, **known))


ORDERS = {
    Action.STAFF: Text("召集人员到“{name}”。", "Call people in for {name}."),
    Action.RELIEVE: Text("给“{name}”换班。", "Relieve the people of {name}."),
    Action.RELEASE: Text("从现任务调出“{name}”。", "Release {name} from where it is assigned."),
    Action.UNCOVER: Text("放宽驻地留守，派出“{name}”。", "Give up strict cover at home and send {name}."),
    Action.AGREE: Text("与“{name}”商定支援。", "Agree on aid with {name}."),
    Action.RETURN: Text("使“{name}”恢复可用。", "Return {name} to service."),
    Action.CARRY: Text("另找车辆运送“{name}”。", "Find a vehicle to fetch {name}."),
    Action.WAIT: Text("若 {minutes} 分钟到达仍有用，可派“{name}”。", "If {minutes} min is still of use, send {name}."),
    Action.PROCURE: Text("另行请调 {count}。", "Ask for {count} more from elsewhere."),
}


def say(wanted: Wanted, missing: int, cause: Cause, hindered: Counter[Hindrance], cure: Cure) -> Text:
    """Put a shortfall into a sentence: how much, why, and what would help."""
    kinds_zh = "，".join(f"{HINDRANCES[kind].zh} {count}" for kind, count in sorted(hindered.items()))
    kinds_en = ", ".join(f"{count} {HINDRANCES[kind].en}" for kind, count in sorted(hindered.items()))
    zh = f"缺 {missing}（共需 {wanted.need.asked}）：{CAUSES[cause].zh}"
    en = f"{missing} of {wanted.need.asked} missing: {CAUSES[cause].en}"
    if kinds_zh:
        zh, en = f"{zh}（{kinds_zh}）", f"{en} ({kinds_en})"
    return Text(f"{zh}。{cure.text.zh}", f"{en}. {cure.text.en}")
