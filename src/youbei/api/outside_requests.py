"""What other systems ask of your units: the inbox, the answer, and its fetching as EDXL-RM."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Router, Schema
from pydantic import Field

from youbei.actions import clock
from youbei.actions.exchange.answering import Offer, answer_question, decline_request, take_request
from youbei.actions.sheets.exporting import FORMATS, HAVE
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.sheets import Tongue, as_file, sends, with_file
from youbei.api.values import (
    Body,
    Cursor,
    Id,
    Line,
    PageOf,
    PageSize,
    PointIn,
    Prose,
    Reason,
    Slug,
    Title,
    When,
    as_page,
    find,
)
from youbei.engine.access import Permission
from youbei.engine.places import Point
from youbei.records.models import OutsideLine, OutsideRequest, User
from youbei.records.pages import keyset_page
from youbei.records.reports.asked import LINES, requests_followed
from youbei.records.reports.incident import visible_incident
from youbei.records.reports.threads import written_answers

router = Router(tags=["exchange"])
XML = FORMATS[HAVE]
StateName = Literal["waiting", "taken", "answered", "declined", "withdrawn"]
Many = Annotated[int, Field(ge=1, le=1_000_000)]
LineNumber = Annotated[int, Field(ge=1, le=30)]


class OutsideLineOut(Schema):
    """A resource that is asked for, as the asker names it; `aid` is the request for help that it became here."""

    number: int
    element: str
    name: str
    value_list: str
    value: str
    quantity: Decimal | None
    unit: str
    words: str
    needed_by: datetime | None
    until: datetime | None
    place: str
    lat: float | None
    lon: float | None
    aid: int | None


class OutsideRequestOut(Schema):
    """What another system asks of a unit, and what became of it. The incident `there` is as the asker names it."""

    pk: int
    unit: str
    mode: str
    kind: str
    sender: str
    message_id: str
    sent_at: datetime
    received_at: datetime
    incident_id_there: str
    incident_there: str
    words: str
    contact: str
    lines: list[OutsideLineOut]
    state: StateName
    incident: str
    answer: str
    answered_at: datetime | None
    may_answer: bool


class OfferIn(Body):
    """What is given for a line: so many of a capability or an item of ours, there at `at`."""

    line: LineNumber
    quantity: Many
    at: When
    capability: Slug | Literal[""] = ""
    item: Slug | Literal[""] = ""


class NewIncidentIn(Body):
    """An incident that is newly reported of the unit that was asked."""

    kind: Slug
    title: Title
    title_en: Line = ""
    description: Prose = ""
    place: Line = ""
    point: PointIn | None = None


class TakeRequestIn(Body):
    """Into which incident a request is taken, and what is given; `reason`: why not all of it."""

    offers: Annotated[list[OfferIn], Field(min_length=1, max_length=30)]
    incident: Id | None = None
    report: NewIncidentIn | None = None
    reason: Prose = ""


class AnswerRequestIn(Body):
    words: Reason


class DeclineRequestIn(Body):
    reason: Reason


def line_out(line: OutsideLine) -> OutsideLineOut:
    aid = getattr(line, "aid", None)
    return OutsideLineOut(
        number=line.number,
        element=line.element,
        name=line.name,
        value_list=line.value_list,
        value=line.value,
        quantity=line.quantity,
        unit=line.unit,
        words=line.words,
        needed_by=line.needed_by,
        until=line.until,
        place=line.place,
        lat=line.lat,
        lon=line.lon,
        aid=aid.pk if aid is not None else None,
    )


def request_out(row: OutsideRequest, user: User) -> OutsideRequestOut:
    may_answer = row.state == OutsideRequest.State.WAITING and user.may(Permission.ASSIGN_RESOURCE, row.org_path)
    return OutsideRequestOut(
        pk=row.pk,
        unit=row.organisation.code,
        mode=row.mode,
        kind=row.kind,
        sender=row.sender,
        message_id=row.message_id,
        sent_at=row.sent_at,
        received_at=row.received_at,
        incident_id_there=row.incident_id_there,
        incident_there=row.incident_there,
        words=row.words,
        contact=row.contact,
        lines=[line_out(line) for line in row.lines.all()],
        state=cast(StateName, row.state),
        incident=row.incident.number if row.incident else "",
        answer=row.answer,
        answered_at=row.answered_at,
        may_answer=may_answer,
    )


def followed(request: HttpRequest, pk: int) -> OutsideRequest:
    return find(requests_followed(caller(request)).prefetch_related(LINES), pk=pk)


@router.get("/requests", response=PageOf[OutsideRequestOut], **may(Permission.SEE))
def list_outside_requests(
    request: HttpRequest, state: StateName | None = None, message: Line = "", cursor: Cursor = "", size: PageSize = 50
) -> dict[str, Any]:
    """List what other systems ask of your units, the newest first: what you may answer (`assign_resource`), and what
    you sent yourself. `message` finds one by its MessageID.
    """
    user = caller(request)
    rows = requests_followed(user).prefetch_related(LINES)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(message_id=message) if message else rows
    return as_page(
        keyset_page(
            rows,
            order=("-id",),
            cursor=cursor,
            size=size,
            read=lambda found: [request_out(row, user) for row in found],
        )
    )


@router.get("/requests/{request_id}", response=OutsideRequestOut, **may(Permission.SEE))
def get_outside_request(request: HttpRequest, request_id: Id) -> OutsideRequestOut:
    """Tell what one request of another system says, and how it stands."""
    return request_out(followed(request, request_id), caller(request))


@router.get("/requests/{request_id}/edxl", response=None, **with_file(may(Permission.SEE), sends(XML)))
def get_answers_as_edxl(request: HttpRequest, request_id: Id, language: Tongue = "zh") -> HttpResponseBase:
    """Return the answers to a request of another system, in order of time, as messages of EDXL-RM 1.0 in EDXL-DE 1.0.

    A resource that is not given is ResponseToRequestResource with Decline; one that is, with Accept, and then the
    messages of the help that follows. Their identifiers stay. As long as there is no answer, 409.
    """
    row = followed(request, request_id)
    return as_file(HttpResponse(written_answers(row, language), content_type=XML), f"request-{row.pk}.xml")


@router.post("/requests/{request_id}/take", response=OutsideRequestOut, **may(Permission.ASSIGN_RESOURCE))
@idempotent
def take_outside_request(request: HttpRequest, request_id: Id, body: TakeRequestIn) -> OutsideRequestOut:
    """Take a request into an incident: a known one of the same mode, or one that is newly reported with it.

    Each offer becomes a request for help (`/aid`) that is offered, and goes on there.
    """
    by = caller(request)
    row = followed(request, request_id)
    take_request(
        by=by,
        now=clock.now(),
        request=row,
        offers=[Offer(**one.model_dump(mode="python")) for one in body.offers],
        incident=visible_incident(body.incident, by) if body.incident is not None else None,
        report=report_of(body.report) if body.report is not None else None,
        reason=body.reason,
    )
    return request_out(followed(request, request_id), by)


def report_of(body: NewIncidentIn) -> dict[str, Any]:
    told = body.model_dump(mode="python")
    point = told.pop("point")
    return told | {"point": Point(**point) if point else None}


@router.post("/requests/{request_id}/decline", response=OutsideRequestOut, **may(Permission.ASSIGN_RESOURCE))
@idempotent
def decline_outside_request(request: HttpRequest, request_id: Id, body: DeclineRequestIn) -> OutsideRequestOut:
    """Decline a request of another system; the asker reads the reason."""
    by = caller(request)
    decline_request(by=by, now=clock.now(), request=followed(request, request_id), reason=body.reason)
    return request_out(followed(request, request_id), by)


@router.post("/requests/{request_id}/answer", response=OutsideRequestOut, **may(Permission.ASSIGN_RESOURCE))
@idempotent
def answer_outside_request(request: HttpRequest, request_id: Id, body: AnswerRequestIn) -> OutsideRequestOut:
    """Answer in words what another system wants to know (RequestInformation)."""
    by = caller(request)
    answer_question(by=by, now=clock.now(), request=followed(request, request_id), words=body.words)
    return request_out(followed(request, request_id), by)
