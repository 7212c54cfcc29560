"""One replication: a plan carried out once, with the draws of its number, by the same run as in an exercise.

`Replication` is all that the statistics need. A compiled kernel that fills the same record for the same draws can take
the place of `replicate`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from youbei.engine.clock import Mode
from youbei.engine.conditions import evaluate
from youbei.engine.draws import Draws
from youbei.engine.events import Actor, Event, parse_iso
from youbei.engine.plans.model import LevelNumber, Phase, Plan, Scenario, ScenarioFact
from youbei.engine.resources import World
from youbei.engine.run import act, advance, new_run
from youbei.engine.run.commands import Activate, AddFact, EndResponse
from youbei.engine.run.runs import Run
from youbei.engine.run.script import NO_SCRIPT, Script
from youbei.engine.run.view import RunView
from youbei.engine.simulation.everyday import Call, Everyday, carry_on, hold
from youbei.engine.simulation.luck import altered, asked_of, has_luck, luck_of, script_of

# A simulation needs some day to begin on; results count from here.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
# Assumption: a response that has not come to rest after thirty days will not.
HORIZON = timedelta(days=30)
MILLISECOND = timedelta(milliseconds=1)
MICROSECOND = timedelta(microseconds=1)
SOURCE = "scenario"
# What is said about lateness, and who comes home, are no part of what the plan does.
ASIDE = frozenset({"step.late", "step.climbed", "message.queued", "resource.returned"})


@dataclass(frozen=True, slots=True)
class Replication:
    """What happened in one replication. Times are milliseconds from the activation, None where it did not happen.

    `opened`, `started`, `finished`, `late` stand in the order of the plan's steps; needs are named `<step>/<need>`.
    `short` is the most that was missing of a need when the world held no more. `ended` is when all came to rest.
    `conditions` names what it met of the world's troubles, `since_midnight` says in milliseconds when it began, `calls`
    are those of every day while they count. `out` is for how many microseconds each team was away for them, `away` for
    the plan, and `length` how many the run took; these three take no part in comparison.
    """

    number: int
    events: int
    level: LevelNumber
    opened: tuple[int | None, ...]
    started: tuple[int | None, ...]
    finished: tuple[int | None, ...]
    late: tuple[bool, ...]
    met: Mapping[str, int | None]
    short: Mapping[str, float]
    ended: int
    conditions: frozenset[str] = frozenset()
    since_midnight: int = 0
    calls: tuple[Call, ...] = ()
    out: Mapping[str, int] = field(default_factory=dict, compare=False)
    away: Mapping[str, int] = field(default_factory=dict, compare=False)
    length: int = field(default=0, compare=False)


def replicate(
    plan: Plan, world: World, scenario: Scenario, *, seed: int, number: int, level: LevelNumber | None = None
) -> Replication:
    """Carry the plan out once. `level` is the level of activation; None means: the one that the first facts call for.

    Where the plan has steps of recovery, the simulated commander ends the response when its end has been proposed
    and no step of the response is left to be done.
    """
    done, everyday = carried_out(plan, world, scenario, seed=seed, number=number, level=level)
    is_lucky = has_luck(world)
    return replace(
        record(done, number),
        conditions=everyday.luck.conditions(world.troubles) if is_lucky else frozenset(),
        since_midnight=everyday.luck.since_midnight if is_lucky else 0,
        calls=tuple(everyday.calls),
        out=dict(everyday.busy),
    )


def carried_out(
    plan: Plan, world: World, scenario: Scenario, *, seed: int, number: int, level: LevelNumber | None = None
) -> tuple[Run, Everyday]:
    """Return the run of one replication with its log, and what went on besides."""
    draws = Draws(seed, number)
    world = at_scenario(world, scenario)
    luck = luck_of(world, draws)
    script = script_of(plan, world.troubles, luck)
    world = altered(world, luck, asked_of(plan, world))
    known = informed(plan, world, scenario, seed=seed, number=number, script=script)
    everyday = Everyday(world, luck, draws)
    done = play(activated(known, level, everyday), scenario, everyday)
    ending = end_of_response(done)
    if ending is not None:
        everyday = Everyday(world, luck, draws)
        commander = Actor(posts=frozenset(post.id for post in plan.posts))
        done = play(activated(known, level, everyday), scenario, everyday, until=ending)
        done = act(done, EndResponse(SOURCE), at=ending, by=commander)
        done = play(done, scenario, everyday, since=ending)
    return done, everyday


def begin(plan: Plan, world: World, scenario: Scenario, *, seed: int, number: int, level: LevelNumber | None) -> Run:
    """Return the run just activated, knowing what the scenario knows at its start."""
    return activated(informed(plan, world, scenario, seed=seed, number=number), level)


def activated(run: Run, level: LevelNumber | None, everyday: Everyday | None = None) -> Run:
    """Return a run just activated, in the middle of every day."""
    if everyday is not None:
        everyday.before()
        run = hold(run, everyday)
    return act(run, Activate(level or first_level(run.plan, run)), at=BEGINNING, by=Actor())


def informed(
    plan: Plan, world: World, scenario: Scenario, *, seed: int, number: int, script: Script = NO_SCRIPT
) -> Run:
    """Return the run before its activation, knowing what the scenario knows at its start."""
    run = new_run(
        plan,
        stream=f"simulation:{number}",
        mode=Mode.SIMULATED,
        world=at_scenario(world, scenario),
        draws=Draws(seed, number),
        known_at=BEGINNING,
        occurred_at=BEGINNING,
        script=script,
    )
    for fact in scenario.facts:
        if fact.after <= timedelta(0):
            run = act(run, AddFact(fact.key, fact.value, SOURCE, BEGINNING), at=BEGINNING, by=Actor())
    return run


def at_scenario(world: World, scenario: Scenario) -> World:
    """Return the world with the incident where the scenario has it; the same world where it is there already."""
    if scenario.place is None or world.sites.get("incident") == scenario.place:
        return world
    return replace(world, sites={**world.sites, "incident": scenario.place})


def first_level(plan: Plan, run: Run) -> LevelNumber:
    """Return the most severe level that the facts call for; without one the mildest that the plan has."""
    levels = sorted(plan.levels, key=lambda level: level.number)
    view = RunView(run.state, BEGINNING)
    called_for = (level.number for level in levels if evaluate(level.when, view) is True)
    return next(called_for, levels[-1].number if levels else LevelNumber.IV)


def play(
    run: Run,
    scenario: Scenario,
    everyday: Everyday | None = None,
    *,
    since: datetime = BEGINNING,
    until: datetime | None = None,
) -> Run:
    """Let the later facts of the scenario become known, in their order, and time pass."""
    end = BEGINNING + HORIZON if until is None else until
    for fact in sorted(scenario.facts, key=lambda fact: fact.after):
        at = BEGINNING + fact.after
        if since < at <= end:
            run = learn(pass_time(run, everyday, at), fact, at)
    return pass_time(run, everyday, end)


def pass_time(run: Run, everyday: Everyday | None, until: datetime) -> Run:
    return advance(run, until) if everyday is None else carry_on(run, everyday, until, BEGINNING)


def learn(run: Run, fact: ScenarioFact, at: datetime) -> Run:
    return act(run, AddFact(fact.key, fact.value, SOURCE, at), at=at, by=Actor())


def end_of_response(run: Run) -> datetime | None:
    """Return when a commander would end the response: proposed, and no step left. None where nothing follows."""
    if not run.state.is_end_proposed or not any(step.phase is Phase.RECOVERY for step in run.plan.steps):
        return None
    steps = [run.state.steps[step.id] for step in run.plan.steps if step.phase is Phase.RESPONSE]
    if any(step.is_open for step in steps):
        return None
    proposed = next(event.at for event in reversed(run.log) if event.kind == "end.proposed")
    return max([proposed, *(step.finished_at for step in steps if step.finished_at is not None)])


def milliseconds(at: datetime | None) -> int | None:
    return None if at is None else (at - BEGINNING) // MILLISECOND


def record(run: Run, number: int) -> Replication:
    """Read the times out of a run that has come to rest."""
    steps = [run.state.steps[step.id] for step in run.plan.steps]
    met: dict[str, int | None] = dict.fromkeys(run.state.needs)
    short: dict[str, float] = {}
    for event in run.log:
        if event.kind == "need.met":
            met[event.data["need"]] = milliseconds(event.at)
        elif event.kind == "need.short":
            need = event.data["need"]
            short[need] = max(short.get(need, 0.0), float(event.data["missing"]))
    last = last_change(run.log)
    return Replication(
        number=number,
        events=len(run.log),
        level=run.state.level or LevelNumber.IV,
        opened=tuple(milliseconds(step.opened_at) for step in steps),
        started=tuple(milliseconds(step.started_at) for step in steps),
        finished=tuple(milliseconds(step.finished_at) for step in steps),
        late=tuple(step.late_at is not None for step in steps),
        met=met,
        short=short,
        ended=(last - BEGINNING) // MILLISECOND,
        away=away_of(run, last),
        length=(last - BEGINNING) // MICROSECOND,
    )


def last_change(log: tuple[Event, ...]) -> datetime:
    """Return when something last happened; what is only said about a late step, and ways home, do not count."""
    return max((event.at for event in log if event.kind not in ASIDE), default=BEGINNING)


def away_of(run: Run, last: datetime) -> Mapping[str, int]:
    """Return for how many microseconds each team was away for the plan until all came to rest, its ways home too."""
    since: dict[str, datetime] = {}
    until: dict[str, datetime] = {}
    for event in run.log:
        if event.kind == "resource.assigned":
            since[event.data["assignment"]] = event.at
        elif event.kind == "resource.released":
            back = event.data.get("back_at")
            until[event.data["assignment"]] = event.at if back is None else parse_iso(back)
    away: Counter[str] = Counter()
    for name, at in since.items():
        assignment = run.state.assignments[name]
        if assignment.is_team:
            away[assignment.resource] += (min(last, until.get(name, last)) - at) // MICROSECOND
    return away
