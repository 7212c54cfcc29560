"""Take the steps that messages of the other side (EDXL-RM) stand for, as if they were taken on a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction

from youbei.actions import call_offs
from youbei.actions.aid import take_aid_step
from youbei.actions.exchange.answering import recall_request
from youbei.actions.exchange.asked import Kept, keep_request
from youbei.engine.aid import STEPS, Side
from youbei.engine.aid import State as AidState
from youbei.engine.call_offs import CallOffState
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.engine.exchange.envelope import Envelope, Status
from youbei.engine.exchange.rm_ask import begins_thread
from youbei.engine.exchange.rm_read import Answer, Message, MessageRefused, answer_of, named, read_message
from youbei.engine.outside_xml import Element
from youbei.engine.text import Text
from youbei.records.models import AidRequest, CallOff, OutsideRequest, User
from youbei.records.reports.call_offs import seen_by
from youbei.records.reports.dispatch.aid import aid_seen
from youbei.records.reports.threads import AID, CALL_OFF, REQUEST, STATUS, aid_steps, call_off_steps, host

MessageOutcome = Literal["taken", "repeated", "unchanged", "unknown", "not_permitted", "refused"]
MOVES = {
    "depart": CallOffState.EN_ROUTE,
    "arrive": CallOffState.DELIVERED,
    "return": CallOffState.RETURNED,
    "withdraw": CallOffState.WITHDRAWN,
}
ORIGIN = re.compile(rf"({AID}|{CALL_OFF}):([1-9][0-9]{{0,17}}):1")


class RequestUnknown(Refused):
    """Refuse a message that answers no request that the sender may see."""

    def __init__(self, message: Message) -> None:
        said = message.originating_id[:80]
        super().__init__(
            zh=f"OriginatingMessageID“{said}”不是您能查看的请求。请填写请求首条消息的 MessageID。",
            en=f"OriginatingMessageID {said!r} is of no request that you may see. Give the MessageID of its first "
            "message.",
        )


@dataclass(frozen=True, slots=True)
class MessageResult:
    """What became of a message: of which request it was, which step it took, where that stands now, or why not."""

    message_id: str
    kind: str
    outcome: MessageOutcome
    request: str = ""
    step: str = ""
    state: str = ""
    why: Text = Text()


def take_messages(*, elements: Sequence[Element], envelope: Envelope, by: User, now: datetime) -> list[MessageResult]:
    """Take messages one after the other, each whole or not at all; return what became of each."""
    return [take_message(one, envelope, by=by, now=now) for one in elements]


def take_message(element: Element, envelope: Envelope, *, by: User, now: datetime) -> MessageResult:
    kind, message_id = named(element)
    try:
        if begins_thread(element):
            refuse_own(message_id)
            kept = keep_request(element=element, envelope=envelope, by=by, now=now)
            return kept_result(kept, kind)
        message = read_message(element)
        if message.kind == "RequestResourceDeploymentStatus":
            return how_it_stands(message, by)
        answer = answer_of(message)
        refuse_own(message.message_id)
        with transaction.atomic():
            if (outside := asked_by(message, by)) is not None:
                refuse_other_mode(STATUS[outside.mode], envelope.status)
                return follow(outside, message, answer, by=by, now=now)
            row = request_of(message, by)
            refuse_other_mode(STATUS[row.incident.mode if isinstance(row, AidRequest) else row.mode], envelope.status)
            return taken(row, message, answer, by=by, now=now)
    except RequestUnknown as refusal:
        return MessageResult(message_id, kind, "unknown", why=refusal.text)
    except NotFound:
        # The request is seen, but not the unit whose step this is.
        why = Text("这一步由请求的另一方办理。", "This step is for the other side of the request to take.")
        return MessageResult(message_id, kind, "not_permitted", why=why)
    except NotAllowed as refusal:
        return MessageResult(message_id, kind, "not_permitted", why=refusal.text)
    except Refused as refusal:
        return MessageResult(message_id, kind, "refused", why=refusal.text)


def kept_result(kept: Kept, kind: str) -> MessageResult:
    row = kept.row
    outcome: MessageOutcome = "taken" if kept.is_new else "repeated"
    return MessageResult(row.message_id, kind, outcome, f"{REQUEST}:{row.pk}", "request", row.state)


def asked_by(message: Message, by: User) -> OutsideRequest | None:
    """Return the request that this sender began, locked, of which a message says more; None where it began none."""
    rows = OutsideRequest.objects.select_for_update(of=("self",), no_key=True).select_related("organisation")
    return rows.filter(sent_by=by, message_id=message.originating_id).first() if message.originating_id else None


def follow(row: OutsideRequest, message: Message, answer: Answer, *, by: User, now: datetime) -> MessageResult:
    """Let a request from outside follow what its asker says: recalled, wanted longer, or let go."""
    request, told = f"{REQUEST}:{row.pk}", message.message_id
    aids = list(AidRequest.objects.filter(outside__request=row).select_related("incident").order_by("pk"))
    before = {said.message_id: said.step for aid in aids for said in aid_steps(aid) if said.message_id}
    if row.recall_id == told or before.get(told) == answer.step:
        return MessageResult(told, message.kind, "repeated", request, answer.step, row.state)
    if answer.step == "withdraw" and row.state == OutsideRequest.State.WAITING:
        row = recall_request(by=by, now=now, request=row, message=told, reason=message.reason)
        return MessageResult(told, message.kind, "taken", request, answer.step, row.state)
    able = [aid for aid in aids if AidState(aid.state) in STEPS[answer.step].since]
    if STEPS[answer.step].side is not Side.ASKER or not able:
        raise MessageRefused(
            zh=f"请求目前不能这样办：{message.kind}（{STEPS[answer.step].name.zh}）。请取走答复，了解办理情况。",
            en=f"Where the request stands, {message.kind} ({STEPS[answer.step].name.en}) cannot follow. Fetch the "
            "answers to see how it stands.",
        )
    for aid in able:
        take_aid_step(
            by=by, now=now, aid=aid, step=answer.step, at=answer.time, reason=message.reason or "-", message=told
        )
    return MessageResult(told, message.kind, "taken", request, answer.step, row.state)


def how_it_stands(message: Message, by: User) -> MessageResult:
    """Tell an asker where its request stands; what happened with it is in the answers that it fetches."""
    row = OutsideRequest.objects.filter(sent_by=by, message_id=message.originating_id).first()
    if row is None:
        raise RequestUnknown(message)
    states = AidRequest.objects.filter(outside__request=row).order_by("pk").values_list("state", flat=True)
    why = Text(
        f"未作更改。请用 GET /api/requests/{row.pk}/edxl 取走答复和调动情况。",
        f"Nothing was changed. Fetch the answers and reports with GET /api/requests/{row.pk}/edxl.",
    )
    stands = ", ".join(states) or row.state
    return MessageResult(message.message_id, message.kind, "unchanged", f"{REQUEST}:{row.pk}", "", stands, why)


def refuse_own(message_id: str) -> None:
    if message_id.startswith(f"{host()}:"):
        raise MessageRefused(
            zh="这个 MessageID 属于本系统发出的消息。请用您系统自己的标识。",
            en="This MessageID is of a message that was sent from here. Use an identifier of your own system.",
        )


def request_of(message: Message, by: User) -> AidRequest | CallOff:
    """Return the request that a message answers, locked; raise RequestUnknown for none that the user may see."""
    domain, _, rest = message.originating_id.partition(f"{host()}:")
    found = ORIGIN.fullmatch(rest) if not domain else None
    if found is None:
        raise RequestUnknown(message)
    kind, pk = found[1], int(found[2])
    row: AidRequest | CallOff | None = None
    if kind == AID and aid_seen(by).filter(pk=pk).exists():
        aids = AidRequest.objects.select_for_update(of=("self",), no_key=True).select_related("incident", "partner")
        row = aids.filter(pk=pk).first()
    elif kind == CALL_OFF and CallOff.objects.filter(seen_by(by), pk=pk).exists():
        called = CallOff.objects.select_for_update(of=("self",), no_key=True)
        row = called.select_related("agreement", "incident", "item").filter(pk=pk).first()
    if row is None:
        raise RequestUnknown(message)
    return row


def refuse_other_mode(mode: Status, status: Status) -> None:
    """Let nothing of an exercise touch what is real, and nothing real what belongs to an exercise."""
    if mode is not status:
        raise MessageRefused(
            zh=f"请求属于“{mode}”，消息却是“{status}”（distributionStatus）。演练与真实不能混用，未作更改。",
            en=f"The request is {mode}, but the message is {status} (distributionStatus). An exercise and what is real "
            "do not mix; nothing was changed.",
        )


def taken(row: AidRequest | CallOff, message: Message, answer: Answer, *, by: User, now: datetime) -> MessageResult:
    is_aid = isinstance(row, AidRequest)
    request = f"{AID if is_aid else CALL_OFF}:{row.pk}"
    before = aid_steps(row) if isinstance(row, AidRequest) else call_off_steps(row)
    earlier = next((said.step for said in before if said.message_id == message.message_id), None)
    stood = row.state
    if earlier is None:
        if isinstance(row, AidRequest):
            state = step_aid(row, message, answer, by=by, now=now)
        else:
            state = step_call_off(row, message, answer, by=by, now=now)
        outcome: MessageOutcome = "unchanged" if state == stood and answer.step != "extend" else "taken"
        return MessageResult(message.message_id, message.kind, outcome, request, answer.step, state)
    if earlier not in (answer.step, "commit" if answer.step == "offer" else ""):
        raise MessageRefused(
            zh=f"MessageID“{message.message_id[:60]}”已用于这项请求的另一步。请给新的消息一个新的标识。",
            en=f"MessageID {message.message_id[:60]!r} was used for another step of this request. Give a new message "
            "a new identifier.",
        )
    return MessageResult(message.message_id, message.kind, "repeated", request, answer.step, stood)


def step_aid(row: AidRequest, message: Message, answer: Answer, *, by: User, now: datetime) -> str:
    quantity = answer.quantity if STEPS[answer.step].takes_quantity else None
    if quantity is not None and quantity != quantity.to_integral_value():
        raise MessageRefused(zh="数量须为整数。", en="The quantity is a whole number.")
    done = take_aid_step(
        by=by,
        now=now,
        aid=row,
        step=answer.step,
        quantity=int(quantity) if quantity is not None else None,
        at=answer.time,
        reason=answer.reason,
        message=message.message_id,
    )
    return done.state


def step_call_off(row: CallOff, message: Message, answer: Answer, *, by: User, now: datetime) -> str:
    """Take the step of a request under an agreement, which knows neither provisional answers nor extensions."""
    told = message.message_id
    if answer.step == "refuse":
        return call_offs.refuse(call_off=row, reason=answer.reason, by=by, now=now, message=told).state
    if answer.step in ("commit", "offer") and message.response == "Accept":
        if answer.quantity is None or answer.time is None:
            raise MessageRefused(
                zh="同意时请写明数量（Quantity）和到达时间（EstimatedArrival）。",
                en="An acceptance says how many (Quantity) and when they arrive (EstimatedArrival).",
            )
        return call_offs.accept(
            call_off=row, quantity=answer.quantity, arrives_at=answer.time, by=by, now=now, message=told
        ).state
    if answer.step in MOVES:
        to = MOVES[answer.step]
        return call_offs.move_on(call_off=row, to=to, by=by, now=now, quantity=answer.quantity, message=told).state
    raise MessageRefused(
        zh=f"协议请求没有 {message.kind} 的这一步。可用：同意（Accept）、拒绝（Decline）、出发、到达、归还、撤回。",
        en=f"A request under an agreement has no such step of {message.kind}. What it knows: Accept, Decline, set out, "
        "arrived, returned, recalled.",
    )
