"""Answer what another system asks: take it into an incident here, decline it, or let the asker recall it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING
from typing import Any

from django.db import transaction

from youbei import content
from youbei.actions.actors import actor_for
from youbei.actions.aid import LONGEST, AidRefused, ask_outside, take_aid_step
from youbei.actions.incidents import need_open, report_incident
from youbei.actions.journal import record
from youbei.actions.permit import not_found, require
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.clock import Mode
from youbei.engine.errors import Refused
from youbei.engine.exchange.rm_ask import INFORMATION
from youbei.records.models import AidRequest, Incident, OutsideLine, OutsideRequest, User
from youbei.records.reports.incident import visible_incident

State = OutsideRequest.State


class RequestAnswered(Refused):
    """Refuse to answer a request that was answered, or recalled, before."""


class AnswerIncomplete(Refused):
    """Refuse an answer that does not say what it must."""

    status = 422


@dataclass(frozen=True, slots=True)
class Offer:
    """What is given for a line (its number, from 1): so many of a capability or an item of ours, there at `at`."""

    line: int
    quantity: int
    at: datetime
    capability: str = ""
    item: str = ""


@transaction.atomic
def take_request(
    *,
    by: User | None,
    now: datetime,
    request: OutsideRequest,
    offers: Sequence[Offer],
    incident: Incident | None = None,
    report: Mapping[str, Any] | None = None,
    reason: str = "",
) -> OutsideRequest:
    """Take a request into an incident of the same mode: a known one, or one that `report` (`kind`, `title` and what
    else `report_incident` has) reports of the unit that was asked.

    Each offer becomes a request for help whose helper is that unit, and which is offered at once. What is not offered
    is declined with the reason.
    """
    row = locked(request, by)
    if row.kind == INFORMATION:
        raise AnswerIncomplete(
            zh="对方只是询问情况。请用文字答复，或谢绝。",
            en="This asks for information. Answer it in words, or decline it.",
        )
    lines = {line.number: line for line in row.lines.order_by("number")}
    why = clean(reason, limit=LONGEST).strip()
    demand_offers(lines, offers, why)
    held = found_incident(row, incident, report, by=by, now=now)
    aids = [give(row, held, lines[one.line], one, by=by, now=now) for one in offers]
    settle(row, State.TAKEN, why, by=by, now=now, incident=held)
    data = {"incident": held.number, "aid": [aid.pk for aid in aids]}
    note(row, "request.taken", data | ({"reason": why} if why else {}), by=by, now=now)
    return row


@transaction.atomic
def answer_question(*, by: User | None, now: datetime, request: OutsideRequest, words: str) -> OutsideRequest:
    """Answer in words what another system wants to know (RequestInformation)."""
    row = locked(request, by)
    if row.kind != INFORMATION:
        raise AnswerIncomplete(
            zh="这条请求要的是资源。请受理并归入突发事件，或谢绝。",
            en="This asks for resources. Take it into an incident, or decline it.",
        )
    said = clean(words, limit=LONGEST).strip()
    if not said:
        raise AnswerIncomplete(zh="请写明答复。", en="Say what the answer is.")
    settle(row, State.ANSWERED, said, by=by, now=now)
    note(row, "request.answered", {}, by=by, now=now)
    return row


@transaction.atomic
def decline_request(*, by: User | None, now: datetime, request: OutsideRequest, reason: str) -> OutsideRequest:
    """Decline a request, with a reason that the asker reads."""
    row = locked(request, by)
    why = clean(reason, limit=LONGEST).strip()
    if not why:
        raise AnswerIncomplete(zh="请写明原因；对方会看到。", en="Say why; the asker reads it.")
    settle(row, State.DECLINED, why, by=by, now=now)
    note(row, "request.declined", {"reason": why}, by=by, now=now)
    return row


@transaction.atomic
def recall_request(
    *, by: User, now: datetime, request: OutsideRequest, message: str, reason: str = ""
) -> OutsideRequest:
    """Let the asker recall what nobody has answered yet; `message` is the identifier of the recall."""
    row = OutsideRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    if row.sent_by_id != by.pk:
        raise not_found()
    refuse_answered(row)
    row.recall_id = message
    settle(row, State.WITHDRAWN, clean(reason, limit=LONGEST), by=by, now=now)
    note(row, "request.withdrawn", {"message": message}, by=by, now=now)
    return row


def locked(request: OutsideRequest, by: User | None) -> OutsideRequest:
    rows = OutsideRequest.objects.select_for_update(of=("self",), no_key=True).select_related("organisation")
    row = rows.get(pk=request.pk)
    require(by, Permission.ASSIGN_RESOURCE, row.org_path)
    refuse_answered(row)
    return row


def refuse_answered(row: OutsideRequest) -> None:
    stands = {
        State.TAKEN: ("已受理", "was taken already"),
        State.ANSWERED: ("已答复", "was answered already"),
        State.DECLINED: ("已谢绝", "was declined already"),
        State.WITHDRAWN: ("已由对方撤回", "was recalled by the asker"),
    }.get(State(row.state))
    if stands is not None:
        raise RequestAnswered(
            zh=f"这条请求{stands[0]}，没有再作更改。请刷新页面。",
            en=f"The request {stands[1]}; nothing was changed. Reload the page.",
        )


def demand_offers(lines: Mapping[int, OutsideLine], offers: Sequence[Offer], why: str) -> None:
    told = [one.line for one in offers]
    if not told or len(set(told)) < len(told) or not set(told) <= set(lines):
        raise AnswerIncomplete(
            zh=f"请至少为一项写明给多少，每项只写一次（共 {len(lines)} 项）。一项都不能给的，请谢绝。",
            en=f"Say for one resource at least how many are given, for each once (there are {len(lines)}). If none is, "
            "decline the request.",
        )
    if len(told) < len(lines) and not why:
        raise AnswerIncomplete(
            zh="有的项目没有给。请写明原因；对方会看到。", en="Not all is given. Say why not; the asker reads it."
        )


def found_incident(
    row: OutsideRequest, incident: Incident | None, report: Mapping[str, Any] | None, *, by: User | None, now: datetime
) -> Incident:
    if report is not None and incident is None:
        kind = content.incident_kinds().get(str(report.get("kind", "")))
        category = kind.category.value if kind else ""
        return report_incident(
            by=by,
            now=now,
            organisation=row.organisation,
            mode=row.mode,
            source="superior",
            category=category,
            **dict(report),
        )
    if incident is None or report is not None:
        raise AnswerIncomplete(
            zh="请选择一起已有的突发事件，或新报一起。", en="Choose an incident that is known, or report a new one."
        )
    if by is not None:
        visible_incident(incident.pk, by)
    held = Incident.objects.select_for_update(of=("self",), no_key=True).get(pk=incident.pk)
    require(by, Permission.ASSIGN_RESOURCE, held.org_path)
    need_open(held)
    if held.mode != row.mode:
        raise AnswerIncomplete(
            zh="演练的请求只能归入演练，真实的请求只能归入真实的突发事件。请另选一起。",
            en="A request of an exercise goes into an exercise, a real one into a real incident. Choose another.",
        )
    return held


def give(
    row: OutsideRequest, incident: Incident, line: OutsideLine, offer: Offer, *, by: User | None, now: datetime
) -> AidRequest:
    asked = int(line.quantity.to_integral_value(ROUND_CEILING)) if line.quantity is not None else 0
    if offer.quantity > asked > 0 and not line.unit:
        raise AidRefused(
            zh=f"第 {line.number} 项只要 {asked}，不能给得更多。",
            en=f"Of resource {line.number} only {asked} are wanted.",
        )
    aid = ask_outside(
        by=by,
        now=now,
        incident=incident,
        partner=row.organisation,
        line=line,
        capability=offer.capability,
        item=offer.item,
        quantity=max(asked, offer.quantity),
    )
    return take_aid_step(by=by, now=now, aid=aid, step="offer", quantity=offer.quantity, at=offer.at)


def settle(
    row: OutsideRequest,
    state: State,
    answer: str,
    *,
    by: User | None,
    now: datetime,
    incident: Incident | None = None,
) -> None:
    row.state, row.answer, row.incident = state.value, answer, incident
    row.answered_at, row.answered_by = now, actor_for(by, now).label
    row.save()


def note(row: OutsideRequest, kind: str, data: Mapping[str, Any], *, by: User | None, now: datetime) -> None:
    record(row.stream, [(kind, dict(data))], by=actor_for(by, now), now=now, org_path=row.org_path, mode=Mode(row.mode))
