"""The list of exercises, the library, and planning a new one."""

from __future__ import annotations

import functools
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.exercises import keeping
from youbei.engine.access import Permission
from youbei.engine.exercises.read import read_exercise
from youbei.engine.text import Text
from youbei.records.models import Exercise
from youbei.records.reports.alliance import asked_of
from youbei.records.reports.exercises import ExerciseFilter, exercise_page
from youbei.web import wording
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, one_of, reads
from youbei.web.forms.exercises import LARGEST_FILE, DrillForm, ExerciseFileForm, PlannedForm
from youbei.web.forms.facts import say
from youbei.web.lists import query_without_cursor
from youbei.web.sheet import sheet


@access(Permission.SEE)
@reads(status=one_of(wording.EXERCISE_STATUSES), type=one_of(wording.EXERCISE_TYPES), cursor=WORDS)
def list_exercises(request: HttpRequest) -> HttpResponse:
    """Show a page of the exercises, newest first."""
    user = user_of(request)
    filters = ExerciseFilter(status=request.GET.get("status", ""), type=request.GET.get("type", ""))
    context = {
        "page": exercise_page(user, filters=filters, cursor=request.GET.get("cursor")),
        "filters": filters,
        "statuses": list(wording.EXERCISE_STATUSES),
        "types": list(wording.EXERCISE_TYPES),
        "query": query_without_cursor(request),
        "asked": asked_of(user),
        "may_plan": bool(user.paths_with(Permission.RUN_EXERCISE)),
    }
    return render(request, "exercises/list.html", context)


@access(Permission.RUN_EXERCISE)
def library(request: HttpRequest) -> HttpResponse:
    """Show the exercises that ship with the program, and whether the plan that each tests is stored."""
    return render(request, "exercises/library.html", {"entries": keeping.library(user_of(request))})


@access(Permission.RUN_EXERCISE)
def take(request: HttpRequest, code: str) -> HttpResponse:
    """Plan an exercise of the library."""
    user = user_of(request)
    script = keeping.library_script(code)

    def do(data: dict[str, Any]) -> Exercise:
        return keeping.plan_exercise(by=user, now=clock.now(), script=script, **data)

    return sheet(
        request,
        form=PlannedForm,
        do=do,
        title=_("Plan: %(title)s") % {"title": say(script.title)},
        submit=_("Put into the plan"),
        back=reverse("exercise_library"),
        done=_("The exercise is planned."),
        after=lambda row: reverse("exercise", args=[row.pk]),
    )


@access(Permission.RUN_EXERCISE)
def new_drill(request: HttpRequest) -> HttpResponse:
    """Plan an exercise without a script."""
    user = user_of(request)

    def do(data: dict[str, Any]) -> Exercise:
        title = data.pop("title")
        return keeping.plan_drill(by=user, now=clock.now(), title=Text(title, title), **data)

    return sheet(
        request,
        form=functools.partial(DrillForm, user=user),
        do=do,
        title=_("Plan a drill"),
        submit=_("Put into the plan"),
        back=reverse("exercises"),
        done=_("The exercise is planned."),
        after=lambda row: reverse("exercise", args=[row.pk]),
    )


@access(Permission.RUN_EXERCISE)
def import_file(request: HttpRequest) -> HttpResponse:
    """Plan an exercise that a file holds."""
    user = user_of(request)

    def do(data: dict[str, Any]) -> Exercise:
        script = read_exercise(data.pop("file").read(LARGEST_FILE + 1))
        return keeping.plan_exercise(by=user, now=clock.now(), script=script, **data)

    return sheet(
        request,
        form=ExerciseFileForm,
        do=do,
        title=_("Import an exercise"),
        submit=_("Import"),
        back=reverse("exercises"),
        done=_("The exercise is planned."),
        after=lambda row: reverse("exercise", args=[row.pk]),
        template="exercises/sheet_file.html",
    )


urlpatterns = [
    path("exercises/", list_exercises, name="exercises"),
    path("exercises/library/", library, name="exercise_library"),
    path("exercises/library/<slug:code>/", take, name="exercise_take"),
    path("exercises/new/", new_drill, name="exercise_new"),
    path("exercises/import/", import_file, name="exercise_import"),
]
