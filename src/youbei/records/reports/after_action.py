"""The after-action report of a run: of an exercise by its script, of a real response by its log, with its findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.utils import timezone

from youbei import content
from youbei.engine.exercises.after_action import after_action
from youbei.engine.exercises.evaluate import evaluate
from youbei.engine.exercises.hot_wash import hot_wash_section
from youbei.engine.exercises.read import exercise_from_data
from youbei.engine.exercises.report import Circumstances, Improvement, Layout, Report, Section
from youbei.engine.exercises.rescue import rescue_section
from youbei.engine.exercises.run_report import Cure, Matter, run_report, with_cures
from youbei.engine.findings.kinds import SEVERITY_NAMES, Element, FindingSeverity
from youbei.engine.findings.life import STATE_NAMES, State
from youbei.engine.text import Text
from youbei.records.load import load_plan
from youbei.records.log import read_stream
from youbei.records.models import Exercise, Finding, HotWash, Run, RunPost
from youbei.records.reports.codes import names_of_codes
from youbei.records.reports.hot_wash import hot_wash_result
from youbei.records.reports.names import grade_title, name_of
from youbei.records.reports.rescue import rescue_of, rescue_sheet

LISTED = 200


def run_after_action(run: Run, layout: Layout) -> Report:
    """Return the report of a run in one of the two layouts; what nobody has written stays blank and is listed."""
    plan, events = load_plan(run.plan_version), read_stream(run.stream)
    findings = list(run.findings.exclude(state=State.DROPPED.value).order_by("pk")[:LISTED])
    facts = circumstances(run, findings)
    script = Exercise.objects.filter(run=run, data__isnull=False).first()
    if script is not None and script.data is not None:
        exercise = exercise_from_data(script.data)
        report = after_action(exercise, plan, evaluate(exercise, plan, events), layout=layout, circumstances=facts)
    else:
        report = run_report(plan, events, matter_of(run, events), layout=layout, facts=facts)
    report = with_cures(report, [cure_of(row) for row in findings])
    rescue = rescue_of(run)
    if rescue is not None:
        report = with_section(report, rescue_section(rescue_sheet(run, rescue), rescue.conclusion))
    wash = HotWash.objects.filter(exercise__run=run).first()
    return report if wash is None else with_section(report, hot_wash_section(hot_wash_result(wash)))


def with_section(report: Report, section: Section) -> Report:
    return replace(report, sections=(*report.sections, section))


def circumstances(run: Run, findings: Iterable[Finding]) -> Circumstances:
    """Return what the registers know: the day, the place, the units and posts that took part, the improvements."""
    incident = run.incident
    codes = {row.holder for row in RunPost.objects.filter(run=run) if row.holder}
    offices = sorted(code for code in codes if not code.startswith("person:"))[:LISTED]
    names = names_of_codes(set(offices))
    return Circumstances(
        held_on=timezone.localdate(run.activated_at or incident.known_at),
        place=Text(incident.place, incident.place),
        sponsor=name_of(run.organisation),
        participants=tuple(names.get(code, Text(code, code)) for code in offices),
        improvements=tuple(improvement_of(row) for row in findings),
    )


def improvement_of(row: Finding) -> Improvement:
    return Improvement(
        issue=Text(row.title_zh, row.title_en),
        action=Text(row.measures, row.measures) if row.measures else Text(),
        element=Element(row.element),
        responsible=row.responsible,
        starts_on=timezone.localdate(row.found_at),
        due_on=row.due_on,
        status=row.state,
    )


def matter_of(run: Run, events: Iterable[object]) -> Matter:
    incident = run.incident
    kind = content.incident_kinds().get(incident.kind)
    said = next((event for event in events if getattr(event, "kind", "") == "run.assessed"), None)
    assessment = f"{said.data['rating']}: {said.data['text']}" if said is not None else ""  # type: ignore[attr-defined]
    return Matter(
        name=incident.named,
        number=incident.number,
        kind=kind.name if kind else Text(incident.kind, incident.kind),
        grade=grade_of(incident.kind, incident.grade) if incident.grade else Text(),
        known_at=incident.known_at,
        ended_at=run.ended_at,
        assessment=assessment,
    )


def grade_of(kind: str, code: str) -> Text:
    """Return what the rules that grade this kind of incident call a grade."""
    known = content.incident_kinds().get(kind)
    named = (grade_title(code, rule) for rule in (known.grading if known else ()))
    return next((text for text in named if text.zh != code), Text(code, code))


def cure_of(row: Finding) -> Cure:
    return Cure(
        number=row.pk,
        issue=Text(row.title_zh, row.title_en),
        severity=SEVERITY_NAMES[FindingSeverity(row.severity)],
        measures=row.measures or row.why_not,
        responsible=row.responsible,
        funds=row.funds,
        due_on=row.due_on,
        interim_plan=row.interim_plan,
        state=STATE_NAMES[State(row.state)],
        evidence=tuple(one["seq"] for one in row.evidence if "seq" in one),
    )
