"""The list of messages, newest first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from youbei.engine.text import Text
from youbei.records.models import Agreement, Message, Organisation, Person, User
from youbei.records.pages import PAGE_SIZE, Page, keyset_page
from youbei.records.reports.codes import AUDIENCES
from youbei.records.reports.names import name_of


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """Narrow the list; empty means all."""

    status: str = ""
    channel: str = ""
    run_pk: int | None = None


ALL = MessageFilter()
# A Chinese text, a space, and an English one in which nothing Chinese stands.
BOTH_LANGUAGES = re.compile(r"(?P<zh>.*[\u3000-\u9fff\uff00-\uffef]) (?P<en>[^\u3000-\u9fff\uff00-\uffef]+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class MessageRow:
    pk: int
    run_pk: int | None
    incident_pk: int | None
    mode: str
    channel: str
    recipient: str
    recipient_name: Text
    subject: Text
    body: Text
    status: str
    reason: str
    queued_at: datetime
    due_at: datetime
    attempts: int
    sent_at: datetime | None

    @property
    def reason_said(self) -> Text:
        """Return the reason by language, where it was noted in Chinese and then in English; else as it is in both."""
        both = BOTH_LANGUAGES.fullmatch(self.reason)
        return Text(both["zh"], both["en"]) if both else Text(self.reason, self.reason)


def message_page(
    user: User, *, filters: MessageFilter = ALL, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[MessageRow]:
    """Return a page of the messages that the user may see."""
    rows = Message.objects.newest_visible_to(user)
    if filters.status:
        rows = rows.filter(status=filters.status)
    if filters.channel:
        rows = rows.filter(channel=filters.channel)
    if filters.run_pk is not None:
        rows = rows.filter(run=filters.run_pk)
    return keyset_page(rows, order=("-id",), cursor=cursor, read=message_rows, size=size)


def message_rows(messages: Sequence[Message]) -> list[MessageRow]:
    """Turn messages into rows with the names of whom they are for: two queries for all."""
    names = recipient_names({message.recipient for message in messages})
    return [message_row(message, names) for message in messages]


def recipient_names(recipients: set[str]) -> dict[str, Text]:
    """Name persons (`person:<id>`), agencies and agreements (`agency:`, `agreement:` and code); others keep theirs."""
    persons = [int(key) for one in recipients if (key := one.removeprefix("person:")).isdecimal()]
    agencies = [one.removeprefix("agency:") for one in recipients if one.startswith("agency:")]
    names = {one: AUDIENCES[one] for one in recipients if one in AUDIENCES}
    if persons:
        names.update({f"person:{row.pk}": name_of(row) for row in Person.objects.filter(pk__in=persons)})
    if agencies:
        found = Organisation.objects.filter(code__in=agencies)
        names.update({f"agency:{row.code}": name_of(row) for row in found})
    agreements = [one.removeprefix("agreement:") for one in recipients if one.startswith("agreement:")]
    if agreements:
        promised = Agreement.objects.filter(code__in=agreements)
        names.update({f"agreement:{row.code}": name_of(row) for row in promised})
    return names


def message_row(message: Message, names: Mapping[str, Text]) -> MessageRow:
    return MessageRow(
        pk=message.pk,
        run_pk=message.run_id,
        incident_pk=message.incident_id,
        mode=message.mode,
        channel=message.channel,
        recipient=message.recipient,
        recipient_name=names.get(message.recipient) or Text(zh=message.recipient, en=message.recipient),
        subject=Text(zh=message.subject_zh, en=message.subject_en),
        body=Text(zh=message.body_zh, en=message.body_en),
        status=message.status,
        reason=message.reason,
        queued_at=message.queued_at,
        due_at=message.due_at,
        attempts=message.attempts,
        sent_at=message.sent_at,
    )
