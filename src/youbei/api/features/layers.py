"""Operations of OGC API - Features: what layers there are, and what stands on them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Router

from youbei.actions import clock
from youbei.actions.layers import note_opened
from youbei.actions.permit import not_found
from youbei.api.access import caller, may
from youbei.api.asked import reads_filters
from youbei.api.features import answers
from youbei.api.features.asking import demand_known, read_wanted
from youbei.api.features.description import describe, parameters
from youbei.engine.access import Permission
from youbei.records.models import User
from youbei.records.reports.layers import Layer, feature_called, features_of, layers_for

router = Router(tags=["features"])
ALWAYS = ("f",)
LARGEST_KEY = 2**63


def gives(kind: str, *, asked: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Return the options of an operation for all who may see, whose answer is a document of this kind."""
    options = may(Permission.SEE)
    content = {kind: {"schema": {"type": "object"}}}
    extra = {"responses": {200: {"description": "The document", "content": content}}}
    if asked:
        extra["parameters"] = asked  # type: ignore[assignment]
    return {**options, "response": None, "openapi_extra": {**options["openapi_extra"], **extra}}


@router.get("/features", **gives(answers.JSON))
@reads_filters
def show_feature_service(request: HttpRequest) -> HttpResponse:
    """Return the landing page of OGC API - Features: where everything else is."""
    demand_known(request.GET, ALWAYS)
    return answers.answer(answers.landing(request))


@router.get("/features/", include_in_schema=False, **gives(answers.JSON))
@reads_filters
def show_feature_service_too(request: HttpRequest) -> HttpResponse:
    """Return the landing page to whoever adds a stroke to the address."""
    return show_feature_service(request)


@router.get("/features/openapi", **gives(answers.OPENAPI))
@reads_filters
def describe_feature_service(request: HttpRequest) -> HttpResponse:
    """Describe the layers that you may see by OpenAPI 3.0, as programs for maps read it."""
    demand_known(request.GET, ALWAYS)
    return answers.answer(describe(request, layers_for(caller(request))), answers.OPENAPI)


@router.get("/features/conformance", **gives(answers.JSON))
@reads_filters
def show_conformance(request: HttpRequest) -> HttpResponse:
    """Name the requirements of OGC API - Features that are met."""
    demand_known(request.GET, ALWAYS)
    return answers.answer({"conformsTo": answers.CONFORMS_TO})


@router.get("/features/collections", **gives(answers.JSON))
@reads_filters
def list_layers(request: HttpRequest) -> HttpResponse:
    """List the layers that you may see."""
    demand_known(request.GET, ALWAYS)
    return answers.answer(answers.collections(request, layers_for(caller(request))))


@router.get("/features/collections/{name}", **gives(answers.JSON))
@reads_filters
def show_layer(request: HttpRequest, name: str) -> HttpResponse:
    """Describe one layer."""
    demand_known(request.GET, ALWAYS)
    return answers.answer(answers.collection(request, layer_for(name, caller(request))))


@router.get("/features/collections/{name}/items", **gives(answers.GEOJSON, asked=parameters()))
@reads_filters
def list_features(request: HttpRequest, name: str) -> HttpResponse:
    """Return a page of a layer as GeoJSON, personal values left out. The log says once a day who reads which layer.

    Besides the parameters below, the layer of a register takes its filters, as `kind=professional`; its description
    names them. A page may be short and still have a `next`.
    """
    by, now = caller(request), clock.now()
    layer = layer_for(name, by)
    wanted = read_wanted(layer, request.GET, by)
    page = features_of(layer, by, wanted, now, get_language() or "en")
    note_opened(layer, by=by, now=now)
    return answers.answer(answers.feature_collection(request, layer, page, now), answers.GEOJSON)


@router.get("/features/collections/{name}/items/{feature}", **gives(answers.GEOJSON))
@reads_filters
def show_feature(request: HttpRequest, name: str, feature: str) -> HttpResponse:
    """Return one feature of a layer as GeoJSON."""
    demand_known(request.GET, ALWAYS)
    by, now = caller(request), clock.now()
    layer = layer_for(name, by)
    pk = int(feature) if feature.isascii() and feature.isdigit() and len(feature) < 20 else 0
    found = feature_called(layer, pk, by, now, get_language() or "en") if 0 < pk < LARGEST_KEY else None
    if found is None:
        raise not_found()
    note_opened(layer, by=by, now=now)
    return answers.answer(answers.whole_feature(request, layer, found), answers.GEOJSON)


def layer_for(name: str, by: User) -> Layer:
    """Return a layer of which the caller may see anything; one that they may not see does not exist for them."""
    for layer in layers_for(by):
        if layer.name == name:
            return layer
    raise not_found()
