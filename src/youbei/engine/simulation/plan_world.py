"""Compile what may be otherwise on the day, and what goes on every day, into the flat arrays of the kernel."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from itertools import chain

from youbei.engine.draws import word_of
from youbei.engine.plans.model import Plan
from youbei.engine.resources import World
from youbei.engine.simulation import plan_memory as at
from youbei.engine.simulation.everyday import HANDOVERS, boundaries, off_duty, peaks
from youbei.engine.simulation.luck import has_luck, stands_in_after, ways_touched, whole_ms
from youbei.engine.simulation.plan_code import NotCompiled
from youbei.engine.simulation.plan_layout import Memory, whole
from youbei.engine.simulation.plan_needs_of import Lists

DAY = timedelta(days=1)
MOST_HAPPENINGS = 60
# More calls of every day in one replication are left to the reference.
MOST_DRAWN = 2_000_000


def id_words(world: World) -> tuple[int, ...]:
    """Return the words that stand for teams, closures, failures and posts in the names of draws."""
    troubles = world.troubles
    if not has_luck(world):
        return ()
    names = chain(
        (team.id for team in world.teams),
        (one.id for one in troubles.closures),
        (one.id for one in troubles.failures),
        (one.post for one in troubles.unreachable),
    )
    return tuple(map(word_of, names))


def lay_luck(memory: Memory, plan: Plan, world: World, lists: Lists, resources: Mapping[str, int]) -> None:
    """Lay out what may be otherwise; every list of candidates is known by now."""
    troubles = world.troubles
    is_lucky = has_luck(world)
    if len(troubles.conditions) > MOST_HAPPENINGS:
        raise NotCompiled("more may happen than a row can tell")
    numbers = {
        at.HAS_LUCK: is_lucky,
        at.FIXED_SINCE: -1 if troubles.hour is None else whole_ms(troubles.hour),
        at.FIXED_MONTH: 0 if troubles.month is None else troubles.month,
        at.TEAMS: len(world.teams) if is_lucky else 0,
        at.CLOSURES: len(troubles.closures),
        at.FAILURES: len(troubles.failures),
        at.POSTS_AWAY: len(troubles.unreachable),
        at.LISTS: len(lists.starts) - 1,
    }
    for name, value in numbers.items():
        memory.number(name, value)
    lay_usual(memory, world, lists, resources, is_needed=is_lucky)
    lay_chances(memory, plan, world, resources)


def lay_usual(memory: Memory, world: World, lists: Lists, resources: Mapping[str, int], *, is_needed: bool) -> None:
    """Lay out the lists of candidates once more, as they are written anew for each day."""
    listed = lists.listed if is_needed else []
    memory.table(at.LIST_FIRST, lists.starts)
    memory.table(at.USUAL_CANDIDATE, (resources[candidate.resource] for candidate in listed))
    memory.table(at.USUAL_TURN_OUT, (whole(candidate.turn_out) for candidate in listed))
    memory.floats(at.USUAL_TRAVEL, (candidate.travel.total_seconds() for candidate in listed))
    memory.floats(at.USUAL_QUANTITY, (candidate.quantity for candidate in listed))
    touched = [ways for asked in lists.places for ways in ways_touched(world, asked)] if is_needed else []
    memory.lists(at.TOUCHED_FIRST, at.TOUCHED, touched)
    rank = {name: place for place, name in enumerate(sorted(resources))}
    memory.table(at.RESOURCE_RANK, (*(rank[name] for name in resources), len(resources)))
    memory.room(len(listed), at.ARRIVES_AT)


def lay_chances(memory: Memory, plan: Plan, world: World, resources: Mapping[str, int]) -> None:
    troubles = world.troubles
    teams = world.teams if has_luck(world) else ()
    memory.floats(at.OFF_ROAD_BY, (troubles.off_road_by(team.id) for team in teams))
    memory.floats(at.CLOSURE_CHANCE, (one.probability for one in troubles.closures))
    memory.floats(at.CLOSURE_FACTOR, (0.0 if one.factor is None else one.factor for one in troubles.closures))
    memory.floats(at.FAILURE_CHANCE, (one.probability for one in troubles.failures))
    memory.floats(at.AWAY_CHANCE, (one.probability for one in troubles.unreachable))
    failing = [sorted(resources[name] for name in one.resources if name in resources) for one in troubles.failures]
    memory.lists(at.FAILING_FIRST, at.FAILING, failing)
    away = [[place for place, step in enumerate(plan.steps) if step.owner == one.post] for one in troubles.unreachable]
    memory.lists(at.AWAY_FIRST, at.AWAY_STEP, away)
    delays = (stands_in_after(plan, one.post, one.deputy_after, one.alone_after) for one in troubles.unreachable)
    memory.table(at.AWAY_DELAY, map(whole, delays))
    night, holiday = troubles.night, troubles.holiday
    off = (troubles.night_from, troubles.night_until, night.slower, night.strength)
    memory.floats(at.OFF_HOURS, (*off, troubles.holiday_share, holiday.slower, holiday.strength))
    memory.room(len(plan.steps), at.REACTS_IN)
    memory.room(at.DAY_LENGTH, at.DAY)


def most_drawn(world: World) -> int:
    """Return how many calls a replication has room for: far more than come by chance."""
    demand = world.demand
    days = (demand.warm_up + demand.lasts) / DAY
    busiest = max((peaks(demand, month)[-1] for month in range(1, 13)), default=0.0) if demand.streams else 0.0
    mean = busiest * days
    most = math.ceil(mean + 10 * math.sqrt(mean) + 20) if demand.streams else 0
    if most > MOST_DRAWN:
        raise NotCompiled("more calls of every day may come than there is room for")
    return most


def lay_everyday(memory: Memory, world: World, lists: Lists, resources: Mapping[str, int]) -> None:
    """Lay out the calls of every day and who hands over to whom; their lists of candidates are known by now."""
    demand, most = world.demand, most_drawn(world)
    changes = boundaries(world.troubles.shifts)
    members = sorted({resources[name] for shift in world.troubles.shifts for name in shift.teams if name in resources})
    names = list(resources)
    numbers = {
        at.HAS_EVERYDAY: bool(demand.streams or changes),
        at.STREAMS: len(demand.streams),
        at.HANDLING: whole(demand.handling),
        at.BEGINS_AT: -whole(demand.warm_up),
        at.LAST_CALL_AT: whole(demand.lasts),
        at.HANDOVERS_UNTIL: whole(HANDOVERS),
        at.MOST_CALLS: most,
        at.BOUNDARIES: len(changes),
        at.MEMBERS: len(members),
    }
    for name, value in numbers.items():
        memory.number(name, value)
    places = [lists.place(("capability", one.capability, one.point)) for one in demand.streams]
    memory.table(at.STREAM_FIRST, (first for first, _ in places))
    memory.table(at.STREAM_LAST, (last for _, last in places))
    memory.table(at.STREAM_COUNT, (one.count for one in demand.streams))
    memory.table(at.BOUNDARY, changes)
    memory.table(at.MEMBER, members)
    off = [off_duty(world, change) for change in changes]
    memory.table(at.ON_DUTY, (names[member] not in one for one in off for member in members))
    memory.floats(at.STREAM_HOURS, (weight for one in demand.streams for weight in one.hours))
    memory.floats(at.BUSIEST_HOUR, (max(one.hours) for one in demand.streams))
    rates = [peaks(demand, month) for month in range(1, 13)]
    memory.floats(at.PEAKS, chain.from_iterable(rates))
    memory.floats(at.MEAN_GAP, (86_400 / one[-1] if one and one[-1] > 0 else 0.0 for one in rates))
    memory.floats(at.ON_SCENE, (one.on_scene.total_seconds() for one in demand.streams))
    memory.floats(at.SCENE_SPREAD, (math.log(one.spread) if one.spread > 1 else 0.0 for one in demand.streams))
    teams = len(world.teams) if demand.streams or changes else 0
    memory.room(len(demand.streams), at.FOUND_NONE)
    memory.room(len(members), at.IS_OFF)
    memory.room(teams, at.BACK_HEAP, at.BACK_AT, at.OUT_NOW, at.OUT, at.OUT_SQUARES)
    memory.room(most * at.W_FIELDS, at.WAITING_CALLS)
    memory.room(most * at.C_FIELDS, at.CALLS)
