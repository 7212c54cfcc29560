"""Resources as the engine sees them: teams and stock of today, and who is chosen for a need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from itertools import islice

from youbei.engine.demand import NO_DEMAND, Demand
from youbei.engine.places import Point, StraightLine, TravelTimes, distance_m
from youbei.engine.plans.model import Need
from youbei.engine.text import Text
from youbei.engine.troubles import NO_TROUBLES, Troubles


@dataclass(frozen=True, slots=True)
class Team:
    """A team that can be sent: what it can do, where it stands, and how long it takes to turn out.

    label: what it is called; label_en: in English, where that is known.
    """

    id: str
    label: str
    capabilities: frozenset[str]
    base: Point
    turn_out: timedelta
    is_available: bool = True
    label_en: str = ""

    @property
    def named(self) -> Text:
        return Text(self.label or self.id, self.label_en or self.label or self.id)


@dataclass(frozen=True, slots=True)
class Stock:
    """A quantity of an item in a store, in the item's unit; `lead` is the time until it can leave."""

    id: str
    item: str
    quantity: float
    base: Point
    lead: timedelta = timedelta(0)
    label: str = ""
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that could serve a need: how much of it there is, and when it can be there."""

    resource: str
    label: str
    quantity: float
    turn_out: timedelta
    travel: timedelta
    straight_m: float | None
    label_en: str = ""

    @property
    def named(self) -> Text:
        return Text(self.label or self.resource, self.label_en or self.label or self.resource)

    @property
    def rank(self) -> tuple[timedelta, str]:
        """Order by arrival, then by id, so that the same world always gives the same choice."""
        return (self.turn_out + self.travel, self.resource)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates for one capability or item at one place, first to arrive first, and their ids."""

    candidates: tuple[Candidate, ...]
    resources: frozenset[str]


@dataclass(frozen=True, slots=True)
class World:
    """Hold what a run may draw on, frozen at one moment.

    `troubles` and `demand` are what a simulation draws besides: what may be otherwise on the day, and what else goes
    on. A run knows nothing of them. `ranked` remembers the suitable resources for a place in order of arrival; it is
    derived, and filled when asked.
    """

    teams: tuple[Team, ...] = ()
    stock: tuple[Stock, ...] = ()
    sites: Mapping[str, Point] = field(default_factory=dict)
    travel: TravelTimes = StraightLine()
    troubles: Troubles = NO_TROUBLES
    demand: Demand = NO_DEMAND
    ranked: dict[tuple[str, str, Point | None], Ranking] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """One chosen resource for a need: a team, or a quantity out of a store, and when it can be there."""

    resource: str
    label: str
    quantity: float
    turn_out: timedelta
    travel: timedelta
    reason_zh: str
    reason_en: str

    @property
    def arrives_in(self) -> timedelta:
        return self.turn_out + self.travel


def choose(world: World, need: Need, place: Point | None, *, taken: Mapping[str, float]) -> tuple[Choice, ...]:
    """Choose for a need the suitable resources that can be there first, each with its reason.

    `need.count` teams, or lots that add up to `need.quantity`; fewer than asked for where the world holds no more.
    `place` is where they must be, None where that is not known (then only turn-out counts). `taken` says how much of
    each resource (by id) is in use already: 1 for a team, a quantity for a lot. The call stays the same when an
    optimiser takes the place of this nearest-first choice.
    """
    if need.capability:
        ranking = ranked(world, "capability", need.capability, place)
        busy = sum(1 for resource, used in taken.items() if used and resource in ranking.resources)
        free = (candidate for candidate in ranking.candidates if not taken.get(candidate.resource))
        found = len(ranking.candidates) - busy
        return tuple(
            team_choice(candidate, order, found) for order, candidate in enumerate(islice(free, need.count), start=1)
        )
    choices: list[Choice] = []
    missing = need.quantity
    for lot in ranked(world, "item", need.item, place).candidates:
        left = lot.quantity - taken.get(lot.resource, 0.0)
        if missing <= 0:
            break
        if left > 0:
            quantity = min(left, missing)
            missing = round(missing - quantity, 9)
            choices.append(lot_choice(lot, len(choices) + 1, left, quantity, missing))
    return tuple(choices)


def ranked(world: World, what: str, code: str, place: Point | None) -> Ranking:
    """Return who could serve at a place at all, first to arrive first; worked out once per world."""
    ranking = world.ranked.get((what, code, place))
    if ranking is None:
        find = team_candidates if what == "capability" else stock_candidates
        candidates = tuple(sorted(find(world, code, place), key=lambda candidate: candidate.rank))
        ranking = Ranking(candidates, frozenset(candidate.resource for candidate in candidates))
        world.ranked[what, code, place] = ranking
    return ranking


def shortfall(need: Need, choices: Iterable[Choice]) -> float:
    """Return how many teams, or how much of the item, the choices leave open."""
    asked = float(need.count) if need.capability else need.quantity
    return max(0.0, asked - sum(choice.quantity for choice in choices))


def team_candidates(world: World, capability: str, place: Point | None) -> Iterator[Candidate]:
    for team in world.teams:
        if team.is_available and capability in team.capabilities:
            travel, straight = way(world, team.base, place)
            yield Candidate(team.id, team.label, 1.0, team.turn_out, travel, straight, team.label_en)


def stock_candidates(world: World, item: str, place: Point | None) -> Iterator[Candidate]:
    for lot in world.stock:
        if lot.item == item and lot.quantity > 0:
            travel, straight = way(world, lot.base, place)
            yield Candidate(lot.id, lot.label or lot.id, lot.quantity, lot.lead, travel, straight, lot.label_en)


def way(world: World, base: Point, place: Point | None) -> tuple[timedelta, float | None]:
    if place is None:
        return timedelta(0), None
    return world.travel(base, place), distance_m(base, place)


def team_choice(candidate: Candidate, order: int, found: int) -> Choice:
    zh_way, en_way = describe_way(candidate, start_zh="出动", start_en="turn-out")
    return chosen(
        candidate,
        1.0,
        f"{found} 支可用的合格队伍中第 {order} 个能到场的：{zh_way}。",
        f"Number {order} to arrive of {found} suitable teams that are free: {en_way}.",
    )


def lot_choice(lot: Candidate, order: int, free: float, quantity: float, missing: float) -> Choice:
    zh_way, en_way = describe_way(lot, start_zh="出库", start_en="loading")
    zh_rest = f"，尚缺 {missing:g}" if missing > 0 else ""
    en_rest = f"; {missing:g} still missing" if missing > 0 else ""
    return chosen(
        lot,
        quantity,
        f"第 {order} 个能送到的库存：可用 {free:g}，取 {quantity:g}{zh_rest}；{zh_way}。",
        f"Number {order} to arrive of the lots in store: {quantity:g} of {free:g} free{en_rest}; {en_way}.",
    )


def chosen(candidate: Candidate, quantity: float, zh: str, en: str) -> Choice:
    return Choice(
        resource=candidate.resource,
        label=candidate.label,
        quantity=quantity,
        turn_out=candidate.turn_out,
        travel=candidate.travel,
        reason_zh=zh,
        reason_en=en,
    )


@lru_cache(maxsize=4096)
def describe_way(candidate: Candidate, *, start_zh: str, start_en: str) -> tuple[str, str]:
    start, road = minutes(candidate.turn_out), minutes(candidate.travel)
    total = minutes(candidate.turn_out + candidate.travel)
    if candidate.straight_m is None:
        return f"{start_zh} {start} 分钟，地点不明，未计路程", f"{start_en} {start} min, place unknown, way not counted"
    km = candidate.straight_m / 1000
    return (
        f"直线 {km:.1f} 公里，{start_zh} {start} 分钟，路上 {road} 分钟，共 {total} 分钟",
        f"{km:.1f} km in a straight line, {start_en} {start} min, on the road {road} min, {total} min in all",
    )


def minutes(span: timedelta) -> str:
    """Write minutes with one decimal where it matters: `7`, `7.5`."""
    return f"{span.total_seconds() / 60:.1f}".removesuffix(".0")
