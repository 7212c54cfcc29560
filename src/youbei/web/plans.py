"""Plans: the list, and one plan as text, as structure, as graph and chart, with its findings and versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from youbei.actions import clock, plans
from youbei.engine.access import Permission
from youbei.engine.errors import NotFound
from youbei.engine.plans import check
from youbei.engine.plans.difference import difference
from youbei.engine.plans.graph import Case, times
from youbei.engine.plans.model import Phase, Plan, PlanKind
from youbei.engine.plans.write import write_json, write_toml
from youbei.engine.text import Text
from youbei.records.checking import known_by_registers
from youbei.records.models import PlanVersion
from youbei.records.reports.plan import PlanDetail, plan_detail
from youbei.records.reports.plans import PlanFilter, plan_page
from youbei.records.reports.wrongs import check_key, recorded
from youbei.web import stepgraph, timechart
from youbei.web.access import access, user_of
from youbei.web.asked import NUMBER, WORDS, one_of, reads
from youbei.web.lists import query_without_cursor
from youbei.web.query import key_in
from youbei.web.sheet import sheet

# The axis of a plan counts from activation: any midnight of the screen's zone will do.
MIDNIGHT = "2000-01-01T00:00:00"
LARGEST_FILE = 10 * 1024 * 1024


class PlanFileForm(forms.Form):
    """Ask for a plan file."""

    file = forms.FileField(
        label=gettext_lazy("Plan file"),
        help_text=gettext_lazy("TOML or JSON, at most 10 MB. What it says is checked before anything is stored."),
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of the checker, and the number of the finding in which it was recorded, None before."""

    said: check.Finding
    finding: int | None


def say(text: Text) -> str:
    return text.in_language(get_language() or "en")


@access(Permission.SEE)
@reads(kind=one_of(PlanKind), text=WORDS, cursor=WORDS)
def list_plans(request: HttpRequest) -> HttpResponse:
    filters = PlanFilter(kind=request.GET.get("kind", ""), text=request.GET.get("text", "")[:100])
    user = user_of(request)
    context = {
        "page": plan_page(user, filters=filters, cursor=request.GET.get("cursor")),
        "filters": filters,
        "plan_kinds": [kind.value for kind in PlanKind],
        "query": query_without_cursor(request),
        "may_import": bool(user.paths_with(Permission.EDIT_PLAN)),
    }
    return render(request, "plans/list.html", context)


def detail_of(request: HttpRequest, pk: int) -> PlanDetail:
    """Return the plan in the version of the address (`?version=`), else its current one."""
    try:
        return plan_detail(pk, user_of(request), version=key_in(request, "version"))
    except NotFound as problem:
        raise Http404 from problem


def version_shown(request: HttpRequest, pk: int) -> PlanVersion:
    """Return the row of the version that `detail_of` shows, with its plan."""
    return PlanVersion.objects.select_related("plan").get(pk=detail_of(request, pk).version.pk)


def shell(detail: PlanDetail, tab: str) -> dict[str, Any]:
    keep = "" if detail.version.is_current else f"?version={detail.version.pk}"
    posts = {post.id: post.title for post in detail.plan.posts}
    titles = {step.id: step.title for step in detail.plan.steps}
    return {"detail": detail, "plan": detail.plan, "tab": tab, "keep": keep, "post_titles": posts, "titles": titles}


@access(Permission.SEE)
@reads(version=NUMBER)
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the plan as it is filed, with its structure beside the text."""
    detail = detail_of(request, pk)
    return render(request, "plans/text.html", shell(detail, "text"))


@access(Permission.SEE)
@reads(version=NUMBER)
def steps(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the steps as a graph, on a time chart by their likely durations, and as a table."""
    detail = detail_of(request, pk)
    owners = {post.id: say(post.title) for post in detail.plan.posts}
    context = {
        **shell(detail, "steps"),
        "graph": stepgraph.draw(detail.plan, owners),
        "chart": chart_of(detail.plan, detail.names),
    }
    return render(request, "plans/steps.html", context)


def chart_of(plan: Plan, names: Any) -> timechart.Chart | None:
    """Return the time chart of a plan that runs as its authors think likely; the axis counts from activation."""
    found = times(plan, Case.LIKELY)
    if not found:
        return None
    start = timezone.make_aware(datetime.fromisoformat(MIDNIGHT))
    bars = [
        timechart.Bar(
            id=step.id,
            lane=step.owner,
            title=say(step.title),
            status="waiting",
            start=start + found[step.id].opens,
            end=start + max(found[step.id].finishes, found[step.id].opens + timedelta(seconds=1)),
            due_at=start + found[step.id].opens + step.within.limit
            if step.within is not None and step.within.since == "opened"
            else None,
            after=(*step.start.after, *step.start.after_any),
            says=say(step.title),
        )
        for step in plan.steps
        if step.id in found and step.phase is Phase.RESPONSE
    ]
    lanes = [
        (post.id, say(post.title), say(names[post.holder.ref]) if post.holder and post.holder.ref in names else "")
        for post in plan.posts
    ]
    return timechart.draw(lanes, bars, start=start, now=start, is_over=True)


@access(Permission.SEE)
@reads(version=NUMBER)
def findings(request: HttpRequest, pk: int) -> HttpResponse:
    """Check the plan against today's registers and the law, like a compiler."""
    detail = detail_of(request, pk)
    found = check.check(detail.plan, known_by_registers(detail.plan, clock.now()))
    counts = {severity.value: sum(one.severity is severity for one in found) for severity in check.Severity}
    keys = {one: check_key(detail.pk, one) for one in found}
    known = recorded(keys.values())
    context = {
        **shell(detail, "findings"),
        "findings": [Checked(one, known.get(keys[one])) for one in found],
        "counts": counts,
        "may_record": user_of(request).may(Permission.RECORD_FINDING, detail.org_path),
    }
    return render(request, "plans/findings.html", context)


@access(Permission.SEE)
@reads(version=NUMBER, old=NUMBER, new=NUMBER)
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """List the versions, and show what changed from one to another."""
    detail = detail_of(request, pk)
    old, new = key_in(request, "old"), key_in(request, "new")
    context = shell(detail, "versions")
    if len(detail.versions) > 1 and (old is None or new is None):
        new, old = detail.versions[0].pk, detail.versions[1].pk
    if old is not None and new is not None:
        before = plan_detail_or_404(request, pk, old)
        after = plan_detail_or_404(request, pk, new)
        context |= {"before": before, "after": after, "changes": difference(before.plan, after.plan)}
    return render(request, "plans/versions.html", context)


def plan_detail_or_404(request: HttpRequest, pk: int, version: int) -> PlanDetail:
    try:
        return plan_detail(pk, user_of(request), version=version)
    except NotFound as problem:
        raise Http404 from problem


@access(Permission.SEE)
@reads(version=NUMBER)
def export(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Give the plan as a file that can be imported again."""
    detail = detail_of(request, pk)
    body = write_toml(detail.plan) if kind == "toml" else write_json(detail.plan)
    response = HttpResponse(body, content_type="application/toml" if kind == "toml" else "application/json")
    name = content_disposition_header(as_attachment=True, filename=f"{detail.code}-{detail.version.version}.{kind}")
    response["Content-Disposition"] = name or "attachment"
    return response


@access(Permission.EDIT_PLAN)
def import_file(request: HttpRequest) -> HttpResponse:
    """Store a plan file as a new version."""
    user = user_of(request)

    def do(data: dict[str, Any]) -> PlanVersion:
        file = data["file"]
        return plans.import_plan(by=user, now=clock.now(), text=file.read(LARGEST_FILE + 1), filename=file.name)

    return sheet(
        request,
        form=PlanFileForm,
        do=do,
        title=_("Import a plan"),
        submit=_("Import"),
        back=reverse("plans"),
        done=_("The plan is stored."),
        after=lambda version: reverse("plan_findings", args=[version.plan_id]),
        template="plans/sheet_import.html",
    )


urlpatterns = [
    path("plans/", list_plans, name="plans"),
    path("plans/import/", import_file, name="plan_import"),
    path("plans/<int:pk>/", text, name="plan"),
    path("plans/<int:pk>/steps/", steps, name="plan_steps"),
    path("plans/<int:pk>/check/", findings, name="plan_findings"),
    path("plans/<int:pk>/versions/", versions, name="plan_versions"),
    path("plans/<int:pk>/export.toml", export, {"kind": "toml"}, name="plan_toml"),
    path("plans/<int:pk>/export.json", export, {"kind": "json"}, name="plan_json"),
]
