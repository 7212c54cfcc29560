"""Incidents: reported, known better with time, answered by plans, closed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.incidents import add_facts, close_incident, report_incident
from youbei.api.access import caller, may
from youbei.api.asked import demand_choice
from youbei.api.repeat import idempotent
from youbei.api.values import (
    Body,
    Cursor,
    FactValue,
    Id,
    Label,
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
from youbei.engine.clock import Mode
from youbei.engine.incidents import Category
from youbei.engine.places import Point
from youbei.records.models import Organisation
from youbei.records.reports.incident import IncidentDetail, incident_detail, visible_incident
from youbei.records.reports.incidents import IncidentFilter, IncidentRow, incident_page

router = Router(tags=["incidents"])
FactKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class ReportIn(Body):
    """A report. `known_at` is when we learnt of it, if not just now; `occurred_at` when it happened, if known.

    `title_en` is the same as `title` in English, for readers of both languages.
    """

    organisation: Slug
    category: Slug
    kind: Slug
    title: Title
    title_en: Line = ""
    description: Prose = ""
    place: Line = ""
    point: PointIn | None = None
    occurred_at: When | None = None
    known_at: When | None = None
    source: Annotated[Slug, Field(max_length=40)] = "phone"
    reporter: Label = ""
    reporter_phone: Annotated[Label, Field(max_length=40)] = ""
    facts: Annotated[dict[FactKey, FactValue], Field(max_length=100)] = {}
    mode: Literal["real", "exercise"] = "real"
    enrolled: Annotated[list[Slug], Field(max_length=500)] = []


class FactsIn(Body):
    """What has become known: a value adds or corrects, null withdraws."""

    facts: Annotated[dict[FactKey, FactValue | None], Field(min_length=1, max_length=100)]
    source: Title
    known_at: When | None = None


class ClosingIn(Body):
    reason: Reason


@router.get("/incidents", response=PageOf[IncidentRow], **may(Permission.SEE))
def list_incidents(
    request: HttpRequest,
    status: Literal["open", "closed"] | None = None,
    mode: Literal["real", "exercise"] | None = None,
    category: Slug | None = None,
    text: Line = "",
    cursor: Cursor = "",
    size: PageSize = 50,
) -> dict[str, Any]:
    """List the incidents you may see, newest first."""
    demand_choice("category", category or "", [one.value for one in Category])
    filters = IncidentFilter(status=status or "", mode=mode or "", category=category or "", text=text)
    return as_page(incident_page(caller(request), filters=filters, cursor=cursor, size=size))


@router.get("/incidents/{incident_id}", response=IncidentDetail, **may(Permission.SEE))
def get_incident(request: HttpRequest, incident_id: Id) -> IncidentDetail:
    """Tell what is known of one incident, which plans run for it, and the newest of its log."""
    return incident_detail(incident_id, caller(request))


@router.post("/incidents", response={201: IncidentDetail}, **may(Permission.REPORT_INCIDENT))
@idempotent
def report(request: HttpRequest, body: ReportIn) -> Status[IncidentDetail]:
    """Report an incident."""
    by = caller(request)
    values = body.dict(exclude={"organisation", "point", "mode"})
    row = report_incident(
        by=by,
        now=clock.now(),
        organisation=find(Organisation.objects.visible_to(by), code=body.organisation),
        point=Point(lat=body.point.lat, lon=body.point.lon) if body.point else None,
        mode=Mode(body.mode),
        **values,
    )
    return Status(201, incident_detail(row.pk, by))


@router.post("/incidents/{incident_id}/facts", response=IncidentDetail, **may(Permission.MANAGE_INCIDENT))
@idempotent
def state_facts(request: HttpRequest, incident_id: Id, body: FactsIn) -> IncidentDetail:
    """Add, correct or withdraw facts."""
    by, now = caller(request), clock.now()
    row = visible_incident(incident_id, by)
    add_facts(by=by, now=now, incident=row, facts=body.facts, source=body.source, known_at=body.known_at)
    return incident_detail(incident_id, by)


@router.post("/incidents/{incident_id}/close", response=IncidentDetail, **may(Permission.MANAGE_INCIDENT))
@idempotent
def close(request: HttpRequest, incident_id: Id, body: ClosingIn) -> IncidentDetail:
    """Close an incident whose responses have ended."""
    by = caller(request)
    close_incident(by=by, now=clock.now(), incident=visible_incident(incident_id, by), reason=body.reason)
    return incident_detail(incident_id, by)
