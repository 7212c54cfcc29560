"""Requests under agreements: list, ask, answer, and take them on, with the words of EDXL-RM for their states."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from youbei.actions import call_offs, clock
from youbei.actions.permit import not_found
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Id, Label, Line, Reason, Slug, find
from youbei.engine.access import Permission
from youbei.engine.call_offs import EDXL_RM, CallOffState
from youbei.records.models import Agreement, CallOff, Incident, Item
from youbei.records.reports.call_offs import seen_by, visible_call_off

router = Router(tags=["call-offs"])
Amount = Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=3)]
MOST = 100


class CallOffOut(Schema):
    """A request as it stands; `edxl_rm` is the message of EDXL-RM 1.0 that its state stands for, empty for none."""

    id: int
    agreement: str
    incident: str
    asked_by: str
    asked_of: str
    item: str
    what: str
    quantity: Decimal
    state: str
    edxl_rm: str
    mode: str
    is_late: bool
    asked_at: datetime
    due_at: datetime
    accepted: Decimal | None
    arrives_at: datetime | None
    reason: str
    delivered: Decimal | None
    returned: Decimal | None


class AskIn(Body):
    """Ask for a quantity of an item, or, without an item, for so many teams."""

    agreement: Slug
    quantity: Amount
    item: Slug | None = None
    what: Label = ""
    place: Label = ""
    note: Line = ""
    incident: Id | None = None
    once: Annotated[str, Field(min_length=8, max_length=60)]


class AcceptIn(Body):
    quantity: Amount
    arrives_at: datetime
    people: Annotated[int, Field(ge=0, le=10_000)] | None = None


class RefuseIn(Body):
    reason: Reason


class CallOffStepIn(Body):
    """What happened; for goods that arrived or came back, how much."""

    to: CallOffState
    quantity: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=3)] | None = None


def out(row: CallOff) -> CallOffOut:
    state = CallOffState(row.state)
    return CallOffOut(
        id=row.pk,
        agreement=row.agreement.code,
        incident=row.incident.number if row.incident is not None else "",
        asked_by=row.organisation.code,
        asked_of=row.asked_of.code if row.asked_of is not None else "",
        item=row.item.code if row.item is not None else "",
        what=row.what,
        quantity=row.quantity,
        state=state.value,
        edxl_rm=EDXL_RM[state],
        mode=row.mode,
        is_late=state is CallOffState.ASKED and clock.now() >= row.due_at,
        asked_at=row.asked_at,
        due_at=row.due_at,
        accepted=row.accepted,
        arrives_at=row.arrives_at,
        reason=row.reason,
        delivered=row.delivered,
        returned=row.returned,
    )


def row_for(request: HttpRequest, pk: int) -> CallOff:
    row = visible_call_off(pk, caller(request))
    if row is None:
        raise not_found()
    return row


@router.get("/call-offs", response=list[CallOffOut], **may(Permission.SEE))
def list_call_offs(request: HttpRequest, before: Id | None = None) -> list[CallOffOut]:
    """List the newest requests of either side, at most a hundred; `before` goes on from the last `id`."""
    rows = CallOff.objects.filter(seen_by(caller(request)))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    wanted = rows.select_related("agreement", "organisation", "asked_of", "item", "incident").order_by("-pk")
    return [out(row) for row in wanted[:MOST]]


@router.get("/call-offs/{call_off_id}", response=CallOffOut, **may(Permission.SEE))
def show_call_off(request: HttpRequest, call_off_id: Id) -> CallOffOut:
    """Show one request."""
    return out(row_for(request, call_off_id))


@router.post("/call-offs", response=CallOffOut, **may(Permission.EDIT_RESOURCE))
@idempotent
def ask(request: HttpRequest, body: AskIn) -> CallOffOut:
    """Ask the other side of an agreement (EDXL-RM RequestResource); the same `once` asks once."""
    by = caller(request)
    agreement = find(Agreement.objects.visible_to(by), code=body.agreement)
    item = None if body.item is None else find(Item.objects.all(), code=body.item)
    incident = None if body.incident is None else find(Incident.objects.visible_to(by), pk=body.incident)
    wanted = call_offs.Wanted(body.quantity, item, body.what, body.place, body.note)
    row = call_offs.ask(agreement=agreement, wanted=wanted, once=body.once, by=by, now=clock.now(), incident=incident)
    return out(row_for(request, row.pk))


@router.post("/call-offs/{call_off_id}/accept", response=CallOffOut, **may(Permission.EDIT_RESOURCE))
@idempotent
def accept(request: HttpRequest, call_off_id: Id, body: AcceptIn) -> CallOffOut:
    """Promise a quantity by a time (EDXL-RM ResponseToRequestResource and CommitResource)."""
    row, now = row_for(request, call_off_id), clock.now()
    call_offs.accept(
        call_off=row,
        quantity=body.quantity,
        arrives_at=body.arrives_at if body.arrives_at.tzinfo else body.arrives_at.replace(tzinfo=now.tzinfo),
        people=body.people,
        by=caller(request),
        now=now,
    )
    return out(row_for(request, call_off_id))


@router.post("/call-offs/{call_off_id}/refuse", response=CallOffOut, **may(Permission.EDIT_RESOURCE))
@idempotent
def refuse(request: HttpRequest, call_off_id: Id, body: RefuseIn) -> CallOffOut:
    """Say that nothing comes, and why (EDXL-RM ResponseToRequestResource)."""
    row = row_for(request, call_off_id)
    call_offs.refuse(call_off=row, reason=body.reason, by=caller(request), now=clock.now())
    return out(row_for(request, call_off_id))


@router.post("/call-offs/{call_off_id}/step", response=CallOffOut, **may(Permission.EDIT_RESOURCE))
@idempotent
def take_on(request: HttpRequest, call_off_id: Id, body: CallOffStepIn) -> CallOffOut:
    """Take a request on: en_route, delivered, returned, settled or withdrawn."""
    row = row_for(request, call_off_id)
    call_offs.move_on(call_off=row, to=body.to, quantity=body.quantity, by=caller(request), now=clock.now())
    return out(row_for(request, call_off_id))
