"""The units that hold an exercise together, and the classes of people whom each of them enrols."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from youbei.actions import clock
from youbei.actions.exercises import alliance, enrolling, interrupting
from youbei.actions.exercises.classes import PeopleClass, classes_of, enrol_by_class
from youbei.actions.exercises.hot_wash_after import set_hot_wash
from youbei.actions.permit import not_found
from youbei.api.access import caller, may
from youbei.api.exercises import ExerciseOut, ParticipantsIn, row_of, shown
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Line, Slug, find
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import Exercise, ExerciseUnit, Incident, Organisation, User
from youbei.records.reports.alliance import AskedRow, UnitRow, answers_for, asked_of, unit_of, units_of
from youbei.records.reports.exercises import part_of, visible_exercise
from youbei.records.reports.interruptions import Stopped, interruptions_of

router = Router(tags=["exercises"])
Act = Literal["accept", "decline", "withdraw", "real", "return", "remove"]
ClassKey = Annotated[str, StringConstraints(min_length=1, max_length=120)]


class AskUnitIn(Body):
    """The unit that is asked to hold an exercise together, by its code, and its share in words."""

    organisation: Slug
    task: Line = ""


class UnitAnswerIn(Body):
    reason: Line = ""


class InterruptionOut(Schema):
    """What real broke in: into the part of `unit`, or the whole; `incident` only where you may see it."""

    unit: Text
    why: str
    subject: str
    incident: Text
    at: datetime
    lifted_at: datetime | None
    reason: str


class RealIn(Body):
    """The number of the real incident where it is reported already, and what has happened."""

    incident: Line = ""
    reason: Line = ""


class GoOnIn(Body):
    reason: Line


class ClassesIn(Body):
    """Keys of classes of people as they are listed; `unit` is the code of the unit whose people they are."""

    classes: Annotated[list[ClassKey], Field(min_length=1, max_length=200)]
    unit: Slug = ""


class HotWashAfterIn(Body):
    """The questionnaire that opens at EndEx; empty: somebody opens the hot wash."""

    questionnaire: Slug = ""


def seen(exercise_id: UUID, by: User) -> Exercise:
    return visible_exercise(exercise_id, by)


def unit_called(row: Exercise, code: str, by: User) -> ExerciseUnit:
    """Return a unit of an exercise by its code, for who leads the exercise or answers for that unit."""
    named = row.units.filter(organisation__code=code).first()
    unit = unit_of(row, named.pk, by) if named is not None else None
    if unit is None:
        raise not_found()
    return unit


@router.get("/exercises/asked", response=list[AskedRow], **may(Permission.RUN_EXERCISE))
def list_asked(request: HttpRequest) -> list[AskedRow]:
    """List the exercises that your units are asked to hold with others and have not answered."""
    return asked_of(caller(request))


@router.get("/exercises/{exercise_id}/units", response=list[UnitRow], **may(Permission.SEE))
def list_exercise_units(request: HttpRequest, exercise_id: UUID) -> list[UnitRow]:
    """List the units that hold an exercise together, the one that leads first; empty where it is alone."""
    by = caller(request)
    return units_of(seen(exercise_id, by), by)


@router.post("/exercises/{exercise_id}/units", response={201: list[UnitRow]}, **may(Permission.RUN_EXERCISE))
@idempotent
def ask_exercise_unit(request: HttpRequest, exercise_id: UUID, body: AskUnitIn) -> Status[list[UnitRow]]:
    """Ask another unit, also one that no superior joins with yours, to hold an exercise together."""
    by = caller(request)
    row = seen(exercise_id, by)
    partner = find(Organisation.objects.all(), code=body.organisation)
    alliance.ask_unit(by=by, now=clock.now(), exercise=row, organisation=partner, task=body.task)
    return Status(201, units_of(row, by))


@router.put("/exercises/{exercise_id}/units/{code}/participants", response=ExerciseOut, **may(Permission.RUN_EXERCISE))
@idempotent
def enrol_people_of_unit(request: HttpRequest, exercise_id: UUID, code: Slug, body: ParticipantsIn) -> ExerciseOut:
    """Replace the list of a unit's own people, as players and observers."""
    by = caller(request)
    row = seen(exercise_id, by)
    wanted = [(one.ref, one.part, one.post) for one in body.participants]
    unit = unit_called(row, code, by)
    return shown(enrolling.enrol(by=by, now=clock.now(), exercise=row, participants=wanted, unit=unit), by)


@router.post("/exercises/{exercise_id}/units/{code}/{act}", response={204: None}, **may(Permission.RUN_EXERCISE))
@idempotent
def answer_exercise_unit(
    request: HttpRequest, exercise_id: UUID, code: Slug, act: Act, body: UnitAnswerIn
) -> Status[None]:
    """Accept, decline or withdraw for a unit that you answer for, or take it off the exercise that you lead.

    `real` calls its people away at once for something real, `return` brings them back.
    """
    by, now = caller(request), clock.now()
    unit = unit_called(seen(exercise_id, by), code, by)
    if act == "withdraw":
        alliance.withdraw_unit(by=by, now=now, unit=unit, reason=body.reason)
    elif act == "real":
        interrupting.call_out(by=by, now=now, exercise=unit.exercise, unit=unit, reason=body.reason)
    elif act == "return":
        interrupting.return_unit(by=by, now=now, unit=unit, reason=body.reason)
    elif act == "remove":
        alliance.remove_unit(by=by, now=now, unit=unit)
    else:
        alliance.answer_unit(by=by, now=now, unit=unit, accepts=act == "accept", reason=body.reason)
    return Status(204, None)


@router.get("/exercises/{exercise_id}/interruptions", response=list[InterruptionOut], **may(Permission.SEE))
def list_interruptions(request: HttpRequest, exercise_id: UUID) -> list[Stopped]:
    """List what real has broken into an exercise, or into one unit's part in it, the newest first."""
    by = caller(request)
    return interruptions_of(seen(exercise_id, by), by)


@router.post("/exercises/{exercise_id}/real", response=ExerciseOut, **may(Permission.SEE))
@idempotent
def call_out_real(request: HttpRequest, exercise_id: UUID, body: RealIn) -> ExerciseOut:
    """Call out that something is real: the exercise stops at once and its players are released."""
    by = caller(request)
    row = seen(exercise_id, by)
    incident = find(Incident.objects.visible_to(by), number=body.incident) if body.incident else None
    interrupting.call_out(by=by, now=clock.now(), exercise=row, incident=incident, reason=body.reason)
    return shown(row_of(exercise_id), by)


@router.post("/exercises/{exercise_id}/go-on", response=ExerciseOut, **may(Permission.RUN_EXERCISE))
@idempotent
def go_on_with_exercise(request: HttpRequest, exercise_id: UUID, body: GoOnIn) -> ExerciseOut:
    """Let an exercise that something real has stopped go on from where its clock stood, with the reason."""
    by = caller(request)
    row = seen(exercise_id, by)
    return shown(interrupting.resume_exercise(by=by, now=clock.now(), exercise=row, reason=body.reason), by)


@router.get("/exercises/{exercise_id}/classes", response=list[PeopleClass], **may(Permission.RUN_EXERCISE))
def list_people_classes(request: HttpRequest, exercise_id: UUID, unit: Slug = "") -> list[PeopleClass]:
    """List the classes of people of the unit that leads, or of `unit`: how many they are, how many are enrolled."""
    by = caller(request)
    row = seen(exercise_id, by)
    if not unit and part_of(row, by) != "director":
        raise not_found()
    named = unit_called(row, unit, by) if unit else None
    if named is not None and not answers_for(by, named):
        raise not_found()
    return list(classes_of(row, clock.now(), named))


@router.post("/exercises/{exercise_id}/classes", response=ExerciseOut, **may(Permission.RUN_EXERCISE))
@idempotent
def enrol_people_classes(request: HttpRequest, exercise_id: UUID, body: ClassesIn) -> ExerciseOut:
    """Add everybody of some classes of people as players; who is listed stays."""
    by = caller(request)
    row = seen(exercise_id, by)
    unit = unit_called(row, body.unit, by) if body.unit else None
    return shown(enrol_by_class(by=by, now=clock.now(), exercise=row, classes=body.classes, unit=unit), by)


@router.put("/exercises/{exercise_id}/hot-wash/after", response=ExerciseOut, **may(Permission.RUN_EXERCISE))
@idempotent
def set_hot_wash_after(request: HttpRequest, exercise_id: UUID, body: HotWashAfterIn) -> ExerciseOut:
    """Say with which questionnaire the hot wash opens by itself at EndEx."""
    by = caller(request)
    row = row_of(exercise_id)
    return shown(set_hot_wash(by=by, now=clock.now(), exercise=row, questionnaire=body.questionnaire), by)
