"""The exercise clock: pause, go on, speed, jump."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from youbei.actions import clock, exercises
from youbei.engine.access import Permission
from youbei.records.models import Run, User
from youbei.web.access import access, user_of
from youbei.web.forms.runs import JumpForm, NothingForm, SpeedForm
from youbei.web.runs.here import board_address, run_for
from youbei.web.sheet import sheet

Do = Callable[[User, Run, dict[str, Any]], object]


def pause(by: User, run: Run, data: dict[str, Any]) -> object:
    return exercises.pause_clock(by=by, now=clock.now(), run=run)


def resume(by: User, run: Run, data: dict[str, Any]) -> object:
    return exercises.resume_clock(by=by, now=clock.now(), run=run)


def speed(by: User, run: Run, data: dict[str, Any]) -> object:
    return exercises.set_speed(by=by, now=clock.now(), run=run, speed=data["speed"])


def jump(by: User, run: Run, data: dict[str, Any]) -> object:
    return exercises.jump_clock(by=by, now=clock.now(), run=run, ahead=timedelta(minutes=data["minutes"]))


VERBS: dict[str, tuple[Do, type[Form], str | Promise, str | Promise]] = {
    "pause": (pause, NothingForm, _("Pause the exercise"), _("The exercise is paused.")),
    "resume": (resume, NothingForm, _("Resume the exercise"), _("The exercise goes on.")),
    "speed": (speed, SpeedForm, _("Set the speed of the exercise clock"), _("Speed set.")),
    "jump": (jump, JumpForm, _("Jump forward in the exercise"), _("The exercise clock has jumped.")),
}


@access(Permission.RUN_EXERCISE)
def set_clock(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Set the exercise clock of a run."""
    by, run = user_of(request), run_for(request, pk)
    if verb not in VERBS or run.mode != Run.Mode.EXERCISE:
        raise Http404
    do, form, title, done = VERBS[verb]
    return sheet(
        request,
        form=form,
        do=lambda data: do(by, run, data),
        title=str(title),
        submit=str(title),
        back=board_address(run),
        done=str(done),
        context={"is_exercise": True},
    )


urlpatterns = [path("runs/<int:pk>/clock/<slug:verb>/", set_clock, name="run_clock")]
