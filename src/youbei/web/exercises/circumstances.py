"""What holds in an area for a time, as the duty desk states it: warnings, examinations. Interlocks ask for it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from youbei import content
from youbei.actions import clock
from youbei.actions.exercises import circumstances, warnings
from youbei.engine.access import Permission
from youbei.engine.alerts.cap_xml import LARGEST
from youbei.engine.conditions import Value
from youbei.engine.errors import Refused
from youbei.engine.incidents import FactType, check_fact
from youbei.records.models import Circumstance, Exercise, User
from youbei.records.pages import keyset_page
from youbei.records.reports.exercises import visible_exercises
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, reads
from youbei.web.forms.choices import offer
from youbei.web.forms.exercise_control import value_of
from youbei.web.forms.exercises import UnitField
from youbei.web.forms.facts import as_entered, say
from youbei.web.forms.incidents import WHEN
from youbei.web.forms.runs import NothingForm
from youbei.web.sheet import sheet

EXERCISES_SHOWN = 50


class CircumstanceForm(forms.Form):
    """State one fact of a unit and all below it, until when, and who has published it."""

    organisation = UnitField(
        permission=Permission.REPORT_INCIDENT,
        label=gettext_lazy("Where it holds"),
        help_text=gettext_lazy("The code or name of a unit; it holds for all below it."),
    )
    what = forms.ChoiceField(label=gettext_lazy("What holds"))
    value = forms.CharField(
        label=gettext_lazy("Its value"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("A number, where what holds is measured."),
    )
    source = forms.CharField(label=gettext_lazy("Published by"), max_length=120)
    ends_at = forms.DateTimeField(label=gettext_lazy("Until"), widget=WHEN)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        unit = self.fields["organisation"]
        if isinstance(unit, UnitField):
            unit.user = user
        offer(self, "what", what_may_hold())

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        key, _, chosen = data.pop("what", "").partition("=")
        kind, entered = content.fact_kinds().get(key), chosen or data.get("value", "")
        if kind is not None:
            try:
                data |= {"key": key, "value": check_fact(kind, value_of(entered))}
            except Refused as refusal:
                raise ValidationError(say(refusal.text)) from refusal
        return data


class AlertForm(forms.Form):
    """Take in a CAP message: a real one for a unit and all below it, or one of an exercise for one that runs."""

    file = forms.FileField(label=gettext_lazy("CAP message"), help_text=gettext_lazy("A CAP 1.2 file, at most 2 MB."))
    organisation = UnitField(
        permission=Permission.REPORT_INCIDENT,
        label=gettext_lazy("Where it holds"),
        required=False,
        help_text=gettext_lazy("The code or name of a unit; it holds for all below it."),
    )
    exercise = forms.ChoiceField(
        label=gettext_lazy("Exercise"),
        required=False,
        help_text=gettext_lazy("Only for a message of status Exercise: it is played there and holds for nothing real."),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        unit = self.fields["organisation"]
        if isinstance(unit, UnitField):
            unit.user = user
        running = visible_exercises(user).filter(status=Exercise.Status.RUNNING).defer("data")
        self.exercises = {str(one.pk): one for one in running.order_by("-started_at")[:EXERCISES_SHOWN]}
        named = [
            (pk, one.title_zh if get_language() == "zh-hans" else one.title_en or one.title_zh)
            for pk, one in self.exercises.items()
        ]
        offer(self, "exercise", [("", gettext_lazy("none: it is real")), *named])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        file, exercise = data.get("file"), self.exercises.get(data.get("exercise", ""))
        if file is not None:
            data["message"] = file.read(LARGEST + 1)
        if exercise is None and not data.get("organisation") and "organisation" not in self.errors:
            self.add_error("organisation", _("Say where it holds."))
        return data | {"exercise": exercise}


def what_may_hold() -> list[tuple[str, str]]:
    """Offer every fact with each of its values in words, warnings first; of what is measured only the fact."""
    kinds = content.fact_kinds()
    found = []
    for key in ["warning_colour", *(key for key in kinds if key != "warning_colour")]:
        kind = kinds[key]
        values: list[Value] = list(kind.choices or ()) or ([True, False] if kind.type is FactType.BOOLEAN else [])
        name = say(kind.name)
        found += [(f"{key}={as_entered(one)}", f"{name}: {say(content.describe_fact(key, one))}") for one in values]
        found += [] if values else [(f"{key}=", f"{name} ({say(kind.unit)})" if say(kind.unit) else name)]
    return found


@access(Permission.SEE)
@reads(cursor=WORDS)
def show(request: HttpRequest) -> HttpResponse:
    """List what holds now in the units that one may see, the newest first."""
    user, now = user_of(request), clock.now()
    rows = Circumstance.objects.visible_to(user).filter(ends_at__gt=now).select_related("organisation")
    kinds = content.fact_kinds()

    def read(found: Sequence[Circumstance]) -> list[dict[str, Any]]:
        return [
            {
                "row": one,
                "kind": kinds.get(one.key),
                "may_lift": user.may(Permission.REPORT_INCIDENT, one.org_path),
            }
            for one in found
        ]

    context = {
        "page": keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor"), read=read),
        "may_state": user.scope.allows(Permission.REPORT_INCIDENT),
    }
    return render(request, "exercises/circumstances.html", context)


@access(Permission.REPORT_INCIDENT)
def state(request: HttpRequest) -> HttpResponse:
    """State what holds."""
    by = user_of(request)
    return sheet(
        request,
        form=functools.partial(CircumstanceForm, user=by),
        do=lambda data: circumstances.state_circumstance(by=by, now=clock.now(), **data),
        title=_("State what holds"),
        submit=_("State it"),
        back=reverse("circumstances"),
        done=_("It is stated; interlocks know it from now on."),
        after=lambda _row: reverse("circumstances"),
    )


@access(Permission.REPORT_INCIDENT)
def take_in(request: HttpRequest) -> HttpResponse:
    """Take in a CAP message."""
    by = user_of(request)

    def do(data: dict[str, Any]) -> str:
        now, message, exercise = clock.now(), data["message"], data["exercise"]
        if exercise is not None:
            return warnings.play_alert(by=by, now=now, exercise=exercise, message=message)
        done = warnings.import_alert(by=by, now=now, organisation=data["organisation"], message=message)
        if done.is_again:
            messages.info(request, _("This message was taken in before; nothing has changed."))
        elif done.lifted:
            messages.info(request, _("It ended what earlier messages had stated: %(count)s.") % {"count": done.lifted})
        return done.title

    return sheet(
        request,
        form=functools.partial(AlertForm, user=by),
        do=do,
        title=_("Take in a warning (CAP)"),
        submit=_("Take it in"),
        back=reverse("circumstances"),
        done=_("The message is taken in."),
        after=lambda _title: reverse("circumstances"),
        context={
            "intro": _(
                "Tests, drafts and what has expired are refused. An update takes the place of what it refers to; a "
                "cancellation ends it."
            )
        },
        template="exercises/sheet_file.html",
    )


@access(Permission.REPORT_INCIDENT)
def lift(request: HttpRequest, circumstance: int) -> HttpResponse:
    """End what holds before its time."""
    by = user_of(request)
    row = Circumstance.objects.visible_to(by).filter(pk=circumstance).first()
    if row is None:
        raise Http404
    return sheet(
        request,
        form=NothingForm,
        do=lambda data: circumstances.lift_circumstance(by=by, now=clock.now(), circumstance=row),
        title=_("Lift it"),
        submit=_("Lift it"),
        back=reverse("circumstances"),
        done=_("It holds no more."),
        after=lambda _row: reverse("circumstances"),
    )


urlpatterns = [
    path("exercises/circumstances/", show, name="circumstances"),
    path("exercises/circumstances/new/", state, name="circumstance_new"),
    path("exercises/circumstances/alert/", take_in, name="circumstance_alert"),
    path("exercises/circumstances/<int:circumstance>/lift/", lift, name="circumstance_lift"),
]
