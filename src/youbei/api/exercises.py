"""Exercises: planned, begun, ended and closed; their injects and what their log shows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from youbei.actions import clock
from youbei.actions.exercises import enrolling, keeping, leading
from youbei.actions.permit import not_found
from youbei.api.access import caller, may
from youbei.api.plans import TextIn
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, Line, PageOf, PageSize, Reason, Slug, When, as_page, find
from youbei.engine.access import Permission
from youbei.engine.exercises.data import evaluation_data, plain
from youbei.engine.exercises.model import ExerciseType
from youbei.engine.exercises.read import read_exercise
from youbei.engine.exercises.write import write_json, write_toml
from youbei.engine.text import Text
from youbei.records.models import Exercise, Organisation, Participant, User
from youbei.records.reports.alliance import own_participants
from youbei.records.reports.exercises import (
    ExerciseFilter,
    ExerciseSummary,
    exercise_page,
    exercise_summary,
    knows_script,
    part_of,
    visible_exercise,
)
from youbei.records.reports.msel import Msel, MselLine, evaluation_of, msel_of, rehearsal_of

router = Router(tags=["exercises"])
ScriptText = Annotated[str, StringConstraints(min_length=1, max_length=10_000_000)]
Stage = Literal["planned", "sealed", "running", "paused", "suspended", "ended", "closed"]


class LibraryExercise(Schema):
    """An exercise that ships with the program; `is_plan_stored` says whether the plan that it tests is."""

    code: str
    version: str
    title: Text
    type: str
    plan: str
    injects: int
    is_plan_stored: bool


class ExerciseIn(Body):
    """An exercise file (TOML, or JSON where it begins with `{`), or the `library` code of one that ships."""

    text: ScriptText | None = None
    library: Slug | None = None
    planned_at: When | None = None
    is_announced: bool = True


class DrillIn(Body):
    """An exercise without a script, such as a monthly evacuation."""

    organisation: Slug
    title: TextIn
    type: ExerciseType = ExerciseType.DRILL
    planned_at: When | None = None
    is_announced: bool = True


class ScriptIn(Body):
    text: ScriptText


class StartIn(Body):
    """`override` is why it begins although something holds it back; it takes the right to manage incidents there."""

    override: Line = ""


class EndIn(Body):
    reason: Line = ""


class ExerciseCancelIn(Body):
    reason: Reason


class ParticipantIn(Body):
    """`ref` is a register code: `person:<code>`, `agency:<code>`, the code of a post, or a bare organisation code."""

    ref: Slug
    part: Literal["player", "controller", "evaluator", "observer"] = "player"
    post: Slug = ""


class ParticipantsIn(Body):
    participants: Annotated[list[ParticipantIn], Field(max_length=5_000)]


class ParticipantOut(Schema):
    ref: str
    part: str
    post: str


class ExerciseOut(Schema):
    """One exercise, and in which part the caller sees it. `participants` is empty for those who may not see them."""

    summary: ExerciseSummary
    part: str
    digest: str
    end_reason: str
    participants: list[ParticipantOut]


class InjectActionOut(Schema):
    id: str
    title: Text
    who: str
    within: timedelta
    status: str
    due_at: datetime | None
    met_at: datetime | None


class InjectOut(Schema):
    """One line of the list. `offset` is when it comes after StartEx; `is_rehearsed` where only a rehearsal tells."""

    id: str
    kind: str
    type: str
    title: Text
    sender: Text
    to: str
    text: Text
    offset: timedelta | None
    is_rehearsed: bool
    clock: str
    status: str
    reason: str
    fired_at: datetime | None
    actions: list[InjectActionOut]


class ExerciseFile(Schema):
    filename: str
    format: Literal["toml", "json"]
    text: str


def row_of(exercise_id: UUID) -> Exercise:
    """Return an exercise for an action, which itself refuses whoever may not."""
    return find(Exercise.objects.all(), pk=exercise_id)


def shown(row: Exercise, by: User) -> ExerciseOut:
    row = visible_exercise(row.pk, by)
    part = part_of(row, by)
    return ExerciseOut(
        summary=exercise_summary(row),
        part=part,
        digest=row.digest,
        end_reason=row.end_reason,
        participants=[ParticipantOut(ref=one.ref, part=one.part, post=one.post) for one in listed(row, part, by)],
    )


def listed(row: Exercise, part: str, by: User) -> list[Participant]:
    """Return whom the caller may see on the list: a partner the people of its own units alone."""
    return list(row.participants.all()) if knows_script(part) else own_participants(row, by)


def script_of(request: HttpRequest, exercise_id: UUID, *, when_over: bool = False) -> tuple[Exercise, Msel]:
    """Return an exercise with its list, or answer as if there were none to those who must not know it."""
    by = caller(request)
    row = visible_exercise(exercise_id, by)
    is_over = row.status in (Exercise.Status.ENDED, Exercise.Status.CLOSED)
    msel = msel_of(row) if knows_script(part_of(row, by)) or (when_over and is_over) else None
    if msel is None:
        raise not_found()
    return row, msel


@router.get("/exercises", response=PageOf[ExerciseSummary], **may(Permission.SEE))
def list_exercises(
    request: HttpRequest,
    status: Stage | None = None,
    type: ExerciseType | None = None,
    cursor: Cursor = "",
    size: PageSize = 50,
) -> dict[str, Any]:
    """List the exercises you may see, newest first; one without notice is hidden from players until it begins."""
    filters = ExerciseFilter(status=status or "", type=type.value if type else "")
    return as_page(exercise_page(caller(request), filters=filters, cursor=cursor, size=size))


@router.get("/exercises/library", response=list[LibraryExercise], **may(Permission.RUN_EXERCISE))
def list_library(request: HttpRequest) -> list[LibraryExercise]:
    """List the exercises that ship with the program."""
    return [
        LibraryExercise(
            code=one.script.id,
            version=one.script.version,
            title=one.script.title,
            type=one.script.type.value,
            plan=one.script.plan,
            injects=len(one.script.injects),
            is_plan_stored=one.plan_version is not None,
        )
        for one in keeping.library(caller(request))
    ]


@router.post("/exercises", response={201: ExerciseOut}, **may(Permission.RUN_EXERCISE))
@idempotent
def plan_exercise(request: HttpRequest, body: ExerciseIn) -> Status[ExerciseOut]:
    """Plan an exercise from a file or from the library."""
    by = caller(request)
    if (body.text is None) == (body.library is None):
        raise keeping.ExerciseRefused(
            zh="请给出 text（演练文件）或 library（演练库标识）之一。",
            en="Give either text (an exercise file) or library (the code of one that ships).",
        )
    script = read_exercise(body.text) if body.text is not None else keeping.library_script(body.library or "")
    row = keeping.plan_exercise(
        by=by, now=clock.now(), script=script, planned_at=body.planned_at, is_announced=body.is_announced
    )
    return Status(201, shown(row, by))


@router.post("/exercises/drills", response={201: ExerciseOut}, **may(Permission.RUN_EXERCISE))
@idempotent
def plan_drill(request: HttpRequest, body: DrillIn) -> Status[ExerciseOut]:
    """Plan an exercise without a script."""
    by = caller(request)
    row = keeping.plan_drill(
        by=by,
        now=clock.now(),
        organisation=find(Organisation.objects.visible_to(by), code=body.organisation),
        title=Text(body.title.zh, body.title.en),
        type=body.type,
        planned_at=body.planned_at,
        is_announced=body.is_announced,
    )
    return Status(201, shown(row, by))


@router.get("/exercises/{exercise_id}", response=ExerciseOut, **may(Permission.SEE))
def get_exercise(request: HttpRequest, exercise_id: UUID) -> ExerciseOut:
    """Return one exercise."""
    by = caller(request)
    return shown(visible_exercise(exercise_id, by), by)


@router.get("/exercises/{exercise_id}/injects", response=list[InjectOut], **may(Permission.SEE))
def list_injects(request: HttpRequest, exercise_id: UUID) -> list[MselLine]:
    """List the injects with what has become of each; for those who lead, control and evaluate."""
    return list(script_of(request, exercise_id)[1].lines)


@router.get("/exercises/{exercise_id}/file", response=ExerciseFile, **may(Permission.SEE))
def get_exercise_file(
    request: HttpRequest, exercise_id: UUID, format: Literal["toml", "json"] = "toml"
) -> ExerciseFile:
    """Write an exercise as a file."""
    script = script_of(request, exercise_id)[1].exercise
    text = write_json(script) if format == "json" else write_toml(script)
    return ExerciseFile(filename=f"{script.id}-{script.version}.{format}", format=format, text=text)


@router.get("/exercises/{exercise_id}/evaluation", response=dict[str, Any], **may(Permission.SEE))
def get_evaluation(request: HttpRequest, exercise_id: UUID) -> dict[str, Any]:
    """Tell what the log of an exercise shows: measures, actions, steps, objectives. Players see it once it is over."""
    row, msel = script_of(request, exercise_id, when_over=True)
    found = evaluation_of(row, msel)
    if found is None:
        raise not_found()
    return evaluation_data(found)


@router.get("/exercises/{exercise_id}/rehearsal", response=dict[str, Any], **may(Permission.SEE))
def rehearse_exercise(
    request: HttpRequest,
    exercise_id: UUID,
    inject: Slug = "",
    seed: Annotated[int | None, Field(ge=0, lt=10**9)] = None,
) -> dict[str, Any]:
    """Rehearse an exercise, or one inject, with every post played; nothing leaves and nothing is counted."""
    msel = script_of(request, exercise_id)[1]
    if inject and inject not in {one.id for one in msel.exercise.injects}:
        raise not_found()
    data: dict[str, Any] = plain(rehearsal_of(msel, inject=inject, seed=seed))
    return data


@router.put("/exercises/{exercise_id}/script", response=ExerciseOut, **may(Permission.RUN_EXERCISE))
@idempotent
def revise_exercise(request: HttpRequest, exercise_id: UUID, body: ScriptIn) -> ExerciseOut:
    """Replace the script of a planned exercise."""
    by = caller(request)
    row = visible_exercise(exercise_id, by)
    row = keeping.revise_exercise(by=by, now=clock.now(), exercise=row, script=read_exercise(body.text))
    return shown(row, by)


@router.put("/exercises/{exercise_id}/participants", response=ExerciseOut, **may(Permission.RUN_EXERCISE))
@idempotent
def enrol_participants(request: HttpRequest, exercise_id: UUID, body: ParticipantsIn) -> ExerciseOut:
    """Replace the list of who takes part; only they get messages of the exercise."""
    by = caller(request)
    wanted = [(one.ref, one.part, one.post) for one in body.participants]
    return shown(enrolling.enrol(by=by, now=clock.now(), exercise=row_of(exercise_id), participants=wanted), by)


@router.post("/exercises/{exercise_id}/start", response=ExerciseOut, **may(Permission.RUN_EXERCISE))
@idempotent
def start_exercise(request: HttpRequest, exercise_id: UUID, body: StartIn | None = None) -> ExerciseOut:
    """StartEx. The clock is then set at the run, under `/runs/{run_id}/clock`.

    409 while a real incident or an interlock holds it back; the answer says what, by whose word and since when.
    """
    by, override = caller(request), body.override if body else ""
    row = row_of(exercise_id)
    return shown(leading.start_exercise(by=by, now=clock.now(), exercise=row, override=override), by)


@router.post("/exercises/{exercise_id}/end", response=ExerciseOut, **may(Permission.RUN_EXERCISE))
@idempotent
def end_exercise(request: HttpRequest, exercise_id: UUID, body: EndIn) -> ExerciseOut:
    """EndEx: what waits is skipped, what is open was missed, and the response of the exercise ends."""
    by = caller(request)
    return shown(leading.end_exercise(by=by, now=clock.now(), exercise=row_of(exercise_id), reason=body.reason), by)


@router.post("/exercises/{exercise_id}/close", response=ExerciseOut, **may(Permission.RUN_EXERCISE))
@idempotent
def close_exercise(request: HttpRequest, exercise_id: UUID) -> ExerciseOut:
    """Close an exercise that has been evaluated."""
    by = caller(request)
    return shown(leading.close_exercise(by=by, now=clock.now(), exercise=row_of(exercise_id)), by)


@router.post("/exercises/{exercise_id}/cancel", response={204: None}, **may(Permission.RUN_EXERCISE))
@idempotent
def cancel_exercise(request: HttpRequest, exercise_id: UUID, body: ExerciseCancelIn) -> Status[None]:
    """Take an exercise that has not begun out of the plan; the log keeps why."""
    keeping.cancel_exercise(by=caller(request), now=clock.now(), exercise=row_of(exercise_id), reason=body.reason)
    return Status(204, None)
