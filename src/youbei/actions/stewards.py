"""Who may administer which account."""

from __future__ import annotations

from datetime import datetime

from youbei.actions.permit import not_found
from youbei.engine.access import Permission
from youbei.engine.errors import NotAllowed, Refused
from youbei.records.models import User
from youbei.records.reports.accounts import paths_of


class BeyondYou(NotAllowed):
    """Refuse to administer an account that also acts where the administrator does not manage access."""


def require_account(by: User | None, user: User, *, now: datetime) -> None:
    """Let pass who manages access wherever the account may act; else a lesser administrator could take over a greater.

    A stranger is told there is no such account.
    """
    if by is None:
        return
    paths = paths_of(user, now)
    if not paths or not any(by.may(Permission.MANAGE_ACCESS, path) for path in paths):
        raise not_found()
    for path in paths:
        require_or_explain(by, path)


def require_or_explain(by: User, path: str) -> None:
    if not by.may(Permission.MANAGE_ACCESS, path):
        raise BeyondYou(
            zh="该账号在您管理范围之外的单位也有授权，只能由管理这些单位的管理员办理。请联系上级管理员。",
            en="This account also holds grants on organisations whose access you do not manage. "
            "Ask an administrator who manages all of them.",
        )


def may_administer(by: User, user: User, *, now: datetime) -> bool:
    try:
        require_account(by, user, now=now)
    except Refused:
        return False
    return True
