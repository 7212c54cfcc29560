"""Take in a document of another system: hospitals, answers to requests, and a word about it into the log."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.exchange.hospitals import HospitalResult, take_hospitals
from youbei.actions.exchange.messages import MessageResult, take_messages
from youbei.actions.journal import record
from youbei.actions.permit import not_allowed
from youbei.engine.access import Permission
from youbei.engine.clock import Mode
from youbei.engine.exchange.envelope import EDXL, Envelope, ExchangeRefused, Status, read_envelope
from youbei.engine.exchange.have_read import MOST_HOSPITALS, Hospitals
from youbei.records.models import User


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a document, hospital by hospital and message by message.

    `next`: so many hospitals were dealt with, and more are in it; None where that is all.
    """

    status: Status
    hospitals: tuple[HospitalResult, ...] = ()
    messages: tuple[MessageResult, ...] = ()
    next: int | None = None


def receive(*, content: bytes, by: User, now: datetime, after: int = 0, most: int = MOST_HOSPITALS) -> Received:
    """Take in an EDXL document; raise ExchangeRefused where nothing of it can be taken.

    Hospitals are taken behind the first `after`, as many as come in the time that a sender waits, and no more than
    `most`. Messages go with the first of them.
    """
    met = Hospitals()
    envelope = read_envelope(content, met.take)
    refuse_trial(envelope)
    refuse_others(envelope, met)
    elements = [one for one in envelope.contents if one.name.startswith("rm:")] if not after else []
    hospitals = take_hospitals(reports=met.reports, after=after, most=most, by=by, now=now)
    messages = take_messages(elements=elements, envelope=envelope, by=by, now=now)
    reached = after + len(hospitals)
    more = reached if reached < len(met.reports) else None
    done = Received(envelope.status, tuple(hospitals), tuple(messages), more)
    note(done, by=by, now=now)
    return done


def refuse_trial(envelope: Envelope) -> None:
    """Refuse what only tries the line: it changes nothing on either side."""
    if envelope.status in (Status.SYSTEM, Status.TEST):
        raise ExchangeRefused(
            zh=f"这是测试消息（distributionStatus {envelope.status}），可以读取，未作任何更改。",
            en=f"This is a trial (distributionStatus {envelope.status}). It can be read, and nothing was changed.",
        )


def refuse_others(envelope: Envelope, met: Hospitals) -> None:
    """Refuse what is neither hospitals nor messages, hospitals that are not real, and a document of none."""
    for content in envelope.contents:
        if content.name.startswith("rm:"):
            continue
        if content.name != "have:HospitalStatus":
            said = content.name.partition(":")[2][:40]
            raise ExchangeRefused(
                zh=f"不受理“{said}”。可发送：EDXL-HAVE 的 HospitalStatus、EDXL-RM 的消息。",
                en=f"{said!r} is not taken. What is taken: HospitalStatus of EDXL-HAVE, messages of EDXL-RM.",
            )
        if envelope.status is not Status.ACTUAL:
            raise ExchangeRefused(
                zh="演练消息中的医院情况不进入登记册：登记册只记真实情况。未作任何更改。",
                en="What a message of an exercise says of hospitals does not enter the register, which holds what is "
                "real. Nothing was changed.",
            )
        if not met.reports:
            raise EDXL.unreadable("其中没有医院（Hospital）", "it names no Hospital")


@transaction.atomic
def note(done: Received, *, by: User, now: datetime) -> None:
    paths = by.paths_with(Permission.SEE)
    if not paths:
        raise not_allowed(Permission.SEE)
    data: dict[str, Any] = {"status": done.status.value}
    if done.hospitals:
        data["hospitals"] = dict(Counter(one.outcome for one in done.hospitals))
    if done.messages:
        data["messages"] = dict(Counter(one.outcome for one in done.messages))
    record(
        f"exchange:user:{by.pk}",
        [("exchange.received", data)],
        by=actor_for(by, now),
        now=now,
        org_path=paths[0],
        mode=Mode.REAL if done.status is Status.ACTUAL else Mode.EXERCISE,
    )
