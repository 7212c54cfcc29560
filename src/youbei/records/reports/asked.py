"""Requests of other systems: how many wait, which there are, and one with all it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, Prefetch, Q, QuerySet

from youbei.engine.access import Permission
from youbei.records.models import OutsideLine, OutsideRequest, User
from youbei.records.pages import PAGE_SIZE, Page, keyset_page

COUNTED = 99
State = OutsideRequest.State
LINES = Prefetch("lines", OutsideLine.objects.select_related("aid").order_by("number"))


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many requests wait for an answer (`is_more`: than are counted), and since when the first does."""

    count: int
    is_more: bool
    since: datetime | None
    needed_by: datetime | None


def requests_seen(user: User) -> QuerySet[OutsideRequest]:
    """Return the requests that a user may answer: who asks by telephone may be personal, so `see` is not enough."""
    rows = OutsideRequest.objects.visible_to(user, Permission.ASSIGN_RESOURCE)
    return rows.select_related("organisation", "incident")


def requests_followed(user: User) -> QuerySet[OutsideRequest]:
    """Return the requests that a user may answer, and those that it sent itself."""
    mine = Q(pk__in=OutsideRequest.objects.visible_to(user, Permission.ASSIGN_RESOURCE).values("pk"))
    return OutsideRequest.objects.filter(mine | Q(sent_by=user)).select_related("organisation", "incident")


def requests_waiting(user: User) -> Waiting:
    """Return how many wait for an answer of this user, up to a hundred, the real ones and those of exercises."""
    rows = OutsideRequest.objects.visible_to(user, Permission.ASSIGN_RESOURCE).filter(state=State.WAITING)
    found = list(rows.order_by("id").values_list("pk", "received_at")[: COUNTED + 1])
    if not found:
        return Waiting(0, False, None, None)
    first = OutsideLine.objects.filter(request__in=[pk for pk, _ in found]).aggregate(first=Min("needed_by"))["first"]
    return Waiting(min(len(found), COUNTED), len(found) > COUNTED, found[0][1], first)


def request_page(
    user: User, *, state: str = "", cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[OutsideRequest]:
    """Return a page of requests: of those that wait the longest waiting first, of others the newest first."""
    rows = requests_seen(user).prefetch_related(LINES)
    if state:
        rows = rows.filter(state=state)
    order = ("id",) if state == State.WAITING else ("-id",)
    return keyset_page(rows, order=order, cursor=cursor, size=size, read=list)
