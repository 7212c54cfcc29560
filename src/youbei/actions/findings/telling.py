"""Tell units of findings that fall due, and their superiors of those that are late; each step once."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from youbei.actions.climbing import superiors, take_turns
from youbei.actions.findings.moving import KIND, schedule, today_of
from youbei.actions.journal import record
from youbei.actions.outbox import post_message
from youbei.engine.alerts.route import Outgoing
from youbei.engine.due import Step, spoken
from youbei.engine.events import ENGINE
from youbei.engine.findings.kinds import SEVERITY_NAMES, FindingSeverity
from youbei.engine.findings.lateness import told_now
from youbei.engine.findings.life import STATE_NAMES, State
from youbei.engine.text import Text
from youbei.records.models import DueStep, Finding, Organisation
from youbei.records.reports.written_to import address_of

PER_TICK = 50


def tell_of_findings(now: datetime) -> bool:
    """Say what is due to be said of the findings that have waited longest; say whether there may be more."""
    waiting = Finding.objects.filter(next_on__lte=today_of(now)).order_by("next_on", "id")
    return take_turns(waiting, tell_of, now=now, most=PER_TICK)


@transaction.atomic
def tell_of(pk: int, now: datetime) -> None:
    """Take the steps of one finding that are due, and send what they say, in one transaction."""
    row = Finding.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=pk)
    today = today_of(now)
    if row.next_on is None or row.next_on > today or row.deadline_on is None:
        return
    above = superiors(row.org_path)
    known = DueStep.objects.filter(kind=KIND, record_id=row.pk, due_on=row.deadline_on)
    taken = list(known.values_list("step", flat=True))
    due = told_now(FindingSeverity(row.severity), row.deadline_on, len(above), taken=taken, today=today)
    said = spoken(due)
    for step in said:
        send(row, step, row.organisation if step.level == 0 else above[step.level - 1], now)
        row.climbed = max(row.climbed, step.level)
    DueStep.objects.bulk_create(
        DueStep(
            kind=KIND,
            record_id=row.pk,
            due_on=row.deadline_on,
            step=step.key,
            org_path=row.org_path,
            taken_at=now,
            is_told=step in said,
        )
        for step in due
    )
    schedule(row)
    row.save(update_fields=["climbed", "next_on", "deadline_on"])
    if said:
        data = {"finding": row.pk, "steps": [step.key for step in said]}
        record(row.stream, [("finding.told", data)], by=ENGINE, now=now, org_path=row.org_path)


def send(row: Finding, step: Step, to: Organisation, now: datetime) -> None:
    post_message(
        key=f"finding:{row.pk}:{row.deadline_on}:{step.key}",
        org_path=row.org_path,
        recipient=f"agency:{to.code}",
        address=address_of(to),
        said=wording(row, step, is_late=row.deadline_on is not None and today_of(now) > row.deadline_on),
        now=now,
    )


def wording(row: Finding, step: Step, *, is_late: bool) -> Outgoing:
    unit = Text(row.organisation.name_zh, row.organisation.name_en or row.organisation.name_zh)
    state, severity = STATE_NAMES[State(row.state)], SEVERITY_NAMES[FindingSeverity(row.severity)]
    title = Text(row.title_zh, row.title_en)
    zh, en = title.in_language("zh"), title.in_language("en")
    link = f"{settings.PUBLIC_ADDRESS}/findings/{row.pk}/"
    late = Text("已逾期", "overdue") if is_late else Text("即将到期", "falls due")
    ask = Text("请督促办理。", "Please see to it.") if step.level else Text("请按期办理。", "Please act in time.")
    return Outgoing(
        Text(f"问题整改{late.zh}：{unit.zh}"[:200], f"Finding {late.en}: {unit.en}"[:200]),
        Text(
            f"{severity.zh}问题 #{row.pk}“{zh}”，现为“{state.zh}”，时限 {row.deadline_on}，{late.zh}。{ask.zh}\n{link}",
            f"Finding #{row.pk} ({severity.en}): {en}. It is {state.en}; the day is {row.deadline_on}, {late.en}. "
            f"{ask.en}\n{link}",
        ),
    )
