"""A small exercise on a small plan, for the tests of exercises."""

from __future__ import annotations

from datetime import timedelta

from youbei.engine.clock import Mode
from youbei.engine.events import Actor, Event
from youbei.engine.exercises.model import Exercise
from youbei.engine.exercises.msel import script_of
from youbei.engine.exercises.read import read_exercise
from youbei.engine.plans.model import Plan
from youbei.engine.run import Run, act, new_run
from youbei.engine.run.commands import Command, StartExercise
from youbei.testing import COMMANDER, START, minutes, small_plan, small_step

DIRECTOR = Actor("user:9", "导调")
HEAD = """
id = "small-exercise"
version = "1"
type = "functional"
plan = "small"
sponsor = "town"
title = {zh = "小演练", en = "Small exercise"}
"""
CALL = """
[[injects]]
id = "call"
kind = "call"
title = {zh = "报警电话", en = "A call"}
sender = {zh = "居民", en = "Resident"}
to = "operations"
text = {zh = "闻到氨味。", en = "There is a smell of ammonia."}
facts = [{key = "leaking", value = true}]
"""
EXPECTS = 'expects = [{id = "close", title = "close", within = "PT10M", who = "operations", step = "s0"}]\n'
PLAN = small_plan(small_step("s0"), small_step("s1"))


def exercise(*parts: str) -> Exercise:
    return read_exercise(HEAD + "".join(parts), format="toml")


def started(text: Exercise | str, *, plan: Plan = PLAN, mode: Mode = Mode.EXERCISE, **circumstances: object) -> Run:
    """Return the run of an exercise just after StartEx, which is at START."""
    found = exercise(text) if isinstance(text, str) else text
    run = new_run(plan, stream="run:1", mode=mode, script=script_of(found), **circumstances)  # type: ignore[arg-type]
    return act(run, StartExercise(), at=START, by=DIRECTOR)


def do(run: Run, command: Command, *, after: float | timedelta, by: Actor = COMMANDER) -> Run:
    wait = after if isinstance(after, timedelta) else minutes(after)
    return act(run, command, at=START + wait, by=by)


def of_kind(run: Run, *kinds: str) -> list[Event]:
    return [event for event in run.log if event.kind in kinds]


def told(run: Run, *kinds: str) -> list[tuple[str, str, float]]:
    """Return kind, subject and minutes since StartEx of the events of some kinds."""
    return [
        (event.kind, event.data.get("inject") if event.kind.startswith("inject") else event.data.get("action", ""),
         (event.at - START) / minutes(1))
        for event in of_kind(run, *kinds)
    ]  # fmt: skip
