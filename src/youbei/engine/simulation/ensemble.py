"""Carry a plan out thousands of times, by compiled blocks where that can be done, and say which promises break.

Numbers are split into blocks at fixed places, and blocks are merged in their order: how many threads work, and which
does which block, does not show. What cannot be compiled, and every machine without the extra `solve`, is served by the
reference engine, with the same result save for how long teams were away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from youbei.engine.plans.model import LevelNumber, Phase, Plan, Scenario
from youbei.engine.resources import World
from youbei.engine.simulation.loops import IS_COMPILED
from youbei.engine.simulation.plan_code import NotCompiled
from youbei.engine.simulation.plan_compile import Program, compile_plan
from youbei.engine.simulation.plan_rows import Rows, run_rows
from youbei.engine.simulation.replicate import Replication, at_scenario, first_level, informed, replicate
from youbei.engine.simulation.simulate import MOST_RUNS, BadSimulation, SimulationReport, Tally, plain
from youbei.engine.simulation.statistics import Summary, Times, wilson

BLOCK = 250
# What a step that missed its deadline spent its time on: the steps and conditions before it, its needs, its own work.
BEFORE, WORK = "before", "work"


class Spread(Protocol):
    """Do the same for each of many ranges, in any way that keeps their order: `map`, or a pool's."""

    def __call__(self, work: Callable[[range], Part], numbers: Iterable[range], /) -> Iterable[Part]: ...


@dataclass(frozen=True, slots=True)
class Setup:
    """What is carried out: a plan in a world, activated at a level; `program` is None where the reference must do."""

    plan: Plan
    world: World
    scenario: Scenario
    level: LevelNumber
    seed: int
    program: Program | None


def set_up(plan: Plan, world: World, scenario: Scenario, *, seed: int, level: LevelNumber | None = None) -> Setup:
    """Make ready; raise BadSimulation for a plan without steps."""
    if not any(step.phase is Phase.RESPONSE for step in plan.steps):
        raise BadSimulation(
            zh="预案没有响应任务，无可仿真。请先补充任务。",
            en="The plan has no steps of response, so there is nothing to simulate. Add steps first.",
        )
    world = at_scenario(world, scenario)
    level = level or first_level(plan, informed(plan, world, scenario, seed=seed, number=0))
    program = None
    if IS_COMPILED:
        try:
            program = compile_plan(plan, world, scenario, level=level)
        except NotCompiled:
            program = None
    return Setup(plan, world, scenario, level, seed, program)


@dataclass(slots=True)
class Part:
    """What a block of replications gave. Times in milliseconds; `away`: of teams, in all, by resource.

    causes: for each step, what held it up when it was late.
    """

    tally: Tally
    first_arrival: Times = field(default_factory=Times)
    full_strength: Times = field(default_factory=Times)
    contained: Times = field(default_factory=Times)
    away: Counter[str] = field(default_factory=Counter)
    causes: list[Counter[str]] = field(default_factory=list)

    def merge(self, other: Part) -> None:
        self.tally.merge(other.tally)
        self.first_arrival.merge(other.first_arrival)
        self.full_strength.merge(other.full_strength)
        self.contained.merge(other.contained)
        self.away.update(other.away)
        for own, others in zip(self.causes, other.causes, strict=True):
            own.update(others)


def empty_part(plan: Plan) -> Part:
    return Part(Tally(plan), causes=[Counter() for _ in plan.steps])


def run_part(setup: Setup, numbers: range) -> Part:
    """Make the replications of the given numbers, by the kernel where there is one."""
    part = empty_part(setup.plan)
    rows = None if setup.program is None else run_rows(setup.program, numbers, seed=setup.seed)
    for found in replications(setup, rows, numbers):
        add(part, setup.plan, found)
    if rows is not None:
        for resource, busy in zip(rows.program.resources, rows.busy, strict=True):
            if busy:
                part.away[resource] += int(busy)
    return part


def replications(setup: Setup, rows: Rows | None, numbers: range) -> Iterator[Replication]:
    for place, number in enumerate(numbers):
        if rows is not None and not rows.is_overfull(place):
            yield rows.replication(place)
        else:
            yield replicate(setup.plan, setup.world, setup.scenario, seed=setup.seed, number=number, level=setup.level)


def add(part: Part, plan: Plan, found: Replication) -> None:
    part.tally.add(found)
    if found.met:
        # A need that was never met leaves the whole short of its strength.
        met = [at for at in found.met.values() if at is not None]
        if met:
            part.first_arrival.add(min(met))
        if len(met) == len(found.met):
            part.full_strength.add(max(met))
    response = [at for step, at in zip(plan.steps, found.finished, strict=True) if step.phase is Phase.RESPONSE]
    opened = [at for step, at in zip(plan.steps, found.opened, strict=True) if step.phase is Phase.RESPONSE]
    if any(at is not None for at in response) and all(
        done is not None or at is None for done, at in zip(response, opened, strict=True)
    ):
        part.contained.add(max(at for at in response if at is not None))
    for position, is_late in enumerate(found.late):
        if is_late:
            part.causes[position][cause_of(plan, found, position)] += 1


def cause_of(plan: Plan, found: Replication, position: int) -> str:
    """Say what took the most of a late step's time: what comes before it, a need (`need:<id>`), or its own work."""
    step = plan.steps[position]
    opened, started, finished = found.opened[position], found.started[position], found.finished[position]
    if opened is None or started is None:
        return BEFORE
    waits = {need.id: found.met.get(f"{step.id}/{need.id}") for need in step.needs}
    unmet = [need for need, at in waits.items() if at is None]
    if unmet:
        return f"need:{unmet[0]}"
    last = max(waits, key=lambda need: waits[need] or 0, default=None)
    there = max([started, *(at for at in waits.values() if at is not None)])
    lengths = {WORK: (found.ended if finished is None else finished) - there}
    if last is not None:
        lengths[f"need:{last}"] = there - started
    if step.within is not None and step.within.since != "opened":
        lengths[BEFORE] = opened
    return max(lengths, key=lambda cause: lengths[cause])


@dataclass(frozen=True, slots=True)
class Busy:
    """How much of the time until all came to rest a team was away, on the average."""

    team: str
    label: str
    share: float


@dataclass(frozen=True, slots=True)
class Ensemble:
    """What many replications found. `first_arrival` is when the first need was met, `full_strength` when all were,
    `contained` when the last step of the response was finished. `busy` is empty where the reference did the work.

    causes: for each step that was ever late, what held it up, how often. is_compiled: whether the kernel did it.
    """

    plan: Plan
    report: SimulationReport
    first_arrival: Summary
    full_strength: Summary
    contained: Summary
    busy: tuple[Busy, ...]
    causes: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    is_compiled: bool

    def as_data(self) -> dict[str, Any]:
        """Return JSON values."""
        times = {
            "first_arrival": self.first_arrival,
            "full_strength": self.full_strength,
            "contained": self.contained,
        }
        return {
            **self.report.as_data(),
            **{name: plain(asdict(summary)) for name, summary in times.items()},
            "busy": [asdict(one) for one in self.busy],
            "waits_for": {step: dict(causes) for step, causes in self.causes},
            "is_compiled": self.is_compiled,
        }


def simulate_many(
    setup: Setup,
    *,
    runs: int,
    precision: float | None = None,
    spread: Spread = map,
    go_on: Callable[[int], bool] | None = None,
) -> Ensemble:
    """Make `runs` replications, or fewer where every share of late steps is known to within `precision` before.

    go_on is told after each block how many are done, and stops the work by returning False.
    """
    demand_runs(runs, precision)
    whole = empty_part(setup.plan)
    is_cancelled = False
    for part in spread(lambda numbers: run_part(setup, numbers), blocks(runs)):
        whole.merge(part)
        done = whole.tally.runs
        if precision is not None and is_precise(whole.tally, precision):
            break
        if go_on is not None and not go_on(done) and done < runs:
            is_cancelled = True
            break
    return ensemble_of(setup, whole, is_cancelled=is_cancelled)


def blocks(runs: int) -> Iterator[range]:
    return (range(first, min(first + BLOCK, runs)) for first in range(0, runs, BLOCK))


def demand_runs(runs: int, precision: float | None) -> None:
    if not 1 <= runs <= MOST_RUNS:
        raise BadSimulation(
            zh=f"仿真次数须在 1 到 {MOST_RUNS:,} 之间，收到的是 {runs}。",
            en=f"A simulation makes 1 to {MOST_RUNS:,} runs, not {runs}.",
        )
    if precision is not None and not 0 < precision < 1:
        raise BadSimulation(
            zh=f"精度须在 0 和 1 之间（如 0.01 即正负一个百分点），收到的是 {precision:g}。",
            en=f"A precision lies between 0 and 1 (0.01 is one percentage point either way), not {precision:g}.",
        )


def is_precise(tally: Tally, precision: float) -> bool:
    """Return whether each step's share of late runs is known to within `precision` either way."""
    shares = [wilson(tally.any_late, tally.runs)]
    shares += [
        wilson(found.late, found.tried)
        for step, found in zip(tally.plan.steps, tally.steps, strict=True)
        if step.within is not None and found.tried
    ]
    return all((share.high - share.low) / 2 <= precision for share in shares)


def ensemble_of(setup: Setup, whole: Part, *, is_cancelled: bool) -> Ensemble:
    labels = {team.id: team.label for team in setup.world.teams}
    in_all = whole.tally.ended.total * 1000
    busy = [Busy(team, labels[team], away / in_all) for team, away in whole.away.items() if team in labels and in_all]
    return Ensemble(
        plan=setup.plan,
        report=whole.tally.report(setup.scenario, seed=setup.seed, is_cancelled=is_cancelled),
        first_arrival=whole.first_arrival.summary(),
        full_strength=whole.full_strength.summary(),
        contained=whole.contained.summary(),
        busy=tuple(sorted(busy, key=lambda one: (-one.share, one.team))),
        causes=tuple(
            (step.id, tuple(sorted(causes.items(), key=lambda cause: (-cause[1], cause[0]))))
            for step, causes in zip(setup.plan.steps, whole.causes, strict=True)
            if causes
        ),
        is_compiled=setup.program is not None,
    )
