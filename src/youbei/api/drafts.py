"""Drafts of plans that cure findings, and the retests that verify the cure."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.findings import drafts
from youbei.actions.findings.retests import hold_retest, jobs_of, stop_retest
from youbei.actions.permit import not_found
from youbei.api.access import caller, may
from youbei.api.findings import finding_of
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Id, Line, Prose, Reason, find
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import PlanDraft, Retest, User
from youbei.records.reports.board import visible_run

router = Router(tags=["findings"])
Number = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00]*$")]
PlanFile = Annotated[str, Field(min_length=1, max_length=10_000_000)]


class ClauseIn(Body):
    """The text of a clause; one that the plan does not have yet is put where its number belongs."""

    clause: Number
    title_zh: Line
    title_en: Line = ""
    body_zh: Prose
    body_en: Prose = ""


class DraftFileIn(Body):
    """The whole plan as TOML or JSON."""

    text: PlanFile


class AdoptIn(Body):
    version: Number
    note: Reason


class RetestIn(Body):
    """`run` is the exercise that proves the cure; without it the plan is simulated or checked."""

    run: Id | None = None


class DraftChangeOut(Schema):
    place: str
    kind: str
    before: str
    after: str
    summary: dict[str, str]


class DraftOut(Schema):
    id: int
    plan: str
    base: str
    finding: int | None
    state: str
    version: str | None
    changes: list[DraftChangeOut]
    data: dict[str, Any]


class RetestOut(Schema):
    """`is_undecided`: what was seen decides nothing. `simulated` of `to_simulate` courses: the worker is at it."""

    id: int
    finding: int
    way: str
    asks: dict[str, Any]
    version: str | None
    run: int | None
    state: str
    due_on: str
    why: dict[str, str]
    is_undecided: bool
    simulated: int | None
    to_simulate: int | None


@router.post("/findings/{finding_id}/draft", response={201: DraftOut}, **may(Permission.EDIT_PLAN))
@idempotent
def open_draft(request: HttpRequest, finding_id: Id) -> Status[dict[str, Any]]:
    """Open the draft of the change that cures a finding; there is one at a time."""
    by = caller(request)
    finding = finding_of(by, finding_id)
    if finding.plan is None:
        raise not_found()
    return Status(201, out(drafts.open_draft(by=by, now=clock.now(), plan=finding.plan, finding=finding)))


@router.get("/drafts/{draft_id}", response=DraftOut, **may(Permission.SEE))
def show_draft(request: HttpRequest, draft_id: Id) -> dict[str, Any]:
    """Show a draft: the plan as it would be, and what that changes."""
    return out(draft_of(caller(request), draft_id))


@router.post("/drafts/{draft_id}/clause", response=DraftOut, **may(Permission.EDIT_PLAN))
@idempotent
def change_draft_clause(request: HttpRequest, draft_id: Id, body: ClauseIn) -> dict[str, Any]:
    """Change the text of a clause in a draft."""
    by = caller(request)
    title, text = Text(body.title_zh, body.title_en), Text(body.body_zh, body.body_en)
    draft = draft_of(by, draft_id)
    return out(drafts.change_clause(by=by, now=clock.now(), draft=draft, clause=body.clause, title=title, body=text))


@router.post("/drafts/{draft_id}/file", response=DraftOut, **may(Permission.EDIT_PLAN))
@idempotent
def replace_draft(request: HttpRequest, draft_id: Id, body: DraftFileIn) -> dict[str, Any]:
    """Replace a draft by a plan file."""
    by = caller(request)
    return out(drafts.change_whole(by=by, now=clock.now(), draft=draft_of(by, draft_id), text=body.text))


@router.post("/drafts/{draft_id}/adopt", response=DraftOut, **may(Permission.ACCEPT_FINDING))
@idempotent
def adopt_draft(request: HttpRequest, draft_id: Id, body: AdoptIn) -> dict[str, Any]:
    """Adopt a draft as the next version of its plan, and schedule the retest; never by who drafted it."""
    by = caller(request)
    draft = draft_of(by, draft_id)
    return out(drafts.adopt_draft(by=by, now=clock.now(), draft=draft, version=body.version, note=body.note))


@router.post("/drafts/{draft_id}/drop", response=DraftOut, **may(Permission.EDIT_PLAN))
@idempotent
def drop_draft(request: HttpRequest, draft_id: Id) -> dict[str, Any]:
    """Give a draft up."""
    by = caller(request)
    return out(drafts.drop_draft(by=by, now=clock.now(), draft=draft_of(by, draft_id)))


@router.get("/findings/{finding_id}/retests", response=list[RetestOut], **may(Permission.SEE))
def list_retests(request: HttpRequest, finding_id: Id) -> list[dict[str, Any]]:
    """List the retests of a finding, newest first."""
    finding = finding_of(caller(request), finding_id)
    return [retest_out(one) for one in finding.retests.select_related("plan_version").order_by("-pk")[:200]]


@router.post("/findings/{finding_id}/retests/{retest_id}", response=RetestOut, **may(Permission.ACCEPT_FINDING))
@idempotent
def hold_finding_retest(request: HttpRequest, finding_id: Id, retest_id: Id, body: RetestIn) -> dict[str, Any]:
    """Hold a retest: only one that passes verifies; one that fails opens the finding again. The worker simulates."""
    by = caller(request)
    finding = finding_of(by, finding_id)
    retest = find(finding.retests.all(), pk=retest_id)
    run = visible_run(body.run, by) if body.run is not None else None
    return retest_out(hold_retest(by=by, now=clock.now(), retest=retest, run=run))


@router.post("/findings/{finding_id}/retests/{retest_id}/stop", response=RetestOut, **may(Permission.ACCEPT_FINDING))
@idempotent
def stop_finding_retest(request: HttpRequest, finding_id: Id, retest_id: Id) -> dict[str, Any]:
    """Stop the simulation of a retest; it is still to be held."""
    by = caller(request)
    retest = find(finding_of(by, finding_id).retests.all(), pk=retest_id)
    stop_retest(by=by, retest=retest)
    return retest_out(retest)


def draft_of(by: User, draft_id: int) -> PlanDraft:
    return find(PlanDraft.objects.visible_to(by).select_related("plan", "base", "finding", "version"), pk=draft_id)


def out(draft: PlanDraft) -> dict[str, Any]:
    return {
        "id": draft.pk,
        "plan": draft.plan.code,
        "base": draft.base.version,
        "finding": draft.finding_id,
        "state": draft.state,
        "version": draft.version.version if draft.version else None,
        "changes": [
            {
                "place": one.place,
                "kind": one.kind.value,
                "before": one.before,
                "after": one.after,
                "summary": one.summary.as_data(),
            }
            for one in drafts.changes_of(draft)
        ],
        "data": draft.data,
    }


def retest_out(one: Retest) -> dict[str, Any]:
    job = jobs_of([one.pk]).get(one.pk)
    return {
        "id": one.pk,
        "finding": one.finding_id,
        "way": one.way,
        "asks": one.asks,
        "version": one.plan_version.version if one.plan_version else None,
        "run": one.run_id,
        "state": one.state,
        "due_on": one.due_on.isoformat(),
        "why": one.found.get("why", {"zh": "", "en": ""}),
        "is_undecided": bool(one.found.get("is_undecided")) and one.state == Retest.State.SCHEDULED,
        "simulated": job.done if job else None,
        "to_simulate": job.total if job else None,
    }
