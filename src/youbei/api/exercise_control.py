"""The controller's console, the sealed time and the programme of the year, for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.exercises import control, regimes, sealing
from youbei.actions.exercises.control import Improvised
from youbei.actions.permit import not_found
from youbei.api.access import caller, may
from youbei.api.exercises import ExerciseOut, row_of, shown
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, FactValue, Line, PageOf, Prose, Slug, Title, When, as_page, find
from youbei.engine.access import Permission
from youbei.engine.exercises.seal import Window
from youbei.engine.text import Text
from youbei.records.models import Exercise, ExerciseSeal, Organisation
from youbei.records.reports.exercises import visible_exercise
from youbei.records.reports.programme import Programme, programme_page, programmes

router = Router(tags=["exercises"])
Year = Annotated[int, Field(ge=1990, le=2190)]
Why = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*\S[^\x00]*$")]


class ControlIn(Body):
    """`reason` says why an inject is left out or was not received; the other acts need none."""

    reason: Line = ""


class ImprovisedIn(Body):
    """An inject that the script does not hold: a message to a post or register code, facts, or both."""

    title: Title
    to: Line = ""
    text: Prose = ""
    facts: Annotated[dict[Slug, FactValue], Field(max_length=50)] = {}


class ConfirmActionIn(Body):
    note: Prose = ""


class ObservationIn(Body):
    """`subject` is an objective, task or expected action; `rating` P, S, M, U or per cent; `is_own`: by players."""

    subject: Slug = ""
    text: Prose = ""
    rating: Annotated[str, Field(max_length=3, pattern=r"^[PSMUpsmu0-9]*$")] = ""
    is_own: bool = False


class ObservationOut(Schema):
    subject: str
    at: datetime
    rating: str
    source: str
    text: str


class WindowIn(Body):
    starts_at: When
    ends_at: When


class SealIn(Body):
    """The permitted windows; the server draws the time inside of them."""

    windows: Annotated[list[WindowIn], Field(min_length=1, max_length=50)]


class LookIntoIn(Body):
    why: Why


class SealedTime(Schema):
    starts_at: datetime


class SealProof(Schema):
    """What is published: the seal from the start, the opening once it is revealed; `faults` where it does not fit."""

    seal: dict[str, Any] | None
    opening: dict[str, Any] | None
    faults: list[Text]


class DrillPeriod(Schema):
    """`starts_on <= day < ends_on`; `day` is when it was or will be held."""

    starts_on: date
    ends_on: date
    state: str
    day: date | None


class DrillRequirement(Schema):
    title: Text
    periods: list[DrillPeriod]


class UnitRegime(Schema):
    id: str
    title: Text
    document: str
    since_on: date
    requirements: list[DrillRequirement]


class UnitProgramme(Schema):
    """What a unit has to hold in a year, regime by regime; `proposed` may apply to a unit of its kind."""

    organisation: Text
    year: int
    overdue: int
    due: int
    planned: int
    done: int
    regimes: list[UnitRegime]
    proposed: list[str]


class RegimesIn(Body):
    regimes: Annotated[list[Slug], Field(max_length=50)]


def improvised(body: ImprovisedIn) -> Improvised:
    return Improvised(body.title, body.to, body.text, dict(body.facts))


@router.put("/exercises/{exercise_id}/injects/{inject}/words", response=ExerciseOut, **may("signed_in"))
@idempotent
def change_running_inject(request: HttpRequest, exercise_id: UUID, inject: Slug, body: ImprovisedIn) -> ExerciseOut:
    """Bring an inject of a running exercise in other words; the log holds both."""
    by = caller(request)
    row = control.change_inject(
        by=by, now=clock.now(), exercise=row_of(exercise_id), inject=inject, instead=improvised(body)
    )
    return shown(row, by)


@router.post("/exercises/{exercise_id}/injects/{inject}/{act}", response=ExerciseOut, **may("signed_in"))
@idempotent
def control_inject(
    request: HttpRequest,
    exercise_id: UUID,
    inject: Slug,
    act: Literal["fire", "hold", "release", "skip", "fail"],
    body: ControlIn,
) -> ExerciseOut:
    """Fire, hold back, release or leave out an inject of a running exercise, or say that it was not received."""
    by, row = caller(request), row_of(exercise_id)
    now = clock.now()
    if act == "fire":
        row = control.fire_inject(by=by, now=now, exercise=row, inject=inject)
    elif act == "hold":
        row = control.hold_inject(by=by, now=now, exercise=row, inject=inject)
    elif act == "release":
        row = control.release_inject(by=by, now=now, exercise=row, inject=inject)
    elif act == "skip":
        row = control.skip_inject(by=by, now=now, exercise=row, inject=inject, reason=body.reason)
    else:
        row = control.fail_inject(by=by, now=now, exercise=row, inject=inject, reason=body.reason)
    return shown(row, by)


@router.post("/exercises/{exercise_id}/improvised", response=ExerciseOut, **may("signed_in"))
@idempotent
def improvise_inject(request: HttpRequest, exercise_id: UUID, body: ImprovisedIn) -> ExerciseOut:
    """Bring something that the script does not hold into a running exercise."""
    by = caller(request)
    row = control.improvise(by=by, now=clock.now(), exercise=row_of(exercise_id), inject=improvised(body))
    return shown(row, by)


@router.post("/exercises/{exercise_id}/actions/{action}/confirm", response=ExerciseOut, **may("signed_in"))
@idempotent
def confirm_expected_action(
    request: HttpRequest, exercise_id: UUID, action: Slug, body: ConfirmActionIn
) -> ExerciseOut:
    """Say that an expected action has been done, which the log alone cannot see."""
    by = caller(request)
    row = control.confirm_action(by=by, now=clock.now(), exercise=row_of(exercise_id), action=action, note=body.note)
    return shown(row, by)


@router.post("/exercises/{exercise_id}/observations", response={201: ObservationOut}, **may("signed_in"))
@idempotent
def record_observation(request: HttpRequest, exercise_id: UUID, body: ObservationIn) -> Status[Any]:
    """Record what was seen, in words or with a rating; the players' own judgement stands apart."""
    seen = control.observe(
        by=caller(request),
        now=clock.now(),
        exercise=row_of(exercise_id),
        subject=body.subject,
        text=body.text,
        rating=body.rating,
        is_own=body.is_own,
    )
    return Status(201, seen)


@router.post("/exercises/{exercise_id}/seal", response=ExerciseOut, **may(Permission.RUN_EXERCISE))
@idempotent
def seal_exercise(request: HttpRequest, exercise_id: UUID, body: SealIn) -> ExerciseOut:
    """Draw the time of an exercise inside the windows and seal it; nobody is told the time."""
    by = caller(request)
    windows = [Window(one.starts_at, one.ends_at) for one in body.windows]
    return shown(sealing.seal_exercise(by=by, now=clock.now(), exercise=row_of(exercise_id), windows=windows), by)


@router.post("/exercises/{exercise_id}/look", response=SealedTime, **may(Permission.RUN_EXERCISE))
@idempotent
def look_into_seal(request: HttpRequest, exercise_id: UUID, body: LookIntoIn) -> SealedTime:
    """Read the sealed time; whoever does stands on the list of who knew, which is published."""
    at = sealing.look_into(by=caller(request), now=clock.now(), exercise=row_of(exercise_id), why=body.why)
    return SealedTime(starts_at=at)


@router.get("/exercises/{exercise_id}/proof", response=SealProof, **may(Permission.SEE))
def show_seal_proof(request: HttpRequest, exercise_id: UUID) -> SealProof:
    """Show what is published of a sealed time; `youbei exercise verify` checks it."""
    row: Exercise = visible_exercise(exercise_id, caller(request))
    seal = ExerciseSeal.objects.select_related("exercise").filter(exercise=row).first()
    if seal is None:
        raise not_found()
    found = sealing.proof_of(seal)
    return SealProof(seal=found["seal"], opening=found["opening"], faults=[one.text for one in sealing.faults_of(seal)])


def programme_out(found: Programme) -> dict[str, Any]:
    return {
        "organisation": found.organisation,
        "year": found.year,
        "overdue": found.overdue,
        "due": found.due,
        "planned": found.planned,
        "done": found.done,
        "regimes": [
            {
                "id": row.regime.id,
                "title": row.regime.title,
                "document": row.regime.document,
                "since_on": row.since_on,
                "requirements": [
                    {
                        "title": part.requirement.title,
                        "periods": [
                            {
                                "starts_on": one.starts_on,
                                "ends_on": one.ends_on,
                                "state": one.state.value,
                                "day": one.on,
                            }
                            for one in part.periods
                        ],
                    }
                    for part in row.requirements
                ],
            }
            for row in found.regimes
        ],
        "proposed": [one.id for one in found.proposed],
    }


@router.get("/drill-programmes", response=PageOf[UnitProgramme], **may(Permission.SEE))
def list_programmes(request: HttpRequest, year: Year | None = None, cursor: Cursor = "") -> dict[str, Any]:
    """List the year's exercises of every unit under some regime that you may see; the regimes are never merged."""
    now = clock.now()
    page = programme_page(caller(request), year or timezone.localdate(now).year, now, cursor=cursor)
    listed = as_page(page)
    return {**listed, "items": [programme_out(one) for one in page.rows]}


@router.get("/drill-programmes/{code}", response=UnitProgramme, **may(Permission.SEE))
def show_programme(request: HttpRequest, code: Slug, year: Year | None = None) -> dict[str, Any]:
    """Show what a unit has to hold in a year."""
    by, now = caller(request), clock.now()
    unit = find(Organisation.objects.visible_to(by), code=code)
    return programme_out(programmes([unit], by, year or timezone.localdate(now).year, now)[0])


@router.put("/drill-programmes/{code}/regimes", response=UnitProgramme, **may(Permission.RUN_EXERCISE))
@idempotent
def put_regimes(request: HttpRequest, code: Slug, body: RegimesIn) -> dict[str, Any]:
    """Say which regimes apply to a unit; new ones since today."""
    by, now = caller(request), clock.now()
    unit = find(Organisation.objects.visible_to(by), code=code)
    regimes.set_regimes(by=by, now=now, organisation=unit, regimes=body.regimes)
    return programme_out(programmes([unit], by, timezone.localdate(now).year, now)[0])
