"""Bodies for the operations of the API, made from their schemas: the least that passes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from tests.walk.planted import CODE
from youbei.api.routes import api

# What a schema cannot say: a code that exists, so that the call is refused for whose it is and not for what it names.
KNOWN: Mapping[str, Any] = {
    "organisation": f"{CODE}-county",
    "username": "neighbour",
    "role": "observer",
    "kind": "ammonia_leak",
    "category": "accident",
    "key": "serious_injured",
    "facts": {"serious_injured": 1},
    "second": {"version": "2026.1"},
    "address": "https://receiver.example/walk",
    "kinds": ["incident.*"],
}
ASKED: Mapping[str, Any] = {"capability": "rescue", "kind": "shelter", "purpose": "call_out"}


@cache
def schemas() -> Mapping[str, Any]:
    found: Mapping[str, Any] = api.get_openapi_schema()["components"]["schemas"]
    return found


def body_for(operation: Mapping[str, Any]) -> Any:
    """Return a body for an operation, or None where it takes none."""
    if "requestBody" not in operation:
        return None
    content = operation["requestBody"]["content"]
    return example(content["application/json"]["schema"]) if "application/json" in content else None


def query_for(operation: Mapping[str, Any]) -> str:
    """Return the query that an operation must have, empty where it needs none; a purpose is said where one is taken."""
    asked = [one for one in operation.get("parameters", ()) if one["in"] == "query"]
    needed = [one for one in asked if one.get("required") or one["name"] == "purpose"]
    return urlencode({one["name"]: ASKED.get(one["name"]) or example(one["schema"], one["name"]) for one in needed})


def example(schema: Mapping[str, Any], name: str = "") -> Any:
    """Return a value that fits a schema, with its required parts alone."""
    if schema.get("type") in ("object", "array") and name in KNOWN:
        return KNOWN[name]
    if "$ref" in schema:
        return example(schemas()[schema["$ref"].rsplit("/", 1)[-1]], name)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return example(schema[several][0], name)
    if "enum" in schema:
        return KNOWN[name] if KNOWN.get(name) in schema["enum"] else schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if schema.get("type") == "object":
        needed = set(schema.get("required", ())) | ({"organisation", "text"} & set(schema.get("properties", ())))
        return {one: example(part, one) for one, part in schema.get("properties", {}).items() if one in needed}
    if schema.get("type") == "array":
        return [example(schema["items"], name)] if schema.get("minItems") else []
    if schema.get("type") == "string":
        dated = {"date-time": "2030-01-01T00:00:00Z", "date": "2026-11-25"}
        return dated.get(schema.get("format", ""), KNOWN.get(name, "x"))
    return {"integer": max(1, int(schema.get("minimum", 1))), "number": 1, "boolean": True}.get(schema.get("type", ""))
