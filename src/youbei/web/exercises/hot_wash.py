"""The hot wash of an exercise: open it, give the link, see out of how many what was answered, close it."""

from __future__ import annotations

import functools
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.actions import clock
from youbei.actions.exercises import hot_wash
from youbei.actions.exercises.hot_wash import MOST_ASKED, Asking
from youbei.records.models import Exercise, HotWash
from youbei.records.reports.hot_wash import hot_wash_result, people_enrolled, who_answered
from youbei.web.access import access, user_of
from youbei.web.exercises.counts import scannable
from youbei.web.exercises.one import shell
from youbei.web.forms.facts import say
from youbei.web.forms.runs import NothingForm
from youbei.web.sheet import sheet

DAYS = (1, 3, 7, 14, 30)


class AskForm(forms.Form):
    """How the hot wash is held."""

    questionnaire = forms.ChoiceField(label=gettext_lazy("Questionnaire"))
    is_anonymous = forms.TypedChoiceField(
        label=gettext_lazy("How it is answered"),
        choices=[("1", gettext_lazy("anonymously: who answers is kept nowhere")), ("0", gettext_lazy("by name"))],
        coerce=lambda value: value == "1",
        initial="1",
        widget=forms.RadioSelect,
    )
    asked = forms.IntegerField(
        label=gettext_lazy("How many people are asked"),
        min_value=1,
        max_value=MOST_ASKED,
        help_text=gettext_lazy(
            "The share that answers is out of these. Proposed: who stands on the list of participants."
        ),
    )
    days = forms.TypedChoiceField(label=gettext_lazy("Open for"), coerce=int, initial=3)
    tell = forms.BooleanField(
        label=gettext_lazy("Send the link to everybody on the list"), required=False, initial=True
    )

    def __init__(self, *args: Any, enrolled: int, **options: Any) -> None:
        super().__init__(*args, **options)
        library: Any = self.fields["questionnaire"]
        library.choices = [(one.id, say(one.title)) for one in content.questionnaires().values()]
        days: Any = self.fields["days"]
        days.choices = [(n, _("%(n)s d") % {"n": n}) for n in DAYS]
        self.fields["asked"].initial = max(1, enrolled)


class AskedForm(forms.Form):
    asked = forms.IntegerField(label=gettext_lazy("How many people are asked"), min_value=1, max_value=MOST_ASKED)


@access("signed_in")
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show how a hot wash stands; the answers to those who lead and evaluate, and to all once it is closed."""
    context = shell(request, pk, "hot-wash")
    wash: HotWash | None = context["wash"]
    if wash is None and not (context["leads"] and context["row"].ended_at):
        raise Http404
    if wash is not None:
        context |= shown(request, wash, context)
    return render(request, "exercises/hot_wash.html", context)


def shown(request: HttpRequest, wash: HotWash, context: dict[str, Any]) -> dict[str, Any]:
    is_open = wash.is_open(clock.now())
    result = hot_wash_result(wash)
    more: dict[str, Any] = {
        "is_open": is_open,
        "result": result,
        "percent_answered": None if result.share is None else result.share * 100,
        "sees_answers": context["knows_script"] or not is_open,
        "scale": content.agreement_scale(),
        "questions": [*result.grades, *result.words],
    }
    if is_open and context["part"] != "onlooker":
        address = request.build_absolute_uri(reverse("hot_wash_link", args=[hot_wash.word_of(wash)]))
        more["link"] = {"address": address, "code": scannable(address)}
    if context["leads"]:
        more["names"] = who_answered(wash)
    return more


def led(request: HttpRequest, pk: UUID) -> tuple[Exercise, HotWash | None]:
    """Return an exercise that the user leads, and its hot wash."""
    context = shell(request, pk, "hot-wash")
    if not context["leads"]:
        raise Http404
    return context["row"], context["wash"]


@access("signed_in")
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open the hot wash."""
    row, _wash = led(request, pk)
    user = user_of(request)
    return sheet(
        request,
        form=functools.partial(AskForm, enrolled=people_enrolled(row)),
        do=lambda data: hot_wash.open_hot_wash(by=user, now=clock.now(), exercise=row, asking=Asking(**data)),
        title=_("Open the hot wash"),
        submit=_("Open the hot wash"),
        back=reverse("exercise_hot_wash", args=[row.pk]),
        done=_("The hot wash is open."),
        after=lambda _wash: reverse("exercise_hot_wash", args=[row.pk]),
    )


@access("signed_in")
def change_asked(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct out of how many people the answers come."""
    row, wash = led(request, pk)
    user = user_of(request)
    return sheet(
        request,
        form=functools.partial(AskedForm, initial={"asked": wash.asked if wash else None}),
        do=lambda data: hot_wash.set_asked(by=user, now=clock.now(), exercise=row, asked=data["asked"]),
        title=_("How many people are asked"),
        submit=_("Keep"),
        back=reverse("exercise_hot_wash", args=[row.pk]),
        done=_("The number is changed."),
        after=lambda _wash: reverse("exercise_hot_wash", args=[row.pk]),
    )


@access("signed_in")
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close the hot wash."""
    row, _wash = led(request, pk)
    user = user_of(request)
    return sheet(
        request,
        form=NothingForm,
        do=lambda data: hot_wash.close_hot_wash(by=user, now=clock.now(), exercise=row),
        title=_("Close the hot wash"),
        submit=_("Close the hot wash"),
        back=reverse("exercise_hot_wash", args=[row.pk]),
        done=_("The hot wash is closed."),
        after=lambda _wash: reverse("exercise_hot_wash", args=[row.pk]),
    )


urlpatterns = [
    path("exercises/<uuid:pk>/hot-wash/", show, name="exercise_hot_wash"),
    path("exercises/<uuid:pk>/hot-wash/open/", ask, name="exercise_hot_wash_open"),
    path("exercises/<uuid:pk>/hot-wash/asked/", change_asked, name="exercise_hot_wash_asked"),
    path("exercises/<uuid:pk>/hot-wash/close/", close, name="exercise_hot_wash_close"),
]
