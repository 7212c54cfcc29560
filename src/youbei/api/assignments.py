"""Resources for a run's needs: what could be sent, what is sent, arrives and is released."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from youbei.actions import clock, resources
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.runs import run_row
from youbei.api.values import Body, Id, Prose, Slug
from youbei.engine.access import Permission
from youbei.engine.resources import Choice
from youbei.engine.text import Text
from youbei.records.models import Assignment
from youbei.records.reports.board import visible_run

router = Router(tags=["runs"])


class ResourceChoiceOut(Schema):
    """One resource that could be sent, when it could be there, and why it was chosen."""

    resource: str
    label: str
    quantity: float
    turn_out: timedelta
    travel: timedelta
    reason: Text


class AssignIn(Body):
    """`need` is `<step>/<need>`, `resource` is `team:<pk>` or `lot:<pk>`; `quantity` counts for a lot.

    `vehicle` (`vehicle:<pk>`) is what fetches a lot; it may be left out.
    """

    need: Slug
    resource: Slug
    quantity: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)] = 1
    reason: Prose = ""
    vehicle: Annotated[str, Field(max_length=120, pattern=r"^[^\x00]*$")] = ""


class ReasonIn(Body):
    reason: Prose = ""


class AssignmentOut(Schema):
    code: str
    need: str
    resource: str
    label: str
    quantity: float
    reason: str
    assigned_at: datetime
    expected_at: datetime
    departed_at: datetime | None
    arrived_at: datetime | None
    released_at: datetime | None


def assignment_out(row: Assignment) -> AssignmentOut:
    return AssignmentOut.from_orm(row)


@router.get("/runs/{run_id}/proposals", response=list[ResourceChoiceOut], **may(Permission.SEE))
def propose_resources(request: HttpRequest, run_id: Id, need: Slug) -> list[ResourceChoiceOut]:
    """Propose what is still missing of a need: the nearest suitable that are free, each with its reason."""
    run = visible_run(run_id, caller(request))
    return [choice_out(choice) for choice in resources.propose_resources(run, need)]


def choice_out(choice: Choice) -> ResourceChoiceOut:
    return ResourceChoiceOut(
        resource=choice.resource,
        label=choice.label,
        quantity=choice.quantity,
        turn_out=choice.turn_out,
        travel=choice.travel,
        reason=Text(zh=choice.reason_zh, en=choice.reason_en),
    )


@router.post("/runs/{run_id}/assignments", response={201: AssignmentOut}, **may(Permission.ASSIGN_RESOURCE))
@idempotent
def assign_resource(request: HttpRequest, run_id: Id, body: AssignIn) -> Status[AssignmentOut]:
    """Send a team, or a quantity out of a lot, to a need."""
    row = resources.assign_resource(
        by=caller(request), now=clock.now(), run=run_row(run_id), **body.model_dump(mode="python")
    )
    return Status(201, assignment_out(row))


@router.post("/runs/{run_id}/assignments/{code}/depart", response=AssignmentOut, **may(Permission.WORK_STEP))
@idempotent
def depart_resource(request: HttpRequest, run_id: Id, code: Slug, body: ReasonIn) -> AssignmentOut:
    """Say that what was sent has set out."""
    row = resources.depart_resource(
        by=caller(request), now=clock.now(), run=run_row(run_id), assignment=code, reason=body.reason
    )
    return assignment_out(row)


@router.post("/runs/{run_id}/assignments/{code}/arrive", response=AssignmentOut, **may(Permission.ASSIGN_RESOURCE))
@idempotent
def arrive_resource(request: HttpRequest, run_id: Id, code: Slug, body: ReasonIn) -> AssignmentOut:
    """Say that what was sent has arrived."""
    row = resources.arrive_resource(
        by=caller(request), now=clock.now(), run=run_row(run_id), assignment=code, reason=body.reason
    )
    return assignment_out(row)


@router.post("/runs/{run_id}/assignments/{code}/release", response=AssignmentOut, **may(Permission.ASSIGN_RESOURCE))
@idempotent
def release_resource(request: HttpRequest, run_id: Id, code: Slug, body: ReasonIn) -> AssignmentOut:
    """Let a resource go: it is free again."""
    row = resources.release_resource(
        by=caller(request), now=clock.now(), run=run_row(run_id), assignment=code, reason=body.reason
    )
    return assignment_out(row)
