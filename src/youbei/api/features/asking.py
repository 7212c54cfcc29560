"""What is asked of a layer, read out of the address: whatever cannot be read is refused with 400, as the standard says.

Source: OGC 17-069r4, OGC API - Features - Part 1: Core corrigendum (2022), 7.6, 7.15 and Annex B.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from django.http import QueryDict

from youbei.api.values import within_reason
from youbei.engine.boxes import read_boxes
from youbei.engine.errors import Refused
from youbei.engine.registers.field import FieldKind
from youbei.engine.registers.register import Freshness, Register
from youbei.records.registers.filters import ALL, day, filterable, read_filters
from youbei.records.registers.placed import LARGEST_LAYER_PAGE
from youbei.records.reports.layers import Layer, Span, Wanted

DEFAULT_LIMIT = 100
FORMATS = frozenset({"json", "geojson"})
OF_ALL = ("bbox", "datetime", "limit", "cursor", "f")
OF_REGISTERS = ("q", "unit", "freshness")
# RFC 3339 with its zone, as the standard wants it: no days without a time.
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?\d*([Zz]|[+-]\d\d:\d\d)")


class AskedWrongly(Refused):
    """Refuse what cannot be asked of a layer."""

    status = 400


def demand_known(query: QueryDict, known: Iterable[str]) -> None:
    """Raise AskedWrongly for a parameter that there is not, or that stands twice."""
    names = list(known)
    unknown = ", ".join(sorted(set(query) - set(names)))[:200]
    if unknown:
        raise AskedWrongly(
            zh=f"没有参数“{unknown}”。可用：{'、'.join(names) or '无'}。",
            en=f"There is no parameter {unknown} here. Known: {', '.join(names) or 'none'}.",
        )
    if twice := sorted(name for name in query if len(query.getlist(name)) > 1):
        raise AskedWrongly(
            zh=f"参数“{twice[0]}”出现了多次。请只写一次。", en=f"{twice[0]} stands there more than once. Give it once."
        )
    if (form := query.get("f", "json")) not in FORMATS:
        raise AskedWrongly(
            zh=f"没有格式“{form[:20]}”。请写 f=json，或不写。",
            en=f"There is no format {form[:20]!r}. Write f=json, or leave it out.",
        )
    if any("\0" in value for value in query.values()):
        raise AskedWrongly(
            zh="参数中不能有空字符（U+0000）。请删去。", en="A parameter must not hold the character U+0000. Remove it."
        )


def read_wanted(layer: Layer, query: QueryDict) -> Wanted:
    """Return what of a layer is wanted; raise AskedWrongly for what it does not have and for what cannot be read."""
    demand_known(query, parameters_of(layer))
    said = {name: str(query[name]) for name in query}
    filters = ALL
    if layer.register is not None:
        demand_values(layer.register, said)
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
    names: list[str] = list(OF_REGISTERS)
    for one in filterable(register):
        names += [f"{one.name}_from", f"{one.name}_until"] if one.kind is FieldKind.DATE else [one.name]
    return tuple(names)


def demand_values(register: Register, said: Mapping[str, str]) -> None:
    fresh = said.get("freshness", "")
    if fresh and fresh not in set(Freshness):
        raise AskedWrongly(
            zh=f"freshness 须是 {'、'.join(Freshness)} 之一。", en=f"freshness is one of {', '.join(Freshness)}."
        )
    for one in filterable(register):
        for name in (f"{one.name}_from", f"{one.name}_until") if one.kind is FieldKind.DATE else ():
            if said.get(name) and day(said[name]) is None:
                raise AskedWrongly(
                    zh=f"“{name}”须写成日期，如 2026-11-25。", en=f"Write {name} as a day, such as 2026-11-25."
                )


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
