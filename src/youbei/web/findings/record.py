"""Record a finding: by hand, from what the log of a run shows, or from what the checker says of a plan."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from youbei.actions import clock
from youbei.actions.findings.recording import Wrong, record_finding
from youbei.actions.permit import not_found
from youbei.actions.plans import check_stored_plan
from youbei.actions.stress_findings import GRAVE, overload_of, wrong_of
from youbei.actions.stress_tests import stress_test_for
from youbei.actions.wording import TextRefused
from youbei.engine.access import Permission
from youbei.engine.findings.kinds import Element, FindingSeverity, Source
from youbei.engine.text import Text
from youbei.records.models import Organisation, PlanVersion, Run, User
from youbei.records.registers.tables import register_called, visible
from youbei.records.reports.board import visible_run
from youbei.records.reports.readiness import OVERLOAD
from youbei.records.reports.resting import resting
from youbei.records.reports.wrongs import (
    GRAVITY,
    check_key,
    key_of_run,
    run_wrongs,
    source_of_check,
    source_of_run,
)
from youbei.web.access import access, user_of
from youbei.web.asked import NUMBER, WORDS, reads
from youbei.web.forms.facts import say
from youbei.web.forms.findings import FindingForm
from youbei.web.query import key_in
from youbei.web.runs.here import board_address, run_for
from youbei.web.sheet import sheet

LISTED = 100


@dataclass(frozen=True, slots=True)
class Ground:
    """What a page shows to be wrong, ready to be judged: the unit that has to cure it, and where it was seen."""

    unit: Organisation | None = None
    wrong: Wrong | None = None
    back: str = ""


def from_run(by: User, pk: int, name: str) -> Ground:
    """Return what the log of a run shows under a name."""
    run = visible_run(pk, by)
    found = next((one.shown for one in run_wrongs(run) if one.shown.name == name), None)
    if found is None:
        raise Http404
    evidence = [{"stream": run.stream, "seq": seq} for seq in found.seqs]
    wrong = Wrong(
        title=found.title,
        source=source_of_run(run),
        severity=found.severity,
        element=found.element,
        key=key_of_run(run, found),
        incident=run.incident,
        run=run,
        plan_version=run.plan_version,
        place=found.place[:200],
        evidence=evidence,
    )
    return Ground(run.organisation, wrong, reverse("run_findings", args=[pk]))


def from_check(by: User, pk: int, code: str, place: str) -> Ground:
    """Return what the checker says of a stored version at a place, today."""
    version = PlanVersion.objects.select_related("plan__organisation").filter(pk=pk).first()
    if version is None or not by.may(Permission.SEE, version.plan.org_path):
        raise not_found()
    said = check_stored_plan(version, now=clock.now())
    found = next((one for one in said if one.code == code and one.place == place), None)
    if found is None:
        raise Http404
    wrong = Wrong(
        title=Text(found.sentence.zh[:300], found.sentence.en[:300]),
        source=source_of_check(found),
        severity=GRAVITY[found.severity],
        element=Element.PLANNING,
        detail=say(found.cure),
        key=check_key(version.plan_id, found),
        plan_version=version,
        place=place[:200],
        evidence=[{"code": code, "place": place, "version": version.version}],
    )
    return Ground(version.plan.organisation, wrong, reverse("plan_findings", args=[version.plan_id]))


def from_stale(by: User, name: str, pk: int | None) -> Ground:
    """Return a record that a plan rests on and nobody has confirmed in time; once for each time that it goes stale."""
    keys = resting(by, clock.now()).records.get(name, ())
    row = visible(register_called(name), by).filter(pk=pk).first() if pk in keys else None
    if row is None:
        raise Http404
    since = row.confirmed_at.date().isoformat() if row.confirmed_at else "never"
    register, code = register_called(name), str(getattr(row, "code", "") or row.pk)
    wrong = Wrong(
        title=Text(
            f"{register.one.zh} {code} 久未核实，而预案以它为依据",
            f"{register.one.en} {code} has not been confirmed in time, and plans rest on it",
        ),
        source=Source.STALE_PROMISE,
        element=Element.PLANNING,
        key=f"stale:{name}:{row.pk}:{since}",
        place=f"{name}:{row.pk}",
        evidence=[{"register": name, "record": row.pk, "confirmed": since}],
    )
    unit = Organisation.objects.filter(path=row.org_path).first()
    return Ground(unit, wrong, reverse("resting"))


@access(Permission.RECORD_FINDING)
def record_at_once(request: HttpRequest) -> HttpResponse:
    """Record what the checker says, or a stale promise, with one press; what was recorded before is shown."""
    if request.method != "POST":
        raise Http404
    by, sent = user_of(request), request.POST
    version, pk = sent.get("version", ""), sent.get("record", "")
    if version.isdecimal() and len(version) <= 18:
        ground = from_check(by, int(version), sent.get("code", ""), sent.get("place", ""))
    else:
        number = int(pk) if pk.isdecimal() and len(pk) <= 18 else None
        ground = from_stale(by, sent.get("register", ""), number)
    if ground.unit is None or ground.wrong is None:
        raise Http404
    row = record_finding(by=by, now=clock.now(), organisation=ground.unit, wrong=ground.wrong)
    return redirect("finding", row.pk)


def from_stress(by: User, pk: int, subject: str) -> Ground:
    """Return a promise that a stress test showed to be broken, or that a day asks for more than the teams can do."""
    test = stress_test_for(by, pk)
    overload = overload_of(test) if subject == OVERLOAD else None
    if overload is not None:
        return Ground(test.plan_version.plan.organisation, overload, reverse("stress_test", args=[pk]))
    promises = [] if test.found is None else test.found["promises"]
    found = next((one for one in promises if one["subject"] == subject), None)
    if found is None:
        raise Http404
    unit = test.plan_version.plan.organisation
    return Ground(unit, wrong_of(test, found), reverse("stress_test", args=[pk]))


def from_measure(by: User, pk: int, key: str) -> Ground:
    """Return a measure that a stress test showed to help, as something that is still to be done."""
    test = stress_test_for(by, pk)
    tried = [] if test.found is None else test.found.get("improvements", [])
    found = next((one for one in tried if one["key"] == key and one["is_plain"] and one["gain"] > 0), None)
    if found is None:
        raise Http404
    version, what = test.plan_version, found["what"]
    wrong = Wrong(
        title=Text(f"宜采取而未采取：{what['zh']}"[:300], f"Would help and is not done: {what['en']}"[:300]),
        source=Source.SIMULATION,
        severity=FindingSeverity.MAJOR if found["gain"] >= GRAVE else FindingSeverity.GENERAL,
        element=Element.PLANNING,
        detail=say(Text(found["zh"], found["en"])),
        key=f"stress:{version.plan_id}:{key}"[:200],
        plan_version=version,
        place=f"steps.{found['subject'].split('/')[0]}"[:200],
        evidence=[{"stress_test": test.pk, "measure": key, "gain": found["gain"]}],
    )
    return Ground(version.plan.organisation, wrong, reverse("stress_test", args=[pk]))


def ground_of(request: HttpRequest, by: User) -> Ground:
    """Return what the address names: `run` and `shown`, `version`, `code` and `place`, or `stress` with
    `subject` or `measure`.
    """
    run, version, stress = (key_in(request, name) for name in ("run", "version", "stress"))
    if stress is not None and "measure" in request.GET:
        return from_measure(by, stress, request.GET["measure"])
    if stress is not None:
        return from_stress(by, stress, request.GET.get("subject", ""))
    if run is not None:
        return from_run(by, run, request.GET.get("shown", ""))
    if version is not None:
        return from_check(by, version, request.GET.get("code", ""), request.GET.get("place", ""))
    return Ground(back=reverse("findings"))


def filled_in(ground: Ground) -> dict[str, Any]:
    found: dict[str, Any] = {"unit": ground.unit.code if ground.unit else ""}
    if ground.wrong is not None:
        wrong = ground.wrong
        found |= {"title_zh": wrong.title.zh, "title_en": wrong.title.en, "detail": wrong.detail}
        found |= {"severity": wrong.severity.value, "element": wrong.element.value}
    return found


@access(Permission.RECORD_FINDING)
@reads(run=NUMBER, version=NUMBER, stress=NUMBER, measure=WORDS, subject=WORDS, shown=WORDS, code=WORDS, place=WORDS)
def record(request: HttpRequest) -> HttpResponse:
    """Record what is wrong; what the page it comes from knows is filled in already."""
    by = user_of(request)
    ground = ground_of(request, by)
    units = Organisation.objects.visible_to(by, Permission.RECORD_FINDING).filter(retired_at__isnull=True)

    def do(data: dict[str, Any]) -> object:
        unit = units.filter(code=data["unit"].strip()).first()
        if unit is None:
            raise TextRefused(
                zh=f"没有代码为“{data['unit'][:40]}”、且您可登记问题的单位。请从列表中选择。",
                en=f"There is no unit with the code {data['unit'][:40]!r} for which you may record findings. "
                "Choose one of the list.",
            )
        return record_finding(by=by, now=clock.now(), organisation=unit, wrong=judged(ground, data))

    return sheet(
        request,
        form=functools.partial(
            FindingForm, initial=filled_in(ground), source=ground.wrong.source.value if ground.wrong else ""
        ),
        do=do,
        title=_("Record a finding"),
        submit=pgettext("finding", "Record"),
        back=ground.back,
        done=_("The finding is recorded."),
        after=lambda row: reverse("finding", args=[row.pk]),
        context={"units": units.order_by("path")[:LISTED]},
        template="findings/sheet_record.html",
    )


def judged(ground: Ground, data: dict[str, Any]) -> Wrong:
    """Return what a person made of it: their words, severity and element, on the grounds of the page."""
    base = ground.wrong or Wrong(Text(), Source(data["source"]))
    return Wrong(
        title=Text(data["title_zh"], data["title_en"]),
        source=base.source,
        severity=FindingSeverity(data["severity"]),
        element=Element(data["element"]),
        detail=data["detail"],
        cause=data["cause"],
        key=base.key,
        incident=base.incident,
        run=base.run,
        plan_version=base.plan_version,
        place=base.place,
        evidence=base.evidence,
    )


@access(Permission.SEE)
def of_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the log of a run shows to be wrong, and what was recorded of it."""
    by, run = user_of(request), run_for(request, pk)
    context = {
        "run": run,
        "is_exercise": run.mode == Run.Mode.EXERCISE,
        "back": board_address(run),
        "wrongs": run_wrongs(run),
        "may_record": bool(by.paths_with(Permission.RECORD_FINDING)),
    }
    return render(request, "findings/of_run.html", context)


urlpatterns = [
    path("findings/new/", record, name="finding_new"),
    path("findings/new/at-once/", record_at_once, name="finding_at_once"),
    path("runs/<int:pk>/findings/", of_run, name="run_findings"),
]
