"""What came of sendings: how far a webhook has come, when it is tried again, and when it stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from youbei.actions.journal import record
from youbei.actions.outbox import post_message
from youbei.channels.webhook import Outcome
from youbei.engine.alerts.route import Outgoing
from youbei.engine.events import ENGINE
from youbei.engine.text import Text
from youbei.engine.webhooks import GIVE_UP_AFTER, Letter, delay
from youbei.records.models import Webhook, WebhookSending
from youbei.records.reports.written_to import address_of

# So many sendings of each webhook are kept to look at; what happened stands in the log anyway.
KEPT = 100
WHY: Mapping[str, Text] = {
    "no_right": Text(
        "负责人的账号已停用，或不再有该单位的“管理账号与授权”和“导出日志”授权。请由有授权的人恢复，并由其负责。",
        "The account that answers for it is out of use, or may no longer manage access and take the log of this unit "
        "away. Someone who may resumes it, and answers for it then.",
    ),
    "no_unit": Text(
        "该单位已停用。请删除此推送，或为承接的单位另设。",
        "The unit is out of use. Remove this webhook, or make one for the unit that goes on.",
    ),
    "no_secret": Text(
        "密钥无法解读（本系统的主密钥已更换）。请更换此推送的密钥，再恢复。",
        "The secret cannot be read: the installation has another key now. Make a new secret, then resume.",
    ),
    "gone": Text(
        "接收方答复该地址已不再接收（410）。请核对网址后恢复；不再需要的，请删除。",
        "The receiver says that nothing is taken there any more (410). Check the address and resume, or remove it.",
    ),
    "failing": Text(
        "连续三天没有送达。请与接收方一起查明原因；恢复后从中断处继续，不会遗漏。",
        "For three days nothing got through. Find out why with the receiver; resumed it goes on where it stopped, "
        "and nothing is left out.",
    ),
}


@dataclass(frozen=True, slots=True)
class Job:
    """Letters of one webhook to be sent in order, under a lease. `reached` holds once all are taken over."""

    webhook: int
    lease: str
    after: int
    reached: int
    attempt: int
    address: str
    secrets: tuple[bytes, ...]
    letters: tuple[Letter, ...]
    trial_asked_at: datetime | None = None

    @property
    def is_failing(self) -> bool:
        return self.attempt > 1


@dataclass(frozen=True, slots=True)
class Try:
    """One letter that was sent, or could not be."""

    letter: Letter
    at: datetime
    outcome: Outcome


@transaction.atomic
def settle(job: Job, tries: Sequence[Try], now: datetime) -> None:
    """Note what came of a job; nothing where its lease has run out and another worker has taken the webhook up."""
    rows = Webhook.objects.select_for_update(of=("self",)).select_related("organisation")
    row = rows.filter(pk=job.webhook, lease=job.lease).first()
    if row is None:
        return
    row.lease, row.lease_until = "", None
    keep(row, job, tries)
    if job.trial_asked_at is not None:
        settle_trial(row, job, tries, now)
    else:
        move_on(row, job, tries)
        settle_events(row, tries, now)
    row.save()


def keep(row: Webhook, job: Job, tries: Sequence[Try]) -> None:
    """Keep the last sendings, and no more."""
    WebhookSending.objects.bulk_create(
        WebhookSending(
            webhook=row,
            position=one.letter.position,
            kind=one.letter.type,
            attempt=job.attempt if number == 0 else 1,
            at=one.at,
            took_ms=one.outcome.took_ms,
            status=one.outcome.status,
            is_taken=one.outcome.is_taken,
            problem_zh=one.outcome.problem.zh[:400] if one.outcome.problem else "",
            problem_en=one.outcome.problem.en[:400] if one.outcome.problem else "",
            excerpt=one.outcome.excerpt,
        )
        for number, one in enumerate(tries)
    )
    older = list(row.sendings.order_by("-id").values_list("pk", flat=True)[KEPT : KEPT + 1])
    if older:
        row.sendings.filter(pk__lte=older[0]).delete()


def settle_trial(row: Webhook, job: Job, tries: Sequence[Try], now: datetime) -> None:
    """A test says nothing about the events but that the receiver is there again."""
    if row.trial_asked_at == job.trial_asked_at:
        row.trial_asked_at = None
    if tries and tries[-1].outcome.is_taken and row.failures:
        row.due_at = now


def move_on(row: Webhook, job: Job, tries: Sequence[Try]) -> None:
    """Set how far it has come, unless somebody has set it meanwhile."""
    taken = [one.letter.position for one in tries if one.outcome.is_taken]
    if row.position == job.after and taken:
        row.position = job.reached if len(taken) == len(job.letters) else taken[-1]


def settle_events(row: Webhook, tries: Sequence[Try], now: datetime) -> None:
    if any(one.outcome.is_taken for one in tries):
        row.last_success_at, row.due_at = now, now
        row.failures, row.failing_since = 0, None
        if row.state == Webhook.State.ACTIVE:
            row.problem_zh = row.problem_en = ""
    failed = next((one.outcome for one in tries if one.outcome.problem is not None), None)
    if failed is None or failed.problem is None:
        return
    row.failures += 1
    row.last_failure_at, row.failing_since = now, row.failing_since or now
    row.due_at = now + delay(row.failures, salt=row.stream, asked=failed.retry_after_s)
    if row.state != Webhook.State.ACTIVE:
        return
    row.problem_zh, row.problem_en = failed.problem.zh[:400], failed.problem.en[:400]
    if failed.is_gone:
        stop(row, "gone", now)
    elif now - row.failing_since >= GIVE_UP_AFTER:
        stop(row, "failing", now)


@transaction.atomic
def stop_now(pk: int, reason: str, now: datetime) -> None:
    """Stop a webhook that must not, or cannot, send on."""
    rows = Webhook.objects.select_for_update(of=("self",)).select_related("organisation")
    row = rows.filter(pk=pk, state=Webhook.State.ACTIVE).first()
    if row is not None:
        stop(row, reason, now)
        row.save()


def stop(row: Webhook, reason: str, now: datetime) -> None:
    """Stop, say so in the log, and tell the unit."""
    why = WHY[reason]
    row.state, row.problem_zh, row.problem_en = Webhook.State.STOPPED, why.zh, why.en
    unit, link = row.organisation, f"{settings.PUBLIC_ADDRESS}/webhooks/{row.pk}/"
    post_message(
        key=f"{row.stream}:stopped:{int(now.timestamp())}",
        org_path=row.org_path,
        recipient=f"agency:{unit.code}",
        address=address_of(unit),
        said=Outgoing(
            Text(f"日志推送已停止：{row.title}", f"A webhook has stopped: {row.title}"),
            Text(f"{why.zh}\n{link}", f"{why.en}\n{link}"),
        ),
        now=now,
    )
    data = {"title": row.title, "reason": reason}
    record(row.stream, [("webhook.stopped", data)], by=ENGINE, now=now, org_path=row.org_path)
