"""Incidents: their kinds, and what is known about one over time.

Every report adds, corrects or withdraws facts. A fact has a kind (`FactKind`) that says which values it can have, a
source, and the time at which it became known, which is not the time at which somebody typed it.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from youbei.engine.conditions import Value
from youbei.engine.errors import Refused
from youbei.engine.text import Text


class Category(StrEnum):
    """The four categories of emergencies. Source: 突发事件应对法 (2024), Art 2."""

    NATURAL = "natural"
    ACCIDENT = "accident"
    HEALTH = "health"
    SOCIAL = "social"


CATEGORY_NAMES: Mapping[Category, Text] = {
    Category.NATURAL: Text("自然灾害", "Natural disaster"),
    Category.ACCIDENT: Text("事故灾难", "Accident"),
    Category.HEALTH: Text("公共卫生事件", "Public health event"),
    Category.SOCIAL: Text("社会安全事件", "Social safety event"),
}


class FactType(StrEnum):
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class FactKind:
    """Say what can be known under a key: its type, unit, bounds (both included) and, for a code, the choices."""

    key: str
    name: Text
    type: FactType
    unit: Text = Text()
    help: Text = Text()
    choices: Mapping[str, Text] | None = None
    minimum: float = 0.0
    maximum: float = 1e12

    def describe(self, value: Value) -> Text:
        """Write a value with its unit, in words for a code or a truth."""
        if isinstance(value, bool):
            return Text("是", "yes") if value else Text("否", "no")
        if isinstance(value, str):
            return (self.choices or {}).get(value, Text(value, value))
        number = f"{value:,}"
        return Text(f"{number} {self.unit.zh}".rstrip(), f"{number} {self.unit.en}".rstrip())


@dataclass(frozen=True, slots=True)
class IncidentKind:
    """One kind of incident. `facts` are asked for first; `grading` and `reports` are ids of rules.

    The code is also the name of the hazard that plans cover; `broader` is the kind whose plans serve this one too.
    """

    code: str
    name: Text
    category: Category
    facts: tuple[str, ...] = ()
    broader: str = ""
    grading: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()


class BadFact(Refused):
    """Refuse a value that a fact of this kind cannot have."""

    status = 422


TRUE_WORDS = frozenset({"true", "yes", "y", "1", "是", "有"})
FALSE_WORDS = frozenset({"false", "no", "n", "0", "否", "无"})


def check_fact(kind: FactKind, value: object) -> Value:
    """Return the value as the kind's type, or raise `BadFact` with a sentence.

    Text from a form is read too: digits of full width, thousands separators, and 是/否 or yes/no.
    """
    if isinstance(value, str):
        value = unicodedata.normalize("NFKC", value).strip()
    if kind.type is FactType.BOOLEAN:
        return truth(kind, value)
    if kind.type is FactType.CODE:
        return code(kind, value)
    return number(kind, value)


def truth(kind: FactKind, value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = value.lower() if isinstance(value, str) else ""
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise BadFact(
        zh=f"“{kind.name.zh}”只能填是或否，不能是“{shown(value)}”。",
        en=f'"{kind.name.en}" is either yes or no, not "{shown(value)}".',
    )


def code(kind: FactKind, value: object) -> str:
    choices = kind.choices or {}
    if isinstance(value, str):
        if value in choices:
            return value
        for known, name in choices.items():
            if value.casefold() in (name.zh, name.en.casefold()):
                return known
    raise BadFact(
        zh=f"“{kind.name.zh}”没有“{shown(value)}”这一项。可选：{'、'.join(name.zh for name in choices.values())}。",
        en=f'"{kind.name.en}" has no choice "{shown(value)}". Choose one of: {", ".join(choices)}.',
    )


def number(kind: FactKind, value: object) -> int | float:
    found = as_number(value)
    if found is None or not math.isfinite(found):
        raise BadFact(
            zh=f"“{kind.name.zh}”须填数字，不能是“{shown(value)}”。",
            en=f'"{kind.name.en}" is a number, not "{shown(value)}".',
        )
    if not kind.minimum <= found <= kind.maximum:
        raise BadFact(
            zh=f"“{kind.name.zh}”须在 {kind.minimum:g} 到 {kind.maximum:g} 之间，收到的是 {shown(value)}。",
            en=f'"{kind.name.en}" lies between {kind.minimum:g} and {kind.maximum:g}, not {shown(value)}.',
        )
    if kind.type is FactType.NUMBER:
        return found
    if found != int(found):
        raise BadFact(
            zh=f"“{kind.name.zh}”须填整数，收到的是 {shown(value)}。",
            en=f'"{kind.name.en}" is a whole number, not {shown(value)}.',
        )
    return int(found)


def as_number(value: object) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    if not isinstance(value, str) or len(value) > 40:
        return None
    plain = value.replace(",", "")
    try:
        return int(plain) if plain.lstrip("+-").isdecimal() else float(plain)
    except ValueError:
        return None


def shown(value: object) -> str:
    """Write a value into a message, cut to a readable length."""
    text = f"{value}"
    return text if len(text) <= 40 else f"{text[:40]}…"


@dataclass(frozen=True, slots=True)
class FactReport:
    """One statement about a fact; `value` None withdraws it. `order` tells reports of the same instant apart."""

    key: str
    value: Value | None
    source: str
    known_at: datetime
    order: int = 0


def current(history: Iterable[FactReport]) -> dict[str, FactReport]:
    """Return what is known now, by key: of each fact the report known last, unless that one withdrew it.

    What became known later counts, not what was typed later; of two reports known at the same instant the later
    `order` counts. The order in which the history is given does not matter.
    """
    newest: dict[str, FactReport] = {}
    for report in history:
        before = newest.get(report.key)
        if before is None or (report.known_at, report.order) >= (before.known_at, before.order):
            newest[report.key] = report
    return {key: report for key, report in sorted(newest.items()) if report.value is not None}


def values(history: Iterable[FactReport]) -> dict[str, Value]:
    """Return the current value of every known fact."""
    return {key: report.value for key, report in current(history).items() if report.value is not None}


def hazards_of(kind: str, kinds: Mapping[str, IncidentKind]) -> tuple[str, ...]:
    """Return the kind and all broader ones, nearest first: a plan for any of them serves an incident of this kind."""
    found: list[str] = []
    while kind and kind not in found:
        found.append(kind)
        kind = kinds[kind].broader if kind in kinds else ""
    return tuple(found)


def fact_kind_from_data(data: Mapping[str, Any]) -> FactKind:
    choices = {choice["code"]: Text(choice["zh"], choice["en"]) for choice in data.get("choices", ())}
    return FactKind(
        key=data["key"],
        name=Text(data["zh"], data["en"]),
        type=FactType(data["type"]),
        unit=Text.from_data(data.get("unit", "")),
        help=Text.from_data(data.get("help", "")),
        choices=choices or None,
        minimum=data.get("minimum", 0.0),
        maximum=data.get("maximum", 1e12),
    )


def incident_kind_from_data(data: Mapping[str, Any]) -> IncidentKind:
    return IncidentKind(
        code=data["code"],
        name=Text(data["zh"], data["en"]),
        category=Category(data["category"]),
        facts=tuple(data["facts"]),
        broader=data.get("broader", ""),
        grading=tuple(data.get("grading", ())),
        reports=tuple(data.get("reports", ())),
    )
