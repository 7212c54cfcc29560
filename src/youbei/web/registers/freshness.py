"""How fresh the registers are, register by register and unit by unit, and what plans rest on that is stale."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from youbei import content
from youbei.actions import clock
from youbei.actions.campaigns.opening import ASKABLE
from youbei.engine.access import Permission
from youbei.engine.registers.register import Freshness, Register
from youbei.records.models import Organisation, User
from youbei.records.registers.freshness import Freshnesses, ageing, freshnesses
from youbei.records.registers.keeping import NotCountedYet
from youbei.records.registers.pages import Record, as_record
from youbei.records.registers.tables import register_called, visible
from youbei.records.registers.values import with_references
from youbei.records.reports.resting import Resting, resting
from youbei.web.access import access, user_of
from youbei.web.asked import UNIT, one_of, reads

SHOWN = 200


@access(Permission.SEE)
@reads(unit=UNIT, register=one_of(content.registers))
def show(request: HttpRequest) -> HttpResponse:
    """Show how many records are confirmed, stale and never confirmed; every number opens the list it counts."""
    user, now = user_of(request), clock.now()
    code = request.GET.get("unit", "").strip()[:100]
    unit = Organisation.objects.visible_to(user).filter(code=code).select_related("parent").first() if code else None
    registers = ageing(user)
    name = request.GET.get("register", "")
    register = next((one for one in registers if one.name == name), None)
    try:
        found = freshnesses(user, now=now, unit=code, register=register.name if register else "", may_wait=True)
        is_counted = True
    except NotCountedYet:
        found, is_counted = Freshnesses((), ()), False
    context: dict[str, Any] = {
        "found": found,
        "is_counted": is_counted,
        "unit": unit,
        "code": code,
        "register": register,
        "registers": registers,
        "states": [Freshness.FRESH, Freshness.STALE, Freshness.NEVER],
        "campaign": campaign_for(user, unit, [one.register.name for one in found.registers if one.figures.doubtful]),
    }
    if not code and not register:
        context |= resting_context(user, now)
    return render(request, "registers/freshness.html", context)


def resting_context(user: User, now: datetime) -> dict[str, Any]:
    """Return what the line on what plans rest on shows: the count, and where a campaign begins."""
    found = resting(user, now)
    return {"resting": found, "resting_campaign": campaign_for_plans(user, found)}


def campaign_for(user: User, unit: Organisation | None, registers: list[str]) -> str:
    """Return the address of a new campaign that asks for what is stale here; empty where one may not open it."""
    asked = [name for name in registers if name in ASKABLE]
    top = unit or top_of(user)
    if top is None or not asked or not user.may(Permission.RUN_CAMPAIGN, top.path):
        return ""
    return f"{reverse('campaign_new')}?{urlencode({'unit': top.code, 'registers': asked, 'stale': '1'}, doseq=True)}"


def campaign_for_plans(user: User, found: Resting) -> str:
    """Return the address of a new campaign about the stale records that plans rest on."""
    top = top_of(user)
    if top is None or not found.number or not user.may(Permission.RUN_CAMPAIGN, top.path):
        return ""
    asked = [name for name in found.records if name in ASKABLE]
    return f"{reverse('campaign_new')}?{urlencode({'unit': top.code, 'registers': asked, 'resting': '1'}, doseq=True)}"


def top_of(user: User) -> Organisation | None:
    """Return the highest unit in which a user may open campaigns."""
    return Organisation.objects.visible_to(user, Permission.RUN_CAMPAIGN).order_by("path").first()


@access(Permission.SEE)
def show_resting(request: HttpRequest) -> HttpResponse:
    """Show the stale records that plans rest on, each with its page."""
    user = user_of(request)
    found = resting(user, clock.now())
    context = {"resting": found, "campaign": campaign_for_plans(user, found), "groups": groups_of(user, found)}
    context["may_record"] = bool(user.paths_with(Permission.RECORD_FINDING))
    return render(request, "registers/resting.html", context)


def groups_of(user: User, found: Resting) -> list[tuple[Register, int, list[Record]]]:
    """Return the records by register, the longest unconfirmed first."""
    now = clock.now()
    groups = []
    for name, keys in found.records.items():
        register = register_called(name)
        rows = with_references(register, visible(register, user)).filter(pk__in=keys)
        shown = rows.order_by(F("confirmed_at").asc(nulls_first=True), "id")[:SHOWN]
        groups.append((register, len(keys), [as_record(register, row, now) for row in shown]))
    return groups


urlpatterns = [
    path("registers/freshness/", show, name="freshness"),
    path("registers/freshness/plans/", show_resting, name="resting"),
]
