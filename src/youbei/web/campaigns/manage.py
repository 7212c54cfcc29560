"""The pages of the authority that asks: its campaigns, how far each has come, who is late, and every unit's link."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.actions import clock
from youbei.actions.campaigns import opening, repeating, telling
from youbei.actions.climbing import superiors
from youbei.engine.access import Permission
from youbei.engine.campaigns import EVERY_NAMES
from youbei.engine.errors import Refused
from youbei.engine.text import Text
from youbei.records.models import Campaign, CampaignItem, Organisation, User
from youbei.records.pages import keyset_page
from youbei.records.reports.campaigns import (
    answers_of,
    asked_from_above,
    by_area,
    by_kind,
    rounds_of,
    unit_state,
    view_of,
    visible_campaign,
    visible_unit,
)
from youbei.records.reports.resting import resting
from youbei.web.access import access, user_of
from youbei.web.asked import UNIT, WORDS, YES, one_of, reads
from youbei.web.campaigns.asked import with_records
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import say
from youbei.web.lists import query_without_cursor

WHEN = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
LISTED = 100
LETTERS = 200
RESTING = Text("核实预案所依据的资料", "Confirm what plans rest on")
STALE = Text("核实过时资料", "Confirm stale records")
# Assumption: two weeks are enough to answer, and leave room for a reminder a week before.
DUE_WITHIN = timedelta(days=14)


class CampaignForm(forms.Form):
    """Ask units to confirm records: who, what, until when."""

    title_zh = forms.CharField(label=gettext_lazy("Title (Chinese)"), max_length=120)
    title_en = forms.CharField(label=gettext_lazy("Title (English)"), max_length=120, required=False)
    organisation = forms.ChoiceField(label=gettext_lazy("Units below"))
    unit_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of units"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen means all."),
    )
    registers = forms.MultipleChoiceField(
        label=gettext_lazy("What they shall confirm"), widget=forms.CheckboxSelectMultiple
    )
    is_stale_only = forms.BooleanField(label=gettext_lazy("Only what is stale or was never confirmed"), required=False)
    is_resting = forms.BooleanField(label=gettext_lazy("Only the stale records that plans rest on"), required=False)
    due_at = forms.DateTimeField(label=gettext_lazy("Due"), widget=WHEN)
    repeats = forms.ChoiceField(
        label=gettext_lazy("Repeat"),
        required=False,
        help_text=gettext_lazy("The next one opens by itself, with the same choice of units and records."),
    )
    text_zh = forms.CharField(
        label=gettext_lazy("Letter (Chinese)"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    text_en = forms.CharField(
        label=gettext_lazy("Letter (English)"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        registers = content.registers()
        mine = Organisation.objects.visible_to(user, Permission.RUN_CAMPAIGN).filter(children__isnull=False).distinct()
        units = [(unit.code, say_name(unit)) for unit in mine.order_by("path")[:LISTED]]
        kinds = [(choice.code, say(choice.title)) for choice in registers["organisation"].field("kind").choices]
        offer(self, "organisation", units)
        offer(self, "repeats", [("", _("once only")), *((one.value, say(name)) for one, name in EVERY_NAMES.items())])
        offer(self, "unit_kinds", kinds)
        offer(self, "registers", [(name, say(registers[name].title)) for name in opening.ASKABLE])


def say_name(unit: Organisation) -> str:
    return say(Text(unit.name_zh, unit.name_en))


@access(Permission.RUN_CAMPAIGN)
@reads(cursor=WORDS)
def list_campaigns(request: HttpRequest) -> HttpResponse:
    """Show the campaigns, newest first, and those in which a higher authority asks one's units."""
    rows = Campaign.objects.visible_to(user_of(request), Permission.RUN_CAMPAIGN).select_related("organisation")
    page = keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor"), read=list)
    above = [] if request.GET.get("cursor") else asked_from_above(user_of(request))
    return render(request, "campaigns/list.html", {"page": page, "above": above, "query": ""})


@access(Permission.RUN_CAMPAIGN)
@reads(unit=UNIT, registers=one_of(opening.ASKABLE, is_many=True), stale=YES, resting=YES)
def new_campaign(request: HttpRequest) -> HttpResponse:
    """Open a campaign; first it is shown whom and what that would ask. The address may fill in what is known."""
    by = user_of(request)
    form = CampaignForm(request.POST or None, user=by, initial=filled_in(request, clock.now()))
    preview = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = read_form(form, by, clock.now())
            if "open" not in request.POST:
                preview, status = preview_of(data), 200
            else:
                try:
                    campaign = opening.open_campaign(by=by, now=clock.now(), **data)
                except Refused as refusal:
                    form.add_error(None, say(refusal.text))
                    status = refusal.status
                else:
                    messages.success(request, _("The campaign is opened; its units are being written down."))
                    return redirect("campaign", campaign.pk)
    return render(request, "campaigns/new.html", {"form": form, "preview": preview}, status=status)


def filled_in(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """Return what an address fills in: `unit`, `registers`, `stale=1`, `resting=1`."""
    if not request.GET:
        return {}
    is_resting = request.GET.get("resting") == "1"
    title = RESTING if is_resting else STALE
    return {
        "title_zh": title.zh,
        "title_en": title.en,
        "organisation": request.GET.get("unit", ""),
        "registers": [name for name in request.GET.getlist("registers") if name in opening.ASKABLE],
        "is_stale_only": request.GET.get("stale") == "1",
        "is_resting": is_resting,
        "due_at": timezone.localtime(now + DUE_WITHIN).replace(hour=18, minute=0),
    }


def read_form(form: CampaignForm, by: User, now: datetime) -> dict[str, Any]:
    data = dict(form.cleaned_data)
    mine = Organisation.objects.visible_to(by, Permission.RUN_CAMPAIGN)
    data["organisation"] = mine.get(code=data["organisation"])
    if data.pop("is_resting"):
        found = resting(by, now, under=data["organisation"].path).records
        data["records"] = {name: found.get(name, ()) for name in data["registers"]}
    return data


def preview_of(data: dict[str, Any]) -> dict[str, Any]:
    """Count whom a campaign would ask, and who of them cannot be written to."""
    units = opening.units_asked(data["organisation"], data["unit_kinds"])
    records = data.get("records")
    if records is not None:
        units = units.filter(path__in=opening.places_of(records))
    silent = units.filter(email="").exclude(posts__ways__way="email").distinct()
    found = {"units": units.count(), "silent": silent.count(), "who": silent.order_by("path")[:20]}
    return found if records is None else {**found, "records": sum(len(keys) for keys in records.values())}


@access(Permission.RUN_CAMPAIGN)
@reads(state=one_of(("late", "done")), cursor=WORDS)
def show_campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a campaign has come: in all, by area, by kind, and unit by unit; or how far one's own units are."""
    view = view_of(pk, user_of(request))
    campaign, is_whole = view.campaign, view.paths is None
    now = clock.now()
    shown = request.GET.get("state", "")
    tallies = list(campaign.tallies.all()) if is_whole else []
    page = keyset_page(view.units(shown), order=("org_path", "id"), cursor=request.GET.get("cursor"), read=list)
    context = {
        "campaign": campaign,
        "page": page,
        "rows": [(unit, unit_state(unit, campaign, now)) for unit in page.rows],
        "is_whole": is_whole,
        "progress": view.progress(),
        "areas": by_area(tallies, campaign),
        "kinds": [(say(name), found) for _code, name, found in by_kind(tallies)],
        "rounds": rounds_of(campaign) if campaign.repeats and is_whole else [],
        "answers": answers_of(tallies),
        "shown": shown,
        "query": query_without_cursor(request),
    }
    return render(request, "campaigns/page.html", context)


@access(Permission.RUN_CAMPAIGN)
def show_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one unit of a campaign with its link, to be copied, printed or sent once more."""
    unit = visible_unit(pk, user_of(request))
    address = telling.link_of(unit)
    context = {
        "unit": unit,
        "campaign": unit.campaign,
        "address": address,
        "code": qr(address),
        "state": unit_state(unit, unit.campaign, clock.now()),
        "gone": with_records(unit.items.filter(state=CampaignItem.State.GONE)[:LISTED], clock.now()),
        "superiors": superiors(unit.org_path, up_to=unit.campaign.org_path),
    }
    return render(request, "campaigns/unit.html", context)


def qr(address: str) -> str:
    """Draw an address as a code for telephones; the drawing is made here, of an address made here."""
    return mark_safe(segno.make(address, error="m").svg_inline(border=2, omitsize=True))  # noqa: S308


@access(Permission.RUN_CAMPAIGN)
def unit_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Remind a unit now, or give it a new link."""
    by, now = user_of(request), clock.now()
    unit = visible_unit(pk, by)
    if request.method != "POST" or step not in ("remind", "renew"):
        raise Http404
    if step == "remind":
        try:
            telling.remind_now(unit=unit, by=by, now=now)
            messages.success(request, _("The reminder is in the outbox."))
        except opening.CampaignRefused as refusal:
            messages.error(request, say(refusal.text))
    else:
        opening.renew_link(unit=unit, by=by, now=now)
        messages.success(request, _("The unit has a new link; the old one has ended."))
    return redirect("campaign_unit", pk)


@access(Permission.RUN_CAMPAIGN)
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind all who have not answered."""
    by = user_of(request)
    campaign = visible_campaign(pk, by)
    if request.method != "POST":
        raise Http404
    try:
        count = telling.remind_all(campaign=campaign, by=by, now=clock.now())
        messages.success(request, _("%(count)s units are being reminded.") % {"count": count})
    except opening.CampaignRefused as refusal:
        messages.error(request, say(refusal.text))
    return redirect("campaign", pk)


@access(Permission.RUN_CAMPAIGN)
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Open no further round."""
    by = user_of(request)
    campaign = visible_campaign(pk, by)
    if request.method != "POST":
        raise Http404
    repeating.stop_repeating(campaign=campaign, by=by, now=clock.now())
    messages.success(request, _("It is no longer repeated; what is open goes on."))
    return redirect("campaign", pk)


@access(Permission.RUN_CAMPAIGN)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a campaign early."""
    by = user_of(request)
    campaign = visible_campaign(pk, by)
    if request.method != "POST":
        raise Http404
    opening.close_campaign(campaign=campaign, by=by, now=clock.now())
    messages.success(request, _("The campaign is closed; its links have ended."))
    return redirect("campaign", pk)


@access(Permission.RUN_CAMPAIGN)
@reads(cursor=WORDS)
def letters(request: HttpRequest, pk: int) -> HttpResponse:
    """Show letters to print, each with the unit's link as a code, for those who have not answered."""
    campaign = visible_campaign(pk, user_of(request))
    waiting = campaign.units.filter(Q(done_at__isnull=True), revoked_at__isnull=True).select_related(
        "organisation", "campaign"
    )
    page = keyset_page(waiting, order=("org_path", "id"), cursor=request.GET.get("cursor"), read=list, size=LETTERS)
    rows = [(unit, telling.link_of(unit), qr(telling.link_of(unit))) for unit in page.rows]
    return render(request, "campaigns/letters.html", {"campaign": campaign, "rows": rows, "page": page, "query": ""})


urlpatterns = [
    path("campaigns/", list_campaigns, name="campaigns"),
    path("campaigns/new/", new_campaign, name="campaign_new"),
    path("campaigns/<int:pk>/", show_campaign, name="campaign"),
    path("campaigns/<int:pk>/close/", close, name="campaign_close"),
    path("campaigns/<int:pk>/remind/", remind, name="campaign_remind"),
    path("campaigns/<int:pk>/stop/", stop, name="campaign_stop"),
    path("campaigns/<int:pk>/letters/", letters, name="campaign_letters"),
    path("campaigns/units/<int:pk>/", show_unit, name="campaign_unit"),
    path("campaigns/units/<int:pk>/<slug:step>/", unit_step, name="campaign_unit_step"),
]
