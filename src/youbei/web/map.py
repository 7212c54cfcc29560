"""The map of the city: drawn by the server as SVG, made movable by the island."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from youbei import content
from youbei.actions import clock
from youbei.engine.access import Permission
from youbei.engine.boxes import read_boxes
from youbei.engine.text import Text
from youbei.records.log import head
from youbei.records.models import User
from youbei.records.registers.boxes import EARTH
from youbei.records.registers.pages import Count, counted
from youbei.records.registers.tables import in_use
from youbei.records.reports.city_map import (
    LAYER_NAMES,
    LAYERS,
    CityMap,
    Closed,
    Ground,
    Mark,
    Outline,
    city_map,
    ground,
)
from youbei.records.reports.map_heaps import Heap
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, reads
from youbei.web.mapchart import REGISTERS, draw, heap_address, record_address


@dataclass(frozen=True, slots=True)
class LayerShown:
    """A layer that can be shown or left out: `address` shows the map the other way."""

    name: str
    title: str
    register: str
    count: Count
    is_shown: bool
    address: str


def layers_asked(request: HttpRequest) -> list[str]:
    """Return the layers that an address names, all where it names none."""
    named = request.GET.get("layers")
    return list(LAYER_NAMES) if named is None else [name for name in LAYER_NAMES if name in named.split(",")]


def layers_shown(user: User, asked: list[str]) -> list[LayerShown]:
    found = []
    for layer in LAYERS:
        register = content.registers()[layer.register]
        rows = in_use(layer.model.objects.under_any(user.paths_with(register.see), "under"))
        others = [name for name in LAYER_NAMES if (name in asked) != (name == layer.name)]
        address = f"{reverse('map')}?{urlencode({'layers': ','.join(others)}, safe=',')}"
        title = title_of(layer.name)
        found.append(LayerShown(layer.name, title, layer.register, counted(rows), layer.name in asked, address))
    return found


@access(Permission.SEE)
@reads(layers=WORDS)
def city(request: HttpRequest) -> HttpResponse:
    """Show the map, and beside it what is on it as a list."""
    position, user, asked = head().position, user_of(request), layers_asked(request)
    shown, below = city_map(user, clock.now(), layers=asked), ground()
    context = {
        "map": shown,
        "drawing": draw(shown, below),
        "tiles": settings.MAP_TILES,
        "position": position,
        "layers": layers_shown(user, asked),
        "asked": ",".join(asked),
        "moving": [way for way in shown.ways if not way.has_arrived],
        "arrived": [way for way in shown.ways if way.has_arrived],
        "crowded": [title_of(name) for name in shown.crowded],
    }
    return render(request, "map/city.html", context)


@access(Permission.SEE)
def still(request: HttpRequest) -> HttpResponse:
    """Give areas and roads as GeoJSON; they change seldom, so the browser keeps them."""
    below = ground()
    body = json.dumps(ground_data(below), ensure_ascii=False, separators=(",", ":"))
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
    response: HttpResponse
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(body, content_type="application/geo+json")
    response["ETag"] = tag
    response["Cache-Control"] = "private, max-age=60"
    return response


@access(Permission.SEE)
def going_on(request: HttpRequest) -> HttpResponse:
    """Give incidents, resources, ways and closed roads as GeoJSON; `bbox` is the box that is looked at."""
    bbox = request.GET.get("bbox", "")
    boxes = read_boxes(bbox) if bbox else EARTH
    shown = city_map(user_of(request), clock.now(), boxes=boxes, layers=layers_asked(request))
    return JsonResponse(map_data(shown), content_type="application/geo+json")


def said(text: Text) -> str:
    return text.in_language(get_language() or "en")


def title_of(layer: str) -> str:
    return said(content.registers()[REGISTERS[layer]].title)


def ground_data(below: Ground | None) -> dict[str, Any]:
    features: list[dict[str, Any]] = []
    if below is not None:
        for area in below.areas.get("features", ()):
            kept = area.get("properties", {})
            name = said(Text.from_data(kept.get("name") or {"zh": kept.get("zh", ""), "en": kept.get("en", "")}))
            features.append({**area, "properties": {"layer": "area", "kind": kept.get("kind", ""), "name": name}})
        for kind, roads in below.roads.items():
            lines = [[[lon, lat] for lat, lon in road] for road in roads]
            features.append(feature("MultiLineString", lines, layer="road", kind=kind))
    return {"type": "FeatureCollection", "features": features}


def map_data(shown: CityMap) -> dict[str, Any]:
    """Return a map as a FeatureCollection; `crowded` says in words of which layers not all are in it."""
    features = [outline_feature(one) for one in shown.outlines]
    features += [closed_feature(one) for one in shown.closed]
    features += [mark_feature(mark) for mark in shown.marks]
    features += [heap_feature(heap) for heap in shown.heaps]
    for way in shown.ways:
        line = [[lon, lat] for lat, lon in way.line]
        address = reverse("run", args=[way.run_pk])
        kind = "arrived" if way.has_arrived else "moving"
        features.append(feature("LineString", line, layer="way", kind=kind, name=said(way.label), address=address))
    crowded = [title_of(name) for name in shown.crowded]
    return {"type": "FeatureCollection", "features": features, "crowded": crowded}


def closed_feature(closed: Closed) -> dict[str, Any]:
    ring = [[lon, lat] for lat, lon in (*closed.area, closed.area[0])]
    kind = "closed" if closed.factor is None else "slow"
    name = _("Roads closed") if closed.factor is None else _("Roads slow")
    address = reverse("incident", args=[closed.incident_pk])
    return feature("Polygon", [ring], layer="closed", kind=kind, name=name, note=closed.reason, address=address)


def outline_feature(outline: Outline) -> dict[str, Any]:
    mark = outline.mark
    kept = {"layer": "extent", "kind": mark.layer, "name": said(mark.name), "address": address_of(mark)}
    return feature(outline.shape["type"], outline.shape["coordinates"], **kept)


def mark_feature(mark: Mark) -> dict[str, Any]:
    return feature(
        "Point",
        [mark.lon, mark.lat],
        layer=mark.layer,
        kind=mark.kind,
        name=said(mark.name),
        note=note_of(mark),
        level=mark.level,
        address=address_of(mark),
    )


def address_of(mark: Mark) -> str:
    """Return the page of what a mark stands for, empty where it stands for no record."""
    if not mark.pk:
        return ""
    if mark.layer == "incident":
        return reverse("incident", args=[mark.pk])
    return record_address(mark)


def note_of(mark: Mark) -> str:
    if mark.at is None:
        return said(mark.note)
    at = date_format(localtime(mark.at), "m-d H:i")
    return " · ".join(filter(None, [said(mark.note), _("place reported %(at)s") % {"at": at}]))


def heap_feature(heap: Heap) -> dict[str, Any]:
    number = f"{title_of(heap.layer)}: {number_format(heap.number, use_l10n=True, force_grouping=True)}"
    return feature(
        "Point",
        [heap.lon, heap.lat],
        layer="heap",
        kind=heap.layer,
        name=said(heap.name),
        note=number,
        number=heap.number,
        address=heap_address(heap),
    )


def feature(kind_of_geometry: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": kind_of_geometry, "coordinates": coordinates},
        "properties": properties,
    }


urlpatterns = [
    path("map/", city, name="map"),
    path("map/ground.json", still, name="map_ground"),
    path("map/data.json", going_on, name="map_data"),
]
