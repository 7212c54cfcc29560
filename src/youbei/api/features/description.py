"""The layers described by OpenAPI 3.0, for programs for maps; all of ours is described at `/api/openapi.json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from youbei import __version__
from youbei.api.features.answers import GEOJSON, JSON, OPENAPI, ROOT
from youbei.api.features.asking import DEFAULT_LIMIT, FORMATS, filters_of
from youbei.api.problems import CONTENT_TYPE
from youbei.records.registers.placed import LARGEST_LAYER_PAGE
from youbei.records.reports.layers import Layer

ERRORS = {
    "400": "A parameter is unknown or cannot be read",
    "401": "Not signed in",
    "403": "No grant for this",
    "404": "Nothing here that you may see",
}
LISTED = {"style": "form", "explode": False}
FORMAT = {
    "name": "f",
    "in": "query",
    "description": "the form of the answer; there is one",
    "schema": {"type": "string", "enum": sorted(FORMATS), "default": "json"},
}


def parameters() -> list[dict[str, Any]]:
    """Return the parameters that every layer takes."""
    return [
        {
            "name": "bbox",
            "in": "query",
            "description": "west,south,east,north in degrees (CRS84), or with heights, which do not matter; with west "
            "greater than east it crosses the antimeridian",
            "schema": {
                "type": "array",
                "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
                "items": {"type": "number"},
            },
            **LISTED,
        },
        {
            "name": "datetime",
            "in": "query",
            "description": "a time (RFC 3339) or two parted by a stroke, `..` for an end that is open; layers without "
            "times are not narrowed by it",
            "schema": {"type": "string"},
            **LISTED,
        },
        {
            "name": "limit",
            "in": "query",
            "description": "how many features a page may have; of more than the maximum it is the maximum",
            "schema": {
                "type": "integer",
                "minimum": 1,
                "maximum": LARGEST_LAYER_PAGE,
                "default": DEFAULT_LIMIT,
            },
            **LISTED,
        },
        {
            "name": "cursor",
            "in": "query",
            "description": "where the page begins, as a `next` link has it",
            "schema": {"type": "string"},
        },
        FORMAT,
    ]


def describe(request: HttpRequest, layers: Sequence[Layer]) -> dict[str, Any]:
    """Return the description of the layers that somebody may see."""
    paths = {
        "/": got("getLandingPage", "Where everything is", JSON),
        "/openapi": got("getDescription", "This description", OPENAPI),
        "/conformance": got("getConformanceDeclaration", "The standard that is met", JSON),
        "/collections": got("getCollections", "The layers", JSON),
    }
    for layer in layers:
        path, name = f"/collections/{layer.name}", layer.name
        paths[path] = got(f"describe_{name}", layer.title.en, JSON)
        filters = filters_of(layer.register) if layer.register is not None else ()
        asked = [*parameters(), *map(filter_parameter, filters)]
        paths[f"{path}/items"] = got(f"list_{name}", layer.about.en, GEOJSON, asked)
        paths[f"{path}/items/{{featureId}}"] = got(f"get_{name}", layer.title.en, GEOJSON, [KEY, FORMAT])
    return {
        "openapi": "3.0.3",
        "info": {"title": "Youbei: OGC API - Features", "version": __version__},
        "servers": [{"url": request.build_absolute_uri(ROOT)}],
        "security": [{"key": []}],
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        "paths": paths,
    }


KEY = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}


def filter_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string"}}


def got(name: str, summary: str, kind: str, asked: Sequence[dict[str, Any]] = (FORMAT,)) -> dict[str, Any]:
    problem = {CONTENT_TYPE: {"schema": {"type": "object"}}}
    responses: dict[str, Any] = {
        "200": {"description": "The document", "content": {kind: {"schema": {"type": "object"}}}},
        **{status: {"description": said, "content": problem} for status, said in ERRORS.items()},
    }
    return {"get": {"operationId": name, "summary": summary, "parameters": list(asked), "responses": responses}}
