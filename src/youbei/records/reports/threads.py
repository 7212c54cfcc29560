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
from youbei.engine.exchange.envelope import Status
from youbei.engine.exchange.rm import CAPABILITIES, ITEMS, Said, Thread, Unit, thread_base
from youbei.engine.text import Text
from youbei.records.models import AidRequest, CallOff, LogEntry, Organisation

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
AID, CALL_OFF = "aid", "call-off"


def host() -> str:
    """Return the domain of this deployment, which stands in all its identifiers."""
    return urlsplit(settings.PUBLIC_ADDRESS).hostname or "localhost"


def aid_thread(row: AidRequest, language: str) -> Thread:
    """Return a request for help with its steps so far; `row` with its incident and both sides."""
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
