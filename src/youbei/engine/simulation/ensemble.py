"""Carry a plan out thousands of times, by compiled blocks where that can be done, and say which promises break.

Numbers are split into blocks at fixed places, and blocks are merged in their order: how many threads work, and which
does which block, does not show. What cannot be compiled, and every machine without the extra `solve`, is served by the
reference engine, with the same result.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Protocol

from youbei.engine.plans.model import LevelNumber, Phase, Plan, Scenario
from youbei.engine.resources import World
from youbei.engine.simulation.loops import IS_COMPILED
from youbei.engine.simulation.parts import ANY_NEED, ANY_STEP, Part, add, empty_part
from youbei.engine.simulation.plan_code import NotCompiled
from youbei.engine.simulation.plan_compile import Program, compile_plan
from youbei.engine.simulation.plan_rows import Rows, run_rows
from youbei.engine.simulation.replicate import Replication, at_scenario, first_level, informed, replicate
from youbei.engine.simulation.service import Groups, Service, service_of, tenths
from youbei.engine.simulation.simulate import MOST_RUNS, BadSimulation, SimulationReport, Tally, plain
from youbei.engine.simulation.sound import demand_lengths, demand_rest
from youbei.engine.simulation.statistics import Proportion, Summary, student, wilson
from youbei.engine.text import Text
from youbei.engine.troubles import Troubles

if IS_COMPILED:
    from youbei.engine.simulation.plan_tally import part_of

BLOCK = 250
# Calls of every day that are kept at once, before they are added up.
MOST_KEPT = 1_000_000


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
    """Make ready; raise BadSimulation for a plan without steps, and for a world that never comes to rest."""
    if not any(step.phase is Phase.RESPONSE for step in plan.steps):
        raise BadSimulation(
            zh="预案没有响应任务，无可仿真。请先补充任务。",
            en="The plan has no steps of response, so there is nothing to simulate. Add steps first.",
        )
    world = at_scenario(world, scenario)
    demand_rest(world)
    demand_lengths(plan, world)
    level = level or first_level(plan, informed(plan, world, scenario, seed=seed, number=0))
    program = None
    if IS_COMPILED:
        try:
            program = compile_plan(plan, world, scenario, level=level)
        except NotCompiled:
            program = None
    return Setup(plan, world, scenario, level, seed, program)


def run_part(setup: Setup, numbers: range) -> Part:
    """Make the replications of the given numbers, by the kernel where there is one."""
    part = empty_part(setup.plan)
    size = len(numbers) if setup.program is None else max(1, MOST_KEPT // (1 + setup.program.most_calls))
    for first in range(numbers.start, numbers.stop, size or 1):
        part.merge(some_part(setup, range(first, min(first + size, numbers.stop))))
    return part


def some_part(setup: Setup, numbers: range) -> Part:
    rows = None if setup.program is None else run_rows(setup.program, numbers, seed=setup.seed)
    if rows is not None and not any(rows.is_overfull(place) for place in range(len(numbers))):
        part = part_of(rows)
    else:
        part = empty_part(setup.plan)
        groups = Groups(setup.world.demand)
        for place, found in enumerate(replications(setup, rows, numbers)):
            add(part, setup.plan, found, groups)
            if rows is None or rows.is_overfull(place):
                add_busy(part, found)
    if rows is not None:
        for counted, found_of in (
            (part.away, rows.busy),
            (part.away_squares, rows.busy_squares),
            (part.away_by_length, rows.busy_by_length),
            (part.out, rows.out),
            (part.out_squares, rows.out_squares),
        ):
            counted.update({name: int(one) for name, one in zip(rows.program.resources, found_of, strict=False) if one})
    return part


def add_busy(part: Part, found: Replication) -> None:
    """Add how long teams were away in a run of the reference engine, as the kernel does by itself."""
    part.out.update(found.out)
    part.out_squares.update({name: tenths(out) ** 2 for name, out in found.out.items()})
    part.away.update(found.away)
    part.away_squares.update({name: tenths(away) ** 2 for name, away in found.away.items()})
    part.away_by_length.update({name: tenths(away) * tenths(found.length) for name, away in found.away.items()})


def replications(setup: Setup, rows: Rows | None, numbers: range) -> Iterator[Replication]:
    for place, number in enumerate(numbers):
        if rows is not None and not rows.is_overfull(place):
            yield rows.replication(place)
        else:
            yield replicate(setup.plan, setup.world, setup.scenario, seed=setup.seed, number=number, level=setup.level)


@dataclass(frozen=True, slots=True)
class Busy:
    """How much of the time until all came to rest a team was away for the plan, on the average over the runs, from low
    to high with its 95 % interval; NaN with fewer than two runs.

    everyday: how much of the time in which calls of every day count it was away for them, with its interval. label,
    label_en: what the team is called.
    """

    team: str
    label: str
    label_en: str
    share: float
    low: float
    high: float
    everyday: float
    everyday_low: float
    everyday_high: float


@dataclass(frozen=True, slots=True)
class Condition:
    """How the plan did where a condition was met (`night`, `closure:<id>`, ...), and where it was not.

    label: when that is, in words that follow what happens. late, late_otherwise: any step at all; steps: for each step
    with a deadline both shares. short, short_otherwise: any need at all; needs: for each (`<step>/<need>`) both shares.
    """

    name: str
    label: Text
    met: Proportion
    late: Proportion
    late_otherwise: Proportion
    steps: tuple[tuple[str, Proportion, Proportion], ...]
    short: Proportion
    short_otherwise: Proportion
    needs: tuple[tuple[str, Proportion, Proportion], ...]


@dataclass(frozen=True, slots=True)
class Ensemble:
    """What many replications found. `first_arrival` is when the first need was met, `full_strength` when all were,
    `contained` when the last step of the response was finished.

    causes: for each step that was ever late, what held it up, how often. is_compiled: whether the kernel did it.
    conditions: how it did at night, on days off, and with each of the world's troubles. service: how calls of every day
    were served; None without any.
    """

    plan: Plan
    report: SimulationReport
    first_arrival: Summary
    full_strength: Summary
    contained: Summary
    busy: tuple[Busy, ...]
    causes: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    is_compiled: bool
    conditions: tuple[Condition, ...] = ()
    service: Service | None = None

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
            "busy": [plain(asdict(one)) for one in self.busy],
            "level_shares": {
                level: plain(asdict(wilson(count, self.report.runs))) for level, count in self.report.levels
            },
            "waits_for": {step: dict(causes) for step, causes in self.causes},
            "waits_for_shares": {
                step: {cause: plain(asdict(wilson(count, sum(dict(causes).values())))) for cause, count in causes}
                for step, causes in self.causes
            },
            "is_compiled": self.is_compiled,
            "conditions": [plain(asdict(one)) for one in self.conditions],
            "service": None if self.service is None else plain(self.service.as_data()),
        }


def simulate_many(
    setup: Setup,
    *,
    runs: int,
    precision: float | None = None,
    spread: Spread = map,
    go_on: Callable[[int], bool] | None = None,
) -> Ensemble:
    """Make `runs` replications, or fewer where every share of late steps and of short needs is known to within
    `precision` before.

    go_on is told after each block how many are done, and stops the work by returning False.
    """
    return gathered(setup, runs=runs, precision=precision, spread=spread, go_on=go_on)[0]


def gathered(
    setup: Setup,
    *,
    runs: int,
    precision: float | None = None,
    spread: Spread = map,
    go_on: Callable[[int], bool] | None = None,
) -> tuple[Ensemble, Part]:
    """Do what `simulate_many` does, and keep the times that its summaries are made of."""
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
    return ensemble_of(setup, whole, is_cancelled=is_cancelled), whole


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
    """Return whether it is known to within `precision` either way how often each step is late and each need short."""
    shares = [wilson(tally.any_late, tally.runs), wilson(tally.any_short, tally.runs)]
    shares += [wilson(found.short, found.asked) for found in tally.needs.values() if found.asked]
    shares += [
        wilson(found.late, found.tried)
        for step, found in zip(tally.plan.steps, tally.steps, strict=True)
        if step.within is not None and found.tried
    ]
    return all((share.high - share.low) / 2 <= precision for share in shares)


def ensemble_of(setup: Setup, whole: Part, *, is_cancelled: bool) -> Ensemble:
    return Ensemble(
        plan=setup.plan,
        report=whole.tally.report(setup.scenario, seed=setup.seed, is_cancelled=is_cancelled),
        first_arrival=whole.first_arrival.summary(),
        full_strength=whole.full_strength.summary(),
        contained=whole.contained.summary(),
        busy=busy_of(setup, whole),
        causes=tuple(
            (step.id, tuple(sorted(causes.items(), key=lambda cause: (-cause[1], cause[0]))))
            for step, causes in zip(setup.plan.steps, whole.causes, strict=True)
            if causes
        ),
        is_compiled=setup.program is not None,
        conditions=tuple(conditions_of(setup, whole)),
        service=service_of(whole.service, Groups(setup.world.demand)),
    )


def busy_of(setup: Setup, whole: Part) -> tuple[Busy, ...]:
    """Return how busy teams were that went anywhere, the busiest first."""
    labels = {team.id: team.named for team in setup.world.teams}
    ended, runs = whole.tally.ended, whole.tally.runs
    in_all = ended.total * 1000
    counts = setup.world.demand.lasts // timedelta(microseconds=1)
    busy = []
    for team in {**whole.away, **whole.out}:
        if team not in labels or not (in_all or whole.out[team]):
            continue
        length, out = counts / 1e5, whole.out[team] / 1e5
        away = share_away(
            runs,
            whole.away[team] / 1e5,
            whole.away_squares[team],
            in_all / 1e5,
            ended.squares / 1e4,
            whole.away_by_length[team],
        )
        everyday = share_away(runs, out, whole.out_squares[team], runs * length, runs * length**2, out * length)
        busy.append(Busy(team, labels[team].zh, labels[team].en, *away, *everyday))
    return tuple(sorted(busy, key=lambda one: (-one.share - one.everyday, one.team)))


def share_away(
    runs: int, away: float, squares: float, length: float, length_squares: float, products: float
) -> tuple[float, float, float]:
    """Return for what share of the length of the runs a team was away, with its 95 % interval; sums over the runs.

    The interval is that of a ratio of sums, by its linear part. Source: Cochran, Sampling Techniques, 1977, 6.3.
    """
    if not length:
        return 0.0, 0.0, 0.0
    share = away / length
    if runs < 2:
        return share, math.nan, math.nan
    spread = max(0.0, squares - 2 * share * products + share**2 * length_squares) / (runs - 1)
    half = student(runs - 1) * math.sqrt(runs * spread) / length
    return share, max(0.0, share - half), min(1.0, share + half)


def conditions_of(setup: Setup, whole: Part) -> Iterator[Condition]:
    """Yield how the plan did with each condition that was met, and without it."""
    runs, tally = whole.tally.runs, whole.tally
    for name in setup.world.troubles.conditions:
        met = whole.met[name]
        if not met:
            continue
        late, short = whole.late_when[name, ANY_STEP], whole.short_when[name, ANY_NEED]
        steps = (
            (step.id, *beside((whole.late_when[name, place], whole.tried_when[name, place]), (one.late, one.tried)))
            for place, (step, one) in enumerate(zip(setup.plan.steps, tally.steps, strict=True))
            if step.within is not None
        )
        needs = (
            (need, *beside((whole.short_when[name, need], whole.asked_when[name, need]), (one.short, one.asked)))
            for need, one in tally.needs.items()
        )
        yield Condition(
            name,
            label_of(name, setup.plan, setup.world.troubles),
            wilson(met, runs),
            *beside((late, met), (tally.any_late, runs)),
            tuple(steps),
            *beside((short, met), (tally.any_short, runs)),
            tuple(needs),
        )


def beside(when: tuple[int, int], in_all: tuple[int, int]) -> tuple[Proportion, Proportion]:
    """Return the share where a condition was met and where it was not; each is how often, and out of how many."""
    return wilson(*when), wilson(in_all[0] - when[0], in_all[1] - when[1])


def label_of(name: str, plan: Plan, troubles: Troubles) -> Text:
    """Say in words when a condition is met."""
    kind, _, which = name.partition(":")
    if kind == "night":
        return Text("夜间", "at night")
    if kind == "holiday":
        return Text("节假日", "on days off")
    if kind == "unreachable":
        title = next((post.title for post in plan.posts if post.id == which), Text(which, which))
        return Text(f"联系不上“{title.in_language('zh')}”时", f"with nobody reaching the {title.in_language('en')}")
    things = troubles.closures if kind == "closure" else troubles.failures
    said = next((one.label for one in things if one.id == which), "") or which
    label = Text.parted(said)
    if kind == "closure":
        return Text(f"“{label.zh}”不通畅时", f"with {label.en} closed or slow")
    return Text(f"“{label.zh}”不能供应时", f"without {label.en}")
