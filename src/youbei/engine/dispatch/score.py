"""How good a plan is: whole numbers, compared level by level, the first level first. Less is better on every level.

The one judge of plans: solver, explanation, brute force and people's overrides are all measured by `score`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import astuple, dataclass

from youbei.engine.dispatch.moves import (
    CM3_OF_A_LITRE,
    GRAMS_OF_A_KG,
    Delivery,
    Move,
    Trip,
    crew_move,
    late_s,
    supply_reach,
    trip_of,
    unit_reach,
)
from youbei.engine.dispatch.plan import Draw, Plan, Send
from youbei.engine.dispatch.problem import Items, Problem
from youbei.engine.dispatch.situation import Situation, Wanted, parts_of
from youbei.engine.errors import Refused
from youbei.engine.text import Text

# A need that is wholly unmet counts so many points times its priority; its pieces share them, rounded up.
POINTS = 10_000


@dataclass(frozen=True, slots=True, order=True)
class Score:
    """The levels of a plan, the most important first.

    life_safety_unmet, unmet: points of needs unmet (`POINTS`), those of life safety apart. lateness: priority times
    seconds after due, over all units sent; arrival: priority times seconds until arrival. delivery_lateness, delivery:
    the same for each piece of an item. cover_lost: units lacking in districts because of the plan. cost: cents.
    """

    life_safety_unmet: int = 0
    unmet: int = 0
    lateness: int = 0
    arrival: int = 0
    delivery_lateness: int = 0
    delivery: int = 0
    cover_lost: int = 0
    cost: int = 0

    def as_tuple(self) -> tuple[int, ...]:
        return astuple(self)

    def as_data(self) -> dict[str, int]:
        return dict(zip(LEVELS, self.as_tuple(), strict=True))


LEVEL_NAMES = {
    "life_safety_unmet": Text("生命安全需求缺口", "life-safety needs unmet"),
    "unmet": Text("其他需求缺口", "other needs unmet"),
    "lateness": Text("队伍迟到（按优先级加权）", "lateness of units, weighted by priority"),
    "arrival": Text("队伍到达时间（按优先级加权）", "arrival of units, weighted by priority"),
    "delivery_lateness": Text("物资迟到（按优先级加权）", "lateness of items, weighted by priority"),
    "delivery": Text("物资到达时间（按优先级加权）", "arrival of items, weighted by priority"),
    "cover_lost": Text("驻地覆盖损失", "cover lost at home"),
    "cost": Text("费用（分）", "cost in cents"),
}
LEVELS = tuple(LEVEL_NAMES)


class PlanBroken(Refused):
    """Refuse to score a plan that breaks a constraint; `violations` says all that is wrong with it."""

    def __init__(self, violations: tuple[Text, ...]) -> None:
        super().__init__(zh="".join(one.zh for one in violations), en=" ".join(one.en for one in violations))
        self.violations = violations


def points_each(wanted: Wanted) -> int:
    """Return the points of one missing piece of a need."""
    return -(-POINTS // max(1, wanted.need.asked)) * wanted.incident.priority


def score(problem: Problem | Situation, plan: Plan) -> Score:
    """Return the score of a plan; raise PlanBroken where it breaks a constraint."""
    situation = problem if isinstance(problem, Situation) else Situation(problem)
    wrong = tuple(violations(situation, plan))
    if wrong:
        raise PlanBroken(wrong)
    moves = [move_of(situation, send) for send in plan.sends]
    brought = [delivery_of(situation, draw) for draw in plan.draws]
    missing = missing_pieces(situation, plan)
    unmet = [0, 0]
    for wanted in situation.wanted:
        unmet[not wanted.need.is_life_safety] += missing[wanted.number] * points_each(wanted)
    priority = {incident.id: incident.priority for incident in situation.problem.incidents}
    drawn = [(draw.quantity * priority[draw.incident], way) for draw, way in zip(plan.draws, brought, strict=True)]
    return Score(
        life_safety_unmet=unmet[0],
        unmet=unmet[1],
        lateness=sum(priority[move.send.incident] * move.late_s for move in moves),
        arrival=sum(priority[move.send.incident] * move.arrival_s for move in moves),
        delivery_lateness=sum(weight * way.late_s for weight, way in drawn),
        delivery=sum(weight * way.arrival_s for weight, way in drawn),
        cover_lost=sum(lost_cover(situation, leaving(situation, plan)).values()),
        cost=cost(situation, plan, moves),
    )


def cost(situation: Situation, plan: Plan, moves: list[Move]) -> int:
    vehicles = {draw.vehicle for draw in plan.draws if draw.vehicle}
    pieces = sum(draw.quantity * situation.price(situation.supplies[draw.supply].owner)[1] for draw in plan.draws)
    trips = sum(situation.price(situation.units[one].owner)[0] for one in vehicles)
    return sum(move.price for move in moves) + pieces + trips


def move_of(situation: Situation, send: Send) -> Move:
    """Return what a decision about a unit means; it must be allowed."""
    unit, incident = situation.units[send.unit], situation.incidents[send.incident]
    if not send.need:
        move = crew_move(situation, unit, incident)
        assert move is not None  # noqa: S101  (violations have been looked for)
        return move
    wanted = situation.needs[send.incident, send.need]
    reach = unit_reach(situation, unit, incident, wanted.need, parts_of(wanted.need)[send.part])
    arrival = reach.arrival_s or 0
    late = late_s(arrival, wanted.need.due_s)
    return Move(send, arrival, ((wanted.number, 1),), late, situation.price(unit.owner)[0])


def delivery_of(situation: Situation, draw: Draw) -> Delivery:
    wanted = situation.needs[draw.incident, draw.need]
    supply = situation.supplies[draw.supply]
    reach = supply_reach(situation, supply, wanted, situation.units.get(draw.vehicle))
    arrival = reach.arrival_s or 0
    late = late_s(arrival, wanted.need.due_s)
    return Delivery(draw.supply, draw.vehicle, wanted.number, arrival, late, situation.price(supply.owner)[1])


def missing_pieces(situation: Situation, plan: Plan) -> list[int]:
    """Return how many pieces of each need a plan leaves missing; a task force that is not complete is missing."""
    given = [0] * len(situation.wanted)
    filled: Counter[tuple[int, int]] = Counter()
    for send in plan.sends:
        for number, pieces in move_of(situation, send).gives:
            given[number] += pieces
            filled[number, send.part] += 1
    for draw in plan.draws:
        given[situation.needs[draw.incident, draw.need].number] += draw.quantity
    missing = []
    for wanted in situation.wanted:
        parts = parts_of(wanted.need)
        if len(parts) > 1 or (parts and wanted.need.asked != parts[0].count):
            is_complete = all(filled[wanted.number, at] >= part.count for at, part in enumerate(parts))
            missing.append(0 if is_complete else 1)
        else:
            missing.append(max(0, wanted.need.asked - given[wanted.number]))
    return missing


def leaving(situation: Situation, plan: Plan) -> frozenset[str]:
    """Return what cannot be sent any more: what is sent, and what the same people would drive."""
    sent = {send.unit for send in plan.sends} | {draw.vehicle for draw in plan.draws if draw.vehicle}
    return frozenset(sent).union(*(situation.gone_with(unit) for unit in sent if situation.same_people))


def lost_cover(situation: Situation, gone: frozenset[str]) -> dict[str, int]:
    """Return how many units each district lacks because these are gone."""
    return {
        cover.id: max(0, situation.cover_before(cover) - len(situation.covering[cover.id] - gone))
        for cover in situation.problem.cover
    }


def violations(situation: Situation, plan: Plan) -> Iterator[Text]:
    """Yield a sentence for each constraint that a plan breaks."""
    yield from broken_sends(situation, plan)
    yield from broken_draws(situation, plan)
    yield from broken_loads(situation, plan)
    lost = lost_cover(situation, leaving(situation, plan))
    for cover in situation.problem.cover:
        if cover.is_strict and lost[cover.id]:
            zh, en = cover.label.zh or cover.id, cover.label.en or cover.label.zh or cover.id
            yield Text(f"“{zh}”的驻地力量须保留。", f"The cover of {en} must remain.")


def broken_sends(situation: Situation, plan: Plan) -> Iterator[Text]:
    people = situation.people
    sent = Counter(people.get(send.unit, send.unit) for send in plan.sends)
    sent.update(people.get(one, one) for one in {draw.vehicle for draw in plan.draws if draw.vehicle})
    for unit, times in sorted(sent.items()):
        if times > 1:
            yield Text(f"“{unit}”同时派往多处。", f"{unit} is sent to more than one place.")
    places: Counter[tuple[str, str, int]] = Counter()
    for send in plan.sends:
        places[send.incident, send.need, send.part] += bool(send.need)
        if not is_allowed(situation, send):
            yield Text(f"“{send.unit}”不能派往“{send.incident}”。", f"{send.unit} cannot be sent to {send.incident}.")
    for (incident, need, part), filled in sorted(places.items()):
        wanted = situation.needs.get((incident, need))
        if wanted and part < len(parts_of(wanted.need)) and filled > parts_of(wanted.need)[part].count:
            yield Text(f"“{incident}”的“{need}”派得过多。", f"{incident} gets more than it needs of {need}.")


def is_allowed(situation: Situation, send: Send) -> bool:
    unit, incident = situation.units.get(send.unit), situation.incidents.get(send.incident)
    if unit is None or incident is None:
        return False
    if not send.need:
        return crew_move(situation, unit, incident) is not None
    wanted = situation.needs.get((send.incident, send.need))
    if wanted is None or not 0 <= send.part < len(parts_of(wanted.need)):
        return False
    part = parts_of(wanted.need)[send.part]
    return unit_reach(situation, unit, incident, wanted.need, part).is_possible


def broken_draws(situation: Situation, plan: Plan) -> Iterator[Text]:
    taken: Counter[str] = Counter()
    given: Counter[tuple[str, str]] = Counter()
    for draw in plan.draws:
        taken[draw.supply] += draw.quantity
        given[draw.incident, draw.need] += draw.quantity
        if not is_deliverable(situation, draw):
            yield Text(
                f"“{draw.supply}”不能送到“{draw.incident}”。", f"{draw.supply} cannot be brought to {draw.incident}."
            )
    for supply, quantity in sorted(taken.items()):
        if supply in situation.supplies and quantity > situation.supplies[supply].quantity:
            yield Text(f"“{supply}”的数量不够。", f"There is not so much of {supply}.")
    for key, quantity in sorted(given.items()):
        if key in situation.needs and quantity > situation.needs[key].need.asked:
            yield Text(f"“{key[0]}”的“{key[1]}”送得过多。", f"{key[0]} gets more than it needs of {key[1]}.")


def is_deliverable(situation: Situation, draw: Draw) -> bool:
    wanted, supply = situation.needs.get((draw.incident, draw.need)), situation.supplies.get(draw.supply)
    if wanted is None or supply is None or draw.quantity <= 0:
        return False
    if not isinstance(wanted.need.asks, Items) or wanted.need.asks.item != supply.item:
        return False
    vehicle = situation.units.get(draw.vehicle)
    if (vehicle is None) != (supply.grams_each == 0):
        return False
    if vehicle is not None and vehicle not in situation.carriers(supply):
        return False
    return supply_reach(situation, supply, wanted, vehicle).is_possible


def broken_loads(situation: Situation, plan: Plan) -> Iterator[Text]:
    """A vehicle makes one trip: what is ready together at one place, for one incident, no more than it carries."""
    trips: dict[str, set[Trip]] = defaultdict(set)
    grams: Counter[str] = Counter()
    cm3: Counter[str] = Counter()
    for draw in plan.draws:
        if draw.vehicle and draw.supply in situation.supplies:
            supply = situation.supplies[draw.supply]
            trips[draw.vehicle].add(trip_of(situation, draw.vehicle, supply, draw.incident))
            grams[draw.vehicle] += draw.quantity * supply.grams_each
            cm3[draw.vehicle] += draw.quantity * supply.cm3_each
    for name, ways in sorted(trips.items()):
        vehicle = situation.units.get(name)
        if len(ways) > 1:
            yield Text(f"“{name}”只能跑一趟。", f"{name} can make one trip only.")
        if vehicle is not None and grams[name] > vehicle.payload_kg * GRAMS_OF_A_KG:
            yield Text(f"“{name}”装不下这么多。", f"{name} cannot carry so much.")
        if vehicle is not None and vehicle.payload_l and cm3[name] > vehicle.payload_l * CM3_OF_A_LITRE:
            yield Text(f"“{name}”容积不够。", f"{name} has no room for so much.")
