"""Accounts as administrators keep them: who there is, what each may do and why, locks and use."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from youbei.actions import clock
from youbei.actions.accounts import deactivate, reactivate
from youbei.actions.lockouts import lift_lock
from youbei.api.access import caller, may
from youbei.api.asked import demand_choice
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, Id, Label, PageOf, PageSize, Reason, as_page, find
from youbei.engine.access import Permission, Role
from youbei.records.models import User
from youbei.records.reports.accounts import (
    AccountFilter,
    AccountLine,
    Allowed,
    account_page,
    accounts_under,
    lines_of,
    what_it_may,
)

router = Router(tags=["access"])


class AccountRow(Schema):
    """An account of your subtree; `must_have_factor` says that a rule asks it for a second factor."""

    pk: int
    username: str
    organisation: str | None
    is_active: bool
    last_login: datetime | None
    has_factor: bool
    must_have_factor: bool


class Because(Schema):
    """A grant that gives the permission; `delegated_by` names who lent it."""

    grant: int
    role: str
    organisation: str
    ends_at: datetime | None
    delegated_by: str | None


class Answer(Schema):
    permission: str
    because: list[Because]


class DeactivateIn(Body):
    reason: Reason


@router.get("/accounts", response=PageOf[AccountRow], **may(Permission.MANAGE_ACCESS))
def list_accounts(
    request: HttpRequest,
    cursor: Cursor = "",
    size: PageSize = 50,
    role: Label = "",
    which: Label = "",
    text: Label = "",
) -> dict[str, Any]:
    """List the accounts of your subtree. `which`: `away` (90 days), `weak` (no second factor), `inactive`, or empty."""
    demand_choice("role", role, [one.value for one in Role])
    demand_choice("which", which, ("away", "weak", "inactive"))
    filters = AccountFilter(text=text, role=role, which=which)
    page = account_page(caller(request), filters=filters, now=clock.now(), cursor=cursor, size=size)
    return {**as_page(page), "items": [row_of(line) for line in page.rows]}


def row_of(line: AccountLine) -> AccountRow:
    user = line.user
    return AccountRow(
        pk=user.pk,
        username=user.username,
        organisation=user.organisation.code if user.organisation else None,
        is_active=user.is_active,
        last_login=user.last_login,
        has_factor=line.has_factor,
        must_have_factor=line.must_have,
    )


def account_of(request: HttpRequest, pk: int) -> User:
    return find(accounts_under(caller(request)).select_related("organisation"), pk=pk)


@router.get("/accounts/{account_id}/rights", response=list[Answer], **may(Permission.MANAGE_ACCESS))
def explain_rights(request: HttpRequest, account_id: Id) -> list[Answer]:
    """Answer what an account may do now, and which grants are why."""
    return [answer_of(one) for one in what_it_may(account_of(request, account_id), clock.now())]


def answer_of(allowed: Allowed) -> Answer:
    because = [
        Because(
            grant=grant.pk,
            role=grant.role,
            organisation=grant.organisation.code,
            ends_at=grant.ends_at,
            delegated_by=grant.delegated_by.username if grant.delegated_by else None,
        )
        for grant in allowed.because
    ]
    return Answer(permission=allowed.permission.value, because=because)


@router.post("/accounts/{account_id}/unlock", response=AccountRow, **may(Permission.MANAGE_ACCESS))
@idempotent
def unlock_account(request: HttpRequest, account_id: Id) -> AccountRow:
    """Lift the lock after wrong passwords or codes."""
    user = account_of(request, account_id)
    lift_lock(by=caller(request), now=clock.now(), user=user)
    return row_of(lines_of([user], clock.now())[0])


@router.post("/accounts/{account_id}/deactivate", response=AccountRow, **may(Permission.MANAGE_ACCESS))
@idempotent
def deactivate_account(request: HttpRequest, account_id: Id, body: DeactivateIn) -> AccountRow:
    """Take an account out of use at once: sessions end, keys open nothing, what it lent is taken back."""
    user = account_of(request, account_id)
    deactivate(by=caller(request), now=clock.now(), user=user, reason=body.reason)
    return row_of(lines_of([user], clock.now())[0])


@router.post("/accounts/{account_id}/reactivate", response=AccountRow, **may(Permission.MANAGE_ACCESS))
@idempotent
def reactivate_account(request: HttpRequest, account_id: Id) -> AccountRow:
    """Put an account back to use."""
    user = account_of(request, account_id)
    reactivate(by=caller(request), now=clock.now(), user=user)
    return row_of(lines_of([user], clock.now())[0])
