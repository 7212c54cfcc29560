"""Accounts and what they may do where."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from youbei.actions import clock
from youbei.actions.access import end_grant, give_grant
from youbei.actions.permit import not_found
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, Id, Label, Line, PageOf, PageSize, Slug, When, as_page, find
from youbei.engine.access import Permission, Role
from youbei.records.models import Grant, Organisation, User
from youbei.records.pages import keyset_page

router = Router(tags=["access"])


class GrantRow(Schema):
    """A user has a role on an organisation and all below it; `ends_at` null means for good.

    `delegated_by` names the account that lent the grant while on leave; null for a grant of one's own.
    """

    pk: int
    username: str
    role: str
    organisation: str
    starts_at: datetime
    ends_at: datetime | None
    delegated_by: str | None
    reason: str


class GrantIn(Body):
    """A role with duties that do not go with those held already needs a `reason`, which stands in the log."""

    username: Label
    role: Role
    organisation: Slug
    starts_at: When | None = None
    ends_at: When | None = None
    reason: Line = ""


@router.get("/grants", response=PageOf[GrantRow], **may(Permission.MANAGE_ACCESS))
def list_grants(request: HttpRequest, cursor: Cursor = "", size: PageSize = 50) -> dict[str, Any]:
    """List the grants, past and present, of the organisations whose access you manage."""
    user = caller(request)
    units = Organisation.objects.visible_to(user, Permission.MANAGE_ACCESS)
    rows = Grant.objects.filter(organisation__in=units).select_related("user", "organisation", "delegated_by")
    page = keyset_page(
        rows, order=("id",), cursor=cursor, size=size, read=lambda found: [grant_row(row) for row in found]
    )
    return as_page(page)


def grant_row(grant: Grant) -> GrantRow:
    return GrantRow(
        pk=grant.pk,
        username=grant.user.username,
        role=grant.role,
        organisation=grant.organisation.code,
        starts_at=grant.starts_at,
        ends_at=grant.ends_at,
        delegated_by=grant.delegated_by.username if grant.delegated_by else None,
        reason=grant.reason,
    )


@router.post("/grants", response={201: GrantRow}, **may(Permission.MANAGE_ACCESS))
@idempotent
def make_grant(request: HttpRequest, body: GrantIn) -> Status[GrantRow]:
    """Give a role on an organisation and all below it. Nobody gives what they do not have."""
    by = caller(request)
    units = Organisation.objects.visible_to(by, Permission.MANAGE_ACCESS)
    organisation = find(units, code=body.organisation)
    user = User.objects.filter(username=body.username, is_active=True).first()
    if user is None:
        raise not_found()
    grant = give_grant(
        by=by,
        now=clock.now(),
        user=user,
        role=body.role,
        organisation=organisation,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        reason=body.reason,
    )
    return Status(201, grant_row(grant))


@router.post("/grants/{grant_id}/end", response=GrantRow, **may(Permission.MANAGE_ACCESS))
@idempotent
def stop_grant(request: HttpRequest, grant_id: Id) -> GrantRow:
    """End a grant now."""
    by = caller(request)
    units = Organisation.objects.visible_to(by, Permission.MANAGE_ACCESS)
    grant = find(Grant.objects.filter(organisation__in=units).select_related("user", "organisation"), pk=grant_id)
    return grant_row(end_grant(by=by, now=clock.now(), grant=grant))
