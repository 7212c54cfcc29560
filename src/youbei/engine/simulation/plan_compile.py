"""Compile a plan, a world and a scenario into the flat arrays of the kernel."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate

from youbei.engine import draws
from youbei.engine.demand import Demand
from youbei.engine.draws import MASK, whole_milliseconds
from youbei.engine.plans.model import (
    Done,
    Duration,
    DurationShape,
    LevelNumber,
    Phase,
    Plan,
    Scenario,
    ScenarioFact,
)
from youbei.engine.resources import World
from youbei.engine.run.index import Index, WatcherKind, index_of
from youbei.engine.run.view import level_moments
from youbei.engine.simulation import plan_memory as at
from youbei.engine.simulation.loops import Floats, Ints, Words, floats, ints, words
from youbei.engine.simulation.plan_code import Code, NotCompiled
from youbei.engine.simulation.plan_layout import Memory, whole
from youbei.engine.simulation.plan_needs_of import Lists, NeedOf, lay_candidates, lay_needs, needs_of, resource_ids
from youbei.engine.simulation.plan_touch import Touch
from youbei.engine.simulation.plan_world import id_words, lay_everyday, lay_luck, most_drawn
from youbei.engine.simulation.replicate import HORIZON

MOST_SENT = 2_000_000
HIGHEST_PURPOSE = max(draws.Purpose)

WATCHER_KINDS: Mapping[WatcherKind, int] = {
    "level": at.WATCH_LEVEL,
    "open": at.WATCH_OPEN,
    "met": at.WATCH_MET,
    "done": at.WATCH_DONE,
    "late": at.WATCH_LATE,
    "fill": at.WATCH_FILL,
    "link": at.WATCH_LINK,
    "end": at.WATCH_END,
    "recovery": at.WATCH_RECOVERY,
}
DONE = {Done.CONFIRMED: at.CONFIRMED, Done.NEEDS_ARRIVED: at.NEEDS_ARRIVED, Done.CONDITION: at.CONDITION}
SHAPES = {
    DurationShape.FIXED: at.FIXED,
    DurationShape.TRIANGULAR: at.TRIANGULAR,
    DurationShape.LOGNORMAL: at.LOGNORMAL,
}


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled plan with room for a run; each who runs it copies it.

    needs: their names, in order. resources: ids, as busy times are counted.
    """

    plan: Plan
    needs: tuple[str, ...]
    resources: tuple[str, ...]
    m: Ints
    g: Floats
    highest_word: int
    id_words: tuple[int, ...]
    conditions: tuple[str, ...]
    demand: Demand

    @property
    def most_calls(self) -> int:
        """Return for how many calls of every day there is room in one replication."""
        return self.m[at.MOST_CALLS]

    def arrays(self, seed: int) -> tuple[Ints, Floats, Words]:
        """Return what one thread runs in."""
        m, states = ints(self.m), (0,) * (at.COUNTING - 1)
        m[at.ID_WORDS] = at.COUNTING + self.highest_word + 1
        counting = range(self.highest_word + 1)
        return m, floats(self.g), words((draws.mix(seed & MASK), *states, *counting, *self.id_words))


def compile_plan(plan: Plan, world: World, scenario: Scenario, *, level: LevelNumber) -> Program:
    """Compile for an activation at a level; raise NotCompiled for what only the reference can carry out."""
    index = index_of(plan)
    demand_plain(plan, index)
    needs = tuple(needs_of(index, world))
    if sum(need.room for need in needs) > MOST_SENT:
        raise NotCompiled("too many resources may be sent")
    facts = facts_in_order(scenario)
    memory, code = Memory(), Code(index, facts, initial=sum(fact.after <= timedelta(0) for fact in facts))
    resources = {id_: number for number, id_ in enumerate(resource_ids(world))}
    lay_numbers(memory, index, code, level)
    lay_steps(memory, index, code)
    lists = Lists(world)
    lay_needs(memory, needs, lists)
    lay_everyday(memory, world, lists, resources)
    lay_candidates(memory, lists, resources)
    lay_luck(memory, plan, world, lists, resources)
    dues = lay_dues(memory, index, code, needs)
    lay_watchers(memory, index, code)
    lay_levels(memory, index, code)
    lay_code(memory, code)
    lay_run(memory, index, code, needs, dues, len(resources))
    return Program(
        plan=plan,
        needs=tuple(need.name for need in needs),
        resources=tuple(resources),
        m=ints(memory.m),
        g=floats(memory.g),
        highest_word=max([HIGHEST_PURPOSE, len(plan.steps), most_drawn(world), *needs_words(needs)]),
        id_words=id_words(world),
        conditions=world.troubles.conditions,
        demand=world.demand,
    )


def demand_plain(plan: Plan, index: Index) -> None:
    """Leave to the reference what names one thing twice, or what it would refuse on the way."""
    if len(index.order) != len(plan.steps) or any("/" in step.id for step in plan.steps):
        raise NotCompiled("steps are not told apart by their ids")
    if len(index.needs) != sum(len(step.needs) for step in plan.steps):
        raise NotCompiled("needs are not told apart by their ids")
    for may_end in ((), *(level.may_end for level in plan.levels)):
        allowed = {*plan.end.by, *may_end}
        if index.has_recovery and allowed and not allowed & set(index.posts):
            raise NotCompiled("nobody may end the response")


def needs_words(needs: Sequence[NeedOf]) -> Iterator[int]:
    """Yield the numbers that the names of draws for needs may hold."""
    return (max(need.place, need.room) for need in needs)


def facts_in_order(scenario: Scenario) -> tuple[ScenarioFact, ...]:
    """Return the facts in the order in which they become known, the first of them before the activation."""
    first = [fact for fact in scenario.facts if fact.after <= timedelta(0)]
    later = sorted((fact for fact in scenario.facts if fact.after > timedelta(0)), key=lambda fact: fact.after)
    return (*first, *(fact for fact in later if fact.after <= HORIZON))


def lay_numbers(memory: Memory, index: Index, code: Code, level: LevelNumber) -> None:
    plan = index.plan
    numbers = {
        at.STEPS: len(plan.steps),
        at.NEEDS: len(index.needs),
        at.WATCHERS: len(index.watchers),
        at.LEVELS: len(index.levels),
        at.LINKS: len(plan.links),
        at.FACTS: len(code.facts),
        at.INITIAL_FACTS: code.initial,
        at.HORIZON: whole(HORIZON),
        at.HAS_RECOVERY: index.has_recovery,
        at.HAS_COMMANDER: plan.commander is not None,
        at.FIRST_LEVEL: level,
        at.END_WHEN: code.end_condition(),
        at.END_MESSAGES: len(plan.end.by) if plan.end.by else plan.commander is not None,
        at.POSTS_FILLED: sum(post.holder is not None and bool(post.holder.code) for post in plan.posts),
        at.MOMENT_ACTIVATION: code.moment("activation"),
        at.MOMENT_KNOWN: code.moment("known"),
        at.MOMENT_OCCURRED: code.moment("occurred"),
        at.MOMENT_LEVEL: code.moment("level"),
        at.MOMENT_ENDED: code.moment("ended"),
        at.MOMENTS: len(code.moments),
    }
    for name, value in numbers.items():
        memory.number(name, value)


def lay_steps(memory: Memory, index: Index, code: Code) -> None:
    steps, order = index.steps, index.order
    tables: dict[int, list[int]] = {
        at.FROM_LEVEL: [step.from_level for step in steps],
        at.IS_RECOVERY: [step.phase is Phase.RECOVERY for step in steps],
        at.SINCE: [code.moment(step.start.since) for step in steps],
        at.DELAY: [whole(step.start.delay) for step in steps],
        at.IS_BARRED: [any(other not in order for other in step.start.after) for step in steps],
        at.HAS_ANY: [bool(step.start.after_any) for step in steps],
        at.START_WHEN: [code.condition(step.start.when) for step in steps],
        at.TELLS: [len(step.tells) for step in steps],
        at.REPORTS: [len(step.reports) for step in steps],
        at.DONE_BY: [DONE[step.done] for step in steps],
        at.DONE_WHEN: [code.condition(step.done_when if step.done is Done.CONDITION else None) for step in steps],
        at.LIMIT: [-1 if step.within is None else whole(step.within.limit) for step in steps],
        at.LIMIT_FROM_OPENING: [step.within is not None and step.within.since == "opened" for step in steps],
        at.SHAPE: [SHAPES[step.takes.shape] for step in steps],
        at.FIXED_LENGTH: [whole(whole_milliseconds(step.takes.likely.total_seconds())) for step in steps],
        at.MOMENT_OPENED: [code.moment(f"step:{step.id}:opened") for step in steps],
        at.MOMENT_FINISHED: [code.moment(f"step:{step.id}:finished") for step in steps],
    }
    for name, values in tables.items():
        memory.table(name, values)
    known = [[order[other] for other in step.start.after if other in order] for step in steps]
    memory.lists(at.AFTER_FIRST, at.AFTER, known)
    known = [[order[other] for other in step.start.after_any if other in order] for step in steps]
    memory.lists(at.ANY_FIRST, at.ANY, known)
    memory.lists(at.CLIMB_FIRST, at.CLIMB_AFTER, [[whole(climb.after) for climb in step.late] for step in steps])
    memory.floats(at.LOW, (step.takes.low.total_seconds() for step in steps))
    memory.floats(at.LIKELY, (step.takes.likely.total_seconds() for step in steps))
    memory.floats(at.HIGH, (step.takes.high.total_seconds() for step in steps))
    memory.floats(at.LOG_SPREAD, (log_spread(step.takes) for step in steps))


def log_spread(takes: Duration) -> float:
    return math.log(takes.spread) if takes.shape is DurationShape.LOGNORMAL and takes.spread > 1 else 0.0


@dataclass(frozen=True, slots=True)
class Due:
    kind: int
    subject: int
    after: int = 0


def lay_dues(memory: Memory, index: Index, code: Code, needs: Sequence[NeedOf]) -> int:
    """Number everything that time may bring in the order of one instant; return how many there are."""
    dues: list[Due] = []
    starts = [0]
    for moment in code.moments:
        afters = index.thresholds.get(moment, ())
        dues.extend(Due(at.DUE_MOMENT, which, whole(after)) for which, after in enumerate(afters))
        starts.append(len(dues))
    watching = [
        index.at_threshold[moment, which] for moment, after in index.thresholds.items() for which in range(len(after))
    ]
    sent = [(need, nth) for need in needs for nth in range(1, need.room + 1)]
    order = sorted(range(len(sent)), key=lambda one: (sent[one][0].step, f"{sent[one][0].name}/{sent[one][1]}"))
    due_of = {one: len(dues) + place for place, one in enumerate(order)}
    dues.extend(Due(at.DUE_ARRIVE, one) for one in order)
    memory.number(at.FINISH_DUES, len(dues))
    dues.extend(Due(at.DUE_FINISH, step) for step in range(len(index.steps)))
    memory.number(at.LATE_DUES, len(dues))
    dues.extend(Due(at.DUE_LATE, step) for step in range(len(index.steps)))
    memory.number(at.CLIMB_DUES, len(dues))
    dues.extend(Due(at.DUE_CLIMB, step) for step, one in enumerate(index.steps) for _ in one.late)
    memory.number(at.START_DUES, len(dues))
    dues.extend(Due(at.DUE_START, step) for step in range(len(index.steps)))
    memory.number(at.DUES, len(dues))
    memory.table(at.MOMENT_DUE_FIRST, starts)
    memory.table(at.DUE_KIND, (due.kind for due in dues))
    memory.table(at.DUE_SUBJECT, (due.subject for due in dues))
    memory.table(at.DUE_AFTER, (due.after for due in dues))
    memory.lists(at.DUE_WATCH_FIRST, at.DUE_WATCH, watching)
    firsts = [0]
    for step in index.steps:
        firsts.append(firsts[-1] + len(step.needs))
    memory.table(at.NEED_FIRST, firsts)
    rooms = [need.room for need in needs]
    memory.table(at.SENT_FIRST, (0, *accumulate(rooms)))
    memory.table(at.SENT_ROOM, rooms)
    memory.table(at.SENT_DUE, (due_of[one] for one in range(len(sent))))
    memory.table(at.SENT_NEED, (place for place, room in enumerate(rooms) for _ in range(room)))
    return len(dues)


def lay_watchers(memory: Memory, index: Index, code: Code) -> None:
    watchers = index.watchers
    of_kind = {
        kind: {one.position: number for number, one in enumerate(watchers) if one.kind == kind}
        for kind in WATCHER_KINDS
    }
    steps = range(len(index.steps))
    memory.table(at.WATCHER_KIND, (WATCHER_KINDS[watcher.kind] for watcher in watchers))
    memory.table(at.WATCHER_OF, (watcher.position for watcher in watchers))
    memory.table(at.DONE_WATCHER, (of_kind["done"].get(step, -1) for step in steps))
    memory.table(at.LATE_WATCHER, (of_kind["late"].get(step, -1) for step in steps))
    memory.table(at.FILL_WATCHER, (of_kind["fill"].get(step, -1) for step in steps))
    facts = list(dict.fromkeys(fact.key for fact in code.facts))
    touch = Touch(index)
    lists = [index.watching.get(key, ()) for key in ("phase", "level", "steps", "needs")]
    lists += [touch.finished(step) for step in steps] + [touch.changed(step) for step in steps]
    lists += [index.watching.get(f"fact:{key}", ()) for key in facts]
    memory.number(at.TOUCH_BEGUN, len(lists))
    lists += [touch.begun(step) for step in steps]
    memory.number(at.TOUCH_COME, len(lists))
    lists += [touch.come(step) for step in steps]
    memory.lists(at.TOUCH_FIRST, at.TOUCH, lists)
    memory.table(at.FACT_AT, (whole(fact.after) for fact in code.facts))
    memory.table(at.FACT_TOUCH, (facts.index(fact.key) for fact in code.facts))
    deadlines = [[index.order[step] for step in index.deadlines.get(moment, ())] for moment in code.moments]
    memory.lists(at.DEADLINE_FIRST, at.DEADLINE, deadlines)


def lay_levels(memory: Memory, index: Index, code: Code) -> None:
    memory.table(at.LEVEL_NUMBER, (level.number for level in index.levels))
    memory.table(at.IS_AUTOMATIC, (level.is_automatic for level in index.levels))
    memory.table(at.LEVEL_WHEN, (code.condition(level.when) for level in index.levels))
    memory.table(at.LEVEL_MOMENT, (code.moment(name) for level in LevelNumber for name in level_moments(level)))
    memory.table(at.POSTS_AT, (0, *(holders_at(index.plan, level) for level in LevelNumber)))
    links = index.plan.links
    plans = list(dict.fromkeys(link.plan for link in links))
    memory.table(at.LINK_PLAN, (plans.index(link.plan) for link in links))
    memory.table(at.LINK_WHEN, (code.condition(link.when) for link in links))


def holders_at(plan: Plan, level: LevelNumber) -> int:
    """Return how many different holders fill the posts that a level calls for."""
    posts = (post for post in plan.posts if level <= post.from_level)
    return len({post.holder.code for post in posts if post.holder is not None and post.holder.code})


def lay_code(memory: Memory, code: Code) -> None:
    memory.table(at.CODE_FIRST, code.starts)
    memory.table(at.CODE, code.instructions)
    memory.table(at.TRUTH, code.truths)
    memory.table(at.AMONG, code.among)


def lay_run(memory: Memory, index: Index, code: Code, needs: Sequence[NeedOf], dues: int, resources: int) -> None:
    """Make room for a run that has not begun."""
    memory.number(at.RESOURCES, resources)
    memory.room(at.NUMBERS_LENGTH, at.NUMBERS)
    steps, sent = len(index.steps), sum(need.room for need in needs)
    memory.room(steps, at.STATUS)
    memory.room(steps, at.OPENED_AT, at.STARTED_AT, at.FINISHED_AT, at.DUE_AT, at.LATE_AT, filled=at.NEVER)
    memory.room(
        len(needs), at.NEED_OPENED, at.IS_CLOSED, at.IS_SHORT, at.SENT, at.TEAMS_OUT, at.TEAMS_THERE, at.WANTING
    )
    memory.room(len(needs), at.MET_AT, at.WANTING_PLACE, filled=at.NEVER)
    memory.room(sent, at.RESOURCE_SENT, at.SENT_STATE, at.SENT_AT, at.SENT_WAY)
    memory.room(len(code.moments), at.MOMENT_AT, filled=at.NEVER)
    memory.room(len(index.plan.links), at.PROPOSED_PLANS)
    memory.room(dues, at.PENDING, at.HEAP)
    memory.room(dues, at.HEAP_PLACE, filled=at.NEVER)
    memory.room(len(index.watchers), at.DIRTY, at.IS_DIRTY)
    memory.room(code.deepest + 1, at.STACK)
    memory.room(resources, at.BUSY, at.AWAY_NOW, at.BUSY_SQUARES, at.BUSY_BY_LENGTH)
    memory.sums(len(needs), at.ASSIGNED, at.THERE, at.MISSING, at.MOST_MISSING)
    memory.sums(resources + 1, at.IN_USE)
    memory.sums(sent, at.QUANTITY_SENT)
