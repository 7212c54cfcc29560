"""The incident board: one run on one screen, live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from youbei.actions import clock
from youbei.actions.aid import what_is_asked
from youbei.engine.access import Permission
from youbei.records.log import head
from youbei.records.models import User
from youbei.records.reports.board import Board
from youbei.records.reports.board import board as board_report
from youbei.records.reports.dispatch.aid import waiting_for
from youbei.records.reports.exercises import exercise_of_run
from youbei.records.reports.incident import path_of_incident
from youbei.records.reports.lanes import BoardNeed, BoardStep
from youbei.web.access import access, user_of
from youbei.web.runs.chart import chart_of

PARTS = (
    "stopped",
    "clock",
    "strip",
    "chart",
    "todo",
    "needs",
    "dispatch",
    "facts",
    "posts",
    "messages",
    "log",
    "table",
)
WORKING = ("open", "started")


@access(Permission.SEE)
def board(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the board; with the header `X-Youbei-Parts` only the parts it names, for renewal in place."""
    user = user_of(request)
    position = head().position
    shown = board_report(pk, user, clock.now())
    may = rights(user, shown)
    streams = [shown.stream, *([f"incident:{shown.incident.pk}"] if may["see_incident"] else [])]
    context = {**context_of(shown), "may": may, "streams": streams, "position": position}
    context["is_guest"] = not user.may(Permission.SEE, shown.org_path)
    wanted = request.headers.get("X-Youbei-Parts", "").split()
    if not wanted:
        return render(request, "runs/board.html", {**context, "chart": chart_of(shown)})
    parts = [name for name in PARTS if f"part-{name}" in wanted]
    if "chart" in parts:
        context["chart"] = chart_of(shown)
    return render(request, "parts/some.html", {**context, "templates": [f"runs/_{name}.html" for name in parts]})


def context_of(shown: Board) -> dict[str, Any]:
    """Sort the steps into what is to be done now, the most pressing first, and what is coming."""
    is_running = shown.run.phase == "active"
    working = [step for step in shown.steps if step.status in WORKING and (is_running or step.phase == "recovery")]
    working.sort(key=lambda step: (step.due_at is None, step.due_at or shown.scenario_now, not step.is_mine))
    coming = [step for step in shown.steps if step.status == "waiting" and step.applies]
    coming.sort(key=lambda step: (step.expected is None, step.expected.start if step.expected else shown.scenario_now))
    return {
        "board": shown,
        "is_exercise": shown.mode == "exercise",
        "exercise": exercise_of_run(shown.run.pk) if shown.mode == "exercise" else None,
        "working": working,
        "coming": coming if is_running else [],
        "needs": needs_of(shown),
        "promised": [(what_is_asked(row), row) for row in waiting_for(shown.incident.pk)] if is_running else [],
        "late_count": sum(step.is_late for step in working),
        "titles": {step.id: step.title for step in shown.steps},
        "facts_address": f"{reverse('incident_facts', args=[shown.incident.pk])}?run={shown.run.pk}",
    }


@dataclass(frozen=True, slots=True)
class ShownNeed:
    """A need with its step; `is_closed` where the step is over and only what it holds is left."""

    step: BoardStep
    need: BoardNeed
    is_closed: bool


def needs_of(shown: Board) -> list[ShownNeed]:
    """List the needs that are asked for, the most pressing first; behind them what a closed step still holds."""
    found = []
    for step in shown.steps:
        is_closed = step.status not in WORKING or (shown.run.phase != "active" and step.phase != "recovery")
        for need in step.needs:
            is_held = any(sent.released_at is None for sent in need.assignments)
            if need.opened_at is not None and (is_held or not is_closed):
                found.append(ShownNeed(step, need, is_closed))
    last = shown.scenario_now + timedelta(days=3650)
    found.sort(key=lambda one: (one.is_closed, one.need.is_met, one.need.due_at or last))
    return found


def rights(user: User, shown: Board) -> dict[str, bool]:
    """Say which buttons to offer; the actions decide for themselves."""
    holds = {post.role for post in shown.posts if post.is_mine}
    commands = user.may(Permission.COMMAND_RUN, shown.org_path) or "commander" in holds
    incident_path = path_of_incident(shown.incident.pk)
    has_clock = shown.mode == "exercise" and shown.run.phase in ("active", "ended")
    # Recovery goes on after the assessment, and what is still out must come home.
    is_running = shown.run.phase != "new"
    return {
        "work": is_running and (bool(holds) or user.may(Permission.WORK_STEP, shown.org_path)),
        "command": is_running and commands,
        "assign": is_running and (user.may(Permission.ASSIGN_RESOURCE, shown.org_path) or "commander" in holds),
        "facts": user.may(Permission.REPORT_INCIDENT, incident_path) and shown.incident.status == "open",
        "see_incident": user.may(Permission.SEE, incident_path),
        "exercise": has_clock and user.may(Permission.RUN_EXERCISE, shown.org_path),
    }


urlpatterns = [path("runs/<int:pk>/", board, name="run")]
