"""Kinds of resources: what a team can be able to do, and what a store can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from youbei.engine.text import Text

# Source: GB/T 38565-2020 应急物资分类及编码, first level.
ITEM_CLASSES: Mapping[int, Text] = {
    1: Text("基本生活保障物资", "Basic living supplies"),
    2: Text("应急装备及配套物资", "Emergency equipment and accessories"),
    3: Text("工程材料与机械加工设备", "Engineering materials and machinery"),
}


@dataclass(frozen=True, slots=True)
class Capability:
    """Something a team can be able to do; plans ask for it by `code`. `source` is empty where the wording is ours.

    A need for one that `saves_lives` comes before all others.
    """

    code: str
    name: Text
    source: Text = Text()
    saves_lives: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """How long something keeps or until its next test, with the source, or why we assume it."""

    length: timedelta
    source: Text = Text()
    why: Text = Text()


class ItemUnreadable(ValueError):
    """An entry of the catalogue that lacks what it must say: a mistake of whoever wrote it."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something a store can hold, counted in `unit`; `item_class` is a key of `ITEM_CLASSES`.

    `gb_code` is its whole code in GB/T 38565-2020, empty where the table was not seen. Weight and volume are of one
    unit. `substitutes` are (item, how many of it replace one).
    """

    code: str
    name: Text
    unit: Text
    item_class: int
    gb_code: str = ""
    shelf_life: Span | None = None
    test_interval: Span | None = None
    weight_kg: Decimal | None = None
    volume_m3: Decimal | None = None
    substitutes: tuple[tuple[str, Decimal], ...] = ()


def capability_from_data(data: Mapping[str, Any]) -> Capability:
    return Capability(
        code=data["code"],
        name=Text(data["zh"], data["en"]),
        source=Text.from_data(data.get("source", "")),
        saves_lives=bool(data.get("saves_lives", False)),
    )


def item_from_data(data: Mapping[str, Any]) -> Item:
    return Item(
        code=data["code"],
        name=Text(data["zh"], data["en"]),
        unit=Text.from_data(data["unit"]),
        item_class=data["class"],
        gb_code=data.get("gb_code", ""),
        shelf_life=span_from_data(data.get("shelf_life"), data["code"]),
        test_interval=span_from_data(data.get("test_interval"), data["code"]),
        weight_kg=decimal_or_none(data.get("weight_kg")),
        volume_m3=decimal_or_none(data.get("volume_m3")),
        substitutes=tuple((one["item"], Decimal(one["each"])) for one in data.get("substitutes", ())),
    )


def span_from_data(data: Mapping[str, Any] | None, code: str) -> Span | None:
    if data is None:
        return None
    source, why = Text.from_data(data.get("source", "")), Text.from_data(data.get("why", ""))
    if bool(source) is bool(why) or bool(source) is not bool(data.get("read_on")):
        raise ItemUnreadable(
            f"{code}: a number of days has a source and the day it was read, or says why it is assumed"
        )
    return Span(timedelta(days=data["days"]), source, why)


def decimal_or_none(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
