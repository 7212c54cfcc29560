"""Short ways to start a run and to read its log, for the tests of the run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from youbei.engine.clock import Mode
from youbei.engine.conditions import Compare, Op, Value
from youbei.engine.events import Actor, Event
from youbei.engine.plans.model import LevelNumber, Plan
from youbei.engine.run import Run, act, new_run
from youbei.engine.run.commands import Activate, AddFact, Command
from youbei.testing import COMMANDER, OFFICER, START, minutes

REAL, EXERCISE, SIMULATED = Mode.REAL, Mode.EXERCISE, Mode.SIMULATED


def activated(
    plan: Plan, *, mode: Mode = REAL, level: LevelNumber = LevelNumber.IV, posts: Any = None, **circumstances: Any
) -> Run:
    """Return a run that was activated at START."""
    run = new_run(plan, stream="run:1", mode=mode, **circumstances)
    return act(run, Activate(level, posts or {}), at=START, by=OFFICER)


def do(run: Run, command: Command, *, after: timedelta | float = 0, by: Actor = COMMANDER) -> Run:
    """Do something `after` START (a number is minutes), or now where that is past."""
    wait = after if isinstance(after, timedelta) else minutes(after)
    return act(run, command, at=START + wait, by=by)


def learn(run: Run, key: str, value: Value | None, *, after: float = 0) -> Run:
    return do(run, AddFact(key, value, "phone", START), after=after, by=OFFICER)


def is_true(key: str) -> Compare:
    return Compare(key, Op.EQ, True)


def at_least(key: str, value: float) -> Compare:
    return Compare(key, Op.GTE, value)


def events(run: Run, kind: str) -> list[Event]:
    return [event for event in run.log if event.kind == kind]


def told(run: Run, kind: str, *names: str) -> list[Any]:
    """Return what events of a kind say under the names given: values, or tuples of them, with minutes for `at`."""
    return rows_of(events(run, kind), *names)


def rows_of(chosen: list[Event], *names: str) -> list[Any]:
    rows = [tuple(passed(event) if name == "at" else event.data[name] for name in names) for event in chosen]
    return [row[0] for row in rows] if len(names) == 1 else rows


def messages(run: Run, *names: str) -> list[Any]:
    """Return what the messages say, apart from those of the activation, which every filled post gets."""
    return rows_of([event for event in events(run, "message.queued") if not is_call(event)], *names)


def calls(run: Run, *names: str) -> list[Any]:
    """Return what the messages of the activation say."""
    return rows_of([event for event in events(run, "message.queued") if is_call(event)], *names)


def is_call(event: Event) -> bool:
    return "您担任" in event.data["body"]["zh"]


def passed(event: Event) -> float:
    """Return the minutes from START to an event."""
    return (event.at - START) / minutes(1)
