"""Requests to other organisations as threads of messages: what was said step by step, read from the log."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from youbei import content
from youbei.engine.clock import Mode
from youbei.engine.errors import Refused
from youbei.engine.exchange.envelope import Status
from youbei.engine.exchange.rm import (
    CAPABILITIES,
    ITEMS,
    Said,
    Thread,
    Unit,
    answered_numbers,
    thread_base,
    write_messages,
)
from youbei.engine.exchange.rm_ask import INFORMATION, QUOTE
from youbei.engine.text import Text
from youbei.records.models import AidRequest, CallOff, LogEntry, Organisation, OutsideLine, OutsideRequest

STATUS = {Mode.REAL.value: Status.ACTUAL, Mode.EXERCISE.value: Status.EXERCISE, Mode.SIMULATED.value: Status.TEST}
AID_STEPS: Mapping[str, str] = {
    "aid.offered": "offer",
    "aid.refused": "refuse",
    "aid.committed": "commit",
    "aid.withdrawn": "withdraw",
    "aid.departed": "depart",
    "aid.arrived": "arrive",
    "aid.extended": "extend",
    "aid.released": "release",
    "aid.returned": "return",
}
CALL_OFF_STEPS: Mapping[str, str] = {
    "call_off.accepted": "commit",
    "call_off.refused": "refuse",
    "call_off.sent": "depart",
    "call_off.delivered": "arrive",
    "call_off.returned": "return",
    "call_off.withdrawn": "withdraw",
}
AID, CALL_OFF, REQUEST = "aid", "call-off", "request"


class NotAnswered(Refused):
    """Refuse the answers to a request to which there are none."""


def host() -> str:
    """Return the domain of this deployment, which stands in all its identifiers."""
    return urlsplit(settings.PUBLIC_ADDRESS).hostname or "localhost"


def aid_thread(row: AidRequest, language: str) -> Thread:
    """Return a request for help with its steps so far; `row` with its incident and both sides."""
    if row.outside is not None:
        return outside_thread(row.outside, unit_of(row.partner, language), f"{AID}:{row.pk}", tuple(aid_steps(row)))
    known = (content.capabilities() if row.capability else content.items()).get(row.capability or row.item)
    name = known.name if known else Text(row.capability or row.item)
    first = Said("request", row.asked_at, Decimal(row.quantity), row.needed_by)
    return Thread(
        base=thread_base(host(), AID, row.pk),
        host=host(),
        status=STATUS[row.incident.mode],
        asker=unit_of(row.organisation, language),
        helper=unit_of(row.partner, language),
        incident=(row.incident.number, row.incident.named.in_language(language)),
        values=CAPABILITIES if row.capability else ITEMS,
        value=row.capability or row.item,
        name=name.in_language(language),
        quantity=Decimal(row.quantity),
        place=row.place,
        words=row.words,
        steps=(first, *aid_steps(row)),
    )


def outside_thread(line: OutsideLine, helper: Unit, name: str, answers: tuple[Said, ...]) -> Thread:
    """Return what was answered to a line of a request from outside, in the words of the asker; `name` is the request
    as it counts here.
    """
    row = line.request
    first = Said("request", row.sent_at, line.quantity, line.needed_by, message_id=row.message_id)
    return Thread(
        base=f"{host()}:{name}",
        host=host(),
        status=STATUS[row.mode],
        asker=Unit(row.sender, row.sender),
        helper=helper,
        incident=(row.incident_id_there, row.incident_there),
        values=line.value_list,
        value=line.value,
        name=line.name,
        quantity=line.quantity if line.quantity is not None else Decimal(0),
        place=line.place,
        words="",
        steps=(first, *answers),
        element=line.element,
        is_from_outside=True,
    )


def answers_to(row: OutsideRequest, language: str) -> list[tuple[Thread, int]]:
    """Return the messages that answer a request from outside, as far as it is answered, in order of time."""
    helper = unit_of(row.organisation, language)
    if row.kind == INFORMATION:
        return information(row, helper)
    threads = []
    for line in row.lines.select_related("aid__incident", "aid__partner").order_by("number"):
        line.request = row
        aid = getattr(line, "aid", None)
        if aid is not None:
            threads.append(outside_thread(line, helper, f"{AID}:{aid.pk}", tuple(aid_steps(aid))))
        elif row.answered_at is not None and row.state in (row.State.TAKEN, row.State.DECLINED):
            why = Said("no_quote" if row.kind == QUOTE else "refuse", row.answered_at, reason=row.answer)
            threads.append(outside_thread(line, helper, f"{REQUEST}:{row.pk}:{line.number}", (why,)))
    found = [(thread, number) for thread in threads for number in answered_numbers(thread)]
    return sorted(found, key=lambda one: one[0].steps[one[1] - 1].at)


def information(row: OutsideRequest, helper: Unit) -> list[tuple[Thread, int]]:
    """Return the answer to a question; it is one for the whole of it."""
    step = {row.State.ANSWERED: "inform", row.State.DECLINED: "no_information"}.get(row.State(row.state))
    if step is None or row.answered_at is None:
        return []
    line = row.lines.order_by("number").first() or OutsideLine(request=row, number=1, element="1")
    said = Said(step, row.answered_at, reason=row.answer)
    return [(outside_thread(line, helper, f"{REQUEST}:{row.pk}:1", (said,)), 2)]


def written_answers(row: OutsideRequest, language: str) -> str:
    """Return the answers to a request from outside as one document; raise NotAnswered where there are none yet."""
    answers = answers_to(row, language)
    if not answers:
        raise NotAnswered(
            zh="这条请求还没有答复，或已由请求方撤回。请稍后再取。",
            en="There is no answer to this request yet, or its asker has recalled it. Fetch it later.",
        )
    return write_messages(answers)


def aid_steps(row: AidRequest) -> Iterator[Said]:
    for kind, at, data in happenings(row.incident.stream, AID_STEPS, "request", row.pk):
        quantity, time = data.get("quantity"), data.get("at")
        yield Said(
            AID_STEPS[kind],
            at,
            Decimal(quantity) if quantity else None,
            datetime.fromisoformat(time) if time else None,
            data.get("reason", ""),
            data.get("message", ""),
        )


def call_off_thread(row: CallOff, language: str) -> Thread:
    """Return a request under an agreement with its steps so far; `row` with what it refers to."""
    agreement, item = row.agreement, row.item
    teams = Text.parted(row.what) if row.what else Text("队伍", "teams")
    partner = Unit(agreement.code, agreement.partner_name)
    return Thread(
        base=thread_base(host(), CALL_OFF, row.pk),
        host=host(),
        status=STATUS[row.mode],
        asker=unit_of(row.organisation, language),
        helper=unit_of(row.asked_of, language) if row.asked_of is not None else partner,
        incident=(row.incident.number, row.incident.named.in_language(language)) if row.incident else ("", ""),
        values=ITEMS if item is not None else "",
        value=item.code if item is not None else "",
        name=(item.name_in(language) if item is not None else teams.in_language(language)),
        quantity=row.quantity,
        place=row.place,
        words=row.note,
        steps=(Said("request", row.asked_at, row.quantity, None), *call_off_steps(row)),
    )


def call_off_steps(row: CallOff) -> Iterator[Said]:
    stream = row.incident.stream if row.incident is not None else f"register:call_off:{row.pk}"
    counted = {"commit": row.accepted, "arrive": row.delivered, "return": row.returned}
    for kind, at, data in happenings(stream, CALL_OFF_STEPS, "call_off", row.pk):
        step = CALL_OFF_STEPS[kind]
        time = row.arrives_at if step == "commit" else None
        reason = row.reason if step == "refuse" else ""
        yield Said(step, at, counted.get(step), time, reason, data.get("message", ""))


def happenings(
    stream: str, kinds: Mapping[str, str], name: str, pk: int
) -> Iterator[tuple[str, datetime, dict[str, Any]]]:
    """Yield what the log says of one request, in order."""
    rows = LogEntry.objects.filter(stream=stream, kind__in=list(kinds)).order_by("seq")
    for kind, at, text in rows.values_list("kind", "at", "data"):
        data = json.loads(text)
        if data.get(name) == pk:
            yield kind, at, data


def unit_of(unit: Organisation, language: str) -> Unit:
    return Unit(unit.code, unit.name_in(language))
