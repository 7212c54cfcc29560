"""Into the outbox: what a run queued becomes a row per recipient, through the mode gate and no other way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from youbei.actions.directory import AGENCY, Contact, Directory
from youbei.actions.journal import Happening, record
from youbei.channels import BY_NAME, channel_for
from youbei.channels.recording import Recording
from youbei.engine.alerts.route import Outgoing, Recipient, Record, Refuse, route
from youbei.engine.clock import Mode
from youbei.engine.events import ENGINE, Event
from youbei.engine.text import Text
from youbei.records.insert import insert_rows
from youbei.records.models import Enrolment, Exercise, ExerciseUnit, Incident, Message, Organisation, Run

# What the columns of recipient and key hold; a code that is longer stands in no register.
LONGEST_RECIPIENT = 100
CHANNEL_NAMES = tuple(BY_NAME)
NOBODY = Text("岗位无人，通知未送达。", "Nobody fills this post, so nobody was told.")
NO_ADDRESS = Text("登记库中没有联系方式，通知未送达。", "The register holds no address, so the message did not go out.")


@dataclass(frozen=True, slots=True)
class Post:
    """What a run has to say, ready for the outbox: a row per recipient, and what the log says of those stopped."""

    rows: list[dict[str, Any]]
    stopped: list[Happening]


def enqueue(row: Run, events: Sequence[Event], *, now: datetime) -> None:
    """Put the messages among a run's new events into the outbox, inside the transaction that logs them.

    One row per recipient, keyed `run:<pk>:<number>:<recipient>`.
    """
    post = addressed(row, events, directory=Directory((), now), now=now)
    insert_rows(Message, post.rows)
    mode = Mode(row.mode)
    record(outbox_stream(row), post.stopped, by=ENGINE, now=now, org_path=row.org_path, mode=mode)


def outbox_stream(row: Run) -> str:
    return f"outbox:{row.stream}"


def addressed(row: Run, events: Sequence[Event], *, directory: Directory, now: datetime) -> Post:
    """Find the recipients of a run's queued messages, and let each message through the gate."""
    queued = [event for event in events if event.kind == "message.queued"]
    directory.learn(holder_of(event) for event in queued)
    circle = circle_of(row) if queued else Circle()
    post = Post([], [])
    for event in queued:
        for contact in recipients(event, directory):
            message = message_row(row, event, contact, circle, now)
            post.rows.append(message)
            if message["status"] != Message.Status.QUEUED:
                post.stopped.append(happening(message))
    return post


def holder_of(event: Event) -> str:
    """Return whom a queued message is for: the holder of the post it names, else what it names."""
    return str(event.data.get("holder") or event.data["to"])


def recipients(event: Event, directory: Directory) -> Iterable[Contact]:
    """Return everybody behind the code a message is for; where nobody is, the code itself without an address."""
    code = holder_of(event)
    return directory.contacts(code) or (Contact(recipient=code[:LONGEST_RECIPIENT]),)


@dataclass(frozen=True, slots=True)
class Circle:
    """Who takes part in an exercise: register codes and recipients, and the subtrees of enrolled organisations.

    `left` are the subtrees of units that were asked and take no part now, though one above them is enrolled.
    """

    refs: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    def holds(self, contact: Contact) -> bool:
        if contact.recipient in self.refs or contact.code in self.refs:
            return True
        return bool(contact.org_path) and self.reaches(contact.org_path)

    def reaches(self, path: str) -> bool:
        """Say whether the nearest unit above a path that the exercise knows of is enrolled, and has not left."""
        return nearest(self.paths, path) > nearest(self.left, path)


def nearest(above: Sequence[str], path: str) -> int:
    """Return the length of the longest of these paths that a path lies under; 0 if none does."""
    return max((len(one) for one in above if path.startswith(one)), default=0)


def circle_of(row: Run) -> Circle:
    if row.mode != Run.Mode.EXERCISE:
        return Circle()
    refs = frozenset(Enrolment.objects.filter(incident_id=row.incident_id).values_list("ref", flat=True))
    codes = [ref.removeprefix(AGENCY) for ref in refs if ref.startswith(AGENCY)]
    paths = Organisation.objects.filter(code__in=codes).values_list("path", flat=True) if codes else ()
    exercise = Exercise.objects.filter(incident_id=row.incident_id).values_list("pk", flat=True).first()
    left = paths_left(exercise) if codes and exercise else ()
    return Circle(refs, tuple(paths), tuple(left))


def paths_left(exercise: UUID) -> list[str]:
    """Return where in the tree the units are that were asked to hold an exercise and take no part in it now."""
    gone = (ExerciseUnit.State.DECLINED, ExerciseUnit.State.WITHDRAWN, ExerciseUnit.State.AWAY)
    return list(ExerciseUnit.objects.filter(exercise=exercise, state__in=gone).values_list("org_path", flat=True))


def message_row(row: Run, event: Event, contact: Contact, circle: Circle, now: datetime) -> dict[str, Any]:
    """Return the row of one message to one recipient, as the gate lets it go."""
    data = event.data
    said = Outgoing(Text.from_data(data["subject"]), Text.from_data(data["body"]))
    way = route(said, Mode(row.mode), Recipient(contact.recipient, is_enrolled=circle.holds(contact)))
    is_public = contact.recipient == "public"
    status, reason = Message.Status.QUEUED, ""
    if isinstance(way, Refuse):
        status, reason = Message.Status.REFUSED, joined(way.reason)
    elif not contact.address and not is_public and not isinstance(way, Record):
        status, reason = Message.Status.FAILED, joined(NO_ADDRESS if contact.code else NOBODY)
    is_kept = isinstance(way, Record) or not contact.address
    said = way.message
    return {
        "key": f"run:{row.pk}:{data['message']}:{contact.recipient}",
        "run_id": row.pk,
        "incident_id": row.incident_id,
        "org_path": row.org_path,
        "mode": row.mode,
        "channel": Recording.name if is_kept else channel_for(contact.address),
        "recipient": contact.recipient,
        "address": contact.address,
        "subject_zh": said.subject.zh[:200],
        "subject_en": said.subject.en[:200],
        "body_zh": said.body.zh,
        "body_en": said.body.en,
        "status": status.value,
        "reason": reason,
        "queued_at": now,
        "due_at": now,
    }


def post_message(
    *,
    key: str,
    org_path: str,
    recipient: str,
    address: str,
    said: Outgoing,
    now: datetime,
    mode: Mode = Mode.REAL,
    is_enrolled: bool = False,
) -> None:
    """Put a message that belongs to no run into the outbox, through the mode gate; once for each key."""
    way = route(said, mode, Recipient(recipient, is_enrolled=is_enrolled))
    status, reason = Message.Status.QUEUED, ""
    if isinstance(way, Refuse):
        status, reason = Message.Status.REFUSED, joined(way.reason)
    elif not address:
        status, reason = Message.Status.FAILED, joined(NO_ADDRESS)
    is_kept = isinstance(way, Record) or not address
    Message.objects.get_or_create(
        key=key[:160],
        defaults={
            "org_path": org_path,
            "mode": mode.value,
            "channel": Recording.name if is_kept else channel_for(address),
            "recipient": recipient[:LONGEST_RECIPIENT],
            "address": address,
            "subject_zh": way.message.subject.zh[:200],
            "subject_en": way.message.subject.en[:200],
            "body_zh": way.message.body.zh,
            "body_en": way.message.body.en,
            "status": status,
            "reason": reason,
            "queued_at": now,
            "due_at": now,
        },
    )


def send_outside_runs(
    *,
    key: str,
    said: Outgoing,
    mode: Mode,
    recipient: str,
    address: str,
    org_path: str,
    now: datetime,
    incident: Incident | None = None,
) -> Message:
    """Put one message that belongs to no run into the outbox, as the gate lets it go; nobody is enrolled for it."""
    way = route(said, mode, Recipient(recipient))
    status, reason = Message.Status.QUEUED, ""
    if isinstance(way, Refuse):
        status, reason = Message.Status.REFUSED, joined(way.reason)
    elif not address and not isinstance(way, Record):
        status, reason = Message.Status.FAILED, joined(NO_ADDRESS)
    return Message.objects.create(
        key=key,
        incident=incident,
        org_path=org_path,
        mode=mode.value,
        channel=Recording.name if isinstance(way, Record) or not address else channel_for(address),
        recipient=recipient,
        address=address,
        subject_zh=way.message.subject.zh[:200],
        subject_en=way.message.subject.en[:200],
        body_zh=way.message.body.zh,
        body_en=way.message.body.en,
        status=status,
        reason=reason,
        queued_at=now,
        due_at=now,
    )


def happening(message: dict[str, Any]) -> Happening:
    kind = "message.refused" if message["status"] == Message.Status.REFUSED else "message.failed"
    data = {name: message[name] for name in ("key", "channel", "recipient")}
    return kind, {**data, "attempts": 0}


def joined(text: Text) -> str:
    return f"{text.zh} {text.en}".strip()[:300]
