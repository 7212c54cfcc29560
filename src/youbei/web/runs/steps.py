"""What is done with one step: start, finish, skip, reopen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from youbei.actions import clock, runs
from youbei.records.load import load_plan
from youbei.records.models import Run, User
from youbei.web.access import access, user_of
from youbei.web.forms.runs import NoteForm, NothingForm, ReasonForm
from youbei.web.runs.chart import say
from youbei.web.runs.here import board_address, run_for
from youbei.web.sheet import sheet

Do = Callable[[User, Run, str, dict[str, Any]], object]


def start(by: User, run: Run, step: str, data: dict[str, Any]) -> object:
    return runs.start_step(by=by, now=clock.now(), run=run, step=step)


def finish(by: User, run: Run, step: str, data: dict[str, Any]) -> object:
    return runs.finish_step(by=by, now=clock.now(), run=run, step=step, note=data.get("note", ""))


def skip(by: User, run: Run, step: str, data: dict[str, Any]) -> object:
    return runs.skip_step(by=by, now=clock.now(), run=run, step=step, reason=data["reason"])


def reopen(by: User, run: Run, step: str, data: dict[str, Any]) -> object:
    return runs.reopen_step(by=by, now=clock.now(), run=run, step=step, reason=data["reason"])


# verb: the action, its form, the title of the sheet, the notice afterwards
VERBS: dict[str, tuple[Do, type[Form], str | Promise, str | Promise]] = {
    "start": (start, NothingForm, gettext_lazy("Start the step"), gettext_lazy("Step started.")),
    "finish": (finish, NoteForm, gettext_lazy("Finish the step"), gettext_lazy("Step finished.")),
    "skip": (skip, ReasonForm, gettext_lazy("Skip the step"), gettext_lazy("Step skipped.")),
    "reopen": (reopen, ReasonForm, gettext_lazy("Reopen the step"), gettext_lazy("Step reopened.")),
}


@access("signed_in")
def act_on_step(request: HttpRequest, pk: int, step: str, verb: str) -> HttpResponse:
    """Do one of the verbs with a step; its own page and sheet."""
    by, run = user_of(request), run_for(request, pk)
    if verb not in VERBS:
        raise Http404
    do, form, title, done = VERBS[verb]
    planned = next((one for one in load_plan(run.plan_version).steps if one.id == step), None)
    if planned is None:
        raise Http404
    return sheet(
        request,
        form=form,
        do=lambda data: do(by, run, step, data),
        title=f"{title}: {say(planned.title)}",
        submit=str(title),
        back=board_address(run),
        done=str(done),
        context={"is_exercise": run.mode == "exercise", "card": planned.card},
    )


urlpatterns = [path("runs/<int:pk>/steps/<str:step>/<slug:verb>/", act_on_step, name="run_step")]
