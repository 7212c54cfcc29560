"""What a unit does with an exercise that it holds with others: accept or decline, list its people, withdraw."""

from __future__ import annotations

import functools
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions import clock
from youbei.actions.exercises import alliance, enrolling, interrupting
from youbei.actions.exercises.classes import enrol_by_class
from youbei.engine.access import Permission
from youbei.records.models import ExerciseUnit, User
from youbei.records.reports.alliance import answers_for, unit_of
from youbei.records.reports.exercises import visible_exercise
from youbei.records.reports.interruptions import real_open
from youbei.web.access import access, user_of
from youbei.web.exercises.leading import class_choices, lines_of
from youbei.web.forms.exercises import ClassesForm, EnrolForm, MaybeWhyForm, RealForm, WhyForm
from youbei.web.forms.runs import NothingForm
from youbei.web.sheet import FormClass, sheet


def accept(by: User, unit: ExerciseUnit, data: dict[str, Any]) -> object:
    return alliance.answer_unit(by=by, now=clock.now(), unit=unit, accepts=True)


def decline(by: User, unit: ExerciseUnit, data: dict[str, Any]) -> object:
    return alliance.answer_unit(by=by, now=clock.now(), unit=unit, accepts=False, **data)


def withdraw(by: User, unit: ExerciseUnit, data: dict[str, Any]) -> object:
    return alliance.withdraw_unit(by=by, now=clock.now(), unit=unit, **data)


def remove(by: User, unit: ExerciseUnit, data: dict[str, Any]) -> object:
    return alliance.remove_unit(by=by, now=clock.now(), unit=unit)


def people(by: User, unit: ExerciseUnit, data: dict[str, Any]) -> object:
    return enrolling.enrol(by=by, now=clock.now(), exercise=unit.exercise, unit=unit, **data)


def classes(by: User, unit: ExerciseUnit, data: dict[str, Any]) -> object:
    return enrol_by_class(by=by, now=clock.now(), exercise=unit.exercise, unit=unit, **data)


def call_away(by: User, unit: ExerciseUnit, data: dict[str, Any]) -> object:
    return interrupting.call_out(by=by, now=clock.now(), exercise=unit.exercise, unit=unit, **data)


def come_back(by: User, unit: ExerciseUnit, data: dict[str, Any]) -> object:
    return interrupting.return_unit(by=by, now=clock.now(), unit=unit, **data)


ACTS: dict[str, tuple[Any, type[forms.Form], str | Promise, str | Promise]] = {
    "accept": (accept, NothingForm, gettext_lazy("Take part"), gettext_lazy("Your unit takes part.")),
    "decline": (decline, MaybeWhyForm, gettext_lazy("Decline"), gettext_lazy("Your unit has declined.")),
    "withdraw": (withdraw, WhyForm, gettext_lazy("Withdraw your unit"), gettext_lazy("Your unit has withdrawn.")),
    "real": (
        call_away,
        RealForm,
        gettext_lazy("Real: your people leave"),
        gettext_lazy("Your people are released and told."),
    ),
    "return": (come_back, WhyForm, gettext_lazy("Back to the exercise"), gettext_lazy("Your unit is back.")),
    "remove": (remove, NothingForm, gettext_lazy("Take the unit off"), gettext_lazy("The unit is taken off.")),
    "people": (people, EnrolForm, gettext_lazy("Your people"), gettext_lazy("The list is kept.")),
    "classes": (
        classes,
        ClassesForm,
        gettext_lazy("Enrol by class of people"),
        gettext_lazy("The list is kept."),
    ),
}
# After these the reader may no longer see the exercise.
LEAVING = ("decline", "withdraw")
OF_ITS_PEOPLE = ("people", "classes", "real", "return")


def intro_of(act: str) -> str:
    return {
        "accept": _(
            "Your unit holds this exercise with the others. You list its people, and nobody else does; it counts in "
            "your programme."
        ),
        "withdraw": _("Your people are released and told so, also while the exercise runs. The others go on."),
        "real": _(
            "Your people leave the exercise at once and are told so by a real message. The others are told that you "
            "are away, and not why; they go on."
        ),
        "return": _("Your people hear of the exercise again from now on. Why stands in the log."),
        "remove": _("The unit and the people it has listed are taken off this exercise."),
        "people": _("Only people of your unit, as players or observers. The unit that leads lists the others."),
        "classes": _("Everybody of the classes you choose is added as a player. Who is listed stays."),
    }.get(act, "")


@access(Permission.RUN_EXERCISE)
def act(request: HttpRequest, pk: UUID, unit: int, act: str) -> HttpResponse:
    """Do one thing for a unit that holds an exercise with others."""
    by = user_of(request)
    row = visible_exercise(pk, by)
    found = unit_of(row, unit, by)
    if found is None or act not in ACTS or (act in OF_ITS_PEOPLE and not answers_for(by, found)):
        raise Http404
    do, plain_form, title, done = ACTS[act]
    form: FormClass = plain_form
    if act == "classes":
        form = functools.partial(ClassesForm, classes=class_choices(row, found))
    elif act == "real":
        form = functools.partial(RealForm, incidents=real_open(row, by))
    elif act == "people":
        form = functools.partial(EnrolForm, initial={"participants": lines_of(row, found)})
    here = reverse("exercise", args=[row.pk])

    def leave(_result: object) -> str:
        return reverse("exercises")

    return sheet(
        request,
        form=form,
        do=lambda data: do(by, found, data),
        title=str(title),
        submit=str(title),
        back=here,
        done=str(done),
        after=leave if act in LEAVING else None,
        context={"intro": intro_of(act)},
        template="exercises/sheet.html",
    )


urlpatterns = [path("exercises/<uuid:pk>/units/<int:unit>/<slug:act>/", act, name="exercise_unit")]
