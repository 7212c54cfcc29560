"""Experts: who can be asked, the call, the answer, the advice, and whether it helped."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from youbei import content
from youbei.actions import clock, experts
from youbei.actions.permit import not_allowed
from youbei.api.access import caller, may
from youbei.api.register_values import RecordOut
from youbei.api.registers import record_for, shown
from youbei.api.repeat import idempotent
from youbei.api.search import demand_known
from youbei.api.values import Body, Id, Latitude, Longitude, Prose, Slug, find
from youbei.engine.access import Permission
from youbei.engine.places import Point
from youbei.engine.text import Text
from youbei.records.models import Consultation, Expert, Organisation, User
from youbei.records.registers.tables import register_called
from youbei.records.reports.experts import Offer, experts_for
from youbei.records.reports.incident import visible_incident

router = Router(tags=["experts"])
Question = Annotated[str, StringConstraints(pattern=r"^[^\x00]*\S[^\x00]*$", max_length=4000)]
Advice = Annotated[str, StringConstraints(pattern=r"^[^\x00]*\S[^\x00]*$", max_length=8000)]


class OfferOut(Schema):
    """An expert who can be asked today. `distance` in metres, null where a place is not known."""

    pk: int
    name: Text
    employer: str
    level: Text
    specialties: list[Text]
    is_by_telephone: bool
    distance: float | None
    consultations: int


class CallIn(Body):
    """A question. With an incident, its unit asks and its mode goes with the call; else the unit of that code does."""

    question: Question
    incident: Id | None = None
    organisation: Slug | None = None


class AnswerIn(Body):
    accepts: bool


class AdviceIn(Body):
    advice: Advice
    minutes: Annotated[int, Field(ge=0, le=100_000)] | None = None


class AttachIn(Body):
    incident: Id


class JudgementIn(Body):
    usefulness: Literal["followed", "partly", "not_followed"]
    result: Prose = ""


@router.get("/experts", response=list[OfferOut], **may(Permission.SEE))
def list_experts(
    request: HttpRequest, specialty: Slug | None = None, lat: Latitude | None = None, lon: Longitude | None = None
) -> list[Offer]:
    """List who can be asked today: in term and not away, about a specialty, the nearest to a place first."""
    if specialty:
        demand_known(specialty, content.specialties(), "specialties")
    near = None if lat is None or lon is None else Point(lat, lon)
    return experts_for(caller(request), on=timezone.localdate(clock.now()), specialty=specialty or "", near=near)


@router.post("/experts/{expert_id}/calls", response={201: RecordOut}, **may(Permission.REPORT_INCIDENT))
@idempotent
def call_expert(request: HttpRequest, expert_id: Id, body: CallIn) -> Status[RecordOut]:
    """Put a question to an expert; the message goes through the mode gate. The answer is the consultation's record."""
    by, now = caller(request), clock.now()
    _register, expert = record_for("expert", expert_id, by)
    if not isinstance(expert, Expert):
        raise TypeError("The register of experts holds experts")
    incident = None if body.incident is None else visible_incident(body.incident, by)
    unit = incident.organisation if incident is not None else unit_asking(by, body.organisation)
    row = experts.call_expert(
        expert=expert, question=body.question, organisation=unit, incident=incident, by=by, now=now
    )
    return Status(201, consultation_out(row.pk, by, now))


def unit_asking(by: User, code: str | None) -> Organisation:
    """Return the unit of that code, or the topmost for which the caller may ask."""
    units = Organisation.objects.visible_to(by, Permission.REPORT_INCIDENT)
    if code is not None:
        return find(units, code=code)
    unit = units.order_by("path").first()
    if unit is None:
        raise not_allowed(Permission.REPORT_INCIDENT)
    return unit


@router.post("/consultations/{consultation_id}/answer", response=RecordOut, **may(Permission.REPORT_INCIDENT))
@idempotent
def answer_call(request: HttpRequest, consultation_id: Id, body: AnswerIn) -> RecordOut:
    """Note whether the expert comes to the call."""
    by, now = caller(request), clock.now()
    experts.answer_call(consultation=consultation_for(by, consultation_id), accepts=body.accepts, by=by, now=now)
    return consultation_out(consultation_id, by, now)


@router.post("/consultations/{consultation_id}/advice", response=RecordOut, **may(Permission.REPORT_INCIDENT))
@idempotent
def note_advice(request: HttpRequest, consultation_id: Id, body: AdviceIn) -> RecordOut:
    """Enter what was advised; the log keeps its digest."""
    by, now = caller(request), clock.now()
    row = consultation_for(by, consultation_id)
    experts.note_advice(consultation=row, advice=body.advice, minutes=body.minutes, by=by, now=now)
    return consultation_out(consultation_id, by, now)


@router.post("/consultations/{consultation_id}/incident", response=RecordOut, **may(Permission.REPORT_INCIDENT))
@idempotent
def attach_consultation(request: HttpRequest, consultation_id: Id, body: AttachIn) -> RecordOut:
    """Attach what was asked without an incident to one; never to another, and never to an exercise."""
    by, now = caller(request), clock.now()
    row, incident = consultation_for(by, consultation_id), visible_incident(body.incident, by)
    experts.attach_consultation(consultation=row, incident=incident, by=by, now=now)
    return consultation_out(consultation_id, by, now)


@router.post("/consultations/{consultation_id}/judgement", response=RecordOut, **may(Permission.REPORT_INCIDENT))
@idempotent
def judge_advice(request: HttpRequest, consultation_id: Id, body: JudgementIn) -> RecordOut:
    """Say whether the advice was followed and what came of it."""
    by, now = caller(request), clock.now()
    row = consultation_for(by, consultation_id)
    experts.judge_advice(consultation=row, usefulness=body.usefulness, result=body.result, by=by, now=now)
    return consultation_out(consultation_id, by, now)


def consultation_for(by: User, pk: int) -> Consultation:
    _register, row = record_for("consultation", pk, by)
    if not isinstance(row, Consultation):
        raise TypeError("The register of consultations holds consultations")
    return row


def consultation_out(pk: int, by: User, now: datetime) -> RecordOut:
    return shown(register_called("consultation"), pk, by, now)
