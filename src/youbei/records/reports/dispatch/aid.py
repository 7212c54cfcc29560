"""Requests for help as either side sees them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from youbei.engine.access import Permission
from youbei.engine.aid import State
from youbei.records.models import AidRequest, Assignment, User
from youbei.records.models.scope import path_condition
from youbei.records.pages import PAGE_SIZE, Page, keyset_page

PROMISED = (State.COMMITTED, State.EN_ROUTE, State.ARRIVED)
MOST_WAITING = 200


def aid_seen(user: User) -> QuerySet[AidRequest]:
    """Return the requests that a user may see: of an organisation, or to it."""
    paths = user.paths_with(Permission.SEE)
    rows: QuerySet[AidRequest] = AidRequest.objects.select_related(
        "incident", "organisation", "partner", "agreement", "outside__request"
    )
    if not paths:
        return rows.none()
    if "/" in paths:
        return rows
    either: Q = path_condition(paths, "org_path__under") | path_condition(paths, "partner__path__under")
    return rows.filter(either)


def waiting_among(rows: Iterable[AidRequest]) -> set[int]:
    """Return which of these are promised and assigned to nothing yet: no need of a response asks for them."""
    promised = {row.pk for row in rows if row.state in PROMISED and row.outside_id is None}
    taken = Assignment.objects.filter(aid__in=promised).values_list("aid_id", flat=True) if promised else ()
    return promised - set(taken)


def waiting_for(incident: int) -> list[AidRequest]:
    """Return what was promised for an incident and is assigned to nothing yet, the first promised first."""
    rows = AidRequest.objects.filter(incident=incident, state__in=PROMISED, assignments=None, outside=None)
    return list(rows.select_related("partner").order_by("pk")[:MOST_WAITING])


def aid_page(
    user: User, *, state: str = "", incident: int | None = None, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[AidRequest]:
    rows = aid_seen(user)
    if state:
        rows = rows.filter(state=state)
    if incident is not None:
        rows = rows.filter(incident=incident)
    return keyset_page(rows, order=("-id",), cursor=cursor, size=size, read=list)
