"""Stress-test a plan: ask for thousands of runs, watch the work, read which promises hold."""

from __future__ import annotations

import functools
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.actions import clock
from youbei.actions.stress_tests import MOST_RUNS, start_stress_test, stop_stress_test, stress_test_for
from youbei.engine.access import Permission
from youbei.engine.simulation.report_page import team_name
from youbei.engine.simulation.stated import HOURS, MOST_PER_DAY, WIDEST_KM, StatedCalls, kind_name
from youbei.engine.text import Text
from youbei.records.load import load_plan
from youbei.records.models import Plan, PlanVersion, StressComparison, StressTest, User
from youbei.records.stress_stated import stated_of
from youbei.web.access import access, user_of
from youbei.web.asked import NUMBER, PROGRESS, reads
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import say
from youbei.web.plans import detail_of, shell, version_shown
from youbei.web.reach import place_named
from youbei.web.sheet import sheet
from youbei.web.stopping import is_under_way, stopped
from youbei.web.stress_chart import SPREADS, charts
from youbei.web.stress_day import half_of, heat, worse
from youbei.web.stress_lanes import lanes
from youbei.web.stress_tornado import tornado

LISTED, MOST_BUSY = 20, 8
# Half widths of 95 % intervals that are offered.
SHARES = (0.05, 0.02, 0.01)


def seed_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=gettext_lazy("Seed"),
        min_value=0,
        max_value=2**31 - 1,
        initial=1,
        help_text=gettext_lazy("The same seed gives the same result, as long as plan and resources stay."),
    )


class StressForm(forms.Form):
    """What is asked: in which scenario, how often, with which luck."""

    scenario = forms.ChoiceField(label=gettext_lazy("Scenario"), required=False)
    is_any_day = forms.BooleanField(
        label=gettext_lazy("On any day, with what may go wrong"),
        required=False,
        help_text=gettext_lazy(
            "Nights and days off, teams off the road, posts out of reach, suppliers that fail, and the incidents of "
            "every day. Without it: today, with everything in its place."
        ),
    )
    runs = forms.TypedChoiceField(label=gettext_lazy("Runs, at most"), coerce=int, initial=2000)
    precision = forms.TypedChoiceField(
        label=gettext_lazy("Enough when every share is known to within"),
        required=False,
        coerce=float,
        empty_value=None,
        help_text=gettext_lazy("The test then ends sooner. Shares: how often a step is late or a need comes short."),
    )
    seed = seed_field()
    calls_per_day = forms.FloatField(
        label=gettext_lazy("Assume besides: calls a day"),
        required=False,
        min_value=0,
        max_value=MOST_PER_DAY,
        help_text=gettext_lazy(
            "Calls of every day that keep teams busy, whatever the records show. Empty: none. What follows says "
            "which, where and when."
        ),
    )
    calls_kind = forms.ChoiceField(label=gettext_lazy("Of the kind"), required=False)
    calls_at = forms.CharField(
        label=gettext_lazy("In the area around"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Coordinates (latitude, longitude), the code of a site, or the number of an incident."),
        widget=forms.TextInput(attrs={"placeholder": "34.6012, 119.2200", "autocomplete": "off"}),
    )
    calls_km = forms.FloatField(label=gettext_lazy("Within km"), required=False, min_value=0, max_value=WIDEST_KM)
    calls_from = forms.IntegerField(
        label=gettext_lazy("From hour"), required=False, min_value=0, max_value=23, initial=0
    )
    calls_until = forms.IntegerField(
        label=gettext_lazy("Until hour"), required=False, min_value=1, max_value=24, initial=24
    )

    def __init__(self, *args: Any, version: PlanVersion, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        scenarios = load_plan(version).scenarios
        offer(self, "scenario", [(one.id, say(one.title)) for one in scenarios] or [("", _("none"))])
        points = [
            (str(share), _("± %(points)s percentage points") % {"points": f"{100 * share:g}"}) for share in SHARES
        ]
        offer(self, "precision", [("", _("make all runs")), *points])
        offer(self, "runs", [(str(n), f"{n:,}") for n in (200, 2_000, 10_000, MOST_RUNS)])
        offer(self, "calls_kind", [(code, say(kind_name(code))) for code in content.simulation_table("demand")])

    def clean(self) -> dict[str, Any]:
        """Put what is assumed together as calls."""
        data: dict[str, Any] = super().clean() or {}
        given = {name: data.pop(name, None) for name in tuple(data) if name.startswith("calls_")}
        data["calls"] = ()
        if not given.get("calls_per_day"):
            if given.get("calls_at"):
                self.add_error("calls_per_day", _("Say how many calls a day come there, or leave the place empty."))
            return data
        here = place_named(given.get("calls_at") or "", self.by)
        if here is None:
            self.add_error(
                "calls_at",
                _(
                    "There is no such place. Give two numbers, latitude first, such as 34.6012, 119.2200, or the code "
                    "of a site or the number of an incident that you may see."
                ),
            )
            return data
        start, end = given.get("calls_from"), given.get("calls_until")
        data["calls"] = (
            StatedCalls(
                kind=given.get("calls_kind") or "",
                per_day=given["calls_per_day"],
                point=here.point,
                radius_km=given.get("calls_km") or 0.0,
                start=0 if start is None else start,
                end=HOURS if end is None else end,
            ),
        )
        return data


@access(Permission.SEE)
@reads(version=NUMBER)
def tests_of(request: HttpRequest, pk: int) -> HttpResponse:
    """List the stress tests of a plan, the newest first."""
    detail = detail_of(request, pk)
    rows = StressTest.objects.filter(plan_version__plan=detail.pk).select_related("plan_version", "job")
    context = {
        **shell(detail, "stress"),
        "rows": [(row, worst_of(row)) for row in rows.order_by("-pk")[:LISTED]],
        "may_test": may_test(user_of(request), detail.pk),
        "may_compare": bool(rows) or len(detail.versions) > 1,
        "comparisons": comparisons_of(detail.pk),
    }
    return render(request, "plans/stress.html", context)


def comparisons_of(plan: int) -> list[tuple[StressComparison, Text | None, Text | None, Text | None]]:
    rows = StressComparison.objects.filter(plan_version__plan=plan).select_related("plan_version").order_by("-pk")
    return [(row, words(row.first), words(row.against), verdict_of(row)) for row in rows[:LISTED]]


def verdict_of(row: StressComparison) -> Text | None:
    found: Any = row.found
    return words(row.refusal if found is None else found["verdict"])


def words(data: Any) -> Text | None:
    return None if data is None else Text(data["zh"], data["en"])


def may_test(user: User, plan: int) -> bool:
    path = Plan.objects.values_list("org_path", flat=True).get(pk=plan)
    return user.may(Permission.EDIT_PLAN, path)


def worst_of(row: StressTest) -> tuple[float, float] | None:
    """Return the share of runs that break the promise that is broken most often, with half its 95 % interval, in
    percent; None before there is a result.
    """
    if row.found is None:
        return None
    worst = max(row.found["promises"], key=lambda one: float(one["share"]), default=None)
    return (0.0, 0.0) if worst is None else (100 * worst["share"], 50 * (worst["high"] - worst["low"]))


@access(Permission.EDIT_PLAN)
@reads(version=NUMBER)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a stress test of the version that is shown."""
    by, version = user_of(request), version_shown(request, pk)
    return sheet(
        request,
        form=functools.partial(StressForm, version=version, by=by),
        do=lambda data: start_stress_test(by=by, now=clock.now(), version=version, **data),
        title=_("Stress-test the plan"),
        submit=_("Begin"),
        back=reverse("plan_stress", args=[pk]),
        done=_("The test has begun."),
        after=lambda test: reverse("stress_test", args=[test.pk]),
    )


@access(Permission.SEE)
@reads(part=PROGRESS)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a test has come, then what it found: broken promises, times, steps, needs, teams."""
    user = user_of(request)
    test = stress_test_for(user, pk)
    context: dict[str, Any] = {
        "test": test,
        "is_working": is_under_way(test.job),
        "plan": load_plan(test.plan_version),
        "may_test": user.may(Permission.EDIT_PLAN, test.org_path),
        "refusal": words(test.refusal),
        "points": None if test.precision is None else round(100 * test.precision, 4),
        "may_record": bool(user.paths_with(Permission.RECORD_FINDING)),
        "assumed": [(kind_name(one.kind), one.text) for one in stated_of(test.calls)],
    }
    if request.GET.get("part") == "progress":
        return render(request, "plans/_stress_progress.html", context)
    if test.found is not None:
        context |= shown(test)
    return render(request, "plans/stress_test.html", context)


def shown(test: StressTest) -> dict[str, Any]:
    found: Any = test.found
    plan = load_plan(test.plan_version)
    titles = {step.id: step.title for step in plan.steps}
    times = [
        (name, found[key], span(found[key]["mean"]), span(found[key]["low"]), span(found[key]["high"]),
         span(found[key]["p90"]), span(found[key].get("p90_low")), span(found[key].get("p90_high")))
        for key, name in SPREADS.items()
    ]  # fmt: skip
    return {
        "found": found,
        "promises": [(Text(one["zh"], one["en"]), one) for one in found["promises"]],
        "times": times,
        "charts": charts(found),
        "tornado": tornado(found),
        "lanes": lanes(plan, found.get("courses") or {}),
        "worse": worse(found),
        "heat": heat(found),
        "busy": [{**one, "name": team_name(one)} for one in found["busy"][:MOST_BUSY]],
        "steps": [
            (
                titles.get(one["step"], Text(one["step"], one["step"])),
                one,
                span(one["finished_at"]["mean"]),
                span(half_of(one["finished_at"])),
            )
            for one in found["steps"]
        ],
        "scenario": next((one.title for one in plan.scenarios if one.id == test.scenario), None),
    }


def span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=round(seconds))


@access(Permission.EDIT_PLAN)
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a test."""
    by = user_of(request)
    test = stress_test_for(by, pk)
    return stopped(request, lambda: stop_stress_test(by=by, test=test), back="stress_test", pk=pk)


urlpatterns = [
    path("plans/<int:pk>/stress/", tests_of, name="plan_stress"),
    path("plans/<int:pk>/stress/new/", ask, name="plan_stress_new"),
    path("stress-tests/<int:pk>/", show, name="stress_test"),
    path("stress-tests/<int:pk>/stop/", stop, name="stress_test_stop"),
]
