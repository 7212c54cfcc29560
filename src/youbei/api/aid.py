"""Help asked of other organisations, with the steps of EDXL-RM."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.aid import may_take, request_aid, take_aid_step
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, Id, PageOf, PageSize, Prose, Slug, When, as_page, find
from youbei.engine.access import Permission
from youbei.engine.aid import STEPS, State, steps_from
from youbei.records.models import AidRequest, Organisation, User
from youbei.records.pages import keyset_page
from youbei.records.reports.dispatch.aid import aid_seen, waiting_among
from youbei.records.reports.incident import visible_incident

router = Router(tags=["aid"])
Count = Annotated[int, Field(ge=1, le=1_000_000)]
StepName = Literal["offer", "refuse", "commit", "withdraw", "depart", "arrive", "extend", "release", "return"]


class AidIn(Body):
    """Ask for teams with a capability, or for a quantity of an item; `partner` is the code of an organisation."""

    partner: Slug
    quantity: Count
    capability: Slug | Literal[""] = ""
    item: Slug | Literal[""] = ""
    needed_by: When | None = None
    words: Prose = ""


class AidStepIn(Body):
    """`quantity` and `at` go with an offer, a commitment and (`at`) an extension; a refusal takes a reason."""

    quantity: Count | None = None
    at: When | None = None
    reason: Prose = ""


class AidStepOut(Schema):
    """A step that you may take now, and the message of EDXL-RM that would carry it."""

    step: str
    message: str


class AidOut(Schema):
    """A request as either side sees it. `is_waiting`: it is promised, and no need of the response asks for it yet."""

    pk: int
    incident: str
    mode: str
    asker: str
    partner: str
    agreement: str | None
    capability: str
    item: str
    quantity: int
    needed_by: datetime | None
    words: str
    state: str
    promised: int | None
    arrives_at: datetime | None
    until: datetime | None
    reason: str
    asked_at: datetime
    moved_at: datetime
    is_waiting: bool
    steps: list[AidStepOut]


def all_out(rows: list[AidRequest], user: User) -> list[AidOut]:
    waiting = waiting_among(rows)
    return [aid_out(row, user, waiting) for row in rows]


def aid_out(row: AidRequest, user: User, waiting: set[int] | None = None) -> AidOut:
    return AidOut(
        pk=row.pk,
        incident=row.incident.number,
        mode=row.incident.mode,
        asker=row.organisation.code,
        partner=row.partner.code,
        agreement=row.agreement.code if row.agreement else None,
        capability=row.capability,
        item=row.item,
        quantity=row.quantity,
        needed_by=row.needed_by,
        words=row.words,
        state=row.state,
        promised=row.promised,
        arrives_at=row.arrives_at,
        until=row.until,
        reason=row.why_not,
        asked_at=row.asked_at,
        moved_at=row.moved_at,
        is_waiting=row.pk in (waiting_among([row]) if waiting is None else waiting),
        steps=[
            AidStepOut(step=name, message=STEPS[name].message)
            for name in steps_from(State(row.state))
            if may_take(user, row, STEPS[name].side)
        ],
    )


@router.get("/aid", response=PageOf[AidOut], **may(Permission.SEE))
def list_aid(
    request: HttpRequest, incident: Id | None = None, cursor: Cursor = "", size: PageSize = 50
) -> dict[str, Any]:
    """List the requests for help of your organisations and to them, the newest first."""
    user = caller(request)
    rows = aid_seen(user) if incident is None else aid_seen(user).filter(incident=incident)
    return as_page(
        keyset_page(rows, order=("-id",), cursor=cursor, size=size, read=lambda found: all_out(list(found), user))
    )


@router.get("/aid/{aid_id}", response=AidOut, **may(Permission.SEE))
def get_aid(request: HttpRequest, aid_id: Id) -> AidOut:
    """Tell how one request stands, and what you may do next."""
    user = caller(request)
    return aid_out(find(aid_seen(user), pk=aid_id), user)


@router.post("/incidents/{incident_id}/aid", response={201: AidOut}, **may(Permission.ASSIGN_RESOURCE))
@idempotent
def ask_for_aid(request: HttpRequest, incident_id: Id, body: AidIn) -> Status[AidOut]:
    """Ask another organisation for help with an incident."""
    by = caller(request)
    values = body.model_dump(mode="python", exclude={"partner"})
    row = request_aid(
        by=by,
        now=clock.now(),
        incident=visible_incident(incident_id, by),
        partner=find(Organisation.objects.filter(retired_at=None), code=body.partner),
        **values,
    )
    return Status(201, aid_out(find(aid_seen(by), pk=row.pk), by))


@router.post("/aid/{aid_id}/{step}", response=AidOut, **may(Permission.ASSIGN_RESOURCE))
@idempotent
def step_aid(request: HttpRequest, aid_id: Id, step: StepName, body: AidStepIn) -> AidOut:
    """Take a request one step on, for the side whose step it is."""
    by = caller(request)
    row = find(aid_seen(by), pk=aid_id)
    take_aid_step(by=by, now=clock.now(), aid=row, step=step, **body.model_dump(mode="python"))
    return aid_out(find(aid_seen(by), pk=aid_id), by)
