"""The rescue of a real response scored: what the log shows beside what evaluators give, and why."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.findings.rescue import OVER, score_rescue
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.exercises.rescue import Score, Sheet
from youbei.records.models import Run
from youbei.records.reports.rescue import rescue_of, rescue_sheet
from youbei.web.access import access, user_of
from youbei.web.forms.facts import say
from youbei.web.runs.here import board_address, run_for


@access(Permission.SEE)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the sheet, and take the scores; what was typed stays where it is refused."""
    run, user = run_for(request, pk), user_of(request)
    if run.mode != Run.Mode.REAL:
        raise Http404
    kept, problem, status = rescue_of(run), "", 200
    sheet = rescue_sheet(run, kept)
    entered = {line.item.id: (points_of(line.score), line.score.why if line.score else "") for line in sheet.lines}
    conclusion = kept.conclusion if kept else ""
    if request.method == "POST":
        entered, conclusion = typed(request, sheet), request.POST.get("conclusion", "")[:20_000]
        try:
            scores = scores_in(entered)
            score_rescue(by=user, now=clock.now(), run=run, scores=scores, conclusion=conclusion)
            messages.success(request, _("The scores are kept."))
            return redirect("run_rescue", run.pk)
        except Refused as refusal:
            if refusal.status == 404:
                raise
            problem, status = say(refusal.text), refusal.status
    context = {
        "run": run,
        "kept": kept,
        "sheet": sheet,
        "lines": [(line, *entered[line.item.id]) for line in sheet.lines],
        "conclusion": conclusion,
        "problem": problem,
        "may_score": run.phase in OVER and user.may(Permission.ACCEPT_FINDING, run.org_path),
        "is_over": run.phase in OVER,
        "back": board_address(run),
    }
    return render(request, "findings/rescue.html", context, status=status)


def points_of(score: Score | None) -> str:
    return "" if score is None else str(score.points)


def typed(request: HttpRequest, sheet: Sheet) -> dict[str, tuple[str, str]]:
    sent: Any = request.POST
    ids = [line.item.id for line in sheet.lines]
    return {key: (sent.get(f"points-{key}", "").strip()[:9], sent.get(f"why-{key}", "")[:4_000]) for key in ids}


def scores_in(entered: dict[str, tuple[str, str]]) -> dict[str, Score]:
    """Read the points; an empty field is an item that has not been judged, and no number is refused by the action."""
    return {
        key: Score(int(points) if points.isascii() and points.isdigit() else -1, why)
        for key, (points, why) in entered.items()
        if points
    }


urlpatterns = [path("runs/<int:pk>/rescue/", show, name="run_rescue")]
