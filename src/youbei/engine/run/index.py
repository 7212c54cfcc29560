"""The index of a plan: who must look again when something happens, compiled once per plan.

A *watcher* is one question that is asked again and again during a run ("may this step open?"). Watchers are numbered
in the order in which they are asked: the levels, then each step in the order of the plan, then links, end and
recovery. A *key* names something that can change (`fact:injured`, `step:isolate`); the index maps keys to the
watchers whose answer depends on it. A *threshold* is a time after a moment at which an answer may change by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, NamedTuple

from youbei.engine.conditions import (
    SCRIPT_MOMENTS,
    Always,
    Compare,
    Condition,
    Count,
    Elapsed,
    Quantity,
    leaves,
)
from youbei.engine.plans.model import Done, Level, Need, Phase, Plan, Post, Step
from youbei.engine.run.script import NO_SCRIPT, Script

ALL: Literal["all"] = "all"
Autoplay = frozenset[str] | Literal["all"]

# Anything at all may have changed.
ANYTHING = "*"

WatcherKind = Literal[
    "level", "open", "met", "done", "late", "fill", "link", "end", "recovery", "action", "cue", "reaction"
]


class Watcher(NamedTuple):
    """Ask `kind` about the step or link at `position` in the plan, or the entry at `position` of the script."""

    kind: WatcherKind
    position: int


class NeedPlace(NamedTuple):
    """Find a need of the plan: its step's position, its own position in the step, and itself."""

    step: int
    position: int
    need: Need


@dataclass(frozen=True, slots=True)
class Index:
    """Hold a plan with everything looked up beforehand.

    thresholds: moment -> times after it, ascending; at_threshold: (moment, which) -> watchers.
    deadlines: moment -> steps whose deadline counts from it.
    """

    plan: Plan
    steps: tuple[Step, ...]
    order: Mapping[str, int]
    posts: Mapping[str, Post]
    needs: Mapping[str, NeedPlace]
    levels: tuple[Level, ...]
    watchers: tuple[Watcher, ...]
    numbers: Mapping[Watcher, int]
    watching: Mapping[str, tuple[int, ...]]
    thresholds: Mapping[str, tuple[timedelta, ...]]
    at_threshold: Mapping[tuple[str, int], tuple[int, ...]]
    deadlines: Mapping[str, tuple[str, ...]]
    moment_order: Mapping[str, int]
    has_recovery: bool
    script: Script
    cues: Mapping[str, int]
    actions: Mapping[str, int]
    reactions: Mapping[str, int]

    def step(self, step_id: str) -> Step:
        return self.steps[self.order[step_id]]

    def played(self, autoplay: Autoplay) -> frozenset[str]:
        """Return the steps whose owner the engine plays."""
        if isinstance(autoplay, str):
            return frozenset(self.order)
        return frozenset(step.id for step in self.steps if step.owner in autoplay)


def need_key(step_id: str, need_id: str) -> str:
    return f"{step_id}/{need_id}"


@dataclass(slots=True)
class Builder:
    """Collect what each watcher depends on."""

    watchers: list[Watcher] = field(default_factory=list)
    watching: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    timed: dict[str, dict[timedelta, list[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    def add(self, watcher: Watcher, keys: Iterator[str], times: Iterator[tuple[str, timedelta]]) -> None:
        number = len(self.watchers)
        self.watchers.append(watcher)
        for key in dict.fromkeys(keys):
            self.watching[key].append(number)
        for moment, after in dict.fromkeys(times):
            self.timed[moment][after].append(number)


def compile_index(plan: Plan, script: Script = NO_SCRIPT) -> Index:
    """Compile a plan, whatever its faults: names that lead nowhere are watched in vain."""
    builder = Builder()
    recovery = tuple(step for step in plan.steps if step.phase is Phase.RECOVERY)
    builder.add(
        Watcher("level", 0),
        iter(("phase", "level", *(key for level in plan.levels for key in condition_keys(level.when)))),
        (time for level in plan.levels for time in condition_times(level.when)),
    )
    for position, step in enumerate(plan.steps):
        for kind in step_watchers(step):
            builder.add(Watcher(kind, position), step_keys(kind, step), step_times(kind, step))
    for position, link in enumerate(plan.links):
        builder.add(Watcher("link", position), iter(("phase", *condition_keys(link.when))), condition_times(link.when))
    builder.add(Watcher("end", 0), end_keys(plan), end_times(plan))
    builder.add(
        Watcher("recovery", 0),
        iter(("phase", "level", *(key for step in recovery for key in called_keys(step)))),
        (time for step in recovery for time in called_times(step)),
    )
    add_script(builder, script)
    return finish_index(plan, builder, script)


def add_script(builder: Builder, script: Script) -> None:
    """Ask the script last: first what has been done, then what follows from it."""
    for position, action in enumerate(script.expectations):
        conditions: tuple[Condition, ...] = () if action.done is None else (action.done,)
        own: tuple[str, ...] = (f"action:{action.id}", f"inject:{action.cue}", "exercise")
        add_entry(builder, Watcher("action", position), own, conditions)
    for position, cue in enumerate(script.cues):
        conditions = tuple(one for one in (cue.when, cue.unless) if one is not None)
        own = (f"inject:{cue.id}", "exercise", moment_key(cue.since), *(f"inject:{other}" for other in cue.after))
        add_entry(builder, Watcher("cue", position), own, conditions, ((cue.since, cue.delay),))
    for position, reaction in enumerate(script.reactions):
        add_entry(builder, Watcher("reaction", position), ("exercise",), (reaction.when,))


def add_entry(
    builder: Builder,
    watcher: Watcher,
    own: tuple[str, ...],
    conditions: tuple[Condition, ...],
    times: tuple[tuple[str, timedelta], ...] = (),
) -> None:
    """Let a watcher be asked when its own entry changes, and when what its conditions look at does."""
    keys = (*own, *(key for condition in conditions for key in condition_keys(condition)))
    every = (*times, *(time for condition in conditions for time in condition_times(condition)))
    builder.add(watcher, iter(keys), iter(every))


def finish_index(plan: Plan, builder: Builder, script: Script) -> Index:
    deadlines: dict[str, list[str]] = defaultdict(list)
    for step in plan.steps:
        if step.within is not None and step.within.since != "opened":
            deadlines[step.within.since].append(step.id)
    timed = {moment: sorted(after.items()) for moment, after in sorted(builder.timed.items())}
    return Index(
        plan=plan,
        steps=plan.steps,
        order={step.id: position for position, step in enumerate(plan.steps)},
        posts={post.id: post for post in plan.posts},
        needs={
            need_key(step.id, need.id): NeedPlace(position, place, need)
            for position, step in enumerate(plan.steps)
            for place, need in enumerate(step.needs)
        },
        levels=tuple(sorted(plan.levels, key=lambda level: level.number)),
        watchers=tuple(builder.watchers),
        numbers={watcher: number for number, watcher in enumerate(builder.watchers)},
        watching={key: tuple(numbers) for key, numbers in builder.watching.items()}
        | {ANYTHING: tuple(range(len(builder.watchers)))},
        thresholds={moment: tuple(after for after, _ in entries) for moment, entries in timed.items()},
        at_threshold={
            (moment, which): tuple(numbers)
            for moment, entries in timed.items()
            for which, (_, numbers) in enumerate(entries)
        },
        deadlines={moment: tuple(steps) for moment, steps in deadlines.items()},
        moment_order={moment: order for order, moment in enumerate(timed)},
        has_recovery=any(step.phase is Phase.RECOVERY for step in plan.steps),
        script=script,
        cues={cue.id: position for position, cue in enumerate(script.cues)},
        actions={action.id: position for position, action in enumerate(script.expectations)},
        reactions={reaction.id: position for position, reaction in enumerate(script.reactions)},
    )


def step_watchers(step: Step) -> Iterator[WatcherKind]:
    """Yield the questions that make sense for a step, in the order in which they are asked."""
    yield "open"
    if step.needs:
        yield "met"
    if step.done is not Done.CONFIRMED:
        yield "done"
    if step.within is not None:
        yield "late"
    if step.needs:
        yield "fill"


def step_keys(kind: WatcherKind, step: Step) -> Iterator[str]:
    own, needs = f"step:{step.id}", f"needs:{step.id}"
    if kind == "open":
        yield from called_keys(step)
        yield from (f"step:{other}" for other in (*step.start.after, *step.start.after_any))
        yield moment_key(step.start.since)
    elif kind == "met":
        yield needs
    elif kind == "done":
        yield from (own, needs, "phase")
        if step.done is Done.CONDITION and step.done_when is not None:
            yield from condition_keys(step.done_when)
    elif kind == "late":
        yield from called_keys(step)
    else:
        yield from (own, needs, f"fill:{step.id}")


def step_times(kind: WatcherKind, step: Step) -> Iterator[tuple[str, timedelta]]:
    if kind == "open":
        yield (step.start.since, step.start.delay)
        yield from called_times(step)
    elif kind == "late":
        yield from called_times(step)
    elif kind == "done" and step.done is Done.CONDITION and step.done_when is not None:
        yield from condition_times(step.done_when)


def called_keys(step: Step) -> Iterator[str]:
    """Yield what decides whether a step is called for, whether or not those before it are done."""
    yield from (f"step:{step.id}", "phase", "level")
    if step.start.when is not None:
        yield from condition_keys(step.start.when)


def called_times(step: Step) -> Iterator[tuple[str, timedelta]]:
    if step.start.when is not None:
        yield from condition_times(step.start.when)


def end_keys(plan: Plan) -> Iterator[str]:
    yield from ("phase", "level")
    yield from condition_keys(plan.end.when)
    if isinstance(plan.end.when, Always):
        for step in plan.steps:
            yield from called_keys(step)


def end_times(plan: Plan) -> Iterator[tuple[str, timedelta]]:
    yield from condition_times(plan.end.when)
    if isinstance(plan.end.when, Always):
        for step in plan.steps:
            yield from called_times(step)


def condition_keys(condition: Condition) -> Iterator[str]:
    for leaf in leaves(condition):
        match leaf:
            case Compare(fact=fact):
                yield f"fact:{fact}"
            case Elapsed(since=since):
                yield moment_key(since)
            case Count(of=of, among=among):
                prefix, every = COUNTED.get(of, ("needs", "needs"))
                yield from (f"{prefix}:{step}" for step in among)
                if not among:
                    yield every


# What a count looks at, one by one and all together.
COUNTED: Mapping[Quantity, tuple[str, str]] = {
    Quantity.STEPS_OPEN: ("step", "steps"),
    Quantity.STEPS_FINISHED: ("step", "steps"),
    Quantity.STEPS_LATE: ("step", "steps"),
    Quantity.INJECTS_FIRED: ("inject", "injects"),
    Quantity.INJECTS_SKIPPED: ("inject", "injects"),
    Quantity.ACTIONS_MET: ("action", "actions"),
    Quantity.ACTIONS_LATE: ("action", "actions"),
    Quantity.ACTIONS_MISSED: ("action", "actions"),
}


def condition_times(condition: Condition) -> Iterator[tuple[str, timedelta]]:
    return ((leaf.since, leaf.atleast) for leaf in leaves(condition) if isinstance(leaf, Elapsed))


def moment_key(moment: str) -> str:
    """Return the key that is touched when a moment comes or goes."""
    if moment.startswith(("step:", "inject:", "action:")):
        return moment.rpartition(":")[0]
    if moment in SCRIPT_MOMENTS:
        return f"moment:{moment}"
    return "level" if moment.startswith("level") else "phase"


# Compiled plans by identity; plan and script are kept alive by their entry, so an id is never met twice.
CACHE: dict[tuple[int, int], Index] = {}
CACHE_SIZE = 128


def index_of(plan: Plan, script: Script = NO_SCRIPT) -> Index:
    """Return the index of a plan, compiled at most once for each plan and script in use."""
    index = CACHE.get((id(plan), id(script)))
    if index is None:
        if len(CACHE) >= CACHE_SIZE:
            CACHE.clear()
        index = CACHE[id(plan), id(script)] = compile_index(plan, script)
    return index
