"""What holds in an area for a time, stated by the duty desk or taken from a CAP alert; interlocks ask for it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from youbei.actions import clock
from youbei.actions.exercises import circumstances, warnings
from youbei.api.access import caller, may
from youbei.api.exercises import row_of
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, FactValue, Id, PageOf, PageSize, Slug, When, as_page, find
from youbei.engine.access import Permission
from youbei.engine.conditions import Value
from youbei.engine.text import Text
from youbei.records.models import Circumstance, Organisation
from youbei.records.pages import keyset_page
from youbei.records.reports.names import name_of

router = Router(tags=["exercises"])
Message = Annotated[str, StringConstraints(min_length=1, max_length=2_000_000)]


class CircumstanceIn(Body):
    """A fact of a unit and all below it: `key` and `value` as incidents have them, who published it, until when."""

    organisation: Slug
    key: Slug
    value: FactValue
    source: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00]*\S[^\x00]*$")]
    ends_at: When


class CircumstanceOut(Schema):
    """What holds: `starts_at <= now < ends_at`. `alert` is the identifier of the CAP message that says so, if any."""

    id: int
    organisation: Text
    key: str
    value: Value
    source: str
    starts_at: datetime
    ends_at: datetime
    stated_at: datetime
    alert: str


class AlertIn(Body):
    """A CAP 1.2 message as text, and the unit for which, with all below it, it is to hold."""

    organisation: Slug
    message: Message


class PlayedAlertIn(Body):
    """A CAP 1.2 message of status `Exercise`, as text."""

    message: Message


class AlertOut(Schema):
    """What an alert did: `stated` holds from now on, so many were `lifted`; `is_again`: it was known already."""

    title: str
    stated: CircumstanceOut | None
    lifted: int
    is_again: bool


class PlayedAlertOut(Schema):
    title: str


def circumstance_out(row: Circumstance) -> CircumstanceOut:
    return CircumstanceOut(
        id=row.pk,
        organisation=name_of(row.organisation),
        key=row.key,
        value=row.value,
        source=row.source,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        stated_at=row.stated_at,
        alert=row.alert.identifier if row.alert else "",
    )


@router.get("/circumstances", response=PageOf[CircumstanceOut], **may(Permission.SEE))
def list_circumstances(request: HttpRequest, cursor: Cursor = "", size: PageSize = 50) -> dict[str, Any]:
    """List what holds now, or is to hold, in the units that you may see, the newest first."""
    rows = Circumstance.objects.visible_to(caller(request)).filter(ends_at__gt=clock.now())
    rows = rows.select_related("organisation", "alert")
    page = keyset_page(
        rows, order=("-id",), cursor=cursor, size=size, read=lambda found: [circumstance_out(one) for one in found]
    )
    return as_page(page)


@router.post("/circumstances", response={201: CircumstanceOut}, **may(Permission.REPORT_INCIDENT))
@idempotent
def state_circumstance(request: HttpRequest, body: CircumstanceIn) -> Status[CircumstanceOut]:
    """State what holds for a unit and all below it; what was stated of the same fact there ends with it."""
    by = caller(request)
    row = circumstances.state_circumstance(
        by=by,
        now=clock.now(),
        organisation=find(Organisation.objects.visible_to(by), code=body.organisation),
        key=body.key,
        value=body.value,
        source=body.source,
        ends_at=body.ends_at,
    )
    return Status(201, circumstance_out(row))


@router.post("/circumstances/{circumstance_id}/lift", response=CircumstanceOut, **may(Permission.REPORT_INCIDENT))
@idempotent
def lift_circumstance(request: HttpRequest, circumstance_id: Id) -> CircumstanceOut:
    """End what holds before its time."""
    by = caller(request)
    row = find(Circumstance.objects.visible_to(by), pk=circumstance_id)
    return circumstance_out(circumstances.lift_circumstance(by=by, now=clock.now(), circumstance=row))


@router.post("/alerts", response={201: AlertOut}, **may(Permission.REPORT_INCIDENT))
@idempotent
def import_alert(request: HttpRequest, body: AlertIn) -> Status[AlertOut]:
    """Take in a real CAP alert: its warning holds for a unit and all below it until it expires.

    An update takes the place of what it refers to, a cancellation ends it; of tests, drafts, exercises and what is no
    CAP message the answer says why they are refused.
    """
    by = caller(request)
    unit = find(Organisation.objects.visible_to(by), code=body.organisation)
    done = warnings.import_alert(by=by, now=clock.now(), organisation=unit, message=body.message)
    stated = circumstance_out(done.stated) if done.stated else None
    return Status(201, AlertOut(title=done.title, stated=stated, lifted=done.lifted, is_again=done.is_again))


@router.post("/exercises/{exercise_id}/alerts", response={201: PlayedAlertOut}, **may("signed_in"))
@idempotent
def play_alert(request: HttpRequest, exercise_id: UUID, body: PlayedAlertIn) -> Status[PlayedAlertOut]:
    """Bring a CAP alert of status `Exercise` into a running exercise; it holds for nothing real."""
    title = warnings.play_alert(by=caller(request), now=clock.now(), exercise=row_of(exercise_id), message=body.message)
    return Status(201, PlayedAlertOut(title=title))
