"""The injects of an exercise that is being prepared, written one at a time."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.exercises import writing
from youbei.actions.exercises.touching import safety_of
from youbei.actions.permit import not_found
from youbei.api.access import caller, may
from youbei.api.exercises import InjectOut, row_of
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Prose, Slug
from youbei.engine.access import Permission
from youbei.engine.exercises.model import BreaksOn, Safety
from youbei.engine.text import Text
from youbei.records.models import Exercise
from youbei.records.reports.exercises import visible_exercise
from youbei.records.reports.msel import MselLine, msel_of

router = Router(tags=["exercises"])


class InjectIn(Body):
    """One inject as an exercise file has it; a missing `id` is made, also those of its expected actions."""

    inject: dict[str, Any]


class SafetyWords(Body):
    zh: Prose = ""
    en: Prose = ""


class SafetyPlan(Body):
    """The safety plan: its words, and what real suspends the exercise, responses at `level` or a graver one."""

    text: SafetyWords = SafetyWords()
    breaks_on: BreaksOn = BreaksOn.ACTIVATION
    level: Annotated[int, Field(ge=1, le=4)] = 4


def safety_out(row: Exercise) -> SafetyPlan:
    safety = safety_of(row)
    text = SafetyWords(zh=safety.text.zh, en=safety.text.en)
    return SafetyPlan(text=text, breaks_on=safety.breaks_on, level=safety.level)


@router.get("/exercises/{exercise_id}/safety", response=SafetyPlan, **may(Permission.SEE))
def get_safety(request: HttpRequest, exercise_id: UUID) -> SafetyPlan:
    """Return the safety plan of an exercise, which everybody who takes part may read."""
    return safety_out(visible_exercise(exercise_id, caller(request)))


@router.put("/exercises/{exercise_id}/safety", response=SafetyPlan, **may(Permission.RUN_EXERCISE))
@idempotent
def put_safety(request: HttpRequest, exercise_id: UUID, body: SafetyPlan) -> SafetyPlan:
    """Write the safety plan of a planned exercise."""
    safety = Safety(Text(body.text.zh, body.text.en), body.breaks_on, body.level)
    row = row_of(exercise_id)
    return safety_out(writing.write_safety(by=caller(request), now=clock.now(), exercise=row, safety=safety))


def line_of(row: Exercise, inject: str) -> MselLine:
    """Return an inject as it now stands in the list."""
    msel = msel_of(row)
    for line in msel.lines if msel is not None else ():
        if line.id == inject:
            return line
    raise not_found()


@router.post("/exercises/{exercise_id}/script/injects", response={201: InjectOut}, **may(Permission.RUN_EXERCISE))
@idempotent
def add_inject(request: HttpRequest, exercise_id: UUID, body: InjectIn) -> Status[MselLine]:
    """Add an inject to the script of a planned exercise; it is checked against the plan before it is kept."""
    row = writing.write_inject(by=caller(request), now=clock.now(), exercise=row_of(exercise_id), inject=body.inject)
    return Status(201, line_of(row, row.data["injects"][-1]["id"] if row.data else ""))


@router.put("/exercises/{exercise_id}/script/injects/{inject}", response=InjectOut, **may(Permission.RUN_EXERCISE))
@idempotent
def change_script_inject(request: HttpRequest, exercise_id: UUID, inject: Slug, body: InjectIn) -> MselLine:
    """Put an inject in the place of another, under its id."""
    row = writing.write_inject(
        by=caller(request), now=clock.now(), exercise=row_of(exercise_id), inject=body.inject, instead_of=inject
    )
    return line_of(row, inject)


@router.post(
    "/exercises/{exercise_id}/script/injects/{inject}/copy", response={201: InjectOut}, **may(Permission.RUN_EXERCISE)
)
@idempotent
def copy_script_inject(request: HttpRequest, exercise_id: UUID, inject: Slug) -> Status[MselLine]:
    """Copy an inject to the end of the list, under names of its own."""
    row, name = writing.copy_inject(by=caller(request), now=clock.now(), exercise=row_of(exercise_id), inject=inject)
    return Status(201, line_of(row, name))


@router.delete("/exercises/{exercise_id}/script/injects/{inject}", response={204: None}, **may(Permission.RUN_EXERCISE))
@idempotent
def remove_script_inject(request: HttpRequest, exercise_id: UUID, inject: Slug) -> Status[None]:
    """Take an inject out of the script; refused where others wait for it."""
    writing.remove_inject(by=caller(request), now=clock.now(), exercise=row_of(exercise_id), inject=inject)
    return Status(204, None)
