"""Kinds of resources: what a team can be able to do, and what a store can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
    """Something a team can be able to do; plans ask for it by `code`. `source` is empty where the wording is ours."""

    code: str
    name: Text
    source: Text = Text()


@dataclass(frozen=True, slots=True)
class Item:
    """Something a store can hold, counted in `unit`; `item_class` is a key of `ITEM_CLASSES`."""

    code: str
    name: Text
    unit: Text
    item_class: int


def capability_from_data(data: Mapping[str, Any]) -> Capability:
    return Capability(
        code=data["code"], name=Text(data["zh"], data["en"]), source=Text.from_data(data.get("source", ""))
    )


def item_from_data(data: Mapping[str, Any]) -> Item:
    return Item(
        code=data["code"],
        name=Text(data["zh"], data["en"]),
        unit=Text.from_data(data["unit"]),
        item_class=data["class"],
    )
