"""A draft of a plan: what it changes, what the checker says of it, and the forms that change it."""

from __future__ import annotations

import functools
from datetime import timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions import clock
from youbei.actions.actors import ids_of
from youbei.actions.findings import drafts
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.findings.life import State
from youbei.engine.findings.retest import step_of
from youbei.engine.plans.calibration.compare import compare
from youbei.engine.plans.check import check
from youbei.engine.plans.drafting import next_version
from youbei.engine.plans.durations import format_duration
from youbei.engine.plans.model import Step
from youbei.engine.plans.read import plan_from_data
from youbei.engine.text import Text
from youbei.records.checking import known_by_registers
from youbei.records.load import load_plan
from youbei.records.measured import samples_of_plan
from youbei.records.models import PlanDraft, User
from youbei.records.reports.held_by_plan import held_by_plan
from youbei.records.reports.plan import visible_plan
from youbei.web.access import access, user_of
from youbei.web.findings.one import finding_for
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import say
from youbei.web.forms.runs import NothingForm, words
from youbei.web.sheet import sheet

MINUTE = timedelta(minutes=1)
LARGEST_FILE = 10 * 1024 * 1024


def written_in(language: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 8, "lang": language})


class ClauseForm(forms.Form):
    """The text of a clause in both languages."""

    clause = forms.CharField(label=gettext_lazy("Clause"), max_length=40)
    title_zh = forms.CharField(label=gettext_lazy("Heading (Chinese)"), max_length=200)
    title_en = forms.CharField(label=gettext_lazy("Heading (English)"), max_length=200, required=False)
    body_zh = forms.CharField(label=gettext_lazy("Text (Chinese)"), max_length=20_000, widget=written_in("zh-Hans"))
    body_en = forms.CharField(
        label=gettext_lazy("Text (English)"), max_length=20_000, required=False, widget=written_in("en")
    )


class StepForm(forms.Form):
    """The deadline of a step and how long it takes, in minutes."""

    limit = forms.FloatField(
        label=gettext_lazy("Deadline, minutes"),
        required=False,
        min_value=0.1,
        max_value=1e6,
        help_text=gettext_lazy("Empty: the step has no deadline."),
    )
    low = forms.FloatField(label=gettext_lazy("Takes at least, minutes"), required=False, min_value=0, max_value=1e6)
    likely = forms.FloatField(label=gettext_lazy("Takes most likely, minutes"), min_value=0, max_value=1e6)
    high = forms.FloatField(label=gettext_lazy("Takes at most, minutes"), required=False, min_value=0, max_value=1e6)
    source = forms.ChoiceField(label=gettext_lazy("How this is known"))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=400, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [
            ("assumption", _("assumed")),
            ("drill", _("from drills")),
            ("incident", _("from incidents")),
            ("standard", _("from a standard")),
        ]
        offer(self, "source", known, initial=self.initial.get("source", "assumption"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        low, likely, high = data.get("low"), data.get("likely"), data.get("high")
        if (low is None) != (high is None):
            self.add_error("low", _("Give both the least and the most, or neither."))
        elif low is not None and high is not None and likely is not None and not low <= likely <= high:
            self.add_error("likely", _("The likely time lies between the least and the most."))
        return data


class DraftFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Plan file"), help_text=gettext_lazy("The whole plan as TOML or JSON, changed as you like.")
    )


class AdoptForm(forms.Form):
    version = forms.CharField(label=gettext_lazy("Number of the new version"), max_length=40)
    note = forms.CharField(label=gettext_lazy("What was checked and seen"), max_length=10_000, widget=words())


def draft_for(user: User, pk: int) -> PlanDraft:
    rows = PlanDraft.objects.visible_to(user).select_related("plan", "base", "finding", "version")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@access(Permission.EDIT_PLAN)
def open_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the draft of the change that cures a finding."""
    by = user_of(request)
    finding = finding_for(by, pk)
    if request.method != "POST" or finding.plan is None:
        raise Http404
    draft = drafts.open_draft(by=by, now=clock.now(), plan=finding.plan, finding=finding)
    return redirect("draft", draft.pk)


@access(Permission.SEE)
def measured(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what exercises and incidents measured of each step, and what that proposes; or draft the proposals."""
    by = user_of(request)
    row = visible_plan(pk, by)
    if row.current is None:
        raise Http404
    refusal = ""
    if request.method == "POST":
        try:
            return redirect("draft", drafts.draft_measured(by=by, now=clock.now(), plan=row).pk)
        except Refused as problem:
            if problem.status == 404:
                raise
            refusal = say(problem.text)
    context = {
        "row": row,
        "plan": load_plan(row.current),
        "steps": compare(load_plan(row.current), samples_of_plan(row.code)),
        "held": held_by_plan(row, by),
        "may_draft": by.may(Permission.EDIT_PLAN, row.org_path),
        "refusal": refusal,
    }
    return render(request, "findings/measured.html", context, status=409 if refusal else 200)


@access(Permission.SEE)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a draft: what it changes, clause by clause and step by step, and what the checker says now."""
    user = user_of(request)
    draft = draft_for(user, pk)
    plan, now = plan_from_data(draft.data), clock.now()
    known = known_by_registers(plan, now)
    before, after = set(check(load_plan(draft.base), known)), set(check(plan, known))
    is_open = draft.state == PlanDraft.State.OPEN
    finding = draft.finding
    is_own = bool(set(draft.drafters) & {f"user:{user.pk}", *ids_of(user)})
    context = {
        "draft": draft,
        "plan": plan,
        "changes": drafts.changes_of(draft),
        "cured": sorted(before - after, key=lambda one: one.order),
        "raised": sorted(after - before, key=lambda one: one.order),
        "step": step_of(finding.place) if finding else "",
        "may_edit": is_open and user.may(Permission.EDIT_PLAN, draft.org_path),
        "may_adopt": is_open and not is_own and user.may(Permission.ACCEPT_FINDING, draft.org_path),
        "is_own": is_own,
        "waits_for_report": finding is not None and finding.state != State.RECTIFIED,
    }
    return render(request, "findings/draft.html", context)


def form_page(request: HttpRequest, draft: PlanDraft, **options: Any) -> HttpResponse:
    back = reverse("draft", args=[draft.pk])
    return sheet(request, back=back, after=lambda _done: back, **options)


@access(Permission.EDIT_PLAN)
def clause(request: HttpRequest, pk: int, clause: str) -> HttpResponse:
    """Change the text of a clause, or write a new one (`new`)."""
    by = user_of(request)
    draft = draft_for(by, pk)
    known = next((one for one in plan_from_data(draft.data).chapters if one.clause == clause), None)
    initial = {"clause": "" if clause == "new" else clause}
    if known is not None:
        initial |= {"title_zh": known.title.zh, "title_en": known.title.en}
        initial |= {"body_zh": known.body.zh, "body_en": known.body.en}

    def do(data: dict[str, Any]) -> object:
        title, body = Text(data["title_zh"], data["title_en"]), Text(data["body_zh"], data["body_en"])
        return drafts.change_clause(by=by, now=clock.now(), draft=draft, clause=data["clause"], title=title, body=body)

    return form_page(
        request, draft, form=functools.partial(ClauseForm, initial=initial), do=do,
        title=_("Change a clause"), submit=_("Put into the draft"), done=_("The draft is changed."),
    )  # fmt: skip


def minutes(span: timedelta) -> float:
    return round(span / MINUTE, 2)


def times_of(step: Step) -> dict[str, Any]:
    found: dict[str, Any] = {"likely": minutes(step.takes.likely), "source": step.takes.source.value}
    found |= {"note": say(step.takes.note), "limit": minutes(step.within.limit) if step.within else None}
    if step.takes.high:
        found |= {"low": minutes(step.takes.low), "high": minutes(step.takes.high)}
    return found


def takes_from(data: dict[str, Any]) -> dict[str, Any]:
    """Return a duration as the plan language writes it."""
    span = {name: format_duration(data[name] * MINUTE) for name in ("low", "likely", "high") if data[name] is not None}
    note = {"note": {"zh": data["note"], "en": data["note"]}} if data["note"] else {}
    shape = "triangular" if "high" in span else "fixed"
    return {"shape": shape, **span, "source": data["source"], **note}


@access(Permission.EDIT_PLAN)
def step_times(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Change the deadline and the duration of a step."""
    by = user_of(request)
    draft = draft_for(by, pk)
    known = next((one for one in plan_from_data(draft.data).steps if one.id == step), None)
    if known is None:
        raise Http404

    def do(data: dict[str, Any]) -> object:
        limit = data["limit"] * MINUTE if data["limit"] is not None else None
        return drafts.change_step_times(
            by=by, now=clock.now(), draft=draft, step=step, limit=limit, takes=takes_from(data)
        )

    return form_page(
        request, draft, form=functools.partial(StepForm, initial=times_of(known)), do=do,
        title=_("Times of “%(step)s”") % {"step": say(known.title)}, submit=_("Put into the draft"),
        done=_("The draft is changed."),
    )  # fmt: skip


@access(Permission.EDIT_PLAN)
def whole(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace a draft by a plan file."""
    by = user_of(request)
    draft = draft_for(by, pk)
    return form_page(
        request, draft, form=DraftFileForm,
        do=lambda data: drafts.change_whole(
            by=by, now=clock.now(), draft=draft, text=data["file"].read(LARGEST_FILE + 1)
        ),
        title=_("Replace the draft by a file"), submit=_("Replace"), done=_("The draft is changed."),
    )  # fmt: skip


@access(Permission.ACCEPT_FINDING)
def adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """Adopt a draft as the next version of its plan."""
    by = user_of(request)
    draft = draft_for(by, pk)
    initial = {"version": next_version(draft.base.version)}
    return form_page(
        request, draft, form=functools.partial(AdoptForm, initial=initial),
        do=lambda data: drafts.adopt_draft(by=by, now=clock.now(), draft=draft, **data),
        title=_("Adopt the draft"), submit=_("Adopt"), done=_("Adopted; the retest is scheduled."),
    )  # fmt: skip


@access(Permission.EDIT_PLAN)
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    by = user_of(request)
    draft = draft_for(by, pk)
    return form_page(
        request, draft, form=NothingForm, do=lambda data: drafts.drop_draft(by=by, now=clock.now(), draft=draft),
        title=_("Give the draft up?"), submit=_("Give up"), done=_("The draft is given up; the plan stays as it is."),
    )  # fmt: skip


urlpatterns = [
    path("findings/<int:pk>/draft/", open_for, name="draft_open"),
    path("plans/<int:pk>/measured/", measured, name="plan_measured"),
    path("drafts/<int:pk>/", show, name="draft"),
    path("drafts/<int:pk>/clauses/<str:clause>/", clause, name="draft_clause"),
    path("drafts/<int:pk>/steps/<str:step>/", step_times, name="draft_step"),
    path("drafts/<int:pk>/file/", whole, name="draft_file"),
    path("drafts/<int:pk>/adopt/", adopt, name="draft_adopt"),
    path("drafts/<int:pk>/drop/", drop, name="draft_drop"),
]
