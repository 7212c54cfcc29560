"""Draw the outline of a place as SVG, for paper, for screens without JavaScript, and until the map has loaded."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from youbei.engine.shapes import lines_of, polygons_of

Spot = tuple[float, float]
SIZE_PX = 320.0
MARGIN_PX = 16.0
# A street block: what is smaller is not blown up to fill the drawing.
LEAST_DEGREES = 0.0004


@dataclass(frozen=True, slots=True)
class OutlineDrawing:
    """All lengths in px of a square drawing; `bar_px` is as long as `bar_m` on the ground."""

    size: float
    path: str
    is_area: bool
    mark: Spot | None
    bar_px: float
    bar_m: int


def draw_outline(shape: Mapping[str, Any] | None, mark: Spot | None) -> OutlineDrawing | None:
    """Return the drawing of an outline and of the point of its record, `(lat, lon)`; None without an outline."""
    if not shape:
        return None
    lines, is_area = [list(line) for line in lines_of(shape)], bool(polygons_of(shape))
    spots = [(one[1], one[0]) for line in lines for one in line]
    shown = [*spots, *([mark] if mark is not None else [])]
    south, north = min(lat for lat, _ in shown), max(lat for lat, _ in shown)
    west, east = min(lon for _, lon in shown), max(lon for _, lon in shown)
    shrink = math.cos(math.radians((north + south) / 2))
    span = max(north - south, (east - west) * shrink, LEAST_DEGREES)
    scale = (SIZE_PX - 2 * MARGIN_PX) / span
    middle = ((north + south) / 2, (east + west) / 2)

    def place(lat: float, lon: float) -> Spot:
        half = SIZE_PX / 2
        return round(half + (lon - middle[1]) * shrink * scale, 1), round(half - (lat - middle[0]) * scale, 1)

    def path(line: Sequence[Sequence[float]]) -> str:
        return "M" + "L".join(f"{x} {y}" for x, y in (place(one[1], one[0]) for one in line))

    bar_m = round_length(span * 111_195 / 3)
    return OutlineDrawing(
        size=SIZE_PX,
        path="".join(path(line) + ("Z" if is_area else "") for line in lines),
        is_area=is_area,
        mark=place(*mark) if mark is not None else None,
        bar_px=round(bar_m / 111_195 * scale, 1),
        bar_m=bar_m,
    )


def round_length(metres: float) -> int:
    """Return the largest of 1, 2, 5, 10, 20 ... that is not longer."""
    power: int = 10 ** max(0, math.floor(math.log10(max(metres, 1))))
    return max(power * step for step in (1, 2, 5) if power * step <= max(metres, 1))
