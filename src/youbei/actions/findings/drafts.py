"""Drafts of plans: open one, change clauses and steps in it, let somebody else adopt it as the next version."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.findings.moving import demanded_why, moved, persons_of, today_of
from youbei.actions.findings.retests import schedule_retest
from youbei.actions.journal import record
from youbei.actions.permit import not_found, require
from youbei.actions.plans import import_plan
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.duties_apart import Duty, refuse_same
from youbei.engine.errors import Refused
from youbei.engine.findings.life import Act, State
from youbei.engine.plans import drafting
from youbei.engine.plans.calibration.compare import Agreement, compare
from youbei.engine.plans.difference import Change, difference
from youbei.engine.plans.read import plan_from_data, read_plan
from youbei.engine.plans.write import plan_to_data
from youbei.engine.text import Text
from youbei.records.load import load_plan
from youbei.records.measured import samples_of_plan
from youbei.records.models import Finding, Plan, PlanDraft, PlanVersion, User

LONGEST_TITLE = 200
DISAGREE = (Agreement.TOO_SHORT, Agreement.TOO_LONG)


class DraftClosed(Refused):
    """Refuse to touch a draft that was adopted or dropped, or whose plan has gone on without it."""


@transaction.atomic
def open_draft(*, by: User | None, now: datetime, plan: Plan, finding: Finding | None = None) -> PlanDraft:
    """Open a draft of the next version of a plan; a finding has one open draft, which is returned."""
    require(by, Permission.EDIT_PLAN, plan.org_path)
    row = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    known = PlanDraft.objects.filter(finding=finding, state=PlanDraft.State.OPEN).first() if finding else None
    if known is not None:
        return known
    if row.current_id is None or (finding is not None and finding.plan_id != row.pk):
        raise not_found()
    if finding is not None and finding.closed_at is not None:
        raise DraftClosed(
            zh=f"问题 #{finding.pk} 已办结。请先重新打开，再起草修改。",
            en=f"Finding #{finding.pk} is closed. Open it again first, then draft the change.",
        )
    base = PlanVersion.objects.get(pk=row.current_id)
    who, _ = persons_of(by)
    actor = actor_for(by, now)
    draft = PlanDraft.objects.create(
        plan=row,
        base=base,
        finding=finding,
        org_path=row.org_path,
        data=base.data,
        drafters=[who],
        opened_at=now,
        opened_by=actor.label,
        changed_at=now,
    )
    data = {
        "draft": draft.pk, "plan": row.code, "version": base.version, "finding": finding.pk if finding else None,
    }  # fmt: skip
    record(f"register:plan:{row.pk}", [("draft.opened", data)], by=actor, now=now, org_path=row.org_path)
    return draft


def changed(
    draft: PlanDraft, change: Callable[[dict[str, Any]], Mapping[str, Any]], *, by: User | None, now: datetime
) -> PlanDraft:
    """Change what a draft says; what does not make a plan is refused with the place and the cure."""
    row = open_one(draft, by, Permission.EDIT_PLAN)
    plan = plan_from_data(change(row.data))
    row.data = plan_to_data(plan)
    who, acting_for = persons_of(by)
    row.drafters = sorted({*row.drafters, who, *acting_for})
    row.changed_at = now
    row.save(update_fields=["data", "drafters", "changed_at"])
    places = sorted({one.place for one in changes_of(row)})
    data = {"draft": row.pk, "plan": row.plan.code, "places": places[:200]}
    actor = actor_for(by, now)
    record(f"register:plan:{row.plan_id}", [("draft.changed", data)], by=actor, now=now, org_path=row.org_path)
    return row


def open_one(draft: PlanDraft, by: User | None, permission: Permission) -> PlanDraft:
    """Lock a draft that is open."""
    rows = PlanDraft.objects.select_for_update(of=("self",), no_key=True).select_related("plan", "base")
    row = rows.filter(pk=draft.pk).first()
    if row is None:
        raise not_found()
    require(by, permission, row.org_path)
    if row.state != PlanDraft.State.OPEN:
        raise DraftClosed(
            zh="该草案已采纳或已放弃，不能再改。请另起草案。",
            en="This draft was adopted or dropped and cannot be changed. Open another.",
        )
    return row


def changes_of(draft: PlanDraft) -> tuple[Change, ...]:
    """Return what a draft changes in the version it starts from."""
    return difference(load_plan(draft.base), plan_from_data(draft.data))


@transaction.atomic
def change_clause(
    *, by: User | None, now: datetime, draft: PlanDraft, clause: str, title: Text, body: Text
) -> PlanDraft:
    """Change the text of a clause in both languages, or add a clause."""
    number = clean(clause, limit=40)
    said = Text(clean(title.zh, limit=LONGEST_TITLE), clean(title.en, limit=LONGEST_TITLE))
    text = Text(clean(body.zh), clean(body.en))
    return changed(draft, lambda data: drafting.with_clause(data, number, title=said, body=text), by=by, now=now)


@transaction.atomic
def change_step_times(
    *, by: User | None, now: datetime, draft: PlanDraft, step: str, limit: timedelta | None, takes: Mapping[str, Any]
) -> PlanDraft:
    """Change the deadline of a step and how long it takes."""
    return changed(draft, lambda data: drafting.with_step_times(data, step, limit=limit, takes=takes), by=by, now=now)


@transaction.atomic
def draft_measured(*, by: User | None, now: datetime, plan: Plan) -> PlanDraft:
    """Open a draft in which every step whose time disagrees with what was measured takes what was measured."""
    draft = open_draft(by=by, now=now, plan=plan)
    compared = compare(load_plan(draft.base), samples_of_plan(plan.code))
    wrong = [one for one in compared if one.proposal is not None and one.agreement in DISAGREE]
    if not wrong:
        raise drafting.DraftRefused(
            zh="没有与实测不符、且实测次数足够的步骤，不需要修改。",
            en="No step disagrees with what was measured often enough: there is nothing to change.",
        )

    def with_proposals(data: dict[str, Any]) -> Mapping[str, Any]:
        for one in wrong:
            if one.proposal is not None:
                data = drafting.with_takes(data, one.step.id, drafting.takes_data(one.proposal))
        return data

    return changed(draft, with_proposals, by=by, now=now)


@transaction.atomic
def change_whole(*, by: User | None, now: datetime, draft: PlanDraft, text: str | bytes) -> PlanDraft:
    """Replace a draft by a plan file; it must be of the same plan."""
    plan = read_plan(text)

    def whole(data: dict[str, Any]) -> dict[str, Any]:
        if plan.id != draft.plan.code or plan.organisation != data["organisation"]:
            raise drafting.DraftRefused(
                zh=f"文件中的预案是“{plan.id}”，不是“{draft.plan.code}”。请上传同一预案的文件。",
                en=f"The file holds the plan {plan.id!r}, not {draft.plan.code!r}. Send a file of the same plan.",
            )
        return {**plan_to_data(plan), "version": data["version"]}

    return changed(draft, whole, by=by, now=now)


@transaction.atomic
def drop_draft(*, by: User | None, now: datetime, draft: PlanDraft) -> PlanDraft:
    """Give a draft up; the plan stays as it is."""
    row = open_one(draft, by, Permission.EDIT_PLAN)
    return closed(row, PlanDraft.State.DROPPED, by=by, now=now)


@transaction.atomic
def adopt_draft(*, by: User | None, now: datetime, draft: PlanDraft, version: str, note: str) -> PlanDraft:
    """Adopt a draft as the next version of its plan; never by anybody who drafted it.

    The finding it cures must be reported as cured; it is accepted, and its retest is scheduled.
    """
    row = open_one(draft, by, Permission.ACCEPT_FINDING)
    who, acting_for = persons_of(by)
    refuse_same(Duty.EXAMINE, [(Duty.DRAFT, one) for one in row.drafters], who, acting_for=acting_for)
    plan = Plan.objects.select_for_update(no_key=True).get(pk=row.plan_id)
    if plan.current_id != row.base_id:
        raise DraftClosed(
            zh="起草期间预案已有新版本。请放弃本草案，按现行版本重新起草。",
            en="The plan has got another version meanwhile. Drop this draft and draft the change of the current one.",
        )
    if not changes_of(row):
        raise DraftClosed(
            zh="草案与现行版本没有不同。请先修改，再采纳。",
            en="The draft changes nothing. Change it first, then adopt it.",
        )
    said = demanded_why(note)
    why = Text(f"问题 #{row.finding_id} 整改", f"cure of finding #{row.finding_id}") if row.finding_id else Text()
    data = drafting.as_version(row.data, clean(version, limit=40), on=today_of(now), note=why)
    row.version = import_plan(
        by=by, now=now, text=json.dumps(data, ensure_ascii=False), filename="draft.json",
        permission=Permission.ACCEPT_FINDING,
    )  # fmt: skip
    row = closed(row, PlanDraft.State.ADOPTED, by=by, now=now)
    if row.finding_id is not None and row.version is not None:
        accept_cure(row.finding_id, row.version, by=by, now=now, note=said)
    return row


def accept_cure(pk: int, version: PlanVersion, *, by: User | None, now: datetime, note: str) -> None:
    finding = Finding.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if finding.state != State.RECTIFIED:
        raise DraftClosed(
            zh=f"问题 #{pk} 尚未报整改完成。请先由起草人报完成，再采纳草案。",
            en=f"Finding #{pk} is not reported as cured. Let whoever drafts report it first, then adopt the draft.",
        )
    finding.plan_version = version
    moved(finding, Act.ACCEPT, by=by, now=now, note=note, values={})
    schedule_retest(by=by, now=now, finding=finding, version=version)


def closed(row: PlanDraft, state: PlanDraft.State, *, by: User | None, now: datetime) -> PlanDraft:
    actor = actor_for(by, now)
    row.state, row.closed_at, row.closed_by = state, now, actor.label
    row.save()
    data = {
        "draft": row.pk, "plan": row.plan.code, "state": row.state,
        "version": row.version.version if row.version else None,
    }  # fmt: skip
    record(f"register:plan:{row.plan_id}", [("draft.closed", data)], by=actor, now=now, org_path=row.org_path)
    return row
