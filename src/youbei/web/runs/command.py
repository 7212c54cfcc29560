"""Command of a run: its level, its posts, deviations, its end and its assessment."""

from __future__ import annotations

import functools

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from youbei.actions import clock, runs
from youbei.engine.access import Permission
from youbei.records.load import load_plan
from youbei.records.models import Run
from youbei.records.reports.posts import post_choices
from youbei.web.access import access, user_of
from youbei.web.forms.runs import AssessForm, DeviationForm, HandOverForm, LevelForm, ReasonForm
from youbei.web.runs.chart import say
from youbei.web.runs.here import board_address, run_for
from youbei.web.sheet import sheet


@access(Permission.SEE)
def change_level(request: HttpRequest, pk: int) -> HttpResponse:
    """Raise or lower the level, with the reason."""
    by, run = user_of(request), run_for(request, pk)

    def do(data: dict[str, object]) -> object:
        level, reason = int(str(data["level"])), str(data["reason"])
        change = runs.raise_level if run.level is None or level < run.level else runs.lower_level
        return change(by=by, now=clock.now(), run=run, level=level, reason=reason)

    return sheet(
        request,
        form=functools.partial(LevelForm, present=run.level, proposed=run.proposed_level),
        do=do,
        title=_("Raise or lower the level"),
        submit=_("Set the level"),
        back=board_address(run),
        done=_("Level changed."),
        context={"is_exercise": run.mode == "exercise", "present": run.level},
        template="runs/sheet_level.html",
    )


@access(Permission.SEE)
def hand_over(request: HttpRequest, pk: int, post: str) -> HttpResponse:
    """Pass a post to another holder, with a briefing."""
    by, run = user_of(request), run_for(request, pk)
    planned = next((one for one in load_plan(run.plan_version).posts if one.id == post), None)
    if planned is None:
        raise Http404
    return sheet(
        request,
        form=HandOverForm,
        do=lambda data: runs.hand_over_post(by=by, now=clock.now(), run=run, post=post, **data),
        title=_("Hand over: %(post)s") % {"post": say(planned.title)},
        submit=_("Hand over"),
        back=board_address(run),
        done=_("Post handed over."),
        context={"is_exercise": run.mode == "exercise", "holders": post_choices(by, run.org_path)},
        template="runs/sheet_hand_over.html",
    )


def subjects_of(run: Run) -> list[tuple[str, object]]:
    """List what a deviation may be about: the plan's steps and posts, and its text."""
    plan = load_plan(run.plan_version)
    steps = [(step.id, say(step.title)) for step in plan.steps]
    posts = [(post.id, say(post.title)) for post in plan.posts]
    clauses = [(chapter.clause, f"{chapter.clause} {say(chapter.title)}") for chapter in plan.chapters]
    return [(_("Steps"), steps), (_("Posts"), posts), (_("Text of the plan"), clauses)]


@access(Permission.SEE)
def deviation(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that something is done otherwise than the plan says."""
    by, run = user_of(request), run_for(request, pk)
    return sheet(
        request,
        form=functools.partial(DeviationForm, subjects=subjects_of(run)),
        do=lambda data: runs.record_deviation(by=by, now=clock.now(), run=run, **data),
        title=_("Record a deviation from the plan"),
        submit=_("Record"),
        back=board_address(run),
        done=_("Deviation recorded."),
        context={"is_exercise": run.mode == "exercise"},
    )


@access(Permission.SEE)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End the response; recovery goes on."""
    by, run = user_of(request), run_for(request, pk)
    return sheet(
        request,
        form=ReasonForm,
        do=lambda data: runs.end_response(by=by, now=clock.now(), run=run, **data),
        title=_("End the response"),
        submit=_("End the response"),
        back=board_address(run),
        done=_("Response ended. Recovery steps are open."),
        context={"is_exercise": run.mode == "exercise"},
    )


@access(Permission.SEE)
def assess(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an ended run with a rating and a text."""
    by, run = user_of(request), run_for(request, pk)
    return sheet(
        request,
        form=AssessForm,
        do=lambda data: runs.assess_run(by=by, now=clock.now(), run=run, **data),
        title=_("Assess the response"),
        submit=_("Close with this assessment"),
        back=board_address(run),
        done=_("Response assessed and closed."),
        context={"is_exercise": run.mode == "exercise"},
    )


urlpatterns = [
    path("runs/<int:pk>/level/", change_level, name="run_level"),
    path("runs/<int:pk>/posts/<str:post>/hand-over/", hand_over, name="run_hand_over"),
    path("runs/<int:pk>/deviation/", deviation, name="run_deviation"),
    path("runs/<int:pk>/end/", end, name="run_end"),
    path("runs/<int:pk>/assess/", assess, name="run_assess"),
]
