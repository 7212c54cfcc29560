"""Experts on pages: who can be asked for an incident, the call, the answer, the advice, whether it helped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from youbei import content
from youbei.actions import clock, experts
from youbei.engine.access import Permission
from youbei.engine.errors import NotFound
from youbei.engine.places import Point
from youbei.engine.registers.register import Register
from youbei.records.models import Consultation, Expert, Organisation, User
from youbei.records.models.scope import Registered
from youbei.records.registers.pages import visible_row
from youbei.records.registers.tables import register_called
from youbei.records.reports.experts import consultations_of, experts_for, incidents_to_attach_to, standing_of
from youbei.records.reports.incident import visible_incident
from youbei.web.access import access, user_of
from youbei.web.asked import NUMBER, WORDS, reads
from youbei.web.forms.calls import AdviceForm, AnswerForm, AttachForm, JudgeForm, QuestionForm
from youbei.web.forms.facts import say
from youbei.web.query import key_in
from youbei.web.sheet import sheet

P = Permission


def expert_panel(request: HttpRequest, register: Register, row: Registered) -> Mapping[str, Any] | None:
    """Find whether an expert can be asked, and what was asked before."""
    if not isinstance(row, Expert):
        return None
    user = user_of(request)
    return {
        "expert": row,
        "standing": standing_of(row, clock.now().astimezone(timezone.get_current_timezone()).date()),
        "consultations": consultations_of(row, user),
        "may_call": bool(user.paths_with(P.REPORT_INCIDENT)),
    }


def consultation_panel(request: HttpRequest, register: Register, row: Registered) -> Mapping[str, Any] | None:
    """Find what comes next in a consultation."""
    if not isinstance(row, Consultation):
        return None
    user = user_of(request)
    sees = row.incident is not None and user.may(P.SEE, row.incident.org_path)
    return {
        "consultation": row,
        "may_act": user.may(P.REPORT_INCIDENT, row.org_path),
        "incident": row.incident if sees else None,
    }


@access(P.REPORT_INCIDENT)
@reads(specialty=WORDS)
def find_experts(request: HttpRequest, pk: int) -> HttpResponse:
    """Show whom one can ask about an incident: by specialty, nearest first."""
    user = user_of(request)
    incident = visible_incident(pk, user)
    specialty = request.GET.get("specialty", "")[:60]
    near = None if incident.lat is None or incident.lon is None else Point(incident.lat, incident.lon)
    today = clock.now().astimezone(timezone.get_current_timezone()).date()
    context = {
        "incident": incident,
        "is_exercise": incident.mode == "exercise",
        "specialty": specialty,
        "specialties": list(content.specialties().items()),
        "offers": experts_for(user, on=today, specialty=specialty, near=near),
    }
    return render(request, "experts/find.html", context)


@access(P.REPORT_INCIDENT)
@reads(incident=NUMBER)
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask an expert, for the incident that the address names or without one."""
    by = user_of(request)
    expert = visible_row(register_called("expert"), pk, by)
    if not isinstance(expert, Expert):
        raise TypeError("The register of experts holds experts")
    key = key_in(request, "incident")
    incident = visible_incident(key, by) if key is not None else None
    unit = incident.organisation if incident is not None else unit_of(by)
    back = reverse("incident", args=[key]) if incident is not None else reverse("record", args=["expert", pk])
    return sheet(
        request,
        form=QuestionForm,
        do=lambda data: experts.call_expert(
            expert=expert, organisation=unit, incident=incident, by=by, now=clock.now(), **data
        ),
        title=_("Ask an expert"),
        submit=_("Send the question"),
        back=back,
        done=_("The question is on its way."),
        after=lambda row: reverse("record", args=["consultation", row.pk]),
        context={"is_exercise": incident is not None and incident.mode == "exercise"},
    )


def unit_of(by: User) -> Organisation:
    """Return the top unit for which a user may ask."""
    unit = Organisation.objects.visible_to(by, P.REPORT_INCIDENT).order_by("path").first()
    if unit is None:
        raise NotFound(zh="您没有可代表其咨询的单位。", en="There is no unit for which you may ask.")
    return unit


def consultation_for(by: User, pk: int) -> Consultation:
    row = visible_row(register_called("consultation"), pk, by)
    if not isinstance(row, Consultation):
        raise TypeError("The register of consultations holds consultations")
    return row


@access(P.REPORT_INCIDENT)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Note whether an expert comes to the call."""
    by = user_of(request)
    row = consultation_for(by, pk)
    return sheet(
        request,
        form=AnswerForm,
        do=lambda data: experts.answer_call(consultation=row, by=by, now=clock.now(), **data),
        title=_("The expert's answer"),
        submit=_("Note"),
        back=reverse("record", args=["consultation", pk]),
        done=_("Noted."),
        after=lambda _row: reverse("record", args=["consultation", pk]),
    )


@access(P.REPORT_INCIDENT)
def advice(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what an expert advised."""
    by = user_of(request)
    row = consultation_for(by, pk)
    return sheet(
        request,
        form=AdviceForm,
        do=lambda data: experts.note_advice(consultation=row, by=by, now=clock.now(), **data),
        title=_("The expert's advice"),
        submit=_("Enter"),
        back=reverse("record", args=["consultation", pk]),
        done=_("Entered."),
        after=lambda _row: reverse("record", args=["consultation", pk]),
    )


@access(P.REPORT_INCIDENT)
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach what was asked without an incident to one."""
    by = user_of(request)
    row = consultation_for(by, pk)
    offered = incidents_to_attach_to(by)
    back = reverse("record", args=["consultation", pk])
    return sheet(
        request,
        form=partial(AttachForm, incidents=[(one.pk, f"{one.number} {say(one.named)}") for one in offered]),
        do=lambda data: experts.attach_consultation(
            consultation=row, incident=visible_incident(data["incident"], by), by=by, now=clock.now()
        ),
        title=_("Which incident does it belong to?"),
        submit=_("Attach"),
        back=back,
        done=_("Attached."),
        after=lambda _row: back,
    )


@access(P.REPORT_INCIDENT)
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether an advice was followed and what came of it."""
    by = user_of(request)
    row = consultation_for(by, pk)
    return sheet(
        request,
        form=JudgeForm,
        do=lambda data: experts.judge_advice(consultation=row, by=by, now=clock.now(), **data),
        title=_("Did it help?"),
        submit=_("Note"),
        back=reverse("record", args=["consultation", pk]),
        done=_("Noted."),
        after=lambda _row: reverse("record", args=["consultation", pk]),
    )


urlpatterns = [
    path("incidents/<int:pk>/experts/", find_experts, name="incident_experts"),
    path("registers/expert/<int:pk>/call/", call, name="expert_call"),
    path("registers/consultation/<int:pk>/answer/", answer, name="consultation_answer"),
    path("registers/consultation/<int:pk>/advice/", advice, name="consultation_advice"),
    path("registers/consultation/<int:pk>/attach/", attach, name="consultation_attach"),
    path("registers/consultation/<int:pk>/judge/", judge, name="consultation_judge"),
]
