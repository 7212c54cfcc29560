"""The controller's console: the clock, what comes next, what is expected now, and everything that a hand can do."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions import clock
from youbei.actions.exercises import breaking, control
from youbei.engine.exercises.msel import shown_clock
from youbei.records.clocks import clock_of
from youbei.records.models import Exercise, Run, User
from youbei.records.reports.exercises import visible_exercise
from youbei.records.reports.incident import visible_incident
from youbei.records.reports.msel import Msel
from youbei.web.access import access, user_of
from youbei.web.exercises.one import script_or_404, shell
from youbei.web.forms.exercise_control import ImproviseForm
from youbei.web.forms.runs import NoteForm, NothingForm, ReasonForm
from youbei.web.sheet import sheet

PARTS = ("stopped", "clock", "next", "expected", "brought")
WAITING = ("waiting", "held")


@access("signed_in")
def console(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the console to those who lead and control; with the header `X-Youbei-Parts` only the parts it names."""
    context = shell(request, pk, "control")
    msel = script_or_404(context)
    row: Exercise = context["row"]
    if context["part"] not in ("director", "controller") or row.run is None:
        raise Http404
    now = clock.now()
    context |= clock_context(row.run, msel, now)
    context |= {
        "next": [line for line in msel.lines if line.status in WAITING],
        "brought": sorted(
            (line for line in msel.lines if line.status not in WAITING),
            key=lambda line: (line.fired_at is None, line.fired_at or now),
            reverse=True,
        ),
        "expected": [
            (line, action) for line in msel.lines for action in line.actions if action.status in ("open", "late")
        ],
        "real": breaking.real_since(row, user_of(request)),
    }
    wanted = request.headers.get("X-Youbei-Parts", "").split()
    if wanted:
        parts = [f"exercises/_{name}.html" for name in PARTS if f"part-{name}" in wanted]
        return render(request, "parts/some.html", {**context, "templates": parts})
    return render(request, "exercises/control.html", context)


def clock_context(run: Run, msel: Msel, now: datetime) -> dict[str, Any]:
    """Return what the clock of an exercise shows: the run's own time, and the clock of the scenario."""
    running = clock_of(run)
    at = running.scenario_at(now)
    startex = msel.startex
    return {
        "run": run,
        "running": running,
        "scenario_now": at,
        "scenario_clock": shown_clock(msel.exercise, startex, at) if startex else msel.exercise.start.clock,
        "offset_now": at - startex if startex else None,
    }


Do = Callable[[User, Exercise, str, dict[str, Any]], object]


def fire(by: User, row: Exercise, inject: str, data: dict[str, Any]) -> object:
    return control.fire_inject(by=by, now=clock.now(), exercise=row, inject=inject)


def hold(by: User, row: Exercise, inject: str, data: dict[str, Any]) -> object:
    return control.hold_inject(by=by, now=clock.now(), exercise=row, inject=inject)


def release(by: User, row: Exercise, inject: str, data: dict[str, Any]) -> object:
    return control.release_inject(by=by, now=clock.now(), exercise=row, inject=inject)


def skip(by: User, row: Exercise, inject: str, data: dict[str, Any]) -> object:
    return control.skip_inject(by=by, now=clock.now(), exercise=row, inject=inject, **data)


def fail(by: User, row: Exercise, inject: str, data: dict[str, Any]) -> object:
    return control.fail_inject(by=by, now=clock.now(), exercise=row, inject=inject, **data)


def change(by: User, row: Exercise, inject: str, data: dict[str, Any]) -> object:
    return control.change_inject(by=by, now=clock.now(), exercise=row, inject=inject, instead=data["inject"])


def add(by: User, row: Exercise, inject: str, data: dict[str, Any]) -> object:
    return control.improvise(by=by, now=clock.now(), exercise=row, inject=data["inject"])


def confirm(by: User, row: Exercise, action: str, data: dict[str, Any]) -> object:
    return control.confirm_action(by=by, now=clock.now(), exercise=row, action=action, **data)


VERBS: dict[str, tuple[Do, type[forms.Form], str | Promise, str | Promise]] = {
    "fire": (fire, NothingForm, gettext_lazy("Fire the inject now"), gettext_lazy("The inject is fired.")),
    "hold": (hold, NothingForm, gettext_lazy("Hold the inject back"), gettext_lazy("The inject is held back.")),
    "release": (release, NothingForm, gettext_lazy("Release the inject"), gettext_lazy("The inject is released.")),
    "skip": (skip, ReasonForm, gettext_lazy("Leave the inject out"), gettext_lazy("The inject is left out.")),
    "fail": (fail, ReasonForm, gettext_lazy("It was not received"), gettext_lazy("It stands as not received.")),
    "change": (change, ImproviseForm, gettext_lazy("Change the inject"), gettext_lazy("It came in other words.")),
    "add": (add, ImproviseForm, gettext_lazy("Add an inject"), gettext_lazy("The inject is fired.")),
    "confirm": (confirm, NoteForm, gettext_lazy("It has been done"), gettext_lazy("The action stands as done.")),
}


@access("signed_in")
def act(request: HttpRequest, pk: UUID, subject: str, verb: str) -> HttpResponse:
    """Do one thing with an inject or an expected action."""
    by = user_of(request)
    context = shell(request, pk, "control")
    msel, row = script_or_404(context), context["row"]
    if verb not in VERBS:
        raise Http404
    do, form, title, done = VERBS[verb]
    made: Callable[..., forms.Form] = form
    if form is ImproviseForm:
        made = functools.partial(ImproviseForm, posts=msel.plan.posts, line=line_named(msel, subject))
    return sheet(
        request,
        form=made,
        do=lambda data: do(by, row, subject, data),
        title=str(title),
        submit=str(title),
        back=reverse("exercise_control" if context["part"] != "evaluator" else "exercise_evaluate", args=[row.pk]),
        done=str(done),
        context={"is_exercise": True, "intro": named(msel, subject)},
        template="exercises/sheet.html",
    )


def line_named(msel: Msel, inject: str) -> Any:
    return next((line for line in msel.lines if line.id == inject), None)


def named(msel: Msel, subject: str) -> Any:
    """Return the title of an inject or an action."""
    for line in msel.lines:
        if line.id == subject:
            return line.title
        for action in line.actions:
            if action.id == subject:
                return action.title
    return None


@access("signed_in")
def break_off(request: HttpRequest, pk: UUID, incident: int) -> HttpResponse:
    """Break an exercise off for a real incident."""
    by = user_of(request)
    row, real = visible_exercise(pk, by), visible_incident(incident, by)
    return sheet(
        request,
        form=NothingForm,
        do=lambda data: breaking.break_off(by=by, now=clock.now(), exercise=row, incident=real),
        title=_("Break the exercise off: this is real"),
        submit=_("Break it off and release the players"),
        back=reverse("exercise", args=[row.pk]),
        done=_("The exercise is broken off; its players are told."),
        after=lambda _row: reverse("incident", args=[real.pk]),
        context={"is_exercise": True},
        template="exercises/sheet_break_off.html",
    )


urlpatterns = [
    path("exercises/<uuid:pk>/control/", console, name="exercise_control"),
    path("exercises/<uuid:pk>/control/<str:subject>/<slug:verb>/", act, name="exercise_act"),
    path("exercises/<uuid:pk>/break-off/<int:incident>/", break_off, name="exercise_break_off"),
]
