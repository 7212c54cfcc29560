"""How layers and their features look in answers: links, collections, GeoJSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from youbei.api.features.asking import parameters_of
from youbei.api.rendering import to_json
from youbei.engine.text import Text
from youbei.records.reports.layers import INCIDENTS, Feature, FeaturePage, Layer

ROOT = "/api/features"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
JSON, GEOJSON = "application/json", "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
CLASSES = ("core", "geojson", "oas30")
CONFORMS_TO = tuple(f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{one}" for one in CLASSES)


def answer(data: Mapping[str, Any], kind: str = JSON) -> HttpResponse:
    """Answer with a document; what says where things are names how its numbers are meant."""
    response = HttpResponse(to_json(data), content_type=kind)
    response["Content-Language"] = get_language() or "en"
    response["Vary"] = "Accept-Language, Authorization, Cookie"
    if kind == GEOJSON:
        response["Content-Crs"] = f"<{CRS84}>"
    return response


def worded(text: Text) -> str:
    return text.in_language(get_language() or "en")


def link(request: HttpRequest, path: str, rel: str, title: Text, kind: str = JSON) -> dict[str, str]:
    """Return a link to another address of this room."""
    address = request.build_absolute_uri(f"{ROOT}{path}")
    return {"href": address, "rel": rel, "type": kind, "title": worded(title)}


def landing(request: HttpRequest) -> dict[str, Any]:
    described = Text("接口说明（OpenAPI 3.0）", "The description of this interface (OpenAPI 3.0)")
    return {
        "title": worded(Text("有备图层", "Layers of Youbei")),
        "description": worded(
            Text(
                "登记册、事件与封路的图层，供地图软件读取。",
                "Registers, incidents and closed roads as layers for maps.",
            )
        ),
        "links": [
            link(request, "", "self", Text("本页", "This document")),
            link(request, "/openapi", "service-desc", described, OPENAPI),
            link(request, "/conformance", "conformance", Text("所符合的标准", "What this interface conforms to")),
            link(request, "/collections", "data", Text("图层", "The layers")),
        ],
    }


def collections(request: HttpRequest, layers: Sequence[Layer]) -> dict[str, Any]:
    return {
        "links": [link(request, "/collections", "self", Text("本页", "This document"))],
        "collections": [collection(request, one) for one in layers],
    }


def collection(request: HttpRequest, layer: Layer) -> dict[str, Any]:
    """Describe a layer. `parameters` are those by which its features can be narrowed."""
    path = f"/collections/{layer.name}"
    extent: dict[str, Any] = {"spatial": {"bbox": [[-180, -90, 180, 90]], "crs": CRS84}}
    if layer.has_time:
        extent["temporal"] = {"interval": [[None, None]]}
    return {
        "id": layer.name,
        "title": worded(layer.title),
        "description": worded(layer.about),
        "itemType": "feature",
        "crs": [CRS84],
        "extent": extent,
        "parameters": [name for name in parameters_of(layer) if name != "cursor"],
        "links": [
            link(request, path, "self", layer.title),
            link(request, f"{path}/items", "items", layer.title, GEOJSON),
            link(request, "/collections", "collection", Text("全部图层", "All layers")),
        ],
    }


def feature_collection(request: HttpRequest, layer: Layer, page: FeaturePage, now: datetime) -> dict[str, Any]:
    path = f"/collections/{layer.name}"
    query = request.GET.dict()
    links = [
        link(request, f"{path}/items{as_query(query)}", "self", layer.title, GEOJSON),
        link(request, path, "collection", layer.title),
    ]
    if page.next_cursor is not None:
        onward = f"{path}/items{as_query({**query, 'cursor': page.next_cursor})}"
        links.append(link(request, onward, "next", Text("下一页", "Next page"), GEOJSON))
    return {
        "type": "FeatureCollection",
        "timeStamp": now,
        "numberReturned": len(page.features),
        **({} if page.matched is None else {"numberMatched": page.matched}),
        "links": links,
        "features": [as_geojson(one) for one in page.features],
    }


def as_query(query: Mapping[str, str]) -> str:
    return f"?{urlencode(query, quote_via=quote, safe=',:/')}" if query else ""


def as_geojson(one: Feature) -> dict[str, Any]:
    return {"type": "Feature", "id": one.pk, "geometry": one.shape, "properties": one.values}


def whole_feature(request: HttpRequest, layer: Layer, one: Feature) -> dict[str, Any]:
    """Return one feature as a document of its own, with the page on which people read it."""
    path = f"/collections/{layer.name}"
    links = [
        link(request, f"{path}/items/{one.pk}", "self", layer.title, GEOJSON),
        link(request, path, "collection", layer.title),
    ]
    page = ""
    if layer.register is not None:
        page = reverse("record", args=[layer.register.name, one.pk])
    elif layer.name == INCIDENTS:
        page = reverse("incident", args=[one.pk])
    if page:
        title = worded(Text("网页", "The page"))
        href = request.build_absolute_uri(page)
        links.append({"href": href, "rel": "alternate", "type": "text/html", "title": title})
    return {**as_geojson(one), "links": links}
