"""From an exercise to the script that a run follows: the master scenario events list, put on the clock of its run."""

from __future__ import annotations

from datetime import datetime, timedelta

from youbei.engine.conditions import Condition, Count, Op, Quantity
from youbei.engine.exercises.model import Exercise, ExpectedAction, Inject, InjectType, Role
from youbei.engine.exercises.write import digest
from youbei.engine.plans.model import Duration
from youbei.engine.run.commands import EndExercise
from youbei.engine.run.script import Cue, Expectation, Learn, Reaction, Script

DAY = timedelta(days=1)
# The role that ends an exercise by its own rule, and the inject that brings what is known at its start.
CONTROL = "control"
CONTROL_LABEL = "导调 / exercise control"
TIME_IS_UP = "时间已到 / time is up"
# What the log holds of who did something.
LONGEST_LABEL = 120
END_IS_REACHED = "结束条件已满足 / end condition met"
OPENING = "startex"


def script_of(exercise: Exercise, *, further: tuple[Reaction, ...] = ()) -> Script:
    """Return the script of an exercise; `further` are reactions of roles that it does not write itself."""
    return Script(
        id=exercise.id,
        version=exercise.version,
        digest=digest(exercise),
        cues=(*opening(exercise), *(cue_of(exercise, inject) for inject in exercise.injects)),
        expectations=tuple(expectation_of(inject, action) for inject, action in exercise.actions),
        reactions=(*(one for role in exercise.roles for one in reactions_of(role)), *ending(exercise), *further),
        reacts_in={post: role.begins_in for role in exercise.roles for post in role.plays if role.begins_in.likely},
    )


def opening(exercise: Exercise) -> tuple[Cue, ...]:
    """Return the inject that brings what is known at StartEx; none where nothing is."""
    if not exercise.start.facts:
        return ()
    facts = tuple(Learn(fact.key, fact.value, "scenario") for fact in exercise.start.facts)
    return (Cue(OPENING, "opening", effects=facts, says={"method": "scenario", "from": {}, "to": ""}),)


def cue_of(exercise: Exercise, inject: Inject) -> Cue:
    timing = inject.at
    since, delay = timing.since, timing.delay
    if timing.clock:
        since, delay = "startex", clock_offset(exercise.start.clock, timing.clock)
    return Cue(
        id=inject.id,
        kind=inject.kind,
        since=since,
        delay=delay,
        after=timing.after,
        when=timing.when,
        unless=timing.unless,
        # A contingency with a condition comes when that holds; one without is for a controller to use.
        is_contingency=inject.type is InjectType.CONTINGENCY and timing.when is None,
        effects=inject.content.fire(inject.title),
        says=inject.content.says(),
    )


def clock_offset(start: str, clock: str) -> timedelta:
    """Return how long after StartEx the clock of the scenario shows a time of day; past midnight where it must."""
    return (time_of_day(clock) - time_of_day(start)) % DAY


def time_of_day(clock: str) -> timedelta:
    hours, minutes = clock.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def shown_clock(exercise: Exercise, startex: datetime, at: datetime) -> str:
    """Return what the clock of the scenario shows (`HH:MM:SS`) at a time of the run."""
    seconds = int(((time_of_day(exercise.start.clock) + (at - startex)) % DAY).total_seconds())
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def expectation_of(inject: Inject, action: ExpectedAction) -> Expectation:
    return Expectation(action.id, inject.id, action.who, action.within, done_when(action))


def done_when(action: ExpectedAction) -> Condition | None:
    if action.done is None and action.step:
        return Count(Quantity.STEPS_FINISHED, Op.GTE, 1, (action.step,))
    return action.done


def reactions_of(role: Role) -> tuple[Reaction, ...]:
    label = " / ".join(filter(None, (role.title.zh, role.title.en)))[:LONGEST_LABEL]
    return tuple(
        Reaction(f"{role.id}/{one.id}", role.id, one.when, one.delay, one.does, frozenset(role.plays), label)
        for one in role.reactions
    )


def ending(exercise: Exercise) -> tuple[Reaction, ...]:
    """Return what ends the exercise by its own condition."""
    if exercise.end.when is None:
        return ()
    return (control(f"{CONTROL}/endex", exercise.end.when, END_IS_REACHED),)


def control(name: str, when: Condition, reason: str) -> Reaction:
    """Return what lets exercise control end the exercise."""
    return Reaction(name, CONTROL, when, Duration(), (EndExercise(reason),), label=CONTROL_LABEL)


def played_posts(exercise: Exercise) -> frozenset[str]:
    """Return the posts of the plan that roles play: what a run's `autoplay` is made of."""
    return frozenset(post for role in exercise.roles for post in role.plays)
