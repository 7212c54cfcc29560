"""The map of the city: drawn by the server as SVG, made movable by the island."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language

from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.log import head
from youbei.records.reports.city_map import CityMap, Ground, Mark, city_map, ground
from youbei.web.access import access, user_of
from youbei.web.mapchart import draw


@access(Permission.SEE)
def city(request: HttpRequest) -> HttpResponse:
    """Show the map, and beside it what is on it as a list."""
    position = head().position
    shown, below = city_map(user_of(request)), ground()
    context = {"map": shown, "drawing": draw(shown, below), "tiles": settings.MAP_TILES, "position": position}
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
    """Give incidents, teams, sites and ways as GeoJSON."""
    return JsonResponse(map_data(city_map(user_of(request))), content_type="application/geo+json")


def said(text: Text) -> str:
    return text.in_language(get_language() or "en")


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
    features = [mark_feature(mark) for mark in (*shown.sites, *shown.teams, *shown.incidents)]
    for way in shown.ways:
        line = [[lon, lat] for lat, lon in way.line]
        address = reverse("run", args=[way.run_pk])
        kind = "arrived" if way.has_arrived else "moving"
        features.append(feature("LineString", line, layer="way", kind=kind, name=said(way.label), address=address))
    return {"type": "FeatureCollection", "features": features}


def mark_feature(mark: Mark) -> dict[str, Any]:
    address = reverse("incident", args=[mark.pk]) if mark.layer == "incident" else ""
    return feature(
        "Point",
        [mark.lon, mark.lat],
        layer=mark.layer,
        kind=mark.kind,
        name=said(mark.name),
        note=said(mark.note),
        level=mark.level,
        address=address,
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
