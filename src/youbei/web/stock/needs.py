"""The needs calculator: how much for so many people, a burning tank, a flooded school; and whether it is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from youbei import content
from youbei.actions import clock
from youbei.actions.needs import save_requirements
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.places import Point
from youbei.engine.stock.needs import NeedLine, Scenario, needs_for
from youbei.records.models import Organisation, Site, User
from youbei.records.reports.stock_near import free_near
from youbei.web.access import access, user_of
from youbei.web.asked import SEVERAL, Names, reads
from youbei.web.forms.stock import NeedsForm

KM = Decimal(20)


@dataclass(frozen=True, slots=True)
class LineShown:
    """A need, and how much of it lies near: None where it is nothing that a store keeps."""

    line: NeedLine
    there: Decimal | None

    @property
    def lacking(self) -> Decimal:
        return max(self.line.quantity - self.there, Decimal(0)) if self.there is not None else Decimal(0)


def of_scenario(request: HttpRequest, code: str = "displaced_people") -> Names:
    """Return what the address of a scenario may hold: what it is calculated from."""
    scenario = content.needs().get(code)
    fields = {} if scenario is None else NeedsForm(None, scenario=scenario, language="en").fields
    return dict.fromkeys(fields, SEVERAL)


@access(Permission.SEE)
@reads(found=of_scenario)
def calculate(request: HttpRequest, code: str = "displaced_people") -> HttpResponse:
    """Calculate the needs of a scenario from its parameters, each with its source, and compare with the stock."""
    user, scenario = user_of(request), scenario_called(code)
    form = NeedsForm(request.GET or None, scenario=scenario, language=get_language() or "en")
    lines = lines_of(scenario, form, user)
    context = {
        "scenario": scenario,
        "scenarios": content.needs().values(),
        "form": form,
        "lines": lines,
        "query": request.GET.urlencode(),
        "organisations": own_organisations(user),
    }
    return render(request, "stock/needs.html", context)


def scenario_called(code: str) -> Scenario:
    found = content.needs().get(code)
    if found is None:
        raise Http404
    return found


def values_of(scenario: Scenario, form: Form) -> Mapping[str, Decimal]:
    if not form.is_bound:
        return {}
    if not form.is_valid():
        return {}
    return {one.code: form.cleaned_data[one.code] for one in scenario.parameters}


def lines_of(scenario: Scenario, form: Form, user: User) -> list[LineShown]:
    """Return the needs with what lies near; with the usual values before anything is asked."""
    needed = needs_for(scenario, values_of(scenario, form))
    said: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    site = Site.objects.visible_to(user).filter(code=said["near"]).first() if said.get("near") else None
    if said.get("near") and site is None:
        form.add_error("near", _("There is no site of this code that you may see."))
    there = free_near(
        user.paths_with(Permission.SEE),
        [line.item for line in needed if line.item],
        today=clock.now().date(),
        near=Point(site.lat, site.lon) if site is not None else None,
        km=said.get("km") or KM,
    )
    return [LineShown(line, there.get(line.item, Decimal(0)) if line.item else None) for line in needed]


def own_organisations(user: User) -> list[Organisation]:
    """Return the organisations for which this person may keep requirements: those of their grants."""
    paths = [path for path in user.paths_with(Permission.EDIT_RESOURCE) if path != "/"]
    if len(paths) < len(user.paths_with(Permission.EDIT_RESOURCE)):
        return list(Organisation.objects.filter(parent__isnull=True)[:20])
    return list(Organisation.objects.filter(path__in=paths)[:20])


@access(Permission.EDIT_RESOURCE)
@reads(found=of_scenario)
def keep(request: HttpRequest, code: str) -> HttpResponse:
    """Save what was calculated as requirements of an organisation."""
    by, scenario = user_of(request), scenario_called(code)
    back = f"{request.path.removesuffix('keep/')}?{request.GET.urlencode()}"
    form = NeedsForm(request.GET or None, scenario=scenario, language=get_language() or "en")
    organisation = Organisation.objects.visible_to(by).filter(code=request.POST.get("organisation", "")).first()
    if request.method != "POST" or organisation is None:
        return redirect(back)
    try:
        saved = save_requirements(
            by=by,
            now=clock.now(),
            organisation=organisation,
            scenario=scenario,
            lines=needs_for(scenario, values_of(scenario, form)),
        )
    except Refused as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, refusal.text.in_language(get_language() or "en"))
        return redirect(back)
    messages.success(request, _("%(count)d requirements are saved.") % {"count": len(saved)})
    return redirect("stock")


urlpatterns = [
    path("stock/needs/", calculate, name="stock_needs"),
    path("stock/needs/<slug:code>/", calculate, name="stock_needs_of"),
    path("stock/needs/<slug:code>/keep/", keep, name="stock_needs_keep"),
]
