"""What one replication meets: the hour, what is missing, which ways are closed, who is out of reach; and its world.

Each thing is drawn by its own name, so one more team, or one closure less, leaves the luck of all others as it was.
`plan_luck.py` draws and alters the same in the kernel, to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from youbei.engine.draws import Draws, Purpose, whole_milliseconds, word_of
from youbei.engine.places import Point
from youbei.engine.plans.model import Duration, Plan
from youbei.engine.resources import Candidate, Ranking, World, ranked
from youbei.engine.run.script import NO_SCRIPT, Script
from youbei.engine.troubles import DAY_MS, HOUR_MS, NO_TROUBLES, Troubles, touches

# What is asked of a world: a capability or an item, its code, and where.
Asked = tuple[str, str, Point | None]
# Which draw of the day says what.
HOUR, MONTH, HOLIDAY = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Luck:
    """What a replication meets. since_midnight: milliseconds at the activation; month: from 1; missing: ids.

    closed, failed, unreached: for each closure, failure and post of the troubles whether it happened.
    """

    since_midnight: int
    month: int
    is_night: bool
    is_holiday: bool
    slower: float
    missing: frozenset[str]
    closed: tuple[bool, ...]
    failed: tuple[bool, ...]
    unreached: tuple[bool, ...]

    def conditions(self, troubles: Troubles) -> frozenset[str]:
        """Return the names of what happened."""
        happened = (self.is_night, self.is_holiday, *self.closed, *self.failed, *self.unreached)
        return frozenset(name for name, is_so in zip(troubles.conditions, happened, strict=True) if is_so)


def has_luck(world: World) -> bool:
    """Return whether a day in this world may be otherwise than another."""
    return world.troubles != NO_TROUBLES or bool(world.demand.streams)


def luck_of(world: World, draws: Draws) -> Luck:
    """Draw what a replication meets."""
    troubles = world.troubles
    since = int(draws.uniform(Purpose.DAY, HOUR) * DAY_MS) if troubles.hour is None else whole_ms(troubles.hour)
    month = 1 + int(draws.uniform(Purpose.DAY, MONTH) * 12) if troubles.month is None else troubles.month
    is_night = troubles.is_night(since / HOUR_MS)
    is_holiday = draws.uniform(Purpose.DAY, HOLIDAY) < troubles.holiday_share
    slower = strength = 1.0
    for is_so, off in ((is_night, troubles.night), (is_holiday, troubles.holiday)):
        slower, strength = (slower * off.slower, strength * off.strength) if is_so else (slower, strength)

    def happens(purpose: Purpose, name: str, probability: float) -> bool:
        return draws.uniform(purpose, word_of(name)) < probability

    failed = tuple(happens(Purpose.FAILURE, one.id, one.probability) for one in troubles.failures)
    return Luck(
        since_midnight=since,
        month=month,
        is_night=is_night,
        is_holiday=is_holiday,
        slower=slower,
        missing=frozenset(missing(world, draws, strength, failed))
        if world.troubles is not NO_TROUBLES
        else frozenset(),
        closed=tuple(happens(Purpose.CLOSURE, one.id, one.probability) for one in troubles.closures),
        failed=failed,
        unreached=tuple(happens(Purpose.UNREACHABLE, one.post, one.probability) for one in troubles.unreachable),
    )


def whole_ms(hour: float) -> int:
    return round(hour * HOUR_MS) % DAY_MS


def missing(world: World, draws: Draws, strength: float, failed: tuple[bool, ...]) -> Iterator[str]:
    """Yield what cannot be sent at all."""
    troubles = world.troubles
    for team in world.teams if troubles is not NO_TROUBLES else ():
        word = word_of(team.id)
        is_off_road = draws.uniform(Purpose.OFF_ROAD, word) < troubles.off_road_by(team.id)
        if is_off_road or draws.uniform(Purpose.OFF_DUTY, word) >= strength:
            yield team.id
    for failure, is_so in zip(troubles.failures, failed, strict=True):
        if is_so:
            yield from failure.resources


# --- the world as it is then ------------------------------------------------------------------------------------------


def altered(world: World, luck: Luck, asked: tuple[Asked, ...]) -> World:
    """Return the world that a replication meets, for what is asked of it."""
    if luck.slower == 1.0 and not luck.missing and not any(luck.closed):
        return world
    teams = tuple(team for team in world.teams if team.id not in luck.missing)
    stock = tuple(lot for lot in world.stock if lot.id not in luck.missing)
    then = replace(world, teams=teams, stock=stock)
    for key in asked:
        candidates = sorted(altered_candidates(world, luck, key), key=lambda one: one.rank)
        then.ranked[key] = Ranking(tuple(candidates), frozenset(one.resource for one in candidates))
    return then


def altered_candidates(world: World, luck: Luck, key: Asked) -> Iterator[Candidate]:
    """Yield who could still serve, with the times of then."""
    touched = ways_touched(world, key) if any(luck.closed) else ()
    for place, candidate in enumerate(ranked(world, *key).candidates):
        factor: float | None = 1.0
        for which in touched[place] if touched else ():
            if luck.closed[which]:
                own = world.troubles.closures[which].factor
                factor = None if factor is None or own is None else factor * own
        if factor is None or candidate.resource in luck.missing:
            continue
        yield replace(
            candidate, turn_out=scaled(candidate.turn_out, luck.slower), travel=scaled(candidate.travel, factor)
        )


def scaled(length: timedelta, factor: float) -> timedelta:
    return length if factor == 1.0 else whole_milliseconds(length.total_seconds() * factor)


# Which closures the ways of candidates touch, by world, kept alive by its entry so that an id is never met twice.
TOUCHED: dict[int, tuple[World, dict[Asked, tuple[tuple[int, ...], ...]]]] = {}
WORLDS_KEPT = 16


def ways_touched(world: World, key: Asked) -> tuple[tuple[int, ...], ...]:
    """Return for each candidate the numbers of the closures that its way touches; worked out once per world."""
    known = TOUCHED.get(id(world))
    if known is None:
        if len(TOUCHED) >= WORLDS_KEPT:
            TOUCHED.clear()
        known = TOUCHED[id(world)] = (world, {})
    found = known[1].get(key)
    if found is None:
        found = known[1][key] = tuple(closures_on_ways(world, key))
    return found


def closures_on_ways(world: World, key: Asked) -> Iterator[tuple[int, ...]]:
    _, _, place = key
    closures = world.troubles.closures
    bases: dict[str, Point] = {}
    if closures and place is not None:
        bases |= {team.id: team.base for team in world.teams}
        bases |= {lot.id: lot.base for lot in world.stock}
    for candidate in ranked(world, *key).candidates:
        base = bases.get(candidate.resource)
        yield tuple(
            which
            for which, closure in enumerate(closures)
            if base is not None and place is not None and touches(closure, base, place)
        )


def asked_of(plan: Plan, world: World) -> tuple[Asked, ...]:
    """Return what the needs of a plan, and the calls of every day, may ask of a world."""
    needs = (need for step in plan.steps for need in step.needs)
    asked: list[Asked] = [
        ("capability", need.capability, world.sites.get(need.place))
        if need.capability
        else ("item", need.item, world.sites.get(need.place))
        for need in needs
    ]
    asked += [("capability", stream.capability, stream.point) for stream in world.demand.streams]
    return tuple(dict.fromkeys(asked))


# --- who is out of reach ----------------------------------------------------------------------------------------------


def script_of(plan: Plan, troubles: Troubles, luck: Luck) -> Script:
    """Return how long the posts take to begin a step: those out of reach until somebody stands in."""
    if not any(luck.unreached):
        return NO_SCRIPT
    delays = {
        one.post: stands_in_after(plan, one.post, one.deputy_after, one.alone_after)
        for one, is_so in zip(troubles.unreachable, luck.unreached, strict=True)
        if is_so
    }
    return script_with(tuple(sorted(delays.items())))


def stands_in_after(plan: Plan, post: str, deputy_after: timedelta, alone_after: timedelta) -> timedelta:
    has_deputy = any(one.id == post and one.deputies for one in plan.posts)
    return whole_milliseconds((deputy_after if has_deputy else alone_after).total_seconds())


@lru_cache(maxsize=256)
def script_with(delays: tuple[tuple[str, timedelta], ...]) -> Script:
    """Return one script for the same delays: a plan is indexed once for each."""
    return Script("", reacts_in={post: Duration(likely=delay) for post, delay in delays})
