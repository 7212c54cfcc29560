"""The living style page: every part of the design system, drawn with the real style sheets."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from youbei.actions import clock
from youbei.engine.text import Text
from youbei.web.access import access


@access("signed_in")
def design(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    context = {
        "levels": [1, 2, 3, 4],
        "statuses": ["waiting", "open", "started", "finished", "skipped"],
        "past": now - timedelta(hours=1, minutes=23, seconds=45),
        "soon": now + timedelta(minutes=7, seconds=12),
        "missed": now - timedelta(minutes=3, seconds=5),
        "example": Text(zh="疏散下风向五百米内人员", en="Evacuate everyone within 500 m downwind"),
    }
    return render(request, "design/page.html", context)


urlpatterns = [path("design/", design, name="design")]
