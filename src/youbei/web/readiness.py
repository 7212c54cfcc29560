"""Readiness: what the stress tests of the nights say of the plans that one may see."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from youbei.actions import clock
from youbei.actions.stress_nightly import next_night
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import Plan, User
from youbei.records.reports.names import name_of
from youbei.records.reports.readiness import readiness
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, reads

SHOWN = timedelta(days=7)
OFFERED = 5


@access(Permission.SEE)
@reads(cursor=WORDS)
def show(request: HttpRequest) -> HttpResponse:
    """Show the tests of the last week, the newest first."""
    user, now = user_of(request), clock.now()
    page = readiness(user, since=now - SHOWN, cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "is_on": settings.NIGHTLY_SECONDS > 0,
        "next_night": next_night(now),
        "plans": () if page.rows else testable(user),
    }
    return render(request, "plans/readiness.html", context)


def testable(user: User) -> list[tuple[int, Text]]:
    """Return some plans in force that a person may test now."""
    rows = Plan.objects.visible_to(user, Permission.EDIT_PLAN).filter(is_withdrawn=False, current__isnull=False)
    return [(row.pk, name_of(row)) for row in rows.order_by("pk")[:OFFERED]]


urlpatterns = [path("readiness/", show, name="readiness")]
