"""Call off what an agreement promises: ask, answer, send, deliver, return; let unanswered requests climb."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from youbei.actions.actors import actor_for
from youbei.actions.call_off_goods import hand_over, left_under, quantity_returned, take_back
from youbei.actions.call_off_messages import tell_answer, tell_asked, tell_late
from youbei.actions.climbing import superiors, take_turns
from youbei.actions.journal import record
from youbei.actions.permit import By, Mandate, require
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.agreements import validity
from youbei.engine.call_offs import (
    CallOffRefused,
    CallOffState,
    due_at,
    next_climb_at,
    refuse_invalid,
    refuse_too_much,
    refuse_wrong_step,
)
from youbei.engine.clock import Mode
from youbei.engine.text import Text
from youbei.records.models import Agreement, CallOff, Incident, Item, Organisation, User

CLIMBS_PER_TICK = 50
EVENTS = {
    CallOffState.EN_ROUTE: "call_off.sent",
    CallOffState.DELIVERED: "call_off.delivered",
    CallOffState.RETURNED: "call_off.returned",
    CallOffState.SETTLED: "call_off.settled",
    CallOffState.WITHDRAWN: "call_off.withdrawn",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: so many teams, or a quantity of an item; `what` says it in words."""

    quantity: Decimal
    item: Item | None = None
    what: str = ""
    place: str = ""
    note: str = ""


@transaction.atomic
def ask(
    *, agreement: Agreement, wanted: Wanted, once: str, by: User | None, now: datetime, incident: Incident | None = None
) -> CallOff:
    """Ask the other side of an agreement; the same `once` asks once. The agreement must hold and have enough left."""
    locked = Agreement.objects.select_for_update(of=("self",), no_key=True).get(pk=agreement.pk)
    asker, asked_of = sides(locked, by)
    require(by, Permission.EDIT_RESOURCE, asker.path)
    earlier = CallOff.objects.filter(once=once[:80]).first()
    if earlier is not None:
        require(by, Permission.SEE, earlier.org_path)
        return earlier
    if incident is not None:
        require(by, Permission.SEE, incident.org_path)
        refuse_closed(incident)
    found = validity(locked.valid_from, locked.valid_until, timezone.localdate(now))
    refuse_invalid(found, is_retired=locked.retired_at is not None)
    unit = Text(wanted.item.unit_zh, wanted.item.unit_en) if wanted.item else Text("支", "teams")
    refuse_too_much(wanted.quantity, left_under(locked, wanted.item), unit)
    due = due_at(now, timedelta(minutes=float(locked.response_min)) if locked.response_min else None)
    row = CallOff.objects.create(
        agreement=locked,
        incident=incident,
        organisation=asker,
        asked_of=asked_of,
        org_path=asker.path,
        mode=incident.mode if incident is not None else Mode.REAL.value,
        item=wanted.item,
        what=clean(wanted.what, limit=200),
        quantity=wanted.quantity,
        place=clean(wanted.place, limit=200) or (incident.place if incident is not None else ""),
        note=clean(wanted.note, limit=400),
        asked_at=now,
        asked_by=actor_for(by, now).label,
        due_at=due,
        next_climb_at=due,
        nonce=secrets.token_hex(16),
        once=once[:80],
    )
    tell_asked(row, now)
    note(row, "call_off.asked", by=by, now=now, quantity=str(row.quantity))
    return row


def sides(agreement: Agreement, by: By) -> tuple[Organisation, Organisation | None]:
    """Return who asks and who is asked: the owner of the agreement asks, unless only the partner's people do."""
    owner, partner = agreement.organisation, agreement.partner
    if by is None or partner is None or by.may(Permission.EDIT_RESOURCE, owner.path):
        return owner, partner
    return (partner, owner) if by.may(Permission.EDIT_RESOURCE, partner.path) else (owner, partner)


def refuse_closed(incident: Incident) -> None:
    if incident.status == Incident.Status.CLOSED:
        raise CallOffRefused(
            zh=f"突发事件 {incident.number} 已结案，不能再为它请求。请不关联事件另行请求。",
            en=f"Incident {incident.number} is closed; nothing more is called off for it. Ask without naming it.",
        )


@transaction.atomic
def accept(
    *,
    call_off: CallOff,
    quantity: Decimal,
    arrives_at: datetime,
    by: By,
    now: datetime,
    people: int | None = None,
    message: str = "",
) -> CallOff:
    """Promise a quantity, which may be less than was asked for, by a time.

    `message`, here and in other steps, is the identifier of the message of another system by which the step came.
    """
    row = locked_for_answer(call_off, by)
    if row.state == CallOff.State.ACCEPTED and row.accepted == quantity:
        return row
    refuse_wrong_step(CallOffState(row.state), CallOffState.ACCEPTED)
    if not 0 < quantity <= row.quantity:
        most = f"{row.quantity.normalize():f}"
        raise CallOffRefused(
            zh=f"同意的数量须大于零，且不超过所要的 {most}。请改正；一点也没有时请拒绝。",
            en=f"What is promised lies above zero and up to the {most} asked for. Refuse if there is none.",
        )
    if arrives_at < now - timedelta(minutes=1):
        raise CallOffRefused(
            zh="到达时间已经过去。请填写将来的时间。", en="That arrival time is past. Give one to come."
        )
    row.state, row.accepted, row.people = CallOff.State.ACCEPTED, quantity, people
    row.answered_at, row.arrives_at, row.next_climb_at = now, arrives_at, None
    row.save()
    tell_answer(row, now)
    note(row, "call_off.accepted", by=by, now=now, quantity=str(quantity), message=message)
    return row


@transaction.atomic
def refuse(*, call_off: CallOff, reason: str, by: By, now: datetime, message: str = "") -> CallOff:
    """Say that nothing will come, and why."""
    row = locked_for_answer(call_off, by)
    if row.state == CallOff.State.REFUSED:
        return row
    refuse_wrong_step(CallOffState(row.state), CallOffState.REFUSED)
    said = clean(reason, limit=400)
    if not said:
        raise CallOffRefused(zh="请写明不能提供的原因。", en="Say why it cannot be given.")
    row.state, row.reason, row.answered_at, row.next_climb_at = CallOff.State.REFUSED, said, now, None
    row.save()
    tell_answer(row, now)
    note(row, "call_off.refused", by=by, now=now, message=message)
    return row


@transaction.atomic
def move_on(
    *,
    call_off: CallOff,
    to: CallOffState,
    by: By,
    now: datetime,
    quantity: Decimal | None = None,
    message: str = "",
) -> CallOff:
    """Take a request one step on; what has happened already happens no second time."""
    row = locked_for_answer(call_off, by)
    if row.state == to.value:
        return row
    if to not in EVENTS:
        raise CallOffRefused(
            zh="同意和拒绝请用“答复”办理：同意要写数量和时间，拒绝要写原因。",
            en="Accepting and refusing is an answer of its own: with quantity and time, or with the reason.",
        )
    if to in (CallOffState.WITHDRAWN, CallOffState.SETTLED):
        refuse_other_side(row, by)
    refuse_wrong_step(CallOffState(row.state), to)
    row.state = to.value
    if to is CallOffState.EN_ROUTE:
        row.left_at = now
    elif to is CallOffState.DELIVERED:
        row.left_at, row.delivered_at = row.left_at or now, now
        row.delivered = delivered_of(row, quantity)
        hand_over(row, row.delivered, by=by, now=now)
    elif to is CallOffState.RETURNED:
        row.returned_at, row.returned = now, quantity_returned(row, quantity)
        take_back(row, row.returned or Decimal(0), by=by, now=now)
    elif to is CallOffState.SETTLED:
        row.settled_at = now
    row.next_climb_at = None
    row.save()
    note(row, EVENTS[to], by=by, now=now, message=message)
    return row


def delivered_of(row: CallOff, quantity: Decimal | None) -> Decimal:
    if quantity is None:
        return row.accepted or row.quantity
    if quantity <= 0:
        raise CallOffRefused(
            zh="到位数量须大于零。请填写实际数量。", en="What arrived must be above zero. Give what came."
        )
    return quantity


def refuse_other_side(row: CallOff, by: By) -> None:
    """Only whoever asked takes a request back or calls it settled."""
    if isinstance(by, Mandate):
        raise CallOffRefused(
            zh="撤回和结算由请求单位办理。请联系请求单位。",
            en="Withdrawing and settling is for the unit that asked. Talk to it.",
        )
    require(by, Permission.EDIT_RESOURCE, row.org_path)


def locked_for_answer(call_off: CallOff, by: By) -> CallOff:
    """Return the row, locked, for either side: the unit that asked, and the one that is asked."""
    row = CallOff.objects.select_for_update(of=("self",), no_key=True).get(pk=call_off.pk)
    if isinstance(by, Mandate):
        return row
    if by is not None and row.asked_of is not None and by.may(Permission.EDIT_RESOURCE, row.asked_of.path):
        return row
    require(by, Permission.EDIT_RESOURCE, row.org_path)
    return row


def stream_of(row: CallOff) -> str:
    return row.incident.stream if row.incident is not None else f"register:call_off:{row.pk}"


def note(row: CallOff, kind: str, *, by: By, now: datetime, **more: str) -> None:
    """Write into the log of the incident, else into one of its own; no words of people, no names."""
    data = {"call_off": row.pk, "agreement": row.agreement.code, "item": row.item.code if row.item else ""}
    data |= {name: value for name, value in more.items() if value}
    path = row.incident.org_path if row.incident is not None else row.org_path
    record(stream_of(row), [(kind, data)], by=actor_for(by, now), now=now, org_path=path, mode=Mode(row.mode))


def climb_late(now: datetime) -> bool:
    """Tell the superiors of units that have not answered in time; say whether there may be more."""
    due = CallOff.objects.filter(next_climb_at__lte=now).order_by("next_climb_at", "id")
    return take_turns(due, climb, now=now, most=CLIMBS_PER_TICK)


@transaction.atomic
def climb(pk: int, now: datetime) -> None:
    """Tell the next superior, and write down that it was told, in one transaction."""
    row = CallOff.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if row.next_climb_at is None or row.next_climb_at > now or row.state != CallOff.State.ASKED:
        return
    above = superiors(row.asked_of.path) if row.asked_of is not None else []
    tell_late(row, above[row.climbed] if row.climbed < len(above) else None, now)
    row.climbed += 1
    row.next_climb_at = next_climb_at(row.asked_at, row.due_at, row.climbed) if row.climbed < len(above) else None
    row.save(update_fields=["climbed", "next_climb_at"])
    note(row, "call_off.overdue", by=None, now=now, level=str(row.climbed))
