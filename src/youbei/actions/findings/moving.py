"""Move a finding on: settle its cure, report it, accept it or send it back, withdraw or reopen it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from youbei.actions.actors import actor_for, ids_of
from youbei.actions.climbing import superiors
from youbei.actions.journal import record
from youbei.actions.permit import not_found, require
from youbei.actions.wording import TextRefused, clean
from youbei.engine.access import Permission
from youbei.engine.events import Actor
from youbei.engine.findings.kinds import FindingSeverity, Treatment
from youbei.engine.findings.lateness import deadline, next_step_on
from youbei.engine.findings.life import Act, Course, State, move
from youbei.engine.findings.settlement import (
    Settlement,
    demand_settled,
    stage_done,
    stages_from_data,
    stages_to_data,
)
from youbei.engine.text import Text
from youbei.records.models import DueStep, Finding, FindingMove, User

KIND = "finding"
SETTLED = ("treatment", "measures", "responsible", "funds", "due_on", "interim_plan", "stages", "why_not")
PERMISSIONS: Mapping[Act, Permission] = {
    Act.SETTLE: Permission.CURE_FINDING,
    Act.EXPLAIN: Permission.CURE_FINDING,
    Act.STAGE: Permission.CURE_FINDING,
    Act.RECTIFY: Permission.CURE_FINDING,
    Act.ACCEPT: Permission.ACCEPT_FINDING,
    Act.SEND_BACK: Permission.ACCEPT_FINDING,
    Act.PASS_RETEST: Permission.ACCEPT_FINDING,
    Act.FAIL_RETEST: Permission.ACCEPT_FINDING,
    Act.DROP: Permission.ACCEPT_FINDING,
    Act.REOPEN: Permission.RECORD_FINDING,
}
LONGEST_LINE = 200


def today_of(now: datetime) -> date:
    return timezone.localdate(now)


def locked(finding: Finding, by: User | None, permission: Permission) -> Finding:
    """Lock a finding and let pass whoever holds the permission on its unit."""
    row = Finding.objects.select_for_update(of=("self",), no_key=True).filter(pk=finding.pk).first()
    if row is None:
        raise not_found()
    require(by, permission, row.org_path)
    return row


def course_of(row: Finding) -> Course:
    return Course(State(row.state), row.needs_retest, frozenset(row.doers))


def settlement_of(row: Finding) -> Settlement | None:
    if not row.treatment:
        return None
    return Settlement(
        treatment=Treatment(row.treatment),
        measures=row.measures,
        responsible=row.responsible,
        funds=row.funds,
        due_on=row.due_on,
        interim_plan=row.interim_plan,
        stages=stages_from_data(row.stages),
        why_not=row.why_not,
    )


def schedule(row: Finding) -> None:
    """Set by when the next act is due, and when the next word about it is to be said."""
    settled = settlement_of(row)
    severity = FindingSeverity(row.severity)
    row.deadline_on = deadline(
        course_of(row), severity, since=row.moved_on, next_due_on=settled.next_due_on if settled else None
    )
    row.next_on = None
    if row.deadline_on is not None:
        taken: list[str] = []
        if row.pk is not None:
            known = DueStep.objects.filter(kind=KIND, record_id=row.pk, due_on=row.deadline_on)
            taken = list(known.values_list("step", flat=True))
        row.next_on = next_step_on(severity, row.deadline_on, len(superiors(row.org_path)), taken=taken)


def persons_of(by: User | None) -> tuple[str, Collection[str]]:
    """Return the id of who acts, and the ids that the act may carry besides."""
    return ("youbei", ()) if by is None else (f"user:{by.pk}", ids_of(by))


def moved(
    row: Finding, act: Act, *, by: User | None, now: datetime, note: str | Text, values: Mapping[str, Any]
) -> Finding:
    """Carry an act out on a locked finding, and write down who did what; its values have been judged."""
    who, acting_for = persons_of(by)
    course = move(course_of(row), act, by=who, acting_for=acting_for)
    before = {name: plain(getattr(row, name)) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.state, row.doers, row.moved_on = course.state.value, sorted(course.doers), today_of(now)
    actor = actor_for(by, now)
    row.closed_at, row.closed_by = (now, actor.label) if course.is_closed else (None, "")
    if course.state is State.OPEN:
        row.climbed = 0
    schedule(row)
    row.save()
    after = {name: plain(value) for name, value in values.items()}
    changed = [name for name in values if before[name] != after[name]]
    note_move(
        row, act.value, actor, now, note=note,
        before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
    )  # fmt: skip
    data = {"finding": row.pk, "act": act.value, "state": row.state, "fields": sorted(changed)}
    record(row.stream, [("finding.moved", data)], by=actor, now=now, org_path=row.org_path)
    return row


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def note_move(
    row: Finding,
    act: str,
    actor: Actor,
    now: datetime,
    *,
    note: str | Text,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    said = note if isinstance(note, Text) else Text(note, "")
    FindingMove.objects.create(
        finding=row,
        act=act,
        at=now,
        by_id=actor.id,
        by_label=actor.label,
        state=row.state,
        note=said.zh,
        note_en=said.en,
        before=before,
        after=after,
    )


@transaction.atomic
def settle(*, by: User | None, now: datetime, finding: Finding, settlement: Settlement) -> Finding:
    """Settle how a finding is cured, or explain why it cannot be now; both can be changed until it is reported."""
    row = locked(finding, by, Permission.CURE_FINDING)
    asked = Settlement(
        treatment=settlement.treatment,
        measures=clean(settlement.measures),
        responsible=clean(settlement.responsible, limit=LONGEST_LINE),
        funds=clean(settlement.funds, limit=LONGEST_LINE),
        due_on=settlement.due_on,
        interim_plan=clean(settlement.interim_plan),
        stages=settlement.stages,
        why_not=clean(settlement.why_not),
    )
    demand_settled(asked, FindingSeverity(row.severity), today=today_of(now))
    values = {name: getattr(asked, name) for name in SETTLED}
    values |= {"treatment": asked.treatment.value, "stages": stages_to_data(asked.stages)}
    act = Act.EXPLAIN if asked.treatment is Treatment.CANNOT else Act.SETTLE
    return moved(row, act, by=by, now=now, note="", values=values)


@transaction.atomic
def report_stage(*, by: User | None, now: datetime, finding: Finding, number: int, note: str = "") -> Finding:
    """Report that a stage of a cure is done; stages follow each other."""
    row = locked(finding, by, Permission.CURE_FINDING)
    settled = settlement_of(row) or Settlement(Treatment.STAGES)
    stages = stage_done(settled, number, on=today_of(now))
    return moved(row, Act.STAGE, by=by, now=now, note=clean(note), values={"stages": stages_to_data(stages)})


@transaction.atomic
def rectify(*, by: User | None, now: datetime, finding: Finding, note: str) -> Finding:
    """Report a cure as done, in words that whoever accepts it can check."""
    row = locked(finding, by, Permission.CURE_FINDING)
    said = demanded(note, WHAT_WAS_DONE)
    stages = stages_from_data(row.stages)
    if any(stage.done_on is None for stage in stages):
        raise TextRefused(
            zh="还有阶段没有完成。请先逐个报阶段完成。", en="Stages are still open. Report each of them first."
        )
    return moved(row, Act.RECTIFY, by=by, now=now, note=said, values={})


@transaction.atomic
def send_back(*, by: User | None, now: datetime, finding: Finding, reason: str) -> Finding:
    """Send a cure or an explanation back, with the reason."""
    row = locked(finding, by, Permission.ACCEPT_FINDING)
    return moved(row, Act.SEND_BACK, by=by, now=now, note=demanded(reason, WHY), values={})


@transaction.atomic
def drop(*, by: User | None, now: datetime, finding: Finding, reason: str) -> Finding:
    """Withdraw what is no finding: recorded twice, or not so."""
    row = locked(finding, by, Permission.ACCEPT_FINDING)
    return moved(row, Act.DROP, by=by, now=now, note=demanded(reason, WHY), values={})


@transaction.atomic
def reopen(*, by: User | None, now: datetime, finding: Finding, reason: str) -> Finding:
    """Open a closed finding again: it came back, or the reason to tolerate it has ended."""
    row = locked(finding, by, Permission.RECORD_FINDING)
    return moved(row, Act.REOPEN, by=by, now=now, note=demanded(reason, WHY), values={})


WHAT_WAS_DONE = ("请写明做了什么，验收人据此核对。", "Say what was done, so that whoever accepts it can check.")
WHAT_WAS_SEEN = ("请写明核对了什么、看到了什么。", "Say what was checked and seen.")
WHY = ("请写明原因。", "Say why.")


def demanded_why(text: str) -> str:
    return demanded(text, WHAT_WAS_SEEN)


def demanded(text: str, otherwise: tuple[str, str]) -> str:
    said = clean(text)
    if not said:
        raise TextRefused(zh=otherwise[0], en=otherwise[1])
    return said
