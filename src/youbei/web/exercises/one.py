"""The page of one exercise: how it stands, its injects in a grid and over time, its measures, its files."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.exercises import breaking, coverage, interlocks, keeping
from youbei.engine.exercises.write import write_json, write_toml
from youbei.records.log import head
from youbei.records.models import Exercise, ExerciseSeal, Message, User
from youbei.records.reports.alliance import own_participants, units_of
from youbei.records.reports.codes import names_of_codes
from youbei.records.reports.exercises import UNDER_WAY, exercise_summary, knows_script, part_of, visible_exercise
from youbei.records.reports.hot_wash import hot_wash_of
from youbei.records.reports.interruptions import interruptions_of, is_stopped_for
from youbei.records.reports.msel import Msel, evaluation_of, msel_of
from youbei.sheets.msel import write_msel
from youbei.web.access import access, user_of
from youbei.web.exercises.chart import chart_of

SHOWN, PEOPLE_SHOWN = 50, 200
BEGUN = (Exercise.Status.RUNNING, Exercise.Status.PAUSED)
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def shell(request: HttpRequest, pk: UUID, tab: str) -> dict[str, Any]:
    """Return what every page of an exercise shows: the exercise, in which part one sees it, and its tabs."""
    user = user_of(request)
    position = head().position
    row = visible_exercise(pk, user)
    part = part_of(row, user)
    msel = msel_of(row)
    streams = [row.stream] + ([f"run:{row.run_id}"] if row.run_id else [])
    return {
        "row": row,
        "shown": exercise_summary(row),
        "part": part,
        "knows_script": knows_script(part),
        "leads": part == "director",
        "msel": msel,
        "writes": part == "director" and row.status == Exercise.Status.PLANNED,
        "tab": tab,
        "wash": hot_wash_of(row),
        "is_exercise": row.status in UNDER_WAY,
        "is_suspended": row.status in UNDER_WAY and is_stopped_for(row, user),
        "stopped": interruptions_of(row, user) if row.started_at else [],
        "may_call_out": row.status in BEGUN and part not in ("onlooker", "partner"),
        "is_broken_off": row.broken_off_for_id is not None,
        "streams": streams,
        "position": position,
    }


@access("signed_in")
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show how an exercise stands, what it is to show, who takes part, and what the checker says of it."""
    context = shell(request, pk, "overview")
    row: Exercise = context["row"]
    user, is_partner = user_of(request), context["part"] == "partner"
    sees_all = context["knows_script"]
    context["participants"] = (
        list(row.participants.all()[:PEOPLE_SHOWN]) if sees_all else own_participants(row, user)[:PEOPLE_SHOWN]
    )
    context["lists_people"] = sees_all or is_partner
    context["units"] = units_of(row, user)
    context["answers"] = [("accept", _("Take part")), ("decline", _("Decline"))]
    context["own_acts"] = [
        ("people", _("Your people")),
        ("classes", _("Enrol by class of people")),
        *([("real", _("Real: your people leave"))] if row.status in BEGUN else []),
        ("withdraw", _("Withdraw your unit")),
    ]
    context["covered"] = coverage.coverage_of(row, clock.now()) if context["knows_script"] else None
    context["seal"] = ExerciseSeal.objects.filter(exercise=row).first()
    context["names"] = names_of_codes({one.ref for one in context["participants"]})
    context["reached"] = messages_to(row, user)
    context["real"] = breaking.real_since(row, user)
    context["standings"] = interlocks.standings(row, clock.now()) if sees_all else ()
    is_to_begin = context["leads"] and row.status in (Exercise.Status.PLANNED, Exercise.Status.SEALED)
    context["holds"] = interlocks.holds_of(row, clock.now()) if is_to_begin else []
    context["findings"] = keeping.findings_of(row) if context["leads"] and not row.run_id else ()
    return render(request, "exercises/page.html", context)


def messages_to(row: Exercise, user: User) -> list[Message]:
    """Return what the exercise has told this person so far, the newest first."""
    if user.person_id is None or row.run_id is None:
        return []
    mine = Message.objects.filter(run_id=row.run_id, recipient=f"person:{user.person_id}")
    return list(mine.order_by("-id")[:SHOWN])


@access("signed_in")
def injects(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the master scenario events list as a grid and over time; for those who lead and evaluate alone."""
    context = shell(request, pk, "injects")
    msel = script_or_404(context)
    context["chart"] = chart_of(msel)
    return render(request, "exercises/injects.html", context)


@access("signed_in")
def measures(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what the log shows: times against deadlines, expected actions, objectives."""
    context = shell(request, pk, "measures")
    msel: Msel | None = context["msel"]
    is_over = context["row"].status in (Exercise.Status.ENDED, Exercise.Status.CLOSED)
    if msel is None or not (context["knows_script"] or is_over):
        raise Http404
    context["found"] = evaluation_of(context["row"], msel)
    return render(request, "exercises/measures.html", context)


def script_or_404(context: dict[str, Any]) -> Msel:
    msel = context["msel"]
    if not isinstance(msel, Msel) or not context["knows_script"]:
        raise Http404
    return msel


@access("signed_in")
def export(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Give the exercise as a file that can be imported again, or its injects as a workbook."""
    msel = script_or_404(shell(request, pk, "injects"))
    name = f"{msel.exercise.id}-{msel.exercise.version}.{kind}"
    if kind == "xlsx":
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "msel.xlsx"
            write_msel(place, msel.exercise, language=get_language() or "en")
            response = HttpResponse(place.read_bytes(), content_type=WORKBOOK)
    elif kind == "toml":
        response = HttpResponse(write_toml(msel.exercise), content_type="application/toml")
    else:
        response = HttpResponse(write_json(msel.exercise), content_type="application/json")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


urlpatterns = [
    path("exercises/<uuid:pk>/", show, name="exercise"),
    path("exercises/<uuid:pk>/injects/", injects, name="exercise_injects"),
    path("exercises/<uuid:pk>/measures/", measures, name="exercise_measures"),
    path("exercises/<uuid:pk>/export.toml", export, {"kind": "toml"}, name="exercise_toml"),
    path("exercises/<uuid:pk>/export.json", export, {"kind": "json"}, name="exercise_json"),
    path("exercises/<uuid:pk>/msel.xlsx", export, {"kind": "xlsx"}, name="exercise_xlsx"),
]
