"""Requests for help as either side sees them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from youbei.engine.access import Permission
from youbei.records.models import AidRequest, User
from youbei.records.models.scope import path_condition
from youbei.records.pages import PAGE_SIZE, Page, keyset_page


def aid_seen(user: User) -> QuerySet[AidRequest]:
    """Return the requests that a user may see: of an organisation, or to it."""
    paths = user.paths_with(Permission.SEE)
    rows: QuerySet[AidRequest] = AidRequest.objects.select_related("incident", "organisation", "partner", "agreement")
    if not paths:
        return rows.none()
    if "/" in paths:
        return rows
    either: Q = path_condition(paths, "org_path__under") | path_condition(paths, "partner__path__under")
    return rows.filter(either)


def aid_page(
    user: User, *, state: str = "", incident: int | None = None, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[AidRequest]:
    rows = aid_seen(user)
    if state:
        rows = rows.filter(state=state)
    if incident is not None:
        rows = rows.filter(incident=incident)
    return keyset_page(rows, order=("-id",), cursor=cursor, size=size, read=list)
