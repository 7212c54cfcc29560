"""Reality breaks into an exercise: call it out, and let the exercise go on afterwards."""

from __future__ import annotations

import functools
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.exercises import interrupting
from youbei.engine.access import Permission
from youbei.records.models import Exercise, ExerciseUnit, User
from youbei.records.reports.exercises import part_of, visible_exercise
from youbei.records.reports.interruptions import real_open
from youbei.web.access import access, user_of
from youbei.web.forms.exercises import RealForm, WhyForm
from youbei.web.sheet import sheet


def unit_played_for(row: Exercise, user: User) -> ExerciseUnit | None:
    """Return the unit on whose list alone somebody stands, None for who leads or was listed by who leads."""
    if user.person is None or user.may(Permission.RUN_EXERCISE, row.org_path):
        return None
    mine = list(row.participants.filter(ref=f"person:{user.person.code}").select_related("unit"))
    return None if any(one.unit is None for one in mine) else next((one.unit for one in mine), None)


@access("signed_in")
def call_out(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Call out that something is real: the exercise stops at once, and its players are released."""
    by = user_of(request)
    row = visible_exercise(pk, by)
    if part_of(row, by) in ("onlooker", "partner") and not by.may(Permission.MANAGE_INCIDENT, row.org_path):
        raise Http404
    unit = unit_played_for(row, by)

    def do(data: dict[str, Any]) -> object:
        return interrupting.call_out(by=by, now=clock.now(), exercise=row, unit=unit, **data)

    return sheet(
        request,
        form=functools.partial(RealForm, incidents=real_open(row, by)),
        do=do,
        title=_("This is real: stop the exercise"),
        submit=_("Stop it and release the players"),
        back=reverse("exercise", args=[row.pk]),
        done=_("The exercise is stopped; its players are told."),
        context={"is_exercise": True, "intro": intro()},
        template="exercises/sheet.html",
    )


def intro() -> str:
    return _(
        "Its clock stands, its messages are stopped, and everybody in it is told by a real message to go to their real "
        "posts. The director may let it go on afterwards, or end it."
    )


@access(Permission.RUN_EXERCISE)
def go_on(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a suspended exercise go on."""
    by = user_of(request)
    row = visible_exercise(pk, by)
    return sheet(
        request,
        form=WhyForm,
        do=lambda data: interrupting.resume_exercise(by=by, now=clock.now(), exercise=row, **data),
        title=_("Let the exercise go on"),
        submit=_("Let it go on"),
        back=reverse("exercise", args=[row.pk]),
        done=_("The exercise goes on; everybody in it is told."),
        context={
            "is_exercise": True,
            "intro": _("It goes on from where its clock stood. Why it may stands in the log."),
        },
        template="exercises/sheet.html",
    )


urlpatterns = [
    path("exercises/<uuid:pk>/real/", call_out, name="exercise_real"),
    path("exercises/<uuid:pk>/go-on/", go_on, name="exercise_go_on"),
]
