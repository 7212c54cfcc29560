"""The account that calls: where it is signed in, and what it lends or is lent while somebody is on leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from youbei.actions import clock
from youbei.actions.delegations import delegate, end_delegation, no_taker
from youbei.actions.sessions import end_own_session
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Id, Label, Line, Slug, When, find
from youbei.records.models import Grant, Organisation, SignIn, User
from youbei.records.reports.accounts import borrowed_by, lent_by, open_sessions

router = Router(tags=["me"])


class SessionRow(Schema):
    """A session of yours that is still good, with what its browser says of itself."""

    pk: int
    started_at: datetime
    last_seen_at: datetime
    address: str
    agent: str
    method: str


class DelegationRow(Schema):
    """`holder` has lent the role on the organisation and below to `stand_in` for the period."""

    pk: int
    holder: str
    stand_in: str
    role: str
    organisation: str
    starts_at: datetime
    ends_at: datetime | None
    reason: str


class Delegations(Schema):
    lent: list[DelegationRow]
    borrowed: list[DelegationRow]


class DelegationIn(Body):
    """Which grant of yours (its `pk` in `/api/me/grants`), to whom, for how long; `organisation` narrows it down."""

    grant: Id
    to: Label
    starts_at: When
    ends_at: When
    reason: Line = ""
    organisation: Slug | None = None


class OwnGrant(Schema):
    pk: int
    role: str
    organisation: str
    ends_at: datetime | None
    delegated_by: str | None


@router.get("/me/sessions", response=list[SessionRow], **may("signed_in"))
def list_sessions(request: HttpRequest) -> list[SignIn]:
    """List where you are signed in with a browser, the session last seen first."""
    return open_sessions(caller(request), clock.now())


@router.delete("/me/sessions/{session_id}", response={204: None}, **may("signed_in"))
@idempotent
def end_session(request: HttpRequest, session_id: Id) -> Status[None]:
    """End one of your sessions."""
    user = caller(request)
    row = find(SignIn.objects.filter(user=user), pk=session_id)
    end_own_session(by=user, now=clock.now(), sign_in=row)
    return Status(204, None)


@router.get("/me/grants", response=list[OwnGrant], **may("signed_in"))
def list_own_grants(request: HttpRequest) -> list[OwnGrant]:
    """List your grants in force, those lent to you with the account that lent them."""
    return [
        OwnGrant(
            pk=grant.pk,
            role=grant.role,
            organisation=grant.organisation.code,
            ends_at=grant.ends_at,
            delegated_by=grant.delegated_by.username if grant.delegated_by else None,
        )
        for grant in caller(request).grants_now()
    ]


@router.get("/me/delegations", response=Delegations, **may("signed_in"))
def list_delegations(request: HttpRequest) -> dict[str, Any]:
    """List what you have lent and what is lent to you, now or later."""
    user, now = caller(request), clock.now()
    return {
        "lent": [row_of(grant) for grant in lent_by(user, now)],
        "borrowed": [row_of(grant) for grant in borrowed_by(user, now)],
    }


def row_of(grant: Grant) -> DelegationRow:
    return DelegationRow(
        pk=grant.pk,
        holder=grant.delegated_by.username if grant.delegated_by else "",
        stand_in=grant.user.username,
        role=grant.role,
        organisation=grant.organisation.code,
        starts_at=grant.starts_at,
        ends_at=grant.ends_at,
        reason=grant.reason,
    )


@router.post("/me/delegations", response={201: DelegationRow}, **may("signed_in"))
@idempotent
def make_delegation(request: HttpRequest, body: DelegationIn) -> Status[DelegationRow]:
    """Lend a grant of yours to another account for a period: never longer or wider than your own, nor on from there."""
    user = caller(request)
    own = find(Grant.objects.filter(user=user).select_related("organisation"), pk=body.grant)
    to = User.objects.filter(username=body.to, is_active=True).first()
    if to is None:
        raise no_taker()
    units = Organisation.objects.visible_to(user)
    lent = delegate(
        by=user,
        now=clock.now(),
        grant=own,
        to=to,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        reason=body.reason,
        organisation=find(units, code=body.organisation) if body.organisation else None,
    )
    return Status(201, row_of(lent))


@router.post("/me/delegations/{grant_id}/end", response=DelegationRow, **may("signed_in"))
@idempotent
def stop_delegation(request: HttpRequest, grant_id: Id) -> DelegationRow:
    """Take back what you lent, or give back what was lent to you."""
    user = caller(request)
    grant = find(Grant.objects.filter(delegated_by__isnull=False), pk=grant_id)
    return row_of(end_delegation(by=user, now=clock.now(), grant=grant))
