"""Distances of the Emergency Response Guidebook for the substances that `content/hazmat` carries.

They hold for the first half hour after a spill, before anybody has measured: where a plume is worked out they stand
beside it, and where a model does not hold (calm air, heavy gas) they are all there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from youbei.engine.models.erg import HIGH_WIND_M_S, LOW_WIND_M_S, Distances
from youbei.engine.models.validity import OutsideValidity
from youbei.engine.text import Text

# Source: ERG 2024, Table 1: "11.0+ km" where the distance may be longer.
FARTHEST_PRINTED_M = 11_000


class Spill(StrEnum):
    """How much leaks, or of what; the containers are those of Table 3. A small spill is 208 litres at most."""

    # Source: ERG 2024, introduction to the green pages: small is up to 208 litres (55 US gallons).
    SMALL = "small"
    LARGE = "large"
    RAIL_TANK = "rail_tank"
    ROAD_TANK = "road_tank"
    FARM_TANK = "farm_tank"
    TON_CYLINDERS = "ton_cylinders"
    CYLINDERS = "cylinders"


SPILL_NAMES: Mapping[Spill, Text] = {
    Spill.SMALL: Text("少量泄漏（不超过 208 升）", "small spill (208 litres at most)"),
    Spill.LARGE: Text("大量泄漏", "large spill"),
    Spill.RAIL_TANK: Text("铁路罐车", "rail tank car"),
    Spill.ROAD_TANK: Text("公路罐车", "road tank truck or trailer"),
    Spill.FARM_TANK: Text("农用罐", "agricultural nurse tank"),
    Spill.TON_CYLINDERS: Text("多个吨瓶", "several ton cylinders"),
    Spill.CYLINDERS: Text("多个小钢瓶或单个吨瓶", "several small cylinders, or one ton cylinder"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """Isolate all round; protect downwind by day and by night, each for low, moderate and high wind."""

    isolate_m: float
    day_m: tuple[float, float, float]
    night_m: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Substance:
    """One substance with a row for each spill that the guidebook knows of it."""

    un: int
    name: Text
    rows: Mapping[Spill, Row]


def substances_from_data(data: Mapping[str, Any]) -> tuple[Substance, ...]:
    return tuple(Substance(one["un"], Text.from_data(one["name"]), rows_of(one)) for one in data["substances"])


def rows_of(one: Mapping[str, Any]) -> dict[Spill, Row]:
    rows = {}
    for size in (Spill.SMALL, Spill.LARGE):
        if size.value in one:
            isolate, day, night = one[size.value]
            rows[size] = Row(isolate, (day, day, day), (night, night, night))
    for part in one.get("containers", ()):
        (low, moderate, high), (dark_low, dark, dark_high) = part["day_m"], part["night_m"]
        rows[Spill(part["kind"])] = Row(part["isolate_m"], (low, moderate, high), (dark_low, dark, dark_high))
    return rows


def look_up(substance: Substance, spill: Spill, *, wind_m_s: float, is_night: bool) -> Distances:
    """Return the distances of the guidebook; refuse a spill that it does not give for the substance, and say which."""
    row = substance.rows.get(spill)
    if row is None:
        known = [SPILL_NAMES[one] for one in substance.rows]
        name, wanted = substance.name, SPILL_NAMES[spill]
        raise OutsideValidity(
            zh=f"指南没有给出{name.zh}“{wanted.zh}”的距离。可选：{'、'.join(one.zh for one in known)}。",
            en=f"The guidebook gives no distance for {name.en}, {wanted.en}. It has: "
            f"{'; '.join(one.en for one in known)}.",
        )
    column = 0 if wind_m_s < LOW_WIND_M_S else 2 if wind_m_s > HIGH_WIND_M_S else 1
    protect_m = (row.night_m if is_night else row.day_m)[column]
    return Distances(substance.name.en, row.isolate_m, protect_m, protect_m >= FARTHEST_PRINTED_M)
