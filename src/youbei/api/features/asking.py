"""What is asked of a layer, read out of the address: whatever cannot be read is refused with 400, as the standard says.

Source: OGC 17-069r4, OGC API - Features - Part 1: Core corrigendum (2022), 7.6, 7.15 and Annex B.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.http import QueryDict

from youbei.api.asked import ParameterRefused
from youbei.api.asked import demand_known as demand_only
from youbei.api.register_filters import demand_values
from youbei.api.values import within_reason
from youbei.engine.boxes import read_boxes
from youbei.engine.registers.register import Register
from youbei.records.models import User
from youbei.records.registers.filters import ALL, names_of, read_filters
from youbei.records.registers.placed import LARGEST_LAYER_PAGE
from youbei.records.reports.layers import Layer, Span, Wanted

DEFAULT_LIMIT = 100
FORMATS = frozenset({"json", "geojson"})
OF_ALL = ("bbox", "datetime", "limit", "cursor", "f")
OF_REGISTERS = ("q", "unit", "freshness")
# RFC 3339 with its zone, as the standard wants it: no days without a time.
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?\d*([Zz]|[+-]\d\d:\d\d)")


class AskedWrongly(ParameterRefused):
    """Refuse what cannot be asked of a layer."""

    status = 400


@contextmanager
def answered_with_400() -> Iterator[None]:
    """Refuse as AskedWrongly what elsewhere is refused with 422."""
    try:
        yield
    except ParameterRefused as refused:
        raise AskedWrongly(zh=refused.text.zh, en=refused.text.en, names=refused.names) from None


def demand_known(query: QueryDict, known: Iterable[str]) -> None:
    """Raise AskedWrongly for a parameter that there is not, or that stands twice."""
    with answered_with_400():
        demand_only(query, known)
    if (form := query.get("f", "json")) not in FORMATS:
        raise AskedWrongly(
            zh=f"没有格式“{form[:20]}”。请写 f=json，或不写。",
            en=f"There is no format {form[:20]!r}. Write f=json, or leave it out.",
        )


def read_wanted(layer: Layer, query: QueryDict, by: User) -> Wanted:
    """Return what of a layer is wanted; raise AskedWrongly for what it does not have and for what cannot be read."""
    demand_known(query, parameters_of(layer))
    said = {name: str(query[name]) for name in query}
    filters = ALL
    if layer.register is not None:
        with answered_with_400():
            demand_values(layer.register, said, by)
        filters = read_filters(layer.register, said)
    return Wanted(
        boxes=read_boxes(said["bbox"]) if "bbox" in said else (),
        span=read_span(said["datetime"]) if "datetime" in said else (None, None),
        filters=filters,
        cursor=said.get("cursor", ""),
        size=read_limit(said.get("limit", str(DEFAULT_LIMIT))),
    )


def parameters_of(layer: Layer) -> tuple[str, ...]:
    return (*OF_ALL, *filters_of(layer.register)) if layer.register is not None else OF_ALL


def filters_of(register: Register) -> tuple[str, ...]:
    """Return the parameters by which the layer of a register can be narrowed."""
    return (*OF_REGISTERS, *names_of(register))


def read_limit(text: str) -> int:
    """Return how many features a page may have. More than there can be is no mistake: there are then fewer."""
    if not re.fullmatch(r"\+?\d{1,40}", text, re.ASCII) or int(text) < 1:
        raise AskedWrongly(
            zh=f"limit 须是 1 或以上的整数，而不是“{text[:20]}”。每页最多 {LARGEST_LAYER_PAGE} 条，"
            "更多请沿 next 链接取。",
            en=f"limit is a whole number from 1 on, not {text[:20]!r}. A page has {LARGEST_LAYER_PAGE} at most: follow "
            "the next link for more.",
        )
    return min(int(text), LARGEST_LAYER_PAGE)


def read_span(text: str) -> Span:
    """Return the first and the last moment of a time or an interval; None for an end that is open."""
    ends = text.split("/")
    if len(ends) == 1:
        return read_moment(text), read_moment(text)
    is_open = [end in ("", "..") for end in ends]
    if len(ends) > 2 or all(is_open):
        raise wrong_time(text)
    first, last = (None if free else read_moment(end) for end, free in zip(ends, is_open, strict=True))
    if first is not None and last is not None and first > last:
        raise wrong_time(text)
    return first, last


def read_moment(text: str) -> datetime:
    if not MOMENT.fullmatch(text):
        raise wrong_time(text)
    try:
        return within_reason(datetime.fromisoformat(text.upper()).astimezone(UTC))
    except (ValueError, OverflowError):
        raise wrong_time(text) from None


def wrong_time(text: str) -> AskedWrongly:
    return AskedWrongly(
        zh=f"datetime“{text[:60]}”不是带时区的时间（如 2026-11-26T08:00:00Z），也不是从早到晚的一段（如 "
        "2026-11-01T00:00:00Z/..）。",
        en=f"datetime {text[:60]} is neither a time with its zone, such as 2026-11-26T08:00:00Z, nor a span from early "
        "to late, such as 2026-11-01T00:00:00Z/.. .",
    )
