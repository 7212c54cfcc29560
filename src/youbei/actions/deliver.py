"""From the outbox to the channels: claim a few, hand each over, note at once what became of it.

A claim is a lease: if this process dies, another takes the message up when the lease has run out. Handing over twice
is possible then, and recognisable by the key; noting twice is not.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from youbei.actions.journal import record
from youbei.actions.registers.reached import note_delivery
from youbei.channels import BY_NAME, Channel, Outcome
from youbei.channels import Message as Plain
from youbei.channels.base import Result
from youbei.channels.recording import Recording
from youbei.engine.clock import Mode
from youbei.engine.events import ENGINE
from youbei.engine.text import Text
from youbei.records.models import Message

CLAIM = 20
LEASE = timedelta(seconds=90)
# Assumption: fourteen tries over about three hours; after that a person must see that it does not get through.
ATTEMPTS = 14
FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(minutes=30)
KINDS = {Result.SENT: "message.sent", Result.RECORDED: "message.recorded", Result.FAILED: "message.failed"}
STATUSES = {
    Result.SENT: Message.Status.SENT,
    Result.RECORDED: Message.Status.RECORDED,
    Result.FAILED: Message.Status.FAILED,
}
logger = logging.getLogger(__name__)


def deliver_due(now: datetime, limit: int = 50) -> int:
    """Hand over at most `limit` messages that are due, and return how many were tried.

    A channel that turns out to reach nobody is not asked again in this call: a mail server that does not answer costs
    its timeout once, not once per message, while deadlines wait for the worker.
    """
    tried = 0
    away: dict[str, Outcome] = {}
    while tried < limit:
        batch = claim(now, min(CLAIM, limit - tried))
        if not batch:
            break
        hand_over(batch, now, away)
        tried += len(batch)
    return tried


@transaction.atomic
def claim(now: datetime, count: int) -> list[Message]:
    """Lease the messages that have waited longest; while the lease runs no other process sees them as due."""
    due = Message.objects.filter(status=Message.Status.QUEUED, due_at__lte=now).order_by("due_at", "id")
    batch = list(due.select_for_update(skip_locked=True, no_key=True)[:count])
    lease = now + LEASE
    Message.objects.filter(pk__in=[message.pk for message in batch]).update(
        lease_until=lease, due_at=lease, attempts=F("attempts") + 1
    )
    for message in batch:
        message.attempts += 1
    return batch


def hand_over(batch: Sequence[Message], now: datetime, away: dict[str, Outcome]) -> None:
    """Give each message to its channel; one instance per channel and batch. `away` gathers those that reach nobody."""
    open_channels: dict[str, Channel] = {}
    try:
        for message in batch:
            name = message.channel
            if name not in away and name not in open_channels:
                open_channels[name] = BY_NAME.get(name, Recording)()
            outcome = away.get(name) or send(open_channels[name], message)
            if outcome.is_away:
                away[name] = outcome
            settle(message, outcome, now)
    finally:
        for channel in open_channels.values():
            channel.close()


def send(channel: Channel, message: Message) -> Outcome:
    """Hand one message over. A fault in a channel delays its own message and no other."""
    try:
        return channel.send(plain(message))
    except Exception:
        logger.exception("Channel %s failed on message %s", message.channel, message.key)
        return Outcome.retry(f"The channel {message.channel} has a fault; see the server's log.")


def plain(message: Message) -> Plain:
    return Plain(
        key=message.key,
        recipient=message.recipient,
        address=message.address,
        subject=Text(message.subject_zh, message.subject_en),
        body=Text(message.body_zh, message.body_en),
        mode=message.mode,
    )


@transaction.atomic
def settle(message: Message, outcome: Outcome, now: datetime) -> None:
    """Note what became of a message, in its row and in the log; nothing where another process has noted it."""
    result = outcome.result
    if result is Result.RETRY and message.attempts >= ATTEMPTS:
        result = Result.FAILED
    waiting = Message.objects.filter(pk=message.pk, status=Message.Status.QUEUED)
    if result is Result.RETRY:
        waiting.update(due_at=now + delay(message.attempts), lease_until=None, reason=outcome.reason[:300])
        return
    is_through = result in (Result.SENT, Result.RECORDED)
    changed = waiting.update(
        status=STATUSES[result],
        sent_at=now if is_through else None,
        lease_until=None,
        reason=outcome.reason[:300],
    )
    if changed:
        if result is not Result.RECORDED:
            note_delivery(recipient=message.recipient, address=message.address, is_through=is_through, now=now)
        # The reason may quote an address and stays in the row; the log names no personal data.
        data = {
            "key": message.key,
            "channel": message.channel,
            "recipient": message.recipient,
            "attempts": message.attempts,
        }
        record(
            outbox_stream(message),
            [(KINDS[result], data)],
            by=ENGINE,
            now=now,
            org_path=message.org_path,
            mode=Mode(message.mode),
        )


def outbox_stream(message: Message) -> str:
    return f"outbox:run:{message.run_id}" if message.run_id else f"outbox:incident:{message.incident_id}"


def delay(attempts: int) -> timedelta:
    """Return how long to wait after so many tries: doubling from ten seconds up to half an hour."""
    doublings: int = 2 ** min(attempts - 1, 16)
    return min(FIRST_DELAY * doublings, LONGEST_DELAY)
