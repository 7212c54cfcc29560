"""The programme of the year, unit by unit and regime by regime."""

from __future__ import annotations

import functools
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.actions import clock
from youbei.actions.exercises.regimes import set_regimes
from youbei.engine.access import Permission
from youbei.records.models import DrillRegime, Organisation
from youbei.records.reports.capabilities import capabilities_of
from youbei.records.reports.programme import programme_page, programmes
from youbei.web.access import access, user_of
from youbei.web.asked import NUMBER, WORDS, reads
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import say
from youbei.web.query import key_in
from youbei.web.sheet import sheet


class RegimesForm(forms.Form):
    """Choose what applies to a unit."""

    regimes = forms.MultipleChoiceField(
        label=gettext_lazy("What applies to this unit"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, chosen: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(
            self,
            "regimes",
            [(one.id, f"{say(one.title)} ({one.document} {one.article})") for one in content.drill_regimes().values()],
            initial=chosen,
            is_tall=True,
        )


def year_in(request: HttpRequest) -> int:
    entered = key_in(request, "year")
    return entered if entered and 2000 <= entered <= 2199 else timezone.localdate(clock.now()).year


@access(Permission.SEE)
@reads(year=NUMBER, cursor=WORDS)
def overview(request: HttpRequest) -> HttpResponse:
    """Show the units under some regime, with what is overdue."""
    user, year = user_of(request), year_in(request)
    context = {
        "page": programme_page(user, year, clock.now(), cursor=request.GET.get("cursor")),
        "year": year,
        "query": f"year={year}",
        "units": Organisation.objects.visible_to(user, Permission.RUN_EXERCISE).order_by("path")[:100],
    }
    return render(request, "exercises/programme.html", context)


def unit_for(request: HttpRequest, pk: int) -> Organisation:
    unit = Organisation.objects.visible_to(user_of(request)).filter(pk=pk).first()
    if unit is None:
        raise Http404
    return unit


@access(Permission.SEE)
def of_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the programme of one unit."""
    unit, year = unit_for(request, pk), year_in(request)
    context = {
        "unit": unit,
        "year": year,
        "programme": programmes([unit], user_of(request), year, clock.now())[0],
        "capabilities": capabilities_of(unit, user_of(request), clock.now()),
        "leads": user_of(request).may(Permission.RUN_EXERCISE, unit.path),
    }
    return render(request, "exercises/programme_unit.html", context)


@access(Permission.RUN_EXERCISE)
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what applies to a unit."""
    user, unit = user_of(request), unit_for(request, pk)
    chosen = list(DrillRegime.objects.filter(organisation=unit).values_list("regime", flat=True))
    return sheet(
        request,
        form=functools.partial(RegimesForm, chosen=chosen),
        do=lambda data: set_regimes(by=user, now=clock.now(), organisation=unit, regimes=data["regimes"]),
        title=_("What applies to this unit"),
        submit=_("Save"),
        back=reverse("programme_unit", args=[unit.pk]),
        done=_("What applies is kept."),
        after=lambda _none: reverse("programme_unit", args=[unit.pk]),
    )


urlpatterns = [
    path("exercises/programme/", overview, name="programme"),
    path("exercises/programme/<int:pk>/", of_unit, name="programme_unit"),
    path("exercises/programme/<int:pk>/regimes/", choose, name="programme_regimes"),
]
