"""What register codes stand for, in both languages, and lines of the log with such names in them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from youbei.engine.plans.model import Plan
from youbei.engine.text import Text
from youbei.records.models import (
    AidRequest,
    CapacityLine,
    Exercise,
    LogEntry,
    MarketOffer,
    Organisation,
    Person,
    Post,
    SchoolClass,
    StockLot,
    Team,
)
from youbei.records.models import Plan as PlanRow
from youbei.records.reports.names import LogLine, log_line, name_of

NAMED = ("holder", "to")
# Whom a plan may address without naming a post: everybody, and those to whom lateness climbs.
AUDIENCES = {
    "public": Text(zh="公众", en="the public"),
    "owner": Text(zh="任务责任岗位", en="the post in charge"),
    "deputy": Text(zh="代理人", en="the deputy"),
    "commander": Text(zh="总指挥", en="the commander"),
    "superior": Text(zh="上级机关", en="the superior authority"),
}


def names_of_codes(codes: Collection[str]) -> dict[str, Text]:
    """Name what register codes stand for: posts, agencies and persons; an unknown code names itself."""
    known = register_names(codes)
    bare = {code: code.partition(":")[2] or code for code in codes}
    return {code: known.get(code, Text(zh=key, en=key)) for code, key in bare.items()}


def register_names(codes: Collection[str]) -> dict[str, Text]:
    """Name posts, agencies, persons and audiences; unknown codes are left out."""
    bare = {code: code.partition(":")[2] or code for code in codes}
    if not bare:
        return {}
    keys = set(bare.values())
    known = {post.code: name_of(post) for post in Post.objects.filter(code__in=keys)}
    known.update({unit.code: name_of(unit) for unit in Organisation.objects.filter(code__in=keys)})
    known.update({person.code: name_of(person) for person in Person.objects.filter(code__in=keys)})
    classes = {key for code, key in bare.items() if code.startswith("class:")}
    if classes:
        known.update({one.code: name_of(one) for one in SchoolClass.objects.filter(code__in=classes)})
    return {code: known.get(key) or AUDIENCES[key] for code, key in bare.items() if key in known or key in AUDIENCES}


def names_of_resources(codes: Collection[str]) -> dict[str, Text]:
    """Name teams (`team:<pk>`), lots (`lot:<pk>`) by the site where they lie, and who supplies; unknown ones not."""
    keys: dict[str, list[int]] = {"team": [], "lot": [], "offer": [], "line": [], "aid": []}
    for code in codes:
        kind, _, key = code.partition(":")
        if kind in keys and key.isdecimal():
            keys[kind].append(int(key))
    names: dict[str, Text] = {}
    if keys["team"]:
        names.update({f"team:{row.pk}": name_of(row) for row in Team.objects.filter(pk__in=keys["team"])})
    if keys["lot"]:
        lots = StockLot.objects.filter(pk__in=keys["lot"]).select_related("site")
        names.update({f"lot:{row.pk}": name_of(row.site) for row in lots})
    if keys["offer"]:
        offers = MarketOffer.objects.filter(pk__in=keys["offer"]).select_related("supplier")
        names.update({f"offer:{row.pk}": supplier_of(row) for row in offers})
    if keys["line"]:
        names.update({f"line:{row.pk}": name_of(row) for row in CapacityLine.objects.filter(pk__in=keys["line"])})
    if keys["aid"]:
        aids = AidRequest.objects.filter(pk__in=keys["aid"]).select_related("partner")
        names.update({f"aid:{row.pk}": name_of(row.partner) for row in aids})
    return names


def supplier_of(row: MarketOffer) -> Text:
    return Text(row.supplier_name, row.supplier_name) if row.supplier is None else name_of(row.supplier)


def names_of_plans(codes: Collection[str]) -> dict[str, Text]:
    rows = PlanRow.objects.filter(code__in=codes) if codes else ()
    return {row.code: name_of(row) for row in rows}


def log_lines(entries: Sequence[LogEntry], plans: Mapping[str, Plan]) -> tuple[LogLine, ...]:
    """Turn entries into lines, each in the wording of the plan of its stream, with names for the codes in them."""
    found: list[tuple[LogEntry, dict[str, Any]]] = [(entry, json.loads(entry.data)) for entry in entries]
    names, titles = names_in([data for _, data in found]), titles_of_exercises(entry.stream for entry in entries)
    lines = []
    for entry, data in found:
        title = titles.get(entry.stream)
        own = names if title is None else {**names, str(data.get("code")): title}
        lines.append(log_line(entry, data, plans.get(entry.stream), own))
    return tuple(lines)


def titles_of_exercises(streams: Iterable[str]) -> dict[str, Text]:
    """Name the exercises among some streams; one that comes without notice keeps its code until it is begun."""
    keys = {stream.partition(":")[2]: stream for stream in streams if stream.startswith("exercise:")}
    if not keys:
        return {}
    known = Exercise.objects.filter(pk__in=keys).exclude(
        is_announced=False, status__in=(Exercise.Status.PLANNED, Exercise.Status.SEALED)
    )
    return {row.stream: Text(row.title_zh, row.title_en) for row in known}


def names_in(datas: Sequence[Mapping[str, Any]]) -> dict[str, Text]:
    """Name every code in the data of some events: a few queries, however many there are."""
    holders = {code for data in datas for key in NAMED if isinstance(code := data.get(key), str) and code}
    resources = {str(data["resource"]) for data in datas if data.get("resource")}
    plans = {str(data["plan"]) for data in datas if data.get("plan")}
    return {**register_names(holders), **names_of_resources(resources), **names_of_plans(plans)}
