"""Findings: what is wrong, from its record to the acceptance of its cure."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.findings import judging, moving, recording
from youbei.actions.permit import not_found
from youbei.api.access import caller, may
from youbei.api.asked import demand_choice
from youbei.api.register_filters import demand_unit
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, Id, Line, PageOf, PageSize, Prose, Reason, Slug, as_page, find
from youbei.engine.access import Permission
from youbei.engine.findings.kinds import Element, FindingSeverity, Source, Treatment
from youbei.engine.findings.life import Act
from youbei.engine.findings.settlement import Settlement, Stage
from youbei.engine.text import Text
from youbei.records.models import Finding, Organisation, PlanVersion, User
from youbei.records.pages import Page
from youbei.records.reports.board import visible_run
from youbei.records.reports.findings import (
    CHOICES,
    FindingRow,
    finding_page,
    finding_row,
    read_finding_filters,
    visible_finding,
)
from youbei.records.reports.wrongs import run_wrongs

router = Router(tags=["findings"])
Words = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]


class FindingIn(Body):
    """What is wrong with a unit (its code); `plan` and `version` say with which plan, `run` where it was seen."""

    organisation: Slug
    title_zh: Words = ""
    title_en: Words = ""
    source: Source = Source.REPORT
    severity: FindingSeverity = FindingSeverity.GENERAL
    element: Element = Element.ORGANISATION
    detail: Prose = ""
    cause: Prose = ""
    run: Id | None = None
    plan: Slug | None = None
    version: Line = ""
    place: Line = ""


class FindingChangeIn(Body):
    title_zh: Words | None = None
    title_en: Words | None = None
    severity: FindingSeverity | None = None
    element: Element | None = None
    detail: Prose | None = None
    cause: Prose | None = None


class FindingStageIn(Body):
    what: Line
    due_on: date


class SettlementIn(Body):
    """The five settled things, or (`cannot`) why it cannot be cured now and when it is looked at again (`due_on`)."""

    treatment: Treatment
    measures: Prose = ""
    responsible: Line = ""
    funds: Line = ""
    due_on: date | None = None
    interim_plan: Prose = ""
    stages: Annotated[list[FindingStageIn], Field(max_length=50)] = []
    why_not: Prose = ""


class NoteIn(Body):
    note: Reason


class StageOut(Schema):
    what: str
    due_on: str
    done_on: str | None


class MoveOut(Schema):
    act: str
    at: str
    by: str
    state: str
    note: str
    note_en: str
    before: dict[str, Any]
    after: dict[str, Any]


class FindingOut(Schema):
    """A finding; `acts` is what can be done in its state, whoever may do it."""

    id: int
    organisation: str
    title: dict[str, str]
    source: str
    severity: str
    element: str
    state: str
    is_closed: bool
    is_late: bool
    deadline_on: date | None
    climbed: int
    detail: str
    cause: str
    run: int | None
    incident: str | None
    plan: str | None
    version: str | None
    place: str
    evidence: list[dict[str, Any]]
    needs_retest: bool
    treatment: str
    measures: str
    responsible: str
    funds: str
    due_on: date | None
    interim_plan: str
    stages: list[StageOut]
    why_not: str
    found_at: str
    found_by: str
    closed_at: str | None
    closed_by: str
    acts: list[str]


class FindingHistoryOut(FindingOut):
    moves: list[MoveOut]


class ShownOut(Schema):
    """Something that the log of a run shows to be wrong; `finding` once it was recorded."""

    name: str
    title: dict[str, str]
    severity: str
    element: str
    place: str
    entries: list[int]
    finding: int | None


@router.get("/findings", response=PageOf[FindingOut], **may(Permission.SEE))
def list_findings(
    request: HttpRequest,
    state: Slug = "",
    source: Slug = "",
    severity: Slug = "",
    element: Slug = "",
    unit: Line = "",
    plan: Id | None = None,
    run: Id | None = None,
    text: Line = "",
    cursor: Cursor = "",
    size: PageSize = 50,
) -> dict[str, Any]:
    """List findings, newest first; `state` is a state, or `active`, `late` (latest first), `waiting`, `closed`."""
    given = {"state": state, "source": source, "severity": severity, "element": element}
    for name, word in given.items():
        demand_choice(name, word, sorted(CHOICES[name]))
    by = caller(request)
    demand_unit(unit.strip(), by)
    keys = {"plan": str(plan or ""), "run": str(run or "")}
    filters = read_finding_filters({**given, **keys, "unit": unit, "text": text})
    page = finding_page(by, today=today(), filters=filters, cursor=cursor or None, size=size)
    return as_page(Page(tuple(line_out(line) for line in page.rows), page.next_cursor, page.previous_cursor))


@router.post("/findings", response={201: FindingOut}, **may(Permission.RECORD_FINDING))
@idempotent
def record_finding(request: HttpRequest, body: FindingIn) -> Status[dict[str, Any]]:
    """Record what is wrong."""
    by = caller(request)
    unit = find(Organisation.objects.visible_to(by).filter(retired_at__isnull=True), code=body.organisation)
    run = visible_run(body.run, by) if body.run is not None else None
    version = run.plan_version if run is not None else None
    if body.plan:
        versions = PlanVersion.objects.select_related("plan").filter(plan__code=body.plan)
        version = versions.filter(version=body.version).first() if body.version else versions.first()
        if version is None or not by.may(Permission.SEE, version.plan.org_path):
            raise not_found()
    wrong = recording.Wrong(
        title=Text(body.title_zh, body.title_en),
        source=body.source,
        severity=body.severity,
        element=body.element,
        detail=body.detail,
        cause=body.cause,
        incident=run.incident if run is not None else None,
        run=run,
        plan_version=version,
        place=body.place,
    )
    return Status(201, out(recording.record_finding(by=by, now=clock.now(), organisation=unit, wrong=wrong)))


@router.get("/findings/{finding_id}", response=FindingHistoryOut, **may(Permission.SEE))
def show_finding(request: HttpRequest, finding_id: Id) -> dict[str, Any]:
    """Show a finding with all that was done about it."""
    row = finding_of(caller(request), finding_id)
    moves = [
        {
            "act": one.act,
            "at": one.at.isoformat(),
            "by": one.by_label,
            "state": one.state,
            "note": one.note,
            "note_en": one.note_en,
            "before": one.before,
            "after": one.after,
        }
        for one in row.moves.order_by("pk")
    ]
    return {**out(row), "moves": moves}


@router.patch("/findings/{finding_id}", response=FindingOut, **may(Permission.RECORD_FINDING))
@idempotent
def change_finding(request: HttpRequest, finding_id: Id, body: FindingChangeIn) -> dict[str, Any]:
    """Correct the words, severity or element of a finding."""
    by = caller(request)
    values = {name: value for name, value in body.model_dump().items() if value is not None}
    row = finding_of(by, finding_id)
    return out(recording.change_finding(by=by, now=clock.now(), finding=row, values=values))


@router.post("/findings/{finding_id}/settle", response=FindingOut, **may(Permission.CURE_FINDING))
@idempotent
def settle_finding(request: HttpRequest, finding_id: Id, body: SettlementIn) -> dict[str, Any]:
    """Settle how a finding is cured, or explain why it cannot be now."""
    by = caller(request)
    given = body.model_dump()
    given["stages"] = tuple(Stage(one.what, one.due_on) for one in body.stages)
    row = finding_of(by, finding_id)
    return out(moving.settle(by=by, now=clock.now(), finding=row, settlement=Settlement(**given)))


@router.post("/findings/{finding_id}/stages/{number}", response=FindingOut, **may(Permission.CURE_FINDING))
@idempotent
def report_finding_stage(request: HttpRequest, finding_id: Id, number: Id) -> dict[str, Any]:
    """Report that a stage of a cure is done; stages follow each other."""
    by = caller(request)
    row = finding_of(by, finding_id)
    return out(moving.report_stage(by=by, now=clock.now(), finding=row, number=number))


@router.post("/findings/{finding_id}/rectify", response=FindingOut, **may(Permission.CURE_FINDING))
@idempotent
def rectify_finding(request: HttpRequest, finding_id: Id, body: NoteIn) -> dict[str, Any]:
    """Report a cure as done."""
    by = caller(request)
    row = finding_of(by, finding_id)
    return out(moving.rectify(by=by, now=clock.now(), finding=row, note=body.note))


@router.post("/findings/{finding_id}/accept", response=FindingOut, **may(Permission.ACCEPT_FINDING))
@idempotent
def accept_finding(request: HttpRequest, finding_id: Id, body: NoteIn) -> dict[str, Any]:
    """Accept a cure or an explanation; never by anybody who had a hand in it."""
    by = caller(request)
    row = finding_of(by, finding_id)
    return out(judging.accept(by=by, now=clock.now(), finding=row, note=body.note))


@router.post("/findings/{finding_id}/send-back", response=FindingOut, **may(Permission.ACCEPT_FINDING))
@idempotent
def send_finding_back(request: HttpRequest, finding_id: Id, body: NoteIn) -> dict[str, Any]:
    """Send a cure or an explanation back."""
    by = caller(request)
    row = finding_of(by, finding_id)
    return out(moving.send_back(by=by, now=clock.now(), finding=row, reason=body.note))


@router.post("/findings/{finding_id}/drop", response=FindingOut, **may(Permission.ACCEPT_FINDING))
@idempotent
def drop_finding(request: HttpRequest, finding_id: Id, body: NoteIn) -> dict[str, Any]:
    """Withdraw what is no finding."""
    by = caller(request)
    row = finding_of(by, finding_id)
    return out(moving.drop(by=by, now=clock.now(), finding=row, reason=body.note))


@router.post("/findings/{finding_id}/reopen", response=FindingOut, **may(Permission.RECORD_FINDING))
@idempotent
def reopen_finding(request: HttpRequest, finding_id: Id, body: NoteIn) -> dict[str, Any]:
    """Open a closed finding again."""
    by = caller(request)
    row = finding_of(by, finding_id)
    return out(moving.reopen(by=by, now=clock.now(), finding=row, reason=body.note))


@router.get("/runs/{run_id}/wrongs", response=list[ShownOut], **may(Permission.SEE))
def list_wrongs_of_run(request: HttpRequest, run_id: Id) -> list[dict[str, Any]]:
    """List what the log of a run shows to be wrong: late steps, shortages, missed actions, deviations."""
    run = visible_run(run_id, caller(request))
    return [
        {
            "name": one.shown.name,
            "title": one.shown.title.as_data(),
            "severity": one.shown.severity.value,
            "element": one.shown.element.value,
            "place": one.shown.place,
            "entries": list(one.shown.seqs),
            "finding": one.finding,
        }
        for one in run_wrongs(run)
    ]


def today() -> date:
    return timezone.localdate(clock.now())


def finding_of(by: User, finding_id: int) -> Finding:
    found = visible_finding(by, finding_id)
    if found is None:
        raise not_found()
    return found


SHOWN_AS_IS = (
    *("source", "severity", "element", "state", "deadline_on", "climbed", "detail", "cause", "place", "evidence"),
    *("needs_retest", "treatment", "measures", "responsible", "funds", "due_on", "interim_plan", "stages", "why_not"),
    *("found_by", "closed_by"),
)


def out(row: Finding) -> dict[str, Any]:
    return line_out(finding_row(row, today()))


def line_out(line: FindingRow) -> dict[str, Any]:
    row = line.finding
    course = moving.course_of(row)
    return {
        **{name: getattr(row, name) for name in SHOWN_AS_IS},
        "id": row.pk,
        "organisation": row.organisation.code,
        "title": line.title.as_data(),
        "is_closed": row.closed_at is not None,
        "is_late": line.is_late,
        "run": row.run_id,
        "incident": row.incident.number if row.incident else None,
        "plan": row.plan.code if row.plan else None,
        "version": row.plan_version.version if row.plan_version else None,
        "found_at": row.found_at.isoformat(),
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "acts": [act.value for act in Act if act in course.acts],
    }
