"""The mode gate: the only way to the outbox.

What a simulation says is kept. What an exercise says reaches those enrolled in it and nobody else, and is stamped
first and last, so that a text cut short at either end still says what it is. What a real response says goes out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from youbei.engine.clock import Mode
from youbei.engine.text import Text

STAMP = Text("【演练】", "[EXERCISE]")
# The longest subject that is passed on, so that a stamp at its end is never cut off.
SUBJECT_LIMIT = 160


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is to be said."""

    subject: Text
    body: Text


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom it is for: `person:<id>`, `agency:<code>` or `public`, and whether they are enrolled in the exercise."""

    id: str
    is_enrolled: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """Let it go out, worded as in `message`."""

    message: Outgoing


@dataclass(frozen=True, slots=True)
class Record:
    """Keep it instead of sending it."""

    message: Outgoing


@dataclass(frozen=True, slots=True)
class Refuse:
    """Stop it, and say why."""

    message: Outgoing
    reason: Text


Route = Send | Record | Refuse

NOT_ENROLLED = Text(
    "演练消息只发给参演人员，此收件人未列入本次演练。",
    "An exercise only tells those enrolled in it; this recipient is not.",
)
STAMPED_AS_EXERCISE = Text(
    "文字带有演练标记，不得作为实战消息发出。请去掉标记，或在演练中发送。",
    "The text is stamped as an exercise and must not go out as real. Remove the stamp, or send it in an exercise.",
)
PUBLIC = "public"


class CapStatus(StrEnum):
    """Give the `status` of a published alert. Source: OASIS Common Alerting Protocol 1.2 (2010), 3.2.1."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"


def cap_status(mode: Mode) -> CapStatus | None:
    """Return the status of alerts published in a mode; None where nothing is published."""
    return {Mode.REAL: CapStatus.ACTUAL, Mode.EXERCISE: CapStatus.EXERCISE}.get(mode)


def route(message: Outgoing, mode: Mode, recipient: Recipient) -> Route:
    """Decide whether a message may leave the building, and in which words."""
    message = replace(message, subject=shortened(message.subject))
    if mode is Mode.REAL:
        return Refuse(message, STAMPED_AS_EXERCISE) if is_stamped(message) else Send(message)
    stamped = Outgoing(stamp(message.subject, " "), stamp(message.body, "\n"))
    if mode is Mode.SIMULATED:
        return Record(stamped)
    # The public takes part in no exercise, whatever a list of participants says.
    may_go = recipient.is_enrolled and recipient.id != PUBLIC
    return Send(stamped) if may_go else Refuse(stamped, NOT_ENROLLED)


def is_stamped(message: Outgoing) -> bool:
    """Return whether any wording begins or ends with a stamp of either language."""
    wordings = (message.subject.zh, message.subject.en, message.body.zh, message.body.en)
    stamps = (STAMP.zh, STAMP.en)
    return any(wording.strip().startswith(stamps) or wording.strip().endswith(stamps) for wording in wordings)


def shortened(text: Text) -> Text:
    """Cut a subject to its limit, with a sign that it was cut."""
    return Text(cut(text.zh), cut(text.en))


def cut(wording: str) -> str:
    return wording if len(wording) <= SUBJECT_LIMIT else wording[: SUBJECT_LIMIT - 1] + "…"


def stamp(text: Text, between: str) -> Text:
    """Put the stamp before and after each wording; where one is missing the other stands for it."""
    zh, en = text.zh or text.en, text.en or text.zh
    return Text(between.join((STAMP.zh, zh, STAMP.zh)), between.join((STAMP.en, en, STAMP.en)))
