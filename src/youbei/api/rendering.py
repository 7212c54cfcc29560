"""JSON in and out."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import orjson
from django.http import HttpRequest
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from pydantic_core import to_jsonable_python

from youbei.engine.errors import Refused

# Assumption: nothing that we take is nested more deeply than a condition in a plan ever is.
DEEPEST = 100
NUL = re.compile(rb"\\u0000")


class BodyUnreadable(Refused):
    """Refuse a body that is not JSON as we take it."""

    status = 400


class BodyOfOtherType(Refused):
    """Refuse a body that does not say it is JSON."""

    status = 415


class Renderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return to_json(data)


def to_json(data: Any) -> bytes:
    """Write JSON values; durations as ISO 8601 in whole seconds, datetimes with their offset."""
    return orjson.dumps(data, default=to_plain, option=orjson.OPT_NON_STR_KEYS)


def to_plain(value: Any) -> Any:
    """Return what orjson can write for a value that it cannot."""
    if isinstance(value, timedelta):
        value = timedelta(seconds=round(value.total_seconds()))
    return to_jsonable_python(value)


class JsonParser(Parser):
    """Read JSON strictly: UTF-8, no lone surrogates, no NaN, no NUL, not nested without end."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise BodyOfOtherType(
                zh="请求体须为 JSON：请写明 Content-Type: application/json。",
                en="The body must be JSON: send Content-Type: application/json.",
            )
        try:
            data = orjson.loads(request.body)
        except orjson.JSONDecodeError as error:
            raise BodyUnreadable(
                zh=f"请求体不是正确的 JSON（UTF-8）：第 {error.lineno} 行第 {error.colno} 列。",
                en=f"The body is not correct JSON in UTF-8: line {error.lineno}, column {error.colno}.",
            ) from None
        demand_shallow(data)
        if NUL.search(request.body) and has_nul(data):
            raise BodyUnreadable(
                zh="文字中不能有空字符（U+0000）。请删去。", en="Text must not hold the character U+0000. Remove it."
            )
        return data


def demand_shallow(data: Any) -> None:
    """Raise BodyUnreadable where values are nested deeper than `DEEPEST`."""
    layer = [data]
    for _ in range(DEEPEST):
        layer = [child for value in layer for child in children(value)]
        if not layer:
            return
    raise BodyUnreadable(
        zh=f"JSON 嵌套超过 {DEEPEST} 层。请减少层数。", en=f"The JSON is nested more than {DEEPEST} deep. Flatten it."
    )


def children(value: Any) -> list[Any]:
    """Return the containers inside a container."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [child for child in inner if isinstance(child, (dict, list))]


def has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in key or has_nul(part) for key, part in value.items())
    return isinstance(value, list) and any(has_nul(part) for part in value)
