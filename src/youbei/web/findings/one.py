"""One finding with its history, and what can be done about it."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from youbei.actions import clock
from youbei.actions.actors import ids_of
from youbei.actions.findings import judging, moving, recording
from youbei.actions.findings.moving import PERMISSIONS, SETTLED, course_of, settlement_of
from youbei.actions.findings.retests import jobs_of
from youbei.engine.access import Permission
from youbei.engine.findings.kinds import ELEMENT_NAMES, SEVERITY_NAMES, SOURCE_NAMES, TREATMENT_NAMES, Treatment
from youbei.engine.findings.life import ACT_NAMES, JUDGING, STATE_NAMES, Act, State
from youbei.engine.findings.settlement import NAMES, stages_from_data, stages_to_text
from youbei.engine.text import Text
from youbei.records.load import load_plan
from youbei.records.models import Finding, FindingMove, LogEntry, PlanDraft, User
from youbei.records.reports.findings import finding_row, visible_finding
from youbei.records.reports.names import LogLine, log_line
from youbei.web.access import access, user_of
from youbei.web.forms.facts import say
from youbei.web.forms.findings import FindingForm, SettleForm, WordsForm, settlement_from
from youbei.web.sheet import sheet

LISTED = 200
WORDS = {"record": Text("登记", "recorded"), "change": Text("更正", "corrected")}


def finding_for(user: User, pk: int) -> Finding:
    found = visible_finding(user, pk)
    if found is None:
        raise Http404
    return found


@access(Permission.SEE)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a finding: what it is, how it is to be cured, what shows it, and all that was done about it."""
    user = user_of(request)
    row = finding_for(user, pk)
    settled = settlement_of(row)
    retests = list(row.retests.select_related("plan_version").order_by("-pk")[:LISTED])
    context = {
        "finding": row,
        "line": finding_row(row, timezone.localdate(clock.now())),
        "words": words_of(row),
        "settled": settled,
        "treatment": TREATMENT_NAMES[settled.treatment] if settled else None,
        "next_stage": next((n for n, one in enumerate(settled.stages, 1) if one.done_on is None), 0) if settled else 0,
        "drafts": row.drafts.select_related("version").order_by("-pk")[:LISTED],
        "retests": retests,
        "working": jobs_of(one.pk for one in retests),
        "may_draft": may_draft(user, row),
        "evidence": evidence_of(row, user),
        "moves": [move_line(one) for one in row.moves.order_by("-pk")[:LISTED]],
        "may": acts_for(user, row),
        "may_change": user.may(Permission.RECORD_FINDING, row.org_path),
        "sees_run": row.run is not None and user.may(Permission.SEE, row.run.org_path),
        "sees_plan": row.plan is not None and user.may(Permission.SEE, row.plan.org_path),
    }
    return render(request, "findings/page.html", context)


def words_of(row: Finding) -> dict[str, Text]:
    from_value: Mapping[str, Any] = {"state": STATE_NAMES, "severity": SEVERITY_NAMES, "source": SOURCE_NAMES}
    found = {
        name: next(text for one, text in names.items() if one.value == getattr(row, name))
        for name, names in from_value.items()
    }
    return {**found, "element": next(text for one, text in ELEMENT_NAMES.items() if one.value == row.element)}


def acts_for(user: User, row: Finding) -> dict[str, bool]:
    """Say of each act whether it belongs to the state and this user may do it; never to judge one's own cure."""
    course = course_of(row)
    is_own = bool(set(row.doers) & {f"user:{user.pk}", *ids_of(user)})
    return {
        act.value: act in course.acts and user.may(PERMISSIONS[act], row.org_path) and not (act in JUDGING and is_own)
        for act in Act
    } | {"own": is_own and row.state in (State.RECTIFIED, State.EXPLAINED)}


def may_draft(user: User, row: Finding) -> bool:
    """Say whether this user may open a draft of the change that cures a finding."""
    return (
        row.plan is not None
        and row.state in (State.OPEN, State.SETTLED)
        and user.may(Permission.EDIT_PLAN, row.plan.org_path)
        and not row.drafts.filter(state=PlanDraft.State.OPEN).exists()
    )


def evidence_of(row: Finding, user: User) -> list[LogLine]:
    """Return the lines of the log that show it, those that the user may read."""
    seqs = [one["seq"] for one in row.evidence if "seq" in one]
    if row.run is None or not seqs or not user.may(Permission.SEE, row.run.org_path):
        return []
    rows = LogEntry.objects.filter(stream=row.run.stream, seq__in=seqs).order_by("seq")[:LISTED]
    plan = load_plan(row.run.plan_version)
    return [log_line(entry, json.loads(entry.data), plan) for entry in rows]


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One line of the history, in words."""

    move: FindingMove
    word: Text
    state: Text
    changes: tuple[tuple[Text, str, str], ...]


TITLES = {
    **NAMES,
    "treatment": Text("整改方式", "treatment"),
    "title_zh": Text("问题（中文）", "what is wrong (Chinese)"),
    "title_en": Text("问题（英文）", "what is wrong (English)"),
    "detail": Text("说明", "details"),
    "cause": Text("原因", "cause"),
    "severity": Text("程度", "severity"),
    "element": Text("能力要素", "capability element"),
}
CODES: Mapping[str, Mapping[Any, Text]] = {
    "treatment": TREATMENT_NAMES,
    "severity": SEVERITY_NAMES,
    "element": ELEMENT_NAMES,
}


def move_line(one: FindingMove) -> MoveLine:
    word = WORDS.get(one.act) or ACT_NAMES.get(Act(one.act), Text(one.act, one.act))
    changes = tuple(
        (TITLES.get(name, Text(name, name)), said(name, one.before.get(name)), said(name, value))
        for name, value in one.after.items()
    )
    return MoveLine(one, word, STATE_NAMES[State(one.state)], changes)


def said(name: str, value: Any) -> str:
    if name == "stages":
        return stages_to_text(stages_from_data(value or ()))
    if value and name in CODES:
        return next((say(text) for one, text in CODES[name].items() if one.value == value), str(value))
    return str(value or "–")


# --- acts ------------------------------------------------------------------------------------------------------------


@access(Permission.SEE)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle how a finding is cured: measures, responsibility, funds, time, interim plan; or explain why not now."""
    by = user_of(request)
    row = finding_for(by, pk)
    initial = {name: getattr(row, name) for name in SETTLED}
    initial["stages"] = stages_to_text(stages_from_data(row.stages))
    initial["treatment"] = row.treatment or Treatment.NOW.value
    return sheet(
        request,
        form=functools.partial(SettleForm, initial=initial),
        do=lambda data: moving.settle(by=by, now=clock.now(), finding=row, settlement=settlement_from(data)),
        title=_("Settle the cure of #%(number)s") % {"number": pk},
        submit=pgettext("finding", "Settle"),
        back=reverse("finding", args=[pk]),
        done=_("The cure is settled."),
        after=lambda _done: reverse("finding", args=[pk]),
    )


@access(Permission.SEE)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the words, the severity or the element of a finding."""
    by = user_of(request)
    row = finding_for(by, pk)
    return sheet(
        request,
        form=functools.partial(
            FindingForm, initial={name: getattr(row, name) for name in recording.CHANGEABLE}, has_unit=False
        ),
        do=lambda data: recording.change_finding(by=by, now=clock.now(), finding=row, values=data),
        title=_("Correct finding #%(number)s") % {"number": pk},
        submit=_("Save"),
        back=reverse("finding", args=[pk]),
        done=_("Saved."),
        after=lambda _done: reverse("finding", args=[pk]),
    )


@dataclass(frozen=True, slots=True)
class Plain:
    """An act that takes some words: what it is called, what is asked, and what does it."""

    title: str | Promise
    submit: str | Promise
    asks: str | Promise
    done: str | Promise
    do: Callable[[User, datetime, Finding, str], object]


PLAIN: Mapping[str, Plain] = {
    "rectify": Plain(
        gettext_lazy("Report the cure"), gettext_lazy("Report"), gettext_lazy("What was done"),
        gettext_lazy("Reported; somebody else accepts it."),
        lambda by, now, row, note: moving.rectify(by=by, now=now, finding=row, note=note),
    ),
    "accept": Plain(
        gettext_lazy("Accept"), gettext_lazy("Accept"), gettext_lazy("What was checked and seen"),
        gettext_lazy("Accepted."),
        lambda by, now, row, note: judging.accept(by=by, now=now, finding=row, note=note),
    ),
    "send-back": Plain(
        gettext_lazy("Send back"), gettext_lazy("Send back"), gettext_lazy("Reason"), gettext_lazy("Sent back."),
        lambda by, now, row, note: moving.send_back(by=by, now=now, finding=row, reason=note),
    ),
    "drop": Plain(
        gettext_lazy("Withdraw the finding"), gettext_lazy("Withdraw"), gettext_lazy("Reason"),
        gettext_lazy("Withdrawn."),
        lambda by, now, row, note: moving.drop(by=by, now=now, finding=row, reason=note),
    ),
    "reopen": Plain(
        gettext_lazy("Open the finding again"), gettext_lazy("Open again"), gettext_lazy("Reason"),
        gettext_lazy("Open again."),
        lambda by, now, row, note: moving.reopen(by=by, now=now, finding=row, reason=note),
    ),
}  # fmt: skip


@access(Permission.SEE)
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do one thing about a finding, with words."""
    by = user_of(request)
    row, known = finding_for(by, pk), PLAIN.get(act)
    if known is None:
        raise Http404
    return sheet(
        request,
        form=functools.partial(WordsForm, label=known.asks),
        do=lambda data: known.do(by, clock.now(), row, data["note"]),
        title=str(known.title),
        submit=str(known.submit),
        back=reverse("finding", args=[pk]),
        done=str(known.done),
        after=lambda _done: reverse("finding", args=[pk]),
    )


@access(Permission.SEE)
def stage(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Report that a stage of a cure is done."""
    by = user_of(request)
    row = finding_for(by, pk)
    return sheet(
        request,
        form=functools.partial(WordsForm, label=_("What was done"), is_needed=False),
        do=lambda data: moving.report_stage(by=by, now=clock.now(), finding=row, number=number, note=data["note"]),
        title=_("Report stage %(number)s as done") % {"number": number},
        submit=_("Report"),
        back=reverse("finding", args=[pk]),
        done=_("The stage is reported."),
        after=lambda _done: reverse("finding", args=[pk]),
    )


urlpatterns = [
    path("findings/<int:pk>/", show, name="finding"),
    path("findings/<int:pk>/settle/", settle, name="finding_settle"),
    path("findings/<int:pk>/change/", change, name="finding_change"),
    path("findings/<int:pk>/stages/<int:number>/", stage, name="finding_stage"),
    path("findings/<int:pk>/<slug:act>/", act, name="finding_act"),
]
