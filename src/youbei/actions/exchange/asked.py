"""Keep what another system asks of a unit, once, until somebody here has answered it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.exchange.answering import decline_request
from youbei.actions.journal import record
from youbei.actions.permit import not_allowed
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.clock import Mode
from youbei.engine.errors import Refused
from youbei.engine.exchange.envelope import Envelope, Status
from youbei.engine.exchange.rm_ask import LINE, PROSE, QUOTE, Ask, Wanted, fingerprint, read_ask
from youbei.engine.exchange.rm_read import IDENTIFIER, MessageRefused
from youbei.engine.outside_xml import Element
from youbei.records.log import lock_head
from youbei.records.models import Organisation, OutsideLine, OutsideRequest, User

# Assumptions: a system that has so many requests unanswered, or sends so many within an hour, is out of control.
MOST_WAITING, MOST_IN_AN_HOUR = 200, 300
# What every request for a quote is answered with at once; the asker's language is not known.
NO_PRICES = "本系统不报价；需要资源的，请用 RequestResource 请求。No prices are quoted here; ask with RequestResource."
MODES = {Status.ACTUAL: Mode.REAL, Status.EXERCISE: Mode.EXERCISE}


class TooManyRequests(Refused):
    """Refuse one more request of a system that has asked too often."""

    status = 429


class AddresseeUnknown(Refused):
    """Refuse a request of which it is not known to which unit it goes."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A request that is in the inbox; `is_new` is False for a copy of one that came before."""

    row: OutsideRequest
    is_new: bool


@transaction.atomic
def keep_request(*, element: Element, envelope: Envelope, by: User, now: datetime) -> Kept:
    """Keep what a message asks; a copy of a message that was kept changes nothing.

    The sender needs `report_incident` on the unit that is addressed. The head of the log is locked first, so that of
    two copies that come at once the second finds the first.
    """
    mark = fingerprint(element, envelope.status)
    asked = read_ask(element, now=now)
    lock_head()
    known = OutsideRequest.objects.filter(sent_by=by, message_id=asked.message_id).first()
    if known is not None:
        refuse_changed(known, mark)
        return Kept(known, is_new=False)
    unit = addressed(envelope, by)
    if not IDENTIFIER.fullmatch(envelope.sender):
        raise MessageRefused(
            zh="信封缺少 senderID，或其中有空格、超过 200 字。请写明由谁发出，例如 desk@city.example。",
            en="The envelope has no senderID, or one with blanks or of more than 200. Say who sends, such as "
            "desk@city.example.",
        )
    refuse_flood(by, now)
    row = OutsideRequest.objects.create(
        organisation=unit,
        org_path=unit.path,
        mode=MODES[envelope.status].value,
        sent_by=by,
        sender=envelope.sender,
        message_id=asked.message_id,
        kind=asked.kind,
        fingerprint=mark,
        sent_at=asked.sent_at,
        received_at=now,
        incident_id_there=clean(asked.incident_id, limit=LINE),
        incident_there=clean(asked.incident_words, limit=PROSE),
        words=clean(asked.words, limit=PROSE),
        contact=clean(asked.contact),
    )
    OutsideLine.objects.bulk_create(line_of(row, number, one) for number, one in enumerate(asked.wanted, start=1))
    note_received(row, asked, by=by, now=now)
    if row.kind == QUOTE:
        row = decline_request(by=None, now=now, request=row, reason=NO_PRICES)
    return Kept(row, is_new=True)


def line_of(row: OutsideRequest, number: int, wanted: Wanted) -> OutsideLine:
    return OutsideLine(
        request=row,
        number=number,
        element=wanted.element,
        name=clean(wanted.name, limit=LINE) or wanted.value or "?",
        value_list=wanted.values,
        value=wanted.value,
        quantity=wanted.quantity,
        unit=clean(wanted.unit, limit=LINE),
        words=clean(wanted.words, limit=PROSE),
        needed_by=wanted.needed_by,
        until=wanted.until,
        place=clean(wanted.place, limit=LINE),
        lat=wanted.point.lat if wanted.point else None,
        lon=wanted.point.lon if wanted.point else None,
    )


def note_received(row: OutsideRequest, asked: Ask, *, by: User, now: datetime) -> None:
    data = {"message": row.message_id, "sender": row.sender, "kind": row.kind, "lines": len(asked.wanted)}
    record(
        row.stream,
        [("request.received", data)],
        by=actor_for(by, now),
        now=now,
        org_path=row.org_path,
        mode=Mode(row.mode),
    )


def refuse_changed(known: OutsideRequest, mark: str) -> None:
    if known.fingerprint != mark:
        said = known.message_id[:60]
        raise MessageRefused(
            zh=f"MessageID“{said}”已用于另一条请求，内容与这条不同。请给新的请求一个新的标识；要更改的，先撤回"
            "（MessageRecall Cancel）再重新请求。",
            en=f"MessageID {said!r} was used for another request, which says something else. Give a new request a new "
            "identifier; to change one, recall it (MessageRecall Cancel) and ask anew.",
        )


def addressed(envelope: Envelope, by: User) -> Organisation:
    """Return the unit that is asked: the one that the envelope addresses, else the only one to which `by` reports."""
    rows = Organisation.objects.filter(retired_at=None)
    if envelope.units:
        code = envelope.units[0]
        found = rows.filter(code=code).first()
        if found is None or not (by.may(Permission.SEE, found.path) or by.may(Permission.REPORT_INCIDENT, found.path)):
            raise AddresseeUnknown(
                zh=f"没有代码为“{code[:80]}”的单位，或您无权查看。请核对 explicitAddress。",
                en=f"There is no unit {code[:80]!r} that you may see. Check explicitAddress.",
            )
        if not by.may(Permission.REPORT_INCIDENT, found.path):
            raise not_allowed(Permission.REPORT_INCIDENT)
        return found
    paths = by.paths_with(Permission.REPORT_INCIDENT)
    if not paths:
        raise not_allowed(Permission.REPORT_INCIDENT)
    only = rows.filter(path=paths[0]).first() if len(paths) == 1 else None
    if only is None:
        raise AddresseeUnknown(
            zh="没有写明向哪个单位请求。请在信封的 explicitAddress 中写明单位代码（explicitAddressScheme 为 "
            "urn:youbei:organisation）。",
            en="It is not said of which unit this is asked. Name its code in explicitAddress of the envelope "
            "(explicitAddressScheme urn:youbei:organisation).",
        )
    return only


def refuse_flood(by: User, now: datetime) -> None:
    mine = OutsideRequest.objects.filter(sent_by=by)
    if mine.filter(received_at__gt=now - timedelta(hours=1)).count() >= MOST_IN_AN_HOUR:
        raise TooManyRequests(
            zh=f"一小时内已收到您的 {MOST_IN_AN_HOUR} 条请求，暂不再受理。请检查发送程序，稍后再发；紧急的，请打电话。",
            en=f"{MOST_IN_AN_HOUR} requests of yours came within an hour, and no more are taken now. Check what sends "
            "them and try again later; call by telephone what is urgent.",
        )
    if mine.filter(state=OutsideRequest.State.WAITING).count() >= MOST_WAITING:
        raise TooManyRequests(
            zh=f"您有 {MOST_WAITING} 条请求还没有答复，暂不再受理。请等候答复，或撤回不再需要的。",
            en=f"{MOST_WAITING} requests of yours are not answered yet, and no more are taken now. Wait for answers, "
            "or recall what is not wanted any more.",
        )
