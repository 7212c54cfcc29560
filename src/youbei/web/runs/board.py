"""The incident board: one run on one screen, live."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from youbei.actions import clock
from youbei.engine.access import Permission
from youbei.records.models import User
from youbei.records.reports.board import Board
from youbei.records.reports.board import board as board_report
from youbei.web.access import access, user_of
from youbei.web.runs.chart import chart_of

PARTS = ("clock", "strip", "chart", "todo", "needs", "facts", "posts", "messages", "log", "table")


@access(Permission.SEE)
def board(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the board; with the header `X-Youbei-Parts` only the parts it names, for renewal in place."""
    user = user_of(request)
    shown = board_report(pk, user, clock.now())
    context = {"board": shown, "may": rights(user, shown), "is_exercise": shown.mode == "exercise"}
    wanted = request.headers.get("X-Youbei-Parts", "").split()
    if wanted:
        parts = [name for name in PARTS if f"part-{name}" in wanted]
        if "chart" in parts:
            context["chart"] = chart_of(shown)
        templates = [f"runs/_{name}.html" for name in parts]
        return render(request, "parts/some.html", {**context, "templates": templates})
    return render(request, "runs/board.html", {**context, "chart": chart_of(shown)})


def rights(user: User, shown: Board) -> dict[str, bool]:
    """Say which buttons to offer; the actions decide for themselves."""
    holds = {post.role for post in shown.posts if post.is_mine}
    commands = user.may(Permission.COMMAND_RUN, shown.org_path) or "commander" in holds
    is_running = shown.run.phase in ("active", "ended")
    return {
        "work": is_running and (bool(holds) or user.may(Permission.WORK_STEP, shown.org_path)),
        "command": is_running and commands,
        "assign": is_running and (user.may(Permission.ASSIGN_RESOURCE, shown.org_path) or "commander" in holds),
        "facts": user.may(Permission.MANAGE_INCIDENT, shown.org_path),
        "exercise": is_running and shown.mode == "exercise" and user.may(Permission.RUN_EXERCISE, shown.org_path),
    }


def todo(shown: Board) -> dict[str, Any]:
    return {}


urlpatterns = [path("runs/<int:pk>/", board, name="run")]
