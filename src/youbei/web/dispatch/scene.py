"""The scene of a response: check-in, who is inside the danger zone, release and demobilisation."""

from __future__ import annotations

import functools
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions import clock
from youbei.actions import scene as actions
from youbei.engine.access import Permission
from youbei.records.clocks import clock_of
from youbei.records.log import head
from youbei.records.models import Run
from youbei.records.reports.dispatch.scene import Scene, scene
from youbei.web.access import access, user_of
from youbei.web.dispatch.what_if import said
from youbei.web.forms.choices import offer
from youbei.web.runs.here import run_for
from youbei.web.sheet import sheet


class EnterForm(forms.Form):
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    label = forms.CharField(
        label=gettext_lazy("or who"), required=False, max_length=120, help_text=gettext_lazy("A group, not a name.")
    )
    people = forms.IntegerField(label=gettext_lazy("How many people"), min_value=1, max_value=1000, initial=2)
    minutes = forms.IntegerField(
        label=gettext_lazy("Out again within minutes"), min_value=1, max_value=1440, initial=20
    )
    zone = forms.CharField(label=gettext_lazy("Where"), required=False, max_length=120)

    def __init__(self, *args: Any, teams: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "team", [("", "–"), *teams])


class HeardForm(forms.Form):
    minutes = forms.IntegerField(
        label=gettext_lazy("Give them so many minutes from now"), required=False, min_value=1, max_value=1440
    )


class LeaveForm(forms.Form):
    people = forms.IntegerField(label=gettext_lazy("How many come out"), min_value=1, max_value=1000)

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].initial = most


def address(run: Run) -> str:
    return reverse("run_scene", args=[run.pk])


@access(Permission.SEE)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who is there, who is inside, and what is still out."""
    user, run = user_of(request), run_for(request, pk)
    position, now = head().position, clock_of(run).scenario_at(clock.now())
    shown: Scene = scene(run, now)
    context = {
        "run": run,
        "scene": shown,
        "now_there": now,
        "clock": clock_of(run),
        "position": position,
        "streams": [run.stream, run.incident.stream],
        "is_exercise": run.mode == "exercise",
        "may_work": user.may(Permission.WORK_STEP, run.org_path),
    }
    wanted = request.headers.get("X-Youbei-Parts", "").split()
    if "part-scene" in wanted:
        return render(request, "parts/some.html", {**context, "templates": ["dispatch/_scene.html"]})
    return render(request, "dispatch/scene.html", context)


@access(Permission.SEE)
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Note who goes in."""
    by, run = user_of(request), run_for(request, pk)
    shown = scene(run, clock_of(run).scenario_at(clock.now()))
    teams = [(one.code, said(one.name)) for one in shown.sent if one.is_team and one.released_at is None]
    return sheet(
        request,
        form=functools.partial(EnterForm, teams=teams),
        do=lambda data: actions.enter(by=by, now=clock.now(), run=run, **data),
        title=_("Go into the danger zone"),
        submit=_("In"),
        back=address(run),
        done=_("Noted: they are inside."),
        context={"is_exercise": run.mode == "exercise"},
    )


@access(Permission.SEE)
def hear(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Note that those inside were heard of."""
    by, run = user_of(request), run_for(request, pk)
    return sheet(
        request,
        form=HeardForm,
        do=lambda data: actions.hear(by=by, now=clock.now(), run=run, entry=entry, **data),
        title=_("Heard of"),
        submit=_("Heard of"),
        back=address(run),
        done=_("Noted."),
        context={"is_exercise": run.mode == "exercise"},
    )


@access(Permission.SEE)
def leave(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Note who comes out."""
    by, run = user_of(request), run_for(request, pk)
    shown = scene(run, clock_of(run).scenario_at(clock.now()))
    most = next((one.people for one in shown.inside if one.pk == entry), 1)
    return sheet(
        request,
        form=functools.partial(LeaveForm, most=most),
        do=lambda data: actions.leave(by=by, now=clock.now(), run=run, entry=entry, **data),
        title=_("Out"),
        submit=_("Out"),
        back=address(run),
        done=_("Noted: they are out."),
        context={"is_exercise": run.mode == "exercise"},
    )


urlpatterns = [
    path("runs/<int:pk>/scene/", show, name="run_scene"),
    path("runs/<int:pk>/scene/enter/", enter, name="scene_enter"),
    path("runs/<int:pk>/scene/<int:entry>/heard/", hear, name="scene_heard"),
    path("runs/<int:pk>/scene/<int:entry>/leave/", leave, name="scene_leave"),
]
