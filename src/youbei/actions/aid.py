"""Ask other organisations for help, and note what comes of it, step by step, on both sides."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from youbei import content
from youbei.actions.actors import actor_for
from youbei.actions.aid_on_run import follow_step
from youbei.actions.journal import record
from youbei.actions.outbox import send_outside_runs
from youbei.actions.permit import not_allowed, not_found, require
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.aid import STATE_NAMES, STEPS, Side, State, StepIncomplete, after
from youbei.engine.alerts.route import Outgoing
from youbei.engine.clock import Mode
from youbei.engine.errors import Refused
from youbei.engine.text import Text
from youbei.records.models import Agreement, AidRequest, Incident, Organisation, OutsideLine, User
from youbei.records.reports.compensation import holds_at

MOST = 1_000_000
LONGEST = 2000


class AidRefused(Refused):
    """Refuse a request that asks for nothing, or of the wrong one."""

    status = 422


@transaction.atomic
def request_aid(
    *,
    by: User | None,
    now: datetime,
    incident: Incident,
    partner: Organisation,
    quantity: int,
    capability: str = "",
    item: str = "",
    needed_by: datetime | None = None,
    words: str = "",
) -> AidRequest:
    """Ask another organisation for teams with a capability, or for a quantity of an item, for an incident."""
    held = (
        Incident.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=incident.pk)
    )
    require(by, Permission.ASSIGN_RESOURCE, held.org_path)
    check(held, partner, quantity, capability, item)
    row = AidRequest.objects.create(
        incident=held,
        organisation=held.organisation,
        org_path=held.org_path,
        partner=partner,
        agreement=agreement_for(held, partner, now),
        capability=capability,
        item=item,
        quantity=quantity,
        needed_by=needed_by,
        place=held.place,
        words=clean(words, limit=LONGEST),
        asked_at=now,
        moved_at=now,
    )
    tell(row, now)
    data = {"request": row.pk, "of": partner.code, "what": capability or item, "quantity": quantity}
    note(row, "requested", data, by=by, now=now)
    return row


@transaction.atomic
def ask_outside(
    *,
    by: User | None,
    now: datetime,
    incident: Incident,
    partner: Organisation,
    line: OutsideLine,
    quantity: int,
    capability: str = "",
    item: str = "",
) -> AidRequest:
    """Enter what another system asks of `partner`, for its incident as it is kept here, and what that is with us."""
    require(by, Permission.ASSIGN_RESOURCE, incident.org_path)
    refuse_closed(incident)
    refuse_nothing(capability, item)
    row = AidRequest.objects.create(
        incident=incident,
        organisation=incident.organisation,
        org_path=incident.org_path,
        partner=partner,
        outside=line,
        capability=capability,
        item=item,
        quantity=quantity,
        needed_by=line.needed_by,
        until=line.until,
        place=line.place,
        words=line.words,
        asked_at=line.request.received_at,
        moved_at=now,
    )
    data = {"request": row.pk, "of": partner.code, "what": capability or item, "quantity": quantity}
    note(row, "requested", data | {"outside": line.request_id}, by=by, now=now)
    return row


def check(incident: Incident, partner: Organisation, quantity: int, capability: str, item: str) -> None:
    refuse_closed(incident)
    if partner.pk == incident.organisation_id:
        raise AidRefused(
            zh="不能向本单位请求支援。请选择另一个单位，或直接调派。",
            en="One asks others, not oneself. Choose another organisation, or assign the resource.",
        )
    refuse_nothing(capability, item)
    if not 0 < quantity <= MOST:
        raise AidRefused(zh="数量须在 1 至 1000000 之间。", en="The quantity is 1 to 1000000.")


def refuse_closed(incident: Incident) -> None:
    if incident.status == Incident.Status.CLOSED:
        raise AidRefused(
            zh=f"突发事件 {incident.number} 已结案，不能再请求支援。",
            en=f"Incident {incident.number} is closed; nothing more is asked for it.",
        )


def refuse_nothing(capability: str, item: str) -> None:
    if bool(capability) is bool(item) or (capability and capability not in content.capabilities()):
        raise AidRefused(
            zh="请选择一种能力或一种物资。", en="Ask for one thing: what teams can do, or an item of the catalogue."
        )
    if item and item not in content.items():
        raise AidRefused(zh=f"目录中没有物资“{item}”。", en=f"There is no item {item!r} in the catalogue.")


def agreement_for(incident: Incident, partner: Organisation, now: datetime) -> Agreement | None:
    """Return the agreement between both sides that is in force when help is asked for."""
    rows = Agreement.objects.filter(retired_at=None, partner=partner).order_by("pk")
    between = [
        row for row in rows if incident.org_path.startswith(row.org_path) or row.org_path.startswith(incident.org_path)
    ]
    return next((row for row in between if holds_at(row, now)), None)


def what_is_asked(row: AidRequest) -> Text:
    catalogue = content.capabilities() if row.capability else content.items()
    known = catalogue.get(row.capability or row.item)
    name = known.name if known else Text(row.capability or row.item, row.capability or row.item)
    return Text(f"{name.zh} × {row.quantity}", f"{name.en or name.zh} × {row.quantity}")


def tell(row: AidRequest, now: datetime) -> None:
    """Put the request into the outbox, as the gate lets it go: in an exercise nobody outside hears of it."""
    asked, incident = what_is_asked(row), row.incident
    who = row.organisation
    due = timezone.localtime(row.needed_by).strftime("%m-%d %H:%M") if row.needed_by else ""
    by_zh, by_en = (f"，{due} 前到达", f", there by {due}") if due else ("", "")
    where_zh = f"{incident.number} {incident.title}，{incident.place}。"
    where_en = f"{incident.number} {incident.named.en}, {incident.place}. "
    said = Outgoing(
        Text(f"{who.name_zh}请求支援：{asked.zh}", f"{who.name_en or who.name_zh} asks for help: {asked.en}"),
        Text(
            f"{where_zh}需 {asked.zh}{by_zh}。{row.words}",
            f"{where_en}Wanted: {asked.en}{by_en}. {row.words}",
        ),
    )
    send_outside_runs(
        key=f"aid:{row.pk}",
        said=said,
        mode=Mode(incident.mode),
        recipient=f"agency:{row.partner.code}",
        address=row.partner.email,
        org_path=row.org_path,
        incident=incident,
        now=now,
    )


@transaction.atomic
def take_aid_step(
    *,
    by: User | None,
    now: datetime,
    aid: AidRequest,
    step: str,
    quantity: int | None = None,
    at: datetime | None = None,
    reason: str = "",
    message: str = "",
) -> AidRequest:
    """Take a request one step on, on behalf of the side whose step it is.

    `quantity` and `at` go with an offer, a commitment and (`at`) an extension; a refusal, a withdrawal take a reason.
    What is committed is assigned in the running response that needs it, and moves on with it. `message` is the
    identifier of the message of another system by which the step came.
    """
    row = (
        AidRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("incident", "partner", "outside__request")
        .get(pk=aid.pk)
    )
    refuse_stranger(by, row)
    state = after(State(row.state), step)
    demand_side(by, row, STEPS[step].side)
    why = clean(reason, limit=LONGEST).strip()
    demand_said(step, row, quantity, at, why, now)
    row.state, row.moved_at = state.value, now
    if STEPS[step].takes_quantity:
        row.promised, row.arrives_at = quantity, at
    elif step == "extend":
        row.until = at
    row.why_not = why if STEPS[step].takes_reason else row.why_not
    row.save()
    data = {"request": row.pk, "quantity": quantity, "at": at.isoformat() if at else None, "reason": why}
    data["message"] = message
    note(row, KIND_OF[step], {key: value for key, value in data.items() if value}, by=by, now=now)
    if row.outside_id is None:
        # What leaves here for others fills no need here.
        follow_step(row, step, by=by, now=now)
    return row


KIND_OF = {
    "offer": "offered",
    "refuse": "refused",
    "commit": "committed",
    "withdraw": "withdrawn",
    "depart": "departed",
    "arrive": "arrived",
    "extend": "extended",
    "release": "released",
    "return": "returned",
}


def sees(by: User, row: AidRequest) -> bool:
    return by.may(Permission.SEE, row.org_path) or by.may(Permission.SEE, row.partner.path) or is_asker(by, row)


def is_asker(by: User, row: AidRequest) -> bool:
    """Say whether this is the account by which another system asked."""
    return row.outside is not None and row.outside.request.sent_by_id == by.pk


def refuse_stranger(by: User | None, row: AidRequest) -> None:
    if by is not None and not sees(by, row):
        raise not_found()


def may_take(by: User, row: AidRequest, side: Side) -> bool:
    # Whoever keeps the incident of another system notes what it says by telephone.
    asks = by.may(Permission.ASSIGN_RESOURCE, row.org_path) or is_asker(by, row)
    helps = by.may(Permission.ASSIGN_RESOURCE, row.partner.path)
    return {Side.ASKER: asks, Side.HELPER: helps, Side.EITHER: asks or helps}[side]


def demand_side(by: User | None, row: AidRequest, side: Side) -> None:
    if by is not None and not may_take(by, row, side):
        raise not_allowed(Permission.ASSIGN_RESOURCE)


def demand_said(step: str, row: AidRequest, quantity: int | None, at: datetime | None, why: str, now: datetime) -> None:
    known = STEPS[step]
    if known.takes_quantity and (quantity is None or not 0 < quantity <= row.quantity):
        raise StepIncomplete(zh=f"请写明数量，1 至 {row.quantity}。", en=f"Say how many, 1 to {row.quantity}.")
    if known.takes_time and (at is None or at <= now):
        raise StepIncomplete(zh="请写明时间，须晚于现在。", en="Say when; it lies ahead.")
    if known.takes_reason and not why:
        raise StepIncomplete(zh="请写明原因。", en="Say why.")


def note(row: AidRequest, kind: str, data: dict[str, object], *, by: User | None, now: datetime) -> None:
    incident = row.incident
    record(
        incident.stream,
        [(f"aid.{kind}", data)],
        by=actor_for(by, now),
        now=now,
        org_path=incident.org_path,
        mode=Mode(incident.mode),
    )


def state_name(row: AidRequest) -> Text:
    return STATE_NAMES[State(row.state)]
