"""The after-action report and improvement plan of a run: on screen, as Word and as PDF, in both languages."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import get_language

from youbei.engine.access import Permission
from youbei.engine.exercises.report import Layout
from youbei.papers.pdf import PDF, has_font, write_pdf
from youbei.papers.word import WORD, write_word
from youbei.records.models import Run
from youbei.records.reports.after_action import run_after_action
from youbei.records.reports.board import is_guest, readable_run
from youbei.records.reports.exercises import exercise_of_run
from youbei.web.access import access, user_of
from youbei.web.asked import LANGUAGE, one_of, reads
from youbei.web.runs.here import board_address


def report_for(request: HttpRequest, pk: int) -> Run:
    """Return the run of a report that the user may read; a unit that holds the exercise with others once it is over."""
    user = user_of(request)
    run = readable_run(pk, user)
    exercise = exercise_of_run(run.pk) if is_guest(run, user) else None
    if exercise is not None and exercise.ended_at is None:
        raise Http404
    return run


WRITERS = {"docx": (write_word, WORD), "pdf": (write_pdf, PDF)}


def layout_of(request: HttpRequest) -> Layout:
    """Return the layout that the address asks for; without one the Chinese standard's for Chinese screens."""
    asked = request.GET.get("layout", "")
    if asked in {one.value for one in Layout}:
        return Layout(asked)
    return Layout.CN if (get_language() or "en").startswith("zh") else Layout.HSEEP


@access(Permission.SEE)
@reads(layout=one_of(Layout))
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the report of a run, and offer it as a file."""
    run = report_for(request, pk)
    layout = layout_of(request)
    context = {
        "run": run,
        "report": run_after_action(run, layout),
        "layout": layout.value,
        "is_exercise": run.mode == Run.Mode.EXERCISE,
        "back": board_address(run),
        "has_font": has_font(),
    }
    return render(request, "findings/report.html", context)


@access(Permission.SEE)
@reads(refuses=True, layout=one_of(Layout), language=LANGUAGE)
def send(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """Send the report of a run as a file (`docx`, `pdf`), in the language and layout of the address."""
    run = report_for(request, pk)
    if form not in WRITERS:
        raise Http404
    write, content_type = WRITERS[form]
    layout = layout_of(request)
    asked = request.GET.get("language", "") or get_language() or "en"
    language = "zh" if asked.startswith("zh") else "en"
    response = HttpResponse(write(run_after_action(run, layout), language), content_type=content_type)
    name = f"{run.incident.number}-{run.pk}-{layout.value}-{language}.{form}"
    header = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = header or "attachment"
    return response


urlpatterns = [
    path("runs/<int:pk>/report/", show, name="run_report"),
    path("runs/<int:pk>/report/<slug:form>/", send, name="run_report_file"),
]
