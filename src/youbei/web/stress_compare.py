"""Compare a plan with another version, with a measure that was tried, or without a team: ask, watch, read."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions import clock
from youbei.actions.stress_comparisons import comparison_for, start_comparison, stop_comparison
from youbei.engine.access import Permission
from youbei.engine.plans.model import Plan
from youbei.engine.simulation.improve import MEASURE
from youbei.engine.simulation.verdict import SHARES, name_of
from youbei.engine.text import Text
from youbei.records.load import load_plan
from youbei.records.models import PlanVersion, StressComparison, StressTest
from youbei.web.access import access, user_of
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import say
from youbei.web.plans import version_shown
from youbei.web.sheet import sheet
from youbei.web.stopping import is_under_way, stopped

MOST_TEAMS = 12


class CompareForm(forms.Form):
    """What the plan is compared with."""

    against = forms.ChoiceField(
        label=gettext_lazy("Compare with"),
        help_text=gettext_lazy("Both sides meet the same luck, run by run."),
    )

    def __init__(self, *args: Any, version: PlanVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "against", list(choices(version)))


def choices(version: PlanVersion) -> Iterator[tuple[str, str]]:
    """Offer the other versions, and the measures and the busiest teams of the newest test."""
    for pk, name in version.plan.versions.exclude(pk=version.pk).values_list("pk", "version")[:50]:
        yield f"version:{pk}", _("version %(name)s") % {"name": name}
    newest = StressTest.objects.filter(plan_version__plan=version.plan, found__isnull=False).order_by("-pk").first()
    found: Any = newest.found if newest is not None else {}
    if newest is None:
        return
    for one in found.get("improvements", []):
        if "change" in one:
            what = say(Text(one["what"]["zh"], one["what"]["en"]))
            yield f"measure:{newest.pk}:{one['key']}", _("with: %(what)s") % {"what": what}
    for one in found["busy"][:MOST_TEAMS]:
        yield f"without:{newest.pk}:{one['team']}", _("without: %(team)s") % {"team": one["label"]}


@access(Permission.EDIT_PLAN)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask with what the version that is shown is to be compared."""
    by, version = user_of(request), version_shown(request, pk)
    return sheet(
        request,
        form=functools.partial(CompareForm, version=version),
        do=lambda data: start_comparison(by=by, now=clock.now(), version=version, **data),
        title=_("Compare on the same luck"),
        submit=_("Compare"),
        back=reverse("plan_stress", args=[pk]),
        done=_("The comparison has begun."),
        after=lambda row: reverse("stress_comparison", args=[row.pk]),
    )


@access(Permission.SEE)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a comparison has come, then the verdict and the differences."""
    user = user_of(request)
    row = comparison_for(user, pk)
    context: dict[str, Any] = {
        "row": row,
        "is_working": is_under_way(row.job),
        "plan": load_plan(row.plan_version),
        "may_test": user.may(Permission.EDIT_PLAN, row.org_path),
        "against": Text(row.against["zh"], row.against["en"]),
    }
    if request.GET.get("part") == "progress":
        return render(request, "plans/_comparison_progress.html", context)
    if row.found is not None:
        context |= shown(row, context["plan"])
    return render(request, "plans/stress_comparison.html", context)


def shown(row: StressComparison, plan: Plan) -> dict[str, Any]:
    found: Any = row.found
    plans = (plan, plan)
    if row.against["kind"] == "version":
        other = row.plan_version.plan.versions.filter(pk=row.against["version"]).first()
        plans = (plan, load_plan(other)) if other is not None else plans
    lines = [line(one, plans) for one in found["differences"]]
    return {
        "verdict": Text(found["verdict"]["zh"], found["verdict"]["en"]),
        "found": found,
        "plain": [one for one in lines if one["is_plain"]],
        "others": [one for one in lines if not one["is_plain"]],
    }


def line(one: dict[str, Any], plans: tuple[Plan, Plan]) -> dict[str, Any]:
    """Put a difference into the words of its kind: a number, a share, or a length of time."""
    measure = one["measure"]
    sort = "number" if measure == MEASURE else "share" if measure in SHARES or measure.endswith("/late") else "time"
    half = None if one["low"] is None else (one["high"] - one["low"]) / 2
    values = {"first": one["first"], "second": one["second"], "change": abs(one["difference"]), "half": half}
    if sort == "time":
        values = {key: None if value is None else timedelta(seconds=round(value)) for key, value in values.items()}
    return {"name": name_of(one, plans), "sort": sort, "is_plain": one["is_plain"],
            "is_more": one["difference"] > 0, **values}  # fmt: skip


@access(Permission.EDIT_PLAN)
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a comparison."""
    by = user_of(request)
    row = comparison_for(by, pk)
    return stopped(request, lambda: stop_comparison(by=by, comparison=row), back="stress_comparison", pk=pk)


urlpatterns = [
    path("plans/<int:pk>/stress/compare/", ask, name="plan_stress_compare"),
    path("stress-comparisons/<int:pk>/", show, name="stress_comparison"),
    path("stress-comparisons/<int:pk>/stop/", stop, name="stress_comparison_stop"),
]
