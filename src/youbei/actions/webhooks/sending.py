"""The postman: sends webhooks what is due, several receivers at once, each in order.

The postman's own thread alone asks the database. A sending runs in a thread of its own and touches nothing but the
network, so a receiver that hangs holds up itself and nobody else; those that failed last get at most half of the
lines. A lease keeps two workers from one receiver, and runs out when one is killed.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

from django.conf import settings
from django.db.models import Q

from youbei.actions import clock
from youbei.actions.cipher import decipher
from youbei.actions.webhooks.keeping import may_keep
from youbei.actions.webhooks.settling import WHY, Job, Try, settle, stop_now
from youbei.channels.webhook import Line, Outcome
from youbei.channels.webhook_address import AddressRefused, Resolve, look_up, read_address
from youbei.engine.text import Text
from youbei.engine.webhooks import Letter, WhichModes, headers_of, kinds_of, letter, trial_letter
from youbei.records.log import head
from youbei.records.models import Webhook
from youbei.records.wanted import Found, Wanted, bodies, next_wanted

LINES = 16
# What one sending takes at most: so many events, so many seconds before the last of them is begun.
BATCH, LINE_S = 50, 15.0
# A sending is over after LINE_S and one more event; the name service may take its time.
LEASE = timedelta(seconds=90)
# Webhooks looked at in one step, of those that are well and of those that failed.
LOOKED_AT = 100
logger = logging.getLogger(__name__)
Back = tuple[Job, Sequence[Try]]


class Postman:
    """Keep the sendings of one worker. `step` is called again and again by one thread."""

    def __init__(self, *, lines: int = LINES, resolve: Resolve = look_up) -> None:
        self.lines, self.resolve = lines, resolve
        self.under_way: dict[str, Job] = {}
        self.back: SimpleQueue[Back] = SimpleQueue()

    def step(self, now: datetime) -> bool:
        """Note what has come back, and begin what is due; say whether to come again without waiting for the time."""
        while self.take_back(now):
            continue
        return self.begin(now) or bool(self.under_way)

    def wait(self, seconds: float, now: datetime) -> None:
        """Wait for a sending to come back, where one is under way."""
        if self.under_way:
            self.take_back(now, seconds)

    def take_back(self, now: datetime, seconds: float = 0.0) -> bool:
        try:
            job, tries = self.back.get(timeout=seconds) if seconds else self.back.get_nowait()
        except Empty:
            return False
        del self.under_way[job.lease]
        settle(job, tries, now)
        return True

    def begin(self, now: datetime) -> bool:
        """Send to those that are due while lines are free; say whether some were only looked for so far."""
        until = head().position
        free = self.lines - len(self.under_way)
        failing = self.lines // 2 - sum(job.is_failing for job in self.under_way.values())
        has_more = False
        passed: list[tuple[Webhook, int]] = []
        for is_failing in (True, False):
            rows = due(now, until, is_failing=is_failing) if free > 0 else []
            has_more = has_more or len(rows) == LOOKED_AT
            for row in rows:
                room = min(free, failing) if is_failing else free
                if room <= 0:
                    break
                job, reached = self.prepare(row, until, now)
                if job is None:
                    passed.append((row, reached))
                else:
                    self.go(job)
                    free, failing = free - 1, failing - is_failing
                has_more = has_more or (job is None and row.position < reached < until)
        move_past(passed)
        return has_more

    def prepare(self, row: Webhook, until: int, now: datetime) -> tuple[Job | None, int]:
        """Return what is to be sent to a webhook, under a lease; or None, and how far nothing was wanted."""
        if row.trial_asked_at is not None:
            trial = trial_letter(number=row.pk, asked_at=row.trial_asked_at, unit=row.organisation.code)
            return claim(row, [trial], row.position, now), row.position
        reason = why_stop(row)
        if reason:
            stop_now(row.pk, reason, now)
            return None, row.position
        wanted = Wanted(row.org_path, kinds_of(row.kinds), WhichModes(row.modes))
        found = next_wanted(wanted, after=row.position, until=until, limit=BATCH)
        letters = letters_of(row, found)
        if not letters:
            return None, found.reached
        return claim(row, letters, found.reached, now), row.position

    def go(self, job: Job) -> None:
        self.under_way[job.lease] = job
        threading.Thread(target=self.send, args=(job,), name=f"webhook-{job.webhook}", daemon=True).start()

    def send(self, job: Job) -> None:
        """Send the letters of a job; in a thread of its own, which ends in any case with a result."""
        try:
            tries = deliver(job, self.resolve)
        except Exception:
            logger.exception("Webhook %s could not be sent", job.webhook)
            tries = [Try(job.letters[0], clock.now(), Outcome(0, 0, FAULT))]
        self.back.put((job, tries))


FAULT = Text(
    "本系统发送时出错，已记入服务器日志；稍后重试。", "Sending failed in here; see the server's log. It is tried again."
)


def due(now: datetime, until: int, *, is_failing: bool) -> list[Webhook]:
    """Return webhooks that may have something to send and that nobody sends to, those that waited longest first."""
    waiting = Q(state=Webhook.State.ACTIVE, due_at__lte=now, position__lt=until) | Q(trial_asked_at__isnull=False)
    rows = Webhook.objects.filter(waiting, is_free(now))
    rows = rows.filter(failures__gt=0) if is_failing else rows.filter(failures=0)
    return list(rows.select_related("organisation", "by").order_by("due_at", "id")[:LOOKED_AT])


def is_free(now: datetime) -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=now)


def why_stop(row: Webhook) -> str:
    """Return why a webhook must not send on, or nothing."""
    if row.organisation.retired_at is not None:
        return "no_unit"
    if not may_keep(row.by, row.org_path):
        return "no_right"
    return "no_secret" if decipher(row.secret) is None else ""


def letters_of(row: Webhook, found: Found) -> list[Letter]:
    written = (
        letter(body, unit=row.organisation.code, which=WhichModes(row.modes)) for body in bodies(found.positions)
    )
    return [one for one in written if one is not None]


def claim(row: Webhook, letters: Sequence[Letter], reached: int, now: datetime) -> Job | None:
    """Take a webhook under a lease, unless another worker has, or somebody has changed it since it was read."""
    lease = secrets.token_hex(8)
    same = Webhook.objects.filter(
        is_free(now), pk=row.pk, position=row.position, state=row.state, trial_asked_at=row.trial_asked_at
    )
    if not same.update(lease=lease, lease_until=now + LEASE):
        return None
    return Job(
        webhook=row.pk,
        lease=lease,
        after=row.position,
        reached=reached,
        attempt=row.failures + 1,
        address=row.address,
        secrets=secrets_of(row, now),
        letters=tuple(letters),
        trial_asked_at=row.trial_asked_at,
    )


def secrets_of(row: Webhook, now: datetime) -> tuple[bytes, ...]:
    """Return what signs: the secret, and the one before it for as long as that still counts."""
    enciphered = [row.secret]
    if row.old_secret and row.old_secret_until is not None and now < row.old_secret_until:
        enciphered.append(row.old_secret)
    return tuple(plain for text in enciphered if (plain := decipher(text)) is not None)


def move_past(passed: Sequence[tuple[Webhook, int]]) -> None:
    """Note how far nothing was wanted: one statement for all that have come equally far, and none for one set anew."""
    by_end: dict[int, Q] = {}
    for row, reached in passed:
        if reached > row.position:
            by_end[reached] = by_end.get(reached, Q()) | Q(pk=row.pk, position=row.position)
    for reached, same in by_end.items():
        Webhook.objects.filter(same, lease="").update(position=reached)


def deliver(job: Job, resolve: Resolve) -> list[Try]:
    """Send the letters in order until one is not taken, or the time is over."""
    if not job.secrets:
        return [Try(job.letters[0], clock.now(), Outcome(0, 0, WHY["no_secret"]))]
    tries: list[Try] = []
    ends = time.monotonic() + LINE_S
    try:
        address = read_address(job.address, settings.WEBHOOK_NETWORKS)
    except AddressRefused as refusal:
        return [Try(job.letters[0], clock.now(), Outcome(0, 0, refusal.text))]
    with Line(address, networks=settings.WEBHOOK_NETWORKS, resolve=resolve) as line:
        for one in job.letters:
            at = clock.now()
            outcome = line.post(one.body.encode(), headers_of(one, job.secrets, sent_at=at))
            tries.append(Try(one, at, outcome))
            if not outcome.is_taken or time.monotonic() > ends:
                break
    return tries
