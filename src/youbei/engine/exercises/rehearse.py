"""Let an exercise run by itself: every post played, on a clock that jumps; the whole of it, or one inject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from youbei.engine.clock import Mode
from youbei.engine.conditions import AllOf, Always, Condition, Count, Elapsed, Op, Quantity
from youbei.engine.draws import Draws
from youbei.engine.events import Actor
from youbei.engine.exercises.model import Exercise, Timing
from youbei.engine.exercises.msel import TIME_IS_UP, script_of
from youbei.engine.plans.model import Duration, LevelNumber, Plan
from youbei.engine.resources import World
from youbei.engine.run import ALL, Run, act, advance, new_run, next_due
from youbei.engine.run.commands import Activate, EndExercise, EndResponse, StartExercise
from youbei.engine.run.script import Reaction, Script

STAND_IN = "stand-in"
STAND_IN_LABEL = "代行人 / stand-in"
DIRECTOR = Actor("director", "演练总指挥 / exercise director")
# Assumption: a played duty desk activates two minutes after it learns of the matter, and a played commander ends the
# response five minutes after the plan's conditions hold; both only where the exercise says nothing else.
ACTIVATES_IN = Duration(likely=timedelta(minutes=2))
ENDS_IN = Duration(likely=timedelta(minutes=5))
AT_ONCE = timedelta(0)
# Assumption: what is done about a lone inject is done within an hour, unless its actions have longer.
LONE = timedelta(hours=1)


def stand_ins(exercise: Exercise, plan: Plan) -> tuple[Reaction, ...]:
    """Return what nobody is written to do, and somebody has to: activate the plan, and end the response."""
    deeds = [deed for role in exercise.roles for one in role.reactions for deed in one.does]
    posts = frozenset(post.id for post in plan.posts)
    found = []
    if not any(isinstance(deed, Activate) for deed in deeds):
        level = max((level.number for level in plan.levels), default=LevelNumber.IV)
        when = Count(Quantity.INJECTS_FIRED, Op.GTE, 1, tuple(inject.id for inject in exercise.injects))
        begin = (Activate(level, {}, STAND_IN_LABEL),)
        found.append(Reaction(f"{STAND_IN}/activate", STAND_IN, when, ACTIVATES_IN, begin, posts, STAND_IN_LABEL))
    if not any(isinstance(deed, EndResponse) for deed in deeds):
        end = (EndResponse(STAND_IN_LABEL),)
        found.append(Reaction(f"{STAND_IN}/end", STAND_IN, at_its_end(plan), ENDS_IN, end, posts, STAND_IN_LABEL))
    return tuple(found)


def at_its_end(plan: Plan) -> Condition:
    """Return when a response may end by its plan: its condition holds, and something was done about it."""
    condition = plan.end.when
    idle: Condition = Count(Quantity.STEPS_OPEN, Op.EQ, 0)
    is_any = Count(Quantity.STEPS_FINISHED, Op.GTE, 1)
    return AllOf((Elapsed("activation", AT_ONCE), is_any, idle if isinstance(condition, Always) else condition))


def rehearsal(
    exercise: Exercise, plan: Plan, *, at: datetime, world: World | None = None, seed: int | None = None
) -> Run:
    """Return a simulated run in which everybody is played, just after StartEx. Without a seed everything is usual."""
    script = script_of(exercise, further=stand_ins(exercise, plan))
    return act(new_rehearsal(script, plan, at=at, world=world, seed=seed), StartExercise(), at=at, by=DIRECTOR)


def new_rehearsal(script: Script, plan: Plan, *, at: datetime, world: World | None, seed: int | None) -> Run:
    return new_run(
        plan,
        stream=f"rehearsal:{script.id}",
        mode=Mode.SIMULATED,
        world=world or World(),
        autoplay=ALL,
        draws=None if seed is None else Draws(seed),
        known_at=at,
        occurred_at=at,
        script=script,
    )


def rehearse(
    exercise: Exercise, plan: Plan, *, at: datetime, world: World | None = None, seed: int | None = None
) -> Run:
    """Let the whole exercise run by itself from StartEx to EndEx."""
    run = rehearsal(exercise, plan, at=at, world=world, seed=seed)
    return to_its_end(run, at + exercise.end.at_most)


def to_its_end(run: Run, latest: datetime) -> Run:
    """Let time pass until the exercise ends itself, or end it at the latest time."""
    run = advance(run, latest)
    return run if run.state.script.is_over else act(run, EndExercise(TIME_IS_UP), at=latest, by=DIRECTOR)


def moment_by_moment(run: Run, latest: datetime) -> Iterator[Run]:
    """Yield the run after each moment at which something may happen, until the exercise is over."""
    yield run
    while not run.state.script.is_over:
        due = next_due(run)
        run = to_its_end(run, latest) if due is None or due > latest else advance(run, due)
        yield run


def lone_inject(exercise: Exercise, inject_id: str) -> Exercise:
    """Return the exercise of one inject alone, which comes at StartEx; raise KeyError where there is none."""
    inject = replace(exercise.inject(inject_id), at=Timing())
    longest = max((action.within for action in inject.expects), default=AT_ONCE)
    return replace(exercise, injects=(inject,), end=replace(exercise.end, when=None, at_most=max(LONE, longest)))
