"""Readiness: what the stress tests of the nights say of the plans that one may see."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from youbei.actions import clock
from youbei.engine.access import Permission
from youbei.records.reports.readiness import readiness
from youbei.web.access import access, user_of

SHOWN = timedelta(days=7)


@access(Permission.SEE)
def show(request: HttpRequest) -> HttpResponse:
    """Show the tests of the last week, the newest first."""
    page = readiness(user_of(request), since=clock.now() - SHOWN, cursor=request.GET.get("cursor"))
    return render(request, "plans/readiness.html", {"page": page, "is_on": settings.NIGHTLY_SECONDS > 0})


urlpatterns = [path("readiness/", show, name="readiness")]
