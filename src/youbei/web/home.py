"""The duty home: what is running, what is late, who is on duty, what I must do now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from youbei.actions import clock
from youbei.engine.access import Permission
from youbei.records.log import head
from youbei.records.reports.asked import requests_waiting
from youbei.records.reports.due import due_counts
from youbei.records.reports.home import duty_home
from youbei.records.reports.messages import MessageFilter, message_page
from youbei.web.access import access, user_of
from youbei.web.registers.freshness import resting_context

PARTS = ("counts", "decisions", "requests", "mine", "running", "late", "incidents", "failed", "duty")


@access("signed_in")
def home(request: HttpRequest) -> HttpResponse:
    """Show the duty desk; an account without any grant is told how to get one."""
    user = user_of(request)
    if not user.paths_with(Permission.SEE):
        return render(request, "home/no_grant.html")
    position = head().position
    shown = duty_home(user, clock.now())
    failed = message_page(user, filters=MessageFilter(status="failed"), size=8)
    late = sorted(shown.late, key=lambda task: task.mode != "real")
    waiting = [row for row in shown.incidents if not row.runs]
    leaders = [shift for shift in shown.on_duty if shift.is_leader]
    others = [shift for shift in shown.on_duty if not shift.is_leader]
    context: dict[str, Any] = {"leaders": leaders, "others": others}
    context |= {"home": shown, "late": late, "failed": failed.rows, "waiting": waiting, "position": position}
    context["asked"] = requests_waiting(user)
    wanted = request.headers.get("X-Youbei-Parts", "").split()
    if wanted:
        parts = [name for name in PARTS if f"part-{name}" in wanted]
        return render(request, "parts/some.html", {**context, "templates": [f"home/_{name}.html" for name in parts]})
    now = clock.now()
    context |= resting_context(user, now) | {"due": due_counts(user, today=timezone.localdate(now))}
    context["has_reports"] = user.pinned_reports.exists()
    return render(request, "home/page.html", context)


urlpatterns = [path("", home, name="home")]
