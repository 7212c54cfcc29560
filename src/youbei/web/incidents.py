"""Incidents: the list, the report form, the page of one with its proposals, its facts and its end."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from youbei import content
from youbei.actions import activation, clock, incidents, once, proposals
from youbei.actions.call_off_messages import said_of
from youbei.engine.access import Permission
from youbei.engine.call_offs import STATE_NAMES, CallOffState
from youbei.engine.errors import Refused
from youbei.engine.incidents import CATEGORY_NAMES
from youbei.records.log import head
from youbei.records.models import Case, Incident, Organisation, PlanVersion, RoadNetwork, User
from youbei.records.reports.call_offs import call_offs_for
from youbei.records.reports.cases import similar_cases
from youbei.records.reports.codes import names_of_codes
from youbei.records.reports.experts import consultations_for
from youbei.records.reports.incident import IncidentDetail, incident_detail, visible_incident
from youbei.records.reports.incidents import IncidentFilter, incident_page
from youbei.web import wording
from youbei.web.access import access, user_of
from youbei.web.asked import NUMBER, WORDS, one_of, reads
from youbei.web.forms.facts import FactsForm, say
from youbei.web.forms.incidents import ActivateForm, IncidentForm, ReasonToClose, facts_asked
from youbei.web.lists import query_without_cursor
from youbei.web.query import key_in
from youbei.web.sheet import is_partial, sheet


@access(Permission.SEE)
@reads(
    status=one_of(Incident.Status), mode=one_of(Incident.Mode), category=one_of(CATEGORY_NAMES), q=WORDS, cursor=WORDS
)
def list_incidents(request: HttpRequest) -> HttpResponse:
    """Show a page of the incidents, newest first."""
    filters = IncidentFilter(
        status=request.GET.get("status", ""),
        mode=request.GET.get("mode", ""),
        category=request.GET.get("category", ""),
        text=request.GET.get("q", "")[:100],
    )
    page = incident_page(user_of(request), filters=filters, cursor=request.GET.get("cursor"))
    categories = [(category.value, name) for category, name in CATEGORY_NAMES.items()]
    context = {"page": page, "filters": filters, "categories": categories, "query": query_without_cursor(request)}
    return render(request, "incidents/list.html", context)


@access(Permission.REPORT_INCIDENT)
@reads(kind=one_of(content.incident_kinds))
def new_incident(request: HttpRequest) -> HttpResponse:
    """Report an incident; on refusal the form comes back with all that was entered."""
    user = user_of(request)
    if request.method != "POST":
        initial = {"organisation": first_unit(user), "kind": request.GET.get("kind", "")}
        return show_form(request, IncidentForm(user=user, initial=initial))
    form = IncidentForm(request.POST, user=user)
    if "show_facts" in request.POST:
        # Without JavaScript: the facts of the kind just chosen, nothing reported yet.
        return show_form(request, IncidentForm(user=user, initial=request.POST.dict()))
    if not form.is_valid():
        return show_form(request, form, status=422)
    try:
        # A form without the mark, such as one made by a script, is taken as it comes.
        mark = form.cleaned_data["once"] or uuid4().hex
        incident = once.report_incident_once(once=mark, by=user, now=clock.now(), **reported(form.cleaned_data))
    except Refused as refusal:
        form.add_error(None, say(refusal.text))
        return show_form(request, form, status=refusal.status)
    messages.success(request, _("Incident %(number)s is reported.") % {"number": incident.number})
    return redirect("incident", incident.pk)


def reported(data: dict[str, Any]) -> dict[str, Any]:
    names = "organisation category kind title description place point occurred_at known_at source reporter"
    return {
        **{name: data[name] for name in names.split()},
        "reporter_phone": data["reporter_phone"],
        "facts": data["facts"],
        "mode": data.get("mode", "real"),
        "enrolled": data["enrolled"],
    }


def first_unit(user: User) -> str:
    """Return the name of the unit that the user most likely reports for: the top of what they may report for."""
    unit = Organisation.objects.visible_to(user, Permission.REPORT_INCIDENT).order_by("path").first()
    return unit.name_in(get_language() or "en") if unit else ""


def show_form(request: HttpRequest, form: IncidentForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "shows_map": RoadNetwork.objects.exists(), "tiles": settings.MAP_TILES}
    return render(request, "incidents/new.html", context, status=status)


@access(Permission.REPORT_INCIDENT)
def facts_for_kind(request: HttpRequest) -> HttpResponse:
    """Return the facts to ask for a kind, keeping what was entered; a part of the report form."""
    form = IncidentForm(user=user_of(request), initial=request.GET.dict())
    return render(request, "incidents/_facts_asked.html", {"form": form})


@access(Permission.REPORT_INCIDENT)
def find_units(request: HttpRequest) -> HttpResponse:
    """Return the units whose name or code holds what is typed, for the list under the field."""
    entered = request.GET.get("organisation", "").strip()[:80]
    mine = Organisation.objects.visible_to(user_of(request), Permission.REPORT_INCIDENT)
    named = mine.filter(name_zh__contains=entered) | mine.filter(name_en__icontains=entered)
    return render(request, "incidents/_units.html", {"units": named.order_by("path")[:20]})


@access(Permission.SEE)
def show_incident(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one incident, with the plans that could answer it."""
    user = user_of(request)
    position = head().position
    detail = incident_detail(pk, user)
    may = {
        "activate": user.may(Permission.ACTIVATE_PLAN, detail.org_path),
        "report": user.may(Permission.REPORT_INCIDENT, detail.org_path),
        "manage": user.may(Permission.MANAGE_INCIDENT, detail.org_path),
        "assign": user.may(Permission.ASSIGN_RESOURCE, detail.org_path),
    }
    is_asked = detail.row.status == "open" and may["activate"]
    offered = proposed(detail, user) if is_asked else []
    context = {
        "incident": detail.row,
        "detail": detail,
        "may": may,
        "position": position,
        "is_exercise": detail.row.mode == "exercise",
        "proposals": offered,
        "consultations": consultations_for(pk),
        "call_offs": [
            (
                one,
                said_of(one),
                STATE_NAMES[CallOffState(one.state)],
                one.state == "asked" and clock.now() >= one.due_at,
            )
            for one in call_offs_for(pk)
        ],
        "shows_proposals": bool(offered) or (is_asked and not detail.row.runs),
        "streams": [f"incident:{pk}", *(f"run:{run.pk}" for run in detail.row.runs)],
    }
    wanted = request.headers.get("X-Youbei-Parts", "").split()
    if wanted:
        parts = [name for name in ("facts", "runs", "proposals", "log") if f"part-{name}" in wanted]
        return render(
            request, "parts/some.html", {**context, "templates": [f"incidents/_{name}.html" for name in parts]}
        )
    return render(request, "incidents/page.html", {**context, **learnt(pk, user)})


def learnt(pk: int, user: User) -> dict[str, Any]:
    """Return the validated cases that resemble an incident, its own case, and whether one may be made of it."""
    incident = visible_incident(pk, user)
    own = Case.objects.filter(incident_id=pk).values_list("pk", flat=True).first()
    is_over = incident.status == Incident.Status.CLOSED
    return {
        "similar": similar_cases(user, incident),
        "own_case": own,
        "may_make_case": is_over and own is None and user.may(Permission.RECORD_FINDING, incident.org_path),
    }


def proposed(detail: IncidentDetail, user: User) -> list[dict[str, Any]]:
    """Return the proposals that are not running yet, with the names of who would fill each post."""
    incident = visible_incident(detail.row.pk, user)
    found = [one for one in proposals.propose_plans(incident, now=clock.now(), by=user) if not one.is_running]
    names = names_of_codes({code for one in found for code in one.fills.values() if code})
    return [
        {
            "proposal": one,
            "fills": [(post.title, names.get(one.fills.get(post.id, ""))) for post in one.plan.posts],
            "empty": sum(not one.fills.get(post.id) for post in one.plan.posts),
        }
        for one in found
    ]


@access(Permission.ACTIVATE_PLAN)
def activate(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """Confirm the level and activate the plan; then the board opens."""
    user = user_of(request)
    incident = visible_incident(pk, user)
    found = proposals.propose_plans(incident, now=clock.now(), by=user)
    offered = next((one for one in found if one.plan_version.pk == version), None)
    if offered is None:
        return offered_instead(request, pk, version, found)
    levels = sorted({level.number for level in offered.plan.levels}) or [offered.offered_level]
    choices = [(int(number), wording.level_choice(number)) for number in levels]

    def do(data: dict[str, Any]) -> object:
        return activation.activate_plan(
            by=user, now=clock.now(), incident=incident, plan_version=offered.plan_version, **data
        )

    return sheet(
        request,
        form=functools.partial(ActivateForm, levels=choices, offered=int(offered.offered_level)),
        do=do,
        title=_("Activate: %(plan)s") % {"plan": say(offered.plan.title)},
        submit=_("Activate the plan"),
        back=reverse("incident", args=[pk]),
        done=_("The plan is activated."),
        after=lambda run: reverse("run", args=[run.pk]),
        context={"is_exercise": incident.mode == "exercise", "offered": offered},
        template="incidents/sheet_activate.html",
    )


def offered_instead(request: HttpRequest, pk: int, version: int, found: Sequence[proposals.Proposal]) -> HttpResponse:
    """Lead from a page that has grown old to the version in force, or to what the incident offers now."""
    old = PlanVersion.objects.filter(pk=version).values_list("plan_id", flat=True).first()
    if old is None:
        raise Http404
    new = next((one.plan_version.pk for one in found if one.plan_version.plan_id == old), None)
    if new is None:
        messages.warning(request, _("This plan is not offered for the incident any more. See what is offered now."))
        go = reverse("incident", args=[pk])
    else:
        messages.info(request, _("The plan has been revised since that page was made. This is the version in force."))
        go = reverse("incident_activate", args=[pk, new])
    return HttpResponse(status=204, headers={"HX-Redirect": go}) if is_partial(request) else redirect(go)


@access(Permission.REPORT_INCIDENT)
@reads(run=NUMBER)
def facts(request: HttpRequest, pk: int) -> HttpResponse:
    """Add, correct or withdraw what is known of an incident."""
    user = user_of(request)
    detail = incident_detail(pk, user)
    incident = visible_incident(pk, user)
    known = {fact.key: fact.value for fact in detail.facts if fact.value is not None}
    run = key_in(request, "run")
    back = reverse("run", args=[run]) if run is not None else reverse("incident", args=[pk])

    def do(data: dict[str, Any]) -> object:
        return incidents.add_facts(
            by=user,
            now=clock.now(),
            incident=incident,
            facts=data["facts"],
            source=data["source"],
            known_at=data["known_at"],
        )

    return sheet(
        request,
        form=functools.partial(FactsForm, keys=facts_asked(incident.kind), known=known),
        do=do,
        title=_("What is known"),
        submit=_("Save"),
        back=back,
        done=_("What is known was brought up to date."),
        context={"is_exercise": incident.mode == "exercise"},
        template="incidents/sheet_facts.html",
    )


@access(Permission.MANAGE_INCIDENT)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an incident, with the reason."""
    user = user_of(request)
    incident = visible_incident(pk, user)
    return sheet(
        request,
        form=ReasonToClose,
        do=lambda data: incidents.close_incident(by=user, now=clock.now(), incident=incident, **data),
        title=_("Close incident %(number)s") % {"number": incident.number},
        submit=_("Close the incident"),
        back=reverse("incident", args=[pk]),
        done=_("Incident closed."),
        after=lambda _incident: reverse("incident", args=[pk]),
        context={"is_exercise": incident.mode == Incident.Mode.EXERCISE},
    )


urlpatterns = [
    path("incidents/", list_incidents, name="incidents"),
    path("incidents/new/", new_incident, name="incident_new"),
    path("incidents/new/facts/", facts_for_kind, name="incident_new_facts"),
    path("incidents/units/", find_units, name="incident_units"),
    path("incidents/<int:pk>/", show_incident, name="incident"),
    path("incidents/<int:pk>/facts/", facts, name="incident_facts"),
    path("incidents/<int:pk>/activate/<int:version>/", activate, name="incident_activate"),
    path("incidents/<int:pk>/close/", close, name="incident_close"),
]
