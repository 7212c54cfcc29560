"""What can be here within some minutes: teams with a capability, an item, or sites of a kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.actions import clock
from youbei.actions.routing import journeys_asked
from youbei.engine.access import Permission
from youbei.engine.places import Point
from youbei.engine.reach import Journeys
from youbei.engine.text import Text
from youbei.records.models import Incident, Site, User
from youbei.records.reports.city_map import CityMap, Mark, ground
from youbei.records.reports.reach import (
    LOOKED_AT,
    Reach,
    Reached,
    sites_within,
    stock_within,
    teams_within,
    with_standings,
)
from youbei.web.access import access, user_of
from youbei.web.asked import reads
from youbei.web.map import feature
from youbei.web.mapchart import draw
from youbei.web.templatetags.youbei import said

MOST_MINUTES = 24 * 60
TYPES = (1, 2, 3, 4)
# So many of the first to arrive are listed, and drawn where the map cannot move.
LISTED = 50


@dataclass(frozen=True, slots=True)
class Here:
    """The place that is asked about, and what it is called."""

    point: Point
    name: str


class ReachForm(forms.Form):
    """Ask what can be at a place in time. What is looked for is one of capability, item and kind of site."""

    point = forms.CharField(
        label=gettext_lazy("Here"),
        max_length=120,
        help_text=gettext_lazy("Coordinates (latitude, longitude), the code of a site, or the number of an incident."),
        widget=forms.TextInput(attrs={"placeholder": "34.6012, 119.2200", "autocomplete": "off"}),
    )
    minutes = forms.IntegerField(label=gettext_lazy("Within minutes"), min_value=1, max_value=MOST_MINUTES, initial=30)
    capability = forms.ChoiceField(label=gettext_lazy("Teams that can"), required=False)
    type = forms.TypedChoiceField(
        label=gettext_lazy("Type at least"),
        coerce=int,
        empty_value=None,
        required=False,
        initial=4,
        choices=[(one, one) for one in TYPES],
        help_text=gettext_lazy("1 is the most capable."),
    )
    item = forms.CharField(
        label=gettext_lazy("or an item"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"list": "reach-items", "autocomplete": "off"}),
    )
    site_kind = forms.ChoiceField(label=gettext_lazy("or sites"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        capability, kind = self.fields["capability"], self.fields["site_kind"]
        sites = content.registers()["site"].field("kind").choices
        capability.choices = [("", "–"), *((code, said(one.name)) for code, one in content.capabilities().items())]  # type: ignore[attr-defined]
        kind.choices = [("", "–"), *((one.code, said(one.title)) for one in sites)]  # type: ignore[attr-defined]

    def clean_point(self) -> Here:
        here = place_named(self.cleaned_data["point"], self.user)
        if here is None:
            raise forms.ValidationError(
                _(
                    "There is no such place. Give two numbers, latitude first, such as 34.6012, 119.2200, or the code "
                    "of a site or the number of an incident that you may see."
                )
            )
        return here

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if sum(bool(data.get(name)) for name in ("capability", "item", "site_kind")) != 1:
            self.add_error(None, _("Choose one: what teams can do, an item, or a kind of site."))
        return data


def place_named(text: str, user: User) -> Here | None:
    """Return the place that a text means: coordinates, a site by its code, an incident by its number."""
    text = text.strip()
    parts = [part for part in re.split(r"[\s,，;]+", text) if part]
    try:
        lat, lon = (float(part) for part in parts)
    except ValueError:
        return place_of_record(text, user)
    is_on_earth = -90 <= lat <= 90 and -180 <= lon <= 180
    return Here(Point(lat, lon), "") if is_on_earth else None


def place_of_record(text: str, user: User) -> Here | None:
    site = Site.objects.visible_to(user).filter(code=text.lower()).first()
    if site is not None:
        return Here(Point(site.lat, site.lon), said(Text(site.name_zh, site.name_en)))
    incident = Incident.objects.visible_to(user).filter(number=text, lat__isnull=False).first()
    if incident is None or incident.lat is None or incident.lon is None:
        return None
    return Here(Point(incident.lat, incident.lon), said(incident.named))


def answer(user: User, data: dict[str, Any], ways: Journeys, *, listed: int = LOOKED_AT) -> Reach:
    here, within = data["point"].point, timedelta(minutes=data["minutes"])
    if data["capability"]:
        return teams_within(
            user,
            here,
            capability=data["capability"],
            least_type=data["type"] or TYPES[-1],
            within=within,
            journeys=ways,
            listed=listed,
        )
    if data["item"]:
        today = timezone.localdate(clock.now())
        item = data["item"].strip()
        return stock_within(user, here, item=item, within=within, journeys=ways, today=today, listed=listed)
    return sites_within(user, here, kind=data["site_kind"], within=within, journeys=ways, listed=listed)


@access(Permission.SEE)
@reads(ReachForm)
def reach(request: HttpRequest) -> HttpResponse:
    """Ask, and show who can be here in time, the first to arrive first, as a list and on the map."""
    user = user_of(request)
    is_asked = "minutes" in request.GET
    form = ReachForm(request.GET, user=user) if is_asked else ReachForm(initial=request.GET.dict(), user=user)
    context: dict[str, Any] = {
        "form": form,
        "tiles": settings.MAP_TILES,
        "query": request.GET.urlencode(),
        "items": content.items().values(),
    }
    if is_asked and form.is_valid():
        ways, server = journeys_asked()
        found = with_standings(answer(user, form.cleaned_data, ways, listed=LISTED), clock.now())
        context |= {
            "reach": found,
            "here": form.cleaned_data["point"],
            "ways": ways,
            "server": server.name if server else "",
            "has_answered": server is not None and server.has_answered,
            "minutes": form.cleaned_data["minutes"],
            "wanted": form.cleaned_data["item"],
            "is_by_road": found.is_by_road,
            "is_estimated": found.is_estimated,
            "detour": ways.straight.detour,
            "speed_km_h": round(ways.straight.speed_m_s * 3.6),
            "listed": found.found,
            "drawing": draw(city_map_of(found.found, form.cleaned_data["point"]), ground()),
        }
    return render(request, "reach/page.html", context)


@access(Permission.SEE)
def on_map(request: HttpRequest) -> HttpResponse:
    """Give the answer as GeoJSON."""
    user = user_of(request)
    form = ReachForm(request.GET, user=user)
    found: Sequence[Reached] = ()
    if form.is_valid():
        found = answer(user, form.cleaned_data, journeys_asked()[0]).found
    features = [
        feature(
            "Point",
            [one.arrival.at.lon, one.arrival.at.lat],
            layer="team" if one.register == "team" else "site",
            kind="available",
            name=said(one.name),
            note=note_of(one),
            address=reverse("record", args=[one.register, one.pk]),
        )
        for one in found
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features}, content_type="application/geo+json")


def note_of(one: Reached) -> str:
    return _("%(minutes)s min, %(km)s km") % {
        "minutes": round(one.arrival.total.total_seconds() / 60),
        "km": f"{one.arrival.distance_m / 1000:.1f}",
    }


def city_map_of(found: Sequence[Reached], here: Here) -> CityMap:
    """Return the answer as marks for the drawing of the map."""

    def marks(layer: str, some: Sequence[Reached]) -> tuple[Mark, ...]:
        return tuple(Mark(layer, one.pk, "available", one.name, one.arrival.at.lat, one.arrival.at.lon) for one in some)

    teams = [one for one in found if one.register == "team"]
    others = [one for one in found if one.register != "team"]
    name = here.name or _("Here")
    middle = Mark("incident", 0, "real", Text(name, name), here.point.lat, here.point.lon)
    return CityMap((middle,), marks("team", teams), marks("site", others), ())


urlpatterns = [
    path("reach/", reach, name="reach"),
    path("reach/map.json", on_map, name="reach_map"),
]
