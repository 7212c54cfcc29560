"""A run of a stress test replayed: board, map and log at any moment, as of a real run."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from youbei.actions.stress_tests import stress_test_for
from youbei.engine.access import Permission
from youbei.records.load import load_plan
from youbei.records.models import StressCourse
from youbei.records.reports.stress_replay import run_of, stress_frame
from youbei.web.access import access, user_of
from youbei.web.runs.replay import context_for, moment_of
from youbei.web.sheet import is_partial


@access(Permission.SEE)
def show(request: HttpRequest, pk: int, role: str) -> HttpResponse:
    """Show the typical or the bad run of a test as it was at a moment."""
    test = stress_test_for(user_of(request), pk)
    course = StressCourse.objects.filter(test=test, role=role).first()
    if course is None:
        raise Http404
    course.test = test
    context = context_for(request, run_of(course), stress_frame(course, moment_of(request)))
    context |= {"test": test, "course": course, "plan": load_plan(test.plan_version)}
    return render(request, "runs/_replay.html" if is_partial(request) else "plans/stress_course.html", context)


urlpatterns = [path("stress-tests/<int:pk>/runs/<slug:role>/", show, name="stress_course")]
