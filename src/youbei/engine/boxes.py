"""A box on the ground as maps and geographic interfaces write it: `west,south,east,north`."""

from __future__ import annotations

import math
import re

from youbei.engine.cells import Box
from youbei.engine.errors import Refused

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


class BoxRefused(Refused):
    """Refuse a box that cannot be read, or that lies nowhere on the ground."""

    status = 400


def read_boxes(text: str) -> tuple[Box, ...]:
    """Return the boxes that a `bbox` is: two where it crosses the antimeridian. Raise BoxRefused for what is none.

    Heights are read and do not matter.
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in (4, 6) or not all(NUMBER.fullmatch(part) for part in parts):
        raise BoxRefused(
            zh="bbox 须是四个数（西,南,东,北，单位为度，经度在前），或带高程的六个数，用逗号分开。",
            en="bbox is four numbers, west,south,east,north in degrees, longitude first, or six with heights, parted "
            "by commas.",
        )
    numbers = [float(part) for part in parts]
    half = len(numbers) // 2
    (west, south, *low), (east, north, *high) = numbers[:half], numbers[half:]
    if not all(map(math.isfinite, numbers)) or south > north or low > high or south > 90 or north < -90:
        raise BoxRefused(
            zh=f"bbox“{text[:80]}”不是地面上的范围：南不能大于北，下不能高于上，纬度在 -90 到 90 之间。",
            en=f"bbox {text[:80]} is no box on the ground: south is not above north, the lower height not above the "
            "upper, and latitudes are from -90 to 90.",
        )
    return boxes_over(west, max(south, -90.0), east, min(north, 90.0))


def boxes_over(west: float, south: float, east: float, north: float) -> tuple[Box, ...]:
    """Return boxes between -180 and 180 degrees for one that may begin or end beyond, or cross the antimeridian."""
    if east - west >= 360:
        return (Box(-180, south, 180, north),)
    west, east = on_globe(west), on_globe(east)
    if west <= east:
        return (Box(west, south, east, north),)
    return Box(west, south, 180, north), Box(-180, south, east, north)


def on_globe(lon: float) -> float:
    return lon if -180 <= lon <= 180 else (lon + 180) % 360 - 180


def middle_of(boxes: tuple[Box, ...]) -> tuple[float, float]:
    """Return latitude and longitude of the middle; of two boxes that of both, across the antimeridian."""
    west, east = boxes[0].west, boxes[-1].east
    wide = (east - west) % 360 if len(boxes) > 1 else east - west
    return (boxes[0].south + boxes[0].north) / 2, on_globe(west + wide / 2)
