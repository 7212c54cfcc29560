"""Simulate a plan many times, and say what its promises are worth."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from youbei.engine.errors import Refused
from youbei.engine.plans.model import LevelNumber, Phase, Plan, Scenario
from youbei.engine.resources import World
from youbei.engine.simulation.replicate import Replication, at_scenario, replicate
from youbei.engine.simulation.statistics import Proportion, Summary, Times, wilson
from youbei.engine.text import Text

MOST_RUNS = 1_000_000


class BadSimulation(Refused):
    """Refuse a simulation that cannot be made as asked."""

    status = 422


@dataclass(frozen=True, slots=True)
class StepResult:
    """How one step went. Times count from the activation, in seconds; `work` from its start to its finish.

    `late` is how often it missed its deadline, out of the replications in which it was opened or late; None without
    a deadline.
    """

    step: str
    title: Text
    opened: Proportion
    finished: Proportion
    opened_at: Summary
    finished_at: Summary
    work: Summary
    late: Proportion | None


@dataclass(frozen=True, slots=True)
class NeedResult:
    """How one need went: how often it was met, when, how often the world held too little, and the most missing."""

    need: str
    step: str
    met: Proportion
    met_at: Summary
    short: Proportion
    most_missing: float


@dataclass(frozen=True, slots=True)
class SimulationReport:
    """What a simulation found. `runs` is how many replications were made; fewer than asked if it `is_cancelled`."""

    plan: str
    version: str
    scenario: str
    seed: int
    runs: int
    is_cancelled: bool
    events: int
    levels: tuple[tuple[str, int], ...]
    steps: tuple[StepResult, ...]
    needs: tuple[NeedResult, ...]
    ended_at: Summary
    any_late: Proportion
    any_short: Proportion

    def as_data(self) -> dict[str, Any]:
        """Return JSON values; what is not a number (no value at all) becomes None."""
        return {name: plain(value) for name, value in asdict(self).items()}


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value


@dataclass(slots=True)
class NeedTally:
    """`asked` counts the replications in which the need was opened."""

    asked: int = 0
    short: int = 0
    most_missing: float = 0.0
    met: Times = field(default_factory=Times)


@dataclass(slots=True)
class StepTally:
    opened: Times = field(default_factory=Times)
    finished: Times = field(default_factory=Times)
    work: Times = field(default_factory=Times)
    late: int = 0
    tried: int = 0


class Tally:
    """Collect replications, in any order; tallies of parts merge into the tally of the whole."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.runs = 0
        self.events = 0
        self.any_late = 0
        self.any_short = 0
        self.levels: Counter[str] = Counter()
        self.ended = Times()
        self.steps = [StepTally() for _ in plan.steps]
        self.needs = {f"{step.id}/{need.id}": NeedTally() for step in plan.steps for need in step.needs}

    def add(self, found: Replication) -> None:
        self.runs += 1
        self.events += found.events
        self.any_late += any(found.late)
        self.any_short += bool(found.short)
        self.levels[found.level.name] += 1
        self.ended.add(found.ended)
        for position, tally in enumerate(self.steps):
            add_step(tally, found, position)
        for need, met in found.met.items():
            add_need(self.needs[need], met, found.short.get(need))

    def merge(self, other: Tally) -> None:
        self.runs += other.runs
        self.events += other.events
        self.any_late += other.any_late
        self.any_short += other.any_short
        self.levels.update(other.levels)
        self.ended.merge(other.ended)
        for step, other_step in zip(self.steps, other.steps, strict=True):
            step.opened.merge(other_step.opened)
            step.finished.merge(other_step.finished)
            step.work.merge(other_step.work)
            step.late += other_step.late
            step.tried += other_step.tried
        for name, need in self.needs.items():
            other_need = other.needs[name]
            need.asked += other_need.asked
            need.short += other_need.short
            need.most_missing = max(need.most_missing, other_need.most_missing)
            need.met.merge(other_need.met)

    def report(self, scenario: Scenario, *, seed: int, is_cancelled: bool = False) -> SimulationReport:
        return SimulationReport(
            plan=self.plan.id,
            version=self.plan.version,
            scenario=scenario.id,
            seed=seed,
            runs=self.runs,
            is_cancelled=is_cancelled,
            events=self.events,
            levels=tuple(sorted(self.levels.items(), key=lambda level: LevelNumber[level[0]])),
            steps=tuple(self.step_result(position) for position in range(len(self.steps))),
            needs=tuple(self.need_result(name, tally) for name, tally in self.needs.items()),
            ended_at=self.ended.summary(),
            any_late=wilson(self.any_late, self.runs),
            any_short=wilson(self.any_short, self.runs),
        )

    def step_result(self, position: int) -> StepResult:
        step, tally = self.plan.steps[position], self.steps[position]
        opened, finished = tally.opened.summary(), tally.finished.summary()
        return StepResult(
            step=step.id,
            title=step.title,
            opened=wilson(opened.count, self.runs),
            finished=wilson(finished.count, self.runs),
            opened_at=opened,
            finished_at=finished,
            work=tally.work.summary(),
            late=None if step.within is None else wilson(tally.late, tally.tried),
        )

    def need_result(self, name: str, tally: NeedTally) -> NeedResult:
        met = tally.met.summary()
        return NeedResult(
            need=name,
            step=name.split("/")[0],
            met=wilson(met.count, tally.asked),
            met_at=met,
            short=wilson(tally.short, tally.asked),
            most_missing=tally.most_missing,
        )


def add_step(tally: StepTally, found: Replication, position: int) -> None:
    opened, started, finished = found.opened[position], found.started[position], found.finished[position]
    late = found.late[position]
    tally.late += late
    tally.tried += late or opened is not None
    if opened is not None:
        tally.opened.add(opened)
    if finished is not None:
        tally.finished.add(finished)
        if started is not None:
            tally.work.add(finished - started)


def add_need(tally: NeedTally, met: int | None, missing: float | None) -> None:
    tally.asked += 1
    if met is not None:
        tally.met.add(met)
    if missing is not None:
        tally.short += 1
        tally.most_missing = max(tally.most_missing, missing)


def simulate(
    plan: Plan,
    world: World,
    scenario: Scenario,
    *,
    runs: int,
    seed: int,
    level: LevelNumber | None = None,
    go_on: Callable[[int], bool] | None = None,
) -> SimulationReport:
    """Carry the plan out `runs` times against the world of today.

    go_on is told after each replication how many are done, and stops the work by returning False; the report then
    covers what was done.
    """
    if not 1 <= runs <= MOST_RUNS:
        raise BadSimulation(
            zh=f"仿真次数须在 1 到 {MOST_RUNS:,} 之间，收到的是 {runs}。",
            en=f"A simulation makes 1 to {MOST_RUNS:,} runs, not {runs}.",
        )
    if not any(step.phase is Phase.RESPONSE for step in plan.steps):
        raise BadSimulation(
            zh="预案没有响应任务，无可仿真。请先补充任务。",
            en="The plan has no steps of response, so there is nothing to simulate. Add steps first.",
        )
    world = at_scenario(world, scenario)
    tally = Tally(plan)
    is_cancelled = False
    for number in range(runs):
        tally.add(replicate(plan, world, scenario, seed=seed, number=number, level=level))
        if go_on is not None and not go_on(tally.runs) and tally.runs < runs:
            is_cancelled = True
            break
    return tally.report(scenario, seed=seed, is_cancelled=is_cancelled)


def simulate_part(
    plan: Plan,
    world: World,
    scenario: Scenario,
    *,
    numbers: range,
    seed: int,
    level: LevelNumber | None = None,
) -> Tally:
    """Make the replications of the given numbers only, for work that is split over processes or days."""
    world = at_scenario(world, scenario)
    tally = Tally(plan)
    for number in numbers:
        tally.add(replicate(plan, world, scenario, seed=seed, number=number, level=level))
    return tally
