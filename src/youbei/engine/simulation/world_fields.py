"""Read the fields of a world file, and say where one is wrong and what to write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from youbei.engine.errors import Refused
from youbei.engine.places import Point
from youbei.engine.plans.durations import NotADuration, parse_duration

MOST = 1_000_000


class BadWorld(Refused):
    """Refuse a file that describes no world."""

    status = 422


def wrong(place: str, zh: str, en: str) -> BadWorld:
    return BadWorld(zh=f"资源文件 {place}：{zh}。", en=f"The world file, {place}: {en}.")


def rows_of(values: Mapping[str, Any], name: str) -> list[Any]:
    rows = values.get(name, [])
    if not isinstance(rows, list) or len(rows) > MOST:
        raise wrong(name, f"须是列表，至多 {MOST:,} 项", f"must be a list of at most {MOST:,}")
    return rows


def point_of(values: Mapping[str, Any], place: str) -> Point:
    lat = number_of(values, "lat", place, least=-90.0, most=90.0)
    return Point(lat, number_of(values, "lon", place, least=-180.0, most=180.0))


def fields_of(data: object, fields: frozenset[str], place: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise wrong(place, "须是 JSON 对象", "a JSON object is needed")
    unknown = sorted(set(data) - fields)
    if unknown:
        known = ", ".join(sorted(fields))
        zh = f"不认识的字段“{unknown[0]}”，可用：{known}"
        raise wrong(place, zh, f"unknown field {unknown[0]!r}; there are {known}")
    return data


def text_of(values: Mapping[str, Any], name: str, place: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise wrong(f"{place}.{name}", "须是非空文字", "must be text that is not empty")
    return value


def number_of(values: Mapping[str, Any], name: str, place: str, *, least: float, most: float) -> float:
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        zh, en = f"须是 {least:g} 到 {most:g} 的数", f"must be a number from {least:g} to {most:g}"
        raise wrong(f"{place}.{name}", zh, en)
    return float(value)


def length_of(values: Mapping[str, Any], name: str, place: str) -> timedelta:
    try:
        return parse_duration(str(values.get(name, "PT0S")))
    except NotADuration:
        raise wrong(
            f"{place}.{name}", "须写成 ISO 8601 时长，如 PT5M", "must be a length as ISO 8601 writes it, such as PT5M"
        ) from None


def share_of(values: Mapping[str, Any], name: str, place: str, usual: float | None = None) -> float:
    """Return a probability; `usual` where none is given, which is refused without one."""
    return number_of({name: usual, **values}, name, place, least=0.0, most=1.0)


def names_of(values: Mapping[str, Any], name: str, place: str, known: frozenset[str]) -> frozenset[str]:
    """Return a list of ids that the file knows."""
    found = values.get(name)
    if not isinstance(found, list) or not found or not all(isinstance(one, str) for one in found):
        raise wrong(f"{place}.{name}", "须是编号的列表，至少一个", "must be a list of ids, at least one")
    unknown = next((one for one in found if one not in known), None)
    if unknown is not None:
        raise wrong(f"{place}.{name}", f"文件中没有“{unknown[:40]}”", f"the file has no {unknown[:40]!r}")
    return frozenset(found)
