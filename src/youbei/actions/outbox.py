"""Into the outbox: every message that a run queued becomes a row per recipient, through the mode gate and no other way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from youbei.actions.directory import Contact, Directory
from youbei.actions.journal import Happening, record
from youbei.channels import channel_for
from youbei.channels.recording import Recording
from youbei.engine.alerts.route import Record, Refuse, Route, route
from youbei.engine.clock import Mode
from youbei.engine.events import ENGINE, Event
from youbei.engine.text import Text
from youbei.records.insert import insert_rows
from youbei.records.models import Enrolment, Message, Run

NOBODY = Text("岗位无人，通知未送达。", "Nobody fills this post, so nobody was told.")


def enqueue(row: Run, events: Sequence[Event], *, now: datetime, directory: Directory | None = None) -> None:
    """Put the messages among a run's new events into the outbox, inside the transaction that logs them.

    One row per recipient, keyed `run:<pk>:<number>:<recipient>`. `directory` is given where it was read already.
    """
    queued = [event for event in events if event.kind == "message.queued"]
    if not queued:
        return
    if directory is None:
        directory = Directory((holder_of(event) for event in queued), now)
    enrolled = enrolled_in(row)
    rows: list[dict[str, Any]] = []
    stopped: list[Happening] = []
    for event in queued:
        for contact in recipients(event, directory):
            message = message_row(row, event, contact, enrolled, now)
            rows.append(message)
            if message["status"] != Message.Status.QUEUED:
                stopped.append(happening(message))
    insert_rows(Message, rows)
    mode = Mode(row.mode)
    record(f"outbox:run:{row.pk}", stopped, by=ENGINE, now=now, org_path=row.org_path, mode=mode)


def holder_of(event: Event) -> str:
    """Return whom a queued message is for: the holder of the post it names, else what it names."""
    return str(event.data.get("holder") or event.data["to"])


def recipients(event: Event, directory: Directory) -> Iterable[Contact]:
    """Return everybody behind the code a message is for; where nobody is, the code itself without an address."""
    code = holder_of(event)
    return directory.contacts(code) or (Contact(recipient=code, address=""),)


def enrolled_in(row: Run) -> frozenset[str]:
    if row.mode != Run.Mode.EXERCISE:
        return frozenset()
    return frozenset(Enrolment.objects.filter(incident_id=row.incident_id).values_list("ref", flat=True))


def message_row(row: Run, event: Event, contact: Contact, enrolled: frozenset[str], now: datetime) -> dict[str, Any]:
    """Return the row of one message to one recipient, as the gate lets it go."""
    data = event.data
    subject, body = Text.from_data(data["subject"]), Text.from_data(data["body"])
    way: Route = route(mode=Mode(row.mode), recipient=contact.recipient, enrolled=enrolled, subject=subject, body=body)
    status, reason = Message.Status.QUEUED, ""
    if isinstance(way, Refuse):
        status, reason = Message.Status.REFUSED, joined(way.reason)
    elif not contact.address and data["to"] != "public":
        status, reason = Message.Status.FAILED, joined(NOBODY)
    if not isinstance(way, Refuse):
        subject, body = way.subject, way.body
    kept = isinstance(way, Record) or not contact.address
    return {
        "key": f"run:{row.pk}:{data['message']}:{contact.recipient}",
        "run_id": row.pk,
        "incident_id": row.incident_id,
        "org_path": row.org_path,
        "mode": row.mode,
        "channel": Recording.name if kept else channel_for(contact.address),
        "recipient": contact.recipient,
        "address": contact.address,
        "subject_zh": subject.zh[:200],
        "subject_en": subject.en[:200],
        "body_zh": body.zh,
        "body_en": body.en,
        "status": status.value,
        "reason": reason,
        "queued_at": now,
        "due_at": now,
    }


def happening(message: dict[str, Any]) -> Happening:
    kind = "message.refused" if message["status"] == Message.Status.REFUSED else "message.failed"
    data = {name: message[name] for name in ("key", "channel", "recipient")}
    return kind, {**data, "attempts": 0}


def joined(text: Text) -> str:
    return f"{text.zh} {text.en}".strip()[:300]
