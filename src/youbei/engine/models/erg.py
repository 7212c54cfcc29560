"""Initial isolation and protective-action distances of the Emergency Response Guidebook, from a file that you provide.

Source: US DOT PHMSA, Transport Canada, SICT: Emergency Response Guidebook 2024, Tables 1 and 3. The tables do not ship
with the program. Table 1 is `{UN: [{"small": {...}, "large": {...} or "Refer to Table 3"}]}`; Table 3 is
`{"chemicals": [{"un_number", "containers": [{"type", "initial_isolation_m", "day_km", "night_km"}]}]}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from youbei.engine.models.validity import OutsideValidity

METRES = re.compile(r"([\d,.]+)\s*(km|m)\b")
# Source: ERG 2024, Table 3: low wind is below 6 mph (10 km/h), high is above 12 mph (20 km/h).
LOW_WIND_M_S, HIGH_WIND_M_S = 10 / 3.6, 20 / 3.6


@dataclass(frozen=True, slots=True)
class Distances:
    """Isolate all round within `isolate_m`; protect people downwind to `protect_m`, by day or night.

    `is_more`: the guidebook says "or more"; the distance is the least.
    """

    name: str
    isolate_m: float
    protect_m: float
    is_more: bool = False


def read_table(text: str | bytes) -> dict[str, Any]:
    """Return the tables of a file of the guidebook; raise OutsideValidity for anything else."""
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    if not isinstance(data, dict) or not data:
        raise OutsideValidity(
            zh="这不是《应急响应指南》的距离表（JSON）。请提供表 1 或表 3。",
            en="This is no table of distances of the guidebook (JSON). Provide Table 1 or Table 3.",
        )
    return data


def metres(words: str) -> float:
    """Read `30 m (100 ft)` or `11.0+ km (7.0+ mi)` in metres."""
    found = METRES.search(words.replace("+", ""))
    if found is None:
        raise OutsideValidity(zh=f"距离“{words}”无法读取。", en=f"The distance {words!r} cannot be read.")
    return float(found[1].replace(",", "")) * (1000 if found[2] == "km" else 1)


def table_1(table: Mapping[str, Any], un: int, *, is_large: bool, is_night: bool, name: str = "") -> Distances:
    """Return the distances of Table 1.

    Where one number has several substances, `name` chooses (part of a name); without it the farthest distances stand.
    """
    rows = [row for row in table.get(str(un), ()) if name.lower() in " ".join(row["names"]).lower()]
    if not rows:
        raise unknown(un)
    found = [row_distances(row, un, is_large=is_large, is_night=is_night) for row in rows]
    return max(found, key=lambda one: (one.protect_m, one.isolate_m))


def row_distances(row: Mapping[str, Any], un: int, *, is_large: bool, is_night: bool) -> Distances:
    part = row["large" if is_large else "small"]
    if isinstance(part, str):
        raise OutsideValidity(
            zh=f"UN {un} 的大量泄漏见表 3：按容器和风力查，请提供表 3。",
            en=f"Large spills of UN {un} stand in Table 3, by container and wind. Provide Table 3.",
        )
    protect = part["protect_night" if is_night else "protect_day"]
    return Distances(row["names"][0], metres(part["isolate"]), metres(protect), "+" in protect)


def table_3(table: Mapping[str, Any], un: int, *, container: str, wind_m_s: float, is_night: bool) -> Distances:
    """Return the distances of Table 3 for a container (part of its type in the guidebook) and a wind."""
    chemical = next((one for one in table.get("chemicals", ()) if one["un_number"] == f"UN{un}"), None)
    if chemical is None:
        raise unknown(un)
    wanted = [one for one in chemical["containers"] if container.lower() in one["type"].lower()]
    if not wanted:
        known = "; ".join(one["type"] for one in chemical["containers"])
        raise OutsideValidity(
            zh=f"表 3 没有容器“{container}”。可选：{known}。",
            en=f"Table 3 has no container {container!r}. It has: {known}.",
        )
    column = "low_wind" if wind_m_s < LOW_WIND_M_S else "high_wind" if wind_m_s > HIGH_WIND_M_S else "moderate_wind"
    km = wanted[0]["night_km" if is_night else "day_km"][column]
    is_more = isinstance(km, str) and "+" in km
    value = float(str(km).replace("+", ""))
    return Distances(chemical["name"], float(wanted[0]["initial_isolation_m"]), value * 1000, is_more)


def unknown(un: int) -> OutsideValidity:
    return OutsideValidity(
        zh=f"距离表中没有 UN {un}：它不是指南所列的吸入有毒物质。请查橙色页的指南编号。",
        en=f"UN {un} does not stand in the table: it is not one of its inhalation hazards. See its orange guide page.",
    )
