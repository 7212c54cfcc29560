"""The areas of the demo city as GeoJSON, for the map: sea, land, river, districts, park, port, hills, green."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from youbei.demo.city import HEIGHT_KM, RIVER_HALF_WIDTH_KM, WIDTH_KM, Place, coast_x, point, river_y

STEP_KM = 0.25


def steps(low: float, high: float) -> list[float]:
    return [low + index * STEP_KM for index in range(round((high - low) / STEP_KM) + 1)]


def coast(low: float, high: float) -> list[Place]:
    return [(coast_x(y), y) for y in steps(low, high)]


def bank(low: float, high: float, side: float) -> list[Place]:
    return [(x, river_y(x) + side) for x in steps(low, high)]


def box(left: float, bottom: float, right: float, top: float) -> list[Place]:
    return [(left, bottom), (right, bottom), (right, top), (left, top)]


def ring(centre: Place, width: float, height: float, count: int = 36) -> list[Place]:
    turns = [2 * math.pi * index / count for index in range(count)]
    return [(centre[0] + width * math.cos(turn), centre[1] + height * math.sin(turn)) for turn in turns]


def area(kind: str, zh: str, en: str, corners: Iterable[Place]) -> dict[str, Any]:
    """Make a GeoJSON polygon, closed, `[lon, lat]`."""
    spots = [point(x, y) for x, y in corners]
    outline = [[spot.lon, spot.lat] for spot in [*spots, spots[0]]]
    return {
        "type": "Feature",
        "properties": {"kind": kind, "zh": zh, "en": en},
        "geometry": {"type": "Polygon", "coordinates": [outline]},
    }


def river() -> list[Place]:
    mouth = 18.0
    north, south = bank(-0.5, mouth, RIVER_HALF_WIDTH_KM), bank(-0.5, mouth, -RIVER_HALF_WIDTH_KM)
    return [*south, (coast_x(river_y(mouth)) + 0.3, river_y(mouth) - 0.4), *reversed(north)]


def districts() -> list[dict[str, Any]]:
    west, middle = 6.75, 8.0
    north_bank, south_bank = bank(middle, 18.0, 0), bank(0, 18.0, 0)
    return [
        area(
            "district",
            "港城区",
            "Gangcheng District",
            [(west, 0), *coast(0, 9), *reversed([spot for spot in south_bank if spot[0] >= west])],
        ),
        area(
            "district",
            "新河区",
            "Xinhe District",
            [(0, 0), (west, 0), *reversed([spot for spot in south_bank if spot[0] <= west])],
        ),
        area(
            "district",
            "滨海区",
            "Binhai District",
            [*north_bank, *coast(9.25, HEIGHT_KM), (middle, HEIGHT_KM)],
        ),
        area(
            "district",
            "云岭县",
            "Yunling County",
            [*[spot for spot in south_bank if spot[0] <= middle], (middle, HEIGHT_KM), (0, HEIGHT_KM)],
        ),
    ]


def areas() -> dict[str, Any]:
    """Return all areas, from the bottom layer up."""
    far = WIDTH_KM + 4
    features = [
        area("sea", "海州湾", "Haizhou Bay", box(-2, -2, far, HEIGHT_KM + 2)),
        area(
            "land",
            "海州市",
            "Haizhou City",
            [(-1, -1), *coast(-1, HEIGHT_KM + 1), (-1, HEIGHT_KM + 1)],
        ),
        *districts(),
        area("hill", "云岭", "Yunling hills", ring((2.2, 15.2), 2.6, 2.4)),
        area("green", "人民公园", "People's Park", box(10.6, 5.1, 11.4, 5.9)),
        area("green", "河滨公园", "Riverside Park", box(7.5, 7.6, 10.0, 8.1)),
        area("green", "盐田湿地", "Saltfield Wetland", box(12.5, 15.3, 16.0, 16.8)),
        area("industrial", "海州化工园区", "Haizhou Chemical Park", box(15.1, 11.3, 17.7, 13.8)),
        area("port", "海州港", "Port of Haizhou", box(16.1, 3.2, 17.4, 5.3)),
        area("port", "海州港危险货物堆场", "Dangerous-goods yard of the port", box(16.3, 2.4, 17.2, 3.1)),
        area("water", "临河", "Lin River", river()),
    ]
    return {"type": "FeatureCollection", "features": features}
