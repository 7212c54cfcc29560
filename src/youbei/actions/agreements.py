"""Settle what was used of an agreement: draft, send, agree and pay a compensation statement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from youbei.actions.actors import actor_for, ids_of
from youbei.actions.journal import record
from youbei.actions.permit import require
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.agreements import Stage, Statement, refuse_wrong_stage
from youbei.engine.duties_apart import Duty, refuse_same
from youbei.engine.errors import Refused
from youbei.records.models import Agreement, Compensation, Incident, User
from youbei.records.reports.compensation import as_lines, settled_elsewhere, statement_for

# What the record of a statement can hold.
MOST_OWED = Decimal("999999999999.99")


class CompensationRefused(Refused):
    """Refuse a statement for which there is no ground, or not yet."""


@transaction.atomic
def draft_compensation(*, agreement: Agreement, incident: Incident, by: User | None, now: datetime) -> Compensation:
    """Work out what is owed under an agreement for an incident, and keep it as a draft."""
    locked = Agreement.objects.select_for_update(of=("self",), no_key=True).get(pk=agreement.pk)
    # Two agreements may cover the same help: who settles it second sees what the first has charged.
    Incident.objects.select_for_update(of=("self",), no_key=True).get(pk=incident.pk)
    require(by, Permission.EDIT_RESOURCE, locked.org_path)
    if by is not None and not by.may(Permission.SEE, incident.org_path):
        require(by, Permission.SEE, incident.org_path)
    if Compensation.objects.filter(agreement=locked, incident=incident).exists():
        raise CompensationRefused(
            zh=f"该协议对事件 {incident.number} 已有结算单。请打开已有的一份。",
            en=f"There is a statement under this agreement for incident {incident.number} already. Open that one.",
        )
    found = statement_for(locked, incident)
    refuse_unsettled(found, settled_elsewhere(locked, incident))
    row = Compensation.objects.create(
        agreement=locked,
        incident=incident,
        org_path=locked.org_path,
        lines=as_lines(found),
        terms=locked.compensation,
        total=found.total,
        drafted_at=now,
        drafted_by=actor_for(by, now).label,
        drafter=actor_for(by, now).id,
    )
    note(row, Stage.DRAFTED, by=by, now=now)
    return row


def refuse_unsettled(found: Statement, elsewhere: Mapping[str, str]) -> None:
    """Raise `CompensationRefused` where there is nothing to settle, or what there is cannot be settled yet."""
    if found.running:
        raise CompensationRefused(
            zh=f"“{found.running[0].what.zh}”尚未归队，用量未定。请在其归队后再起草。",
            en=f"“{found.running[0].what.en or found.running[0].what.zh}” is still out, so what was used is not known. "
            "Draft the statement once it is released.",
        )
    wrong = next((use for use in found.ended if use.is_backwards), None)
    if wrong is not None:
        raise CompensationRefused(
            zh=f"“{wrong.what.zh}”的记录是先归队后出动，时间有误，用量无从计算。请先更正时间。",
            en=f"“{wrong.what.en or wrong.what.zh}” is recorded to have been released before it was sent, so what was "
            "used is not known. Correct the times first.",
        )
    if not found.lines and not found.unpriced:
        refuse_nothing(found, elsewhere)
    if found.total > MOST_OWED:
        raise CompensationRefused(
            zh=f"合计 {found.total} 元，超过结算单可记的 {MOST_OWED} 元。请核对价目和用量。",
            en=f"It comes to {found.total}, more than the {MOST_OWED} that a statement can hold. Check the rates and "
            "what was used.",
        )


def refuse_nothing(found: Statement, elsewhere: Mapping[str, str]) -> None:
    """Say why there is nothing to settle."""
    if found.outside:
        raise CompensationRefused(
            zh="派出时协议不在有效期内，不能据此结算。请另行协商。",
            en="The agreement was not in force when the help was sent. Settle it in another way.",
        )
    if found.settled:
        code = elsewhere[found.settled[0].key]
        raise CompensationRefused(
            zh=f"这起事件使用的队伍或物资已在协议 {code} 的结算单中计价，不重复结算。请打开那一份。",
            en=f"What was used in this incident is charged in the statement under agreement {code} already. Open "
            "that one.",
        )
    raise CompensationRefused(
        zh="这起事件没有使用对方的队伍或物资，无需结算。",
        en="Nothing of the other side was used in this incident: there is nothing to settle.",
    )


@transaction.atomic
def move_compensation(
    *, statement: Compensation, to: Stage, by: User | None, now: datetime, remark: str = ""
) -> Compensation:
    """Take a statement one step on. Whoever drafted it does not agree to it."""
    row = Compensation.objects.select_for_update(of=("self",), no_key=True).get(pk=statement.pk)
    require(by, Permission.EDIT_RESOURCE, row.org_path)
    refuse_wrong_stage(Stage(row.stage), to)
    actor = actor_for(by, now)
    if to is Stage.AGREED and by is not None:
        refuse_same(Duty.APPROVE, [(Duty.REQUEST, row.drafter)], actor.id, acting_for=ids_of(by))
    row.stage = to.value
    if to is Stage.SENT:
        row.sent_at = now
    elif to is Stage.AGREED:
        row.agreed_at, row.agreed_by = now, actor.label
    else:
        row.paid_at, row.paid_note = now, clean(remark, limit=200)
    row.save()
    note(row, to, by=by, now=now)
    return row


def note(row: Compensation, stage: Stage, *, by: User | None, now: datetime) -> None:
    data = {"agreement": row.agreement.code, "statement": row.pk, "total": str(row.total)}
    what = [(f"compensation.{stage.value}", data)]
    record(row.incident.stream, what, by=actor_for(by, now), now=now, org_path=row.incident.org_path)
