"""The steps of a plan as a graph: who waits for whom, in layers, and how early each step can open and finish.

Pure arithmetic for the checker, the step graph and the time chart. Times count from activation and take every
condition as true at once and every resource as there: they are what the plan promises at best, not a forecast.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from youbei.engine.plans.model import Duration, DurationShape, Phase, Plan, Step

ZERO = timedelta(0)
# The 5 % point of the standard normal distribution: a lognormal has no least value, and one in twenty is taken for it.
# Assumption: a promise that holds in one of twenty cases is the best that an author may have meant.
BEST_QUANTILE = 1.6449


class EdgeKind(StrEnum):
    """Say how a step waits: for all of several, for one of several, or for a time after another step's moment."""

    ALL = "all"
    ANY = "any"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Edge:
    before: str
    after: str
    kind: EdgeKind


class Case(StrEnum):
    BEST = "best"
    LIKELY = "likely"


@dataclass(frozen=True, slots=True)
class StepTimes:
    """Say when a step opens and finishes, from activation; `because` is the step that it waited for longest."""

    step: str
    opens: timedelta
    finishes: timedelta
    because: str | None = None


def moment_step(moment: str) -> tuple[str, str] | None:
    """Return step id and `opened` or `finished` of a moment such as `step:alarm:finished`, else None."""
    if not moment.startswith("step:"):
        return None
    step_id, _, what = moment.removeprefix("step:").rpartition(":")
    return step_id, what


def edges(plan: Plan) -> tuple[Edge, ...]:
    """Return every dependency between steps that the plan has, in plan order; names that lead nowhere are left out."""
    known = {step.id for step in plan.steps}
    found: list[Edge] = []
    for step in plan.steps:
        found += (Edge(before, step.id, EdgeKind.ALL) for before in step.start.after)
        found += (Edge(before, step.id, EdgeKind.ANY) for before in step.start.after_any)
        if (moment := moment_step(step.start.since)) is not None:
            found.append(Edge(moment[0], step.id, EdgeKind.MOMENT))
    return tuple(edge for edge in dict.fromkeys(found) if edge.before in known)


def cycles(plan: Plan) -> tuple[tuple[str, ...], ...]:
    """Return one circle of steps, each waiting for the one before it, for every knot that can never be entered.

    A circle that can be entered (because one of several predecessors is enough) is none. The circle begins with its
    first step in plan order.
    """
    waiting = blocked_steps(plan)
    order = {step.id: position for position, step in enumerate(plan.steps)}
    before: dict[str, list[str]] = defaultdict(list)
    has_way_out = {step.id for step in plan.steps if any(one not in waiting for one in step.start.after_any)}
    for edge in edges(plan):
        is_idle = edge.kind is EdgeKind.ANY and edge.after in has_way_out
        if edge.after in waiting and edge.before in waiting and not is_idle:
            before[edge.after].append(edge.before)
    found: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for start in sorted(waiting, key=order.__getitem__):
        trail: list[str] = []
        place: dict[str, int] = {}
        step = start
        while step not in seen and before.get(step):
            seen.add(step)
            place[step] = len(trail)
            trail.append(step)
            step = min(before[step], key=order.__getitem__)
        if step in place:
            circle = trail[place[step] :][::-1]
            first = circle.index(min(circle, key=order.__getitem__))
            found.append((*circle[first:], *circle[:first]))
    return tuple(found)


def blocked_steps(plan: Plan) -> frozenset[str]:
    """Return the steps that wait in a circle, or for one that does, and so can never open."""
    opened = set(_Course(plan, Case.BEST).run())
    return frozenset(step.id for step in plan.steps if step.id not in opened)


def layers(plan: Plan) -> tuple[tuple[str, ...], ...]:
    """Return the steps in layers: each stands one layer behind the last of those it waits for.

    Steps that wait in a circle come last, in one layer of their own.
    """
    course = _Course(plan, Case.BEST).run()
    before: dict[str, list[str]] = defaultdict(list)
    for edge in edges(plan):
        before[edge.after].append(edge.before)
    depth: dict[str, int] = {}
    for step_id in course:
        depth[step_id] = max((depth[one] + 1 for one in before[step_id] if one in depth), default=0)
    found: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for step in plan.steps:
        if step.id in depth:
            found[depth[step.id]].append(step.id)
    rest = tuple(step.id for step in plan.steps if step.id not in course)
    return tuple(tuple(layer) for layer in found) + ((rest,) if rest else ())


def work_time(takes: Duration, case: Case) -> timedelta:
    """Return how long a step works: at best the least that its author gives, else the most likely."""
    if case is Case.BEST and takes.shape is DurationShape.TRIANGULAR:
        return takes.low
    if case is Case.BEST and takes.shape is DurationShape.LOGNORMAL and takes.spread > 1:
        return timedelta(seconds=round(takes.likely.total_seconds() / takes.spread**BEST_QUANTILE))
    return takes.likely


def times(plan: Plan, case: Case) -> Mapping[str, StepTimes]:
    """Return when each step opens and finishes; steps that can never open are absent.

    The response is taken to end when its last step is finished; recovery opens then.
    """
    return _Course(plan, case).run()


def critical_path(plan: Plan, case: Case, to: str | None = None) -> tuple[str, ...]:
    """Return the chain of steps that decides when step `to` is finished, or the last response step without it."""
    found = times(plan, case)
    if to is None:
        response = [one.id for one in plan.steps if one.phase is Phase.RESPONSE and one.id in found]
        to = max(response, key=lambda step_id: found[step_id].finishes, default=None)
    return () if to is None else path_to(found, to)


def path_to(found: Mapping[str, StepTimes], step_id: str) -> tuple[str, ...]:
    """Return the chain of steps that decides when a step is finished, given the times of a course."""
    path: list[str] = []
    here: str | None = step_id
    while here is not None and here in found:
        path.append(here)
        here = found[here].because
    return tuple(reversed(path))


class _Course:
    """Let the plan take its course once, by a queue of openings and finishings.

    Each step counts down the steps that it waits for, so that large plans take time in proportion to their edges.
    """

    def __init__(self, plan: Plan, case: Case) -> None:
        self.plan, self.case = plan, case
        self.order = {step.id: position for position, step in enumerate(plan.steps)}
        self.found: dict[str, StepTimes] = {}
        self.opened: dict[str, timedelta] = {}
        self.finished: dict[str, timedelta] = {}
        self.queue: list[tuple[timedelta, int, str]] = []
        self.ended: timedelta | None = None
        self.waiting: dict[str, int] = {}
        self.counting: dict[str, list[Step]] = defaultdict(list)
        self.asking: dict[str, list[Step]] = defaultdict(list)
        for step in plan.steps:
            after = {name for name in step.start.after if name in self.order}
            self.waiting[step.id] = len(after)
            for name in after:
                self.counting[name].append(step)
            moment = moment_step(step.start.since)
            for name in {*step.start.after_any, *((moment[0],) if moment else ())}:
                self.asking[name].append(step)

    def run(self) -> dict[str, StepTimes]:
        self._play([one for one in self.plan.steps if one.phase is Phase.RESPONSE])
        self.ended = max(self.finished.values(), default=ZERO)
        self._play(list(self.plan.steps))
        return self.found

    def _play(self, first: list[Step]) -> None:
        for step in first:
            self._try(step)
        while self.queue:
            at, position, what = heapq.heappop(self.queue)
            step = self.plan.steps[position]
            if what == "opened":
                self.opened[step.id] = at
                finishes = at + work_time(step.takes, self.case)
                self.found[step.id] = StepTimes(step.id, at, finishes, self.found[step.id].because)
                heapq.heappush(self.queue, (finishes, position, "finished"))
            else:
                self.finished[step.id] = at
                for follower in self.counting[step.id]:
                    self.waiting[follower.id] -= 1
                    self._try(follower)
            for follower in self.asking[step.id]:
                self._try(follower)

    def _try(self, step: Step) -> None:
        """Put the opening of a step in the queue once everything that it waits for is known."""
        if self.waiting[step.id] > 0 or step.id in self.found:
            return
        if step.phase is Phase.RECOVERY and self.ended is None:
            return
        bounds: list[tuple[timedelta, str | None]] = [
            ((self.ended or ZERO) if step.phase is Phase.RECOVERY else ZERO, None)
        ]
        bounds += [(self.finished[name], name) for name in step.start.after if name in self.order]
        if any(name in self.order for name in step.start.after_any):
            ready = [(self.finished[name], name) for name in step.start.after_any if name in self.finished]
            if not ready:
                return
            bounds.append(min(ready))
        since = self._moment(step.start.since)
        if since is None:
            return
        bounds.append((since[0] + step.start.delay, since[1]))
        opens, because = max(bounds, key=lambda bound: (bound[0], bound[1] is not None))
        self.found[step.id] = StepTimes(step.id, opens, opens, because)
        heapq.heappush(self.queue, (opens, self.order[step.id], "opened"))

    def _moment(self, name: str) -> tuple[timedelta, str | None] | None:
        """Return a moment of the course, or None while it has not come; moments outside count as activation."""
        moment = moment_step(name)
        if moment is None:
            return (self.ended, None) if name == "ended" and self.ended is not None else (ZERO, None)
        step_id, what = moment
        if step_id not in self.order:
            return ZERO, None
        at = (self.opened if what == "opened" else self.finished).get(step_id)
        return None if at is None else (at, step_id)
