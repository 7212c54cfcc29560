"""Roads that incidents close or slow."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.permit import not_found
from youbei.actions.roads import close_roads, open_roads
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Id, PointIn, Title
from youbei.engine.access import Permission
from youbei.engine.places import Point
from youbei.records.models import RoadClosure
from youbei.records.reports.dispatch.closures import ClosedRoads, closed_roads, closures_seen
from youbei.records.reports.incident import visible_incident

router = Router(tags=["roads"])


class ClosureIn(Body):
    """`area` are the corners, three or more; without `factor` nobody may drive there."""

    area: Annotated[list[PointIn], Field(min_length=1, max_length=500)]
    reason: Title
    factor: Annotated[float, Field(ge=1, le=1000, allow_inf_nan=False)] | None = None


class ClosureOut(Schema):
    """Roads that an incident closes, or makes `factor` times slower."""

    pk: int
    incident: int
    number: str
    mode: str
    reason: str
    factor: float | None
    area: list[PointIn]
    closed_at: datetime
    opened_at: datetime | None


def closure_out(one: ClosedRoads) -> ClosureOut:
    return ClosureOut(
        pk=one.pk,
        incident=one.incident,
        number=one.number,
        mode=one.mode,
        reason=one.reason,
        factor=one.factor,
        area=[PointIn(lat=lat, lon=lon) for lat, lon in one.area],
        closed_at=one.closed_at,
        opened_at=one.opened_at,
    )


@router.get("/closures", response=list[ClosureOut], **may(Permission.SEE))
def list_closures(request: HttpRequest) -> list[ClosureOut]:
    """List the roads that are closed now by the open incidents that you may see."""
    return [closure_out(one) for one in closures_seen(caller(request))]


@router.post("/incidents/{incident_id}/closures", response={201: ClosureOut}, **may(Permission.MANAGE_INCIDENT))
@idempotent
def close_incident_roads(request: HttpRequest, incident_id: Id, body: ClosureIn) -> Status[ClosureOut]:
    """Close the roads in an area, or make them slower; every journey asked for from now on knows it."""
    by = caller(request)
    row = close_roads(
        by=by,
        now=clock.now(),
        incident=visible_incident(incident_id, by),
        area=[Point(corner.lat, corner.lon) for corner in body.area],
        reason=body.reason,
        factor=body.factor,
    )
    return Status(201, closure_out(closed_roads(row)))


@router.post("/closures/{closure_id}/open", response=ClosureOut, **may(Permission.MANAGE_INCIDENT))
@idempotent
def open_closure(request: HttpRequest, closure_id: Id) -> ClosureOut:
    """Open the roads of a closure again."""
    by = caller(request)
    closed = RoadClosure.objects.select_related("incident").filter(pk=closure_id).first()
    if closed is None or not by.may(Permission.SEE, closed.incident.org_path):
        raise not_found()
    return closure_out(closed_roads(open_roads(by=by, now=clock.now(), closed=closed)))
