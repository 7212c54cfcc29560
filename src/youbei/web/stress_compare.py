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
from youbei.actions.stress_sides import STOCK, TEAMS, partners, siting_words
from youbei.engine.access import Permission
from youbei.engine.plans.model import Plan
from youbei.engine.simulation.broken import BROKEN
from youbei.engine.simulation.verdict import SHARES, name_of, reach_words
from youbei.engine.text import Text
from youbei.records.load import load_plan
from youbei.records.models import PlanVersion, SitingStudy, StressComparison, StressTest, User
from youbei.web.access import access, user_of
from youbei.web.asked import NUMBER, PROGRESS, reads
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import say
from youbei.web.plans import version_shown
from youbei.web.sheet import sheet
from youbei.web.stopping import is_under_way, stopped
from youbei.web.stress import seed_field, words

MOST_VERSIONS, MOST_TESTS, MOST_PARTNERS, MOST_STUDIES = 50, 3, 12, 10


class CompareForm(forms.Form):
    """Which two sides are compared, on which days."""

    first = forms.ChoiceField(label=gettext_lazy("First"), required=False)
    against = forms.ChoiceField(
        label=gettext_lazy("Compare with"),
        help_text=gettext_lazy("Both sides meet the same luck, run by run."),
    )
    scenario = forms.ChoiceField(label=gettext_lazy("Scenario"), required=False)
    is_any_day = forms.BooleanField(
        label=gettext_lazy("On any day, with what may go wrong"),
        required=False,
        help_text=gettext_lazy("Suppliers, nights and the incidents of every day count on any day only."),
    )
    seed = seed_field()

    def __init__(self, *args: Any, version: PlanVersion, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        altered = list(alterations(version, by))
        as_it_is = _("version %(name)s as it is, with the resources of today") % {"name": version.version}
        offer(self, "first", [("", as_it_is), *altered])
        offer(self, "against", [*versions(version), *altered])
        scenarios = load_plan(version).scenarios
        offer(self, "scenario", [(one.id, say(one.title)) for one in scenarios] or [("", _("none"))])


def versions(version: PlanVersion) -> Iterator[tuple[str, str]]:
    for pk, name in version.plan.versions.exclude(pk=version.pk).values_list("pk", "version")[:MOST_VERSIONS]:
        yield f"version:{pk}", _("version %(name)s") % {"name": name}


def alterations(version: PlanVersion, by: User) -> Iterator[tuple[str, str]]:
    """Offer the measures, teams and suppliers of the newest tests, and the sites of the newest siting studies."""
    tests = StressTest.objects.filter(plan_version__plan=version.plan, found__isnull=False).order_by("-pk")
    offered: dict[str, str] = {}
    for test in tests[:MOST_TESTS]:
        found: Any = test.found
        for one in found.get("improvements", []):
            if "change" in one:
                what = say(Text(one["what"]["zh"], one["what"]["en"]))
                offered.setdefault(_("with: %(what)s") % {"what": what}, f"measure:{test.pk}:{one['key']}")
        for name, called in list(partners(found))[:MOST_PARTNERS]:
            offered.setdefault(say(called), f"without:{test.pk}:{name}")
    yield from ((value, words) for words, value in offered.items())
    studies = SitingStudy.objects.visible_to(by).filter(answer__isnull=False).exclude(question="unreached")
    for study in studies.order_by("-pk")[:MOST_STUDIES]:
        sites: Any = (study.answer or {}).get("sites", [])
        for moves in (STOCK, TEAMS) if sites else ():
            yield f"siting:{study.pk}:{moves}", say(siting_words(sites, moves))


@access(Permission.EDIT_PLAN)
@reads(version=NUMBER)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask with what the version that is shown is to be compared."""
    by, version = user_of(request), version_shown(request, pk)
    return sheet(
        request,
        form=functools.partial(CompareForm, version=version, by=by),
        do=lambda data: start_comparison(by=by, now=clock.now(), version=version, **data),
        title=_("Compare on the same luck"),
        submit=_("Compare"),
        back=reverse("plan_stress", args=[pk]),
        done=_("The comparison has begun."),
        after=lambda row: reverse("stress_comparison", args=[row.pk]),
    )


@access(Permission.SEE)
@reads(part=PROGRESS)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a comparison has come, then the verdict and the differences."""
    user = user_of(request)
    row = comparison_for(user, pk)
    context: dict[str, Any] = {
        "row": row,
        "is_working": is_under_way(row.job),
        "plan": load_plan(row.plan_version),
        "may_test": user.may(Permission.EDIT_PLAN, row.org_path),
        "first": words(row.first),
        "against": words(row.against),
        "refusal": words(row.refusal),
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
        "verdict": words(found["verdict"]),
        "found": found,
        "plain": [one for one in lines if one["is_plain"]],
        "others": [one for one in lines if not one["is_plain"]],
        "reaches": [reach_words(one, plans) for one in found.get("reaches", ()) if one["is_plain"]],
    }


def line(one: dict[str, Any], plans: tuple[Plan, Plan]) -> dict[str, Any]:
    """Put a difference into the words of its kind: a number, a share, or a length of time."""
    measure = one["measure"]
    sort = "number" if measure == BROKEN else "share" if measure in SHARES or measure.endswith("/late") else "time"
    half = None if one["low"] is None else (one["high"] - one["low"]) / 2
    values = {"first": one["first"], "second": one["second"], "change": abs(one["difference"]), "half": half}
    values |= {key: one.get(key) for key in ("first_half", "second_half")}
    if sort == "time":
        values = {key: None if value is None else timedelta(seconds=round(value)) for key, value in values.items()}
    is_plain = one["is_plain"] and (sort != "time" or bool(values["change"]))
    return {"name": name_of(one, plans), "runs": one["runs"], "sort": sort, "is_plain": is_plain,
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
