"""Draw the curves of a model as SVG: pure arithmetic from numbers to pixels, the template writes it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from youbei.engine.exercises.course import Result
from youbei.engine.text import Text

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 760, 300, 70, 40, 14, 16


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class DrawnCurve:
    name: Text
    points: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of a result: axes with ticks, and lines as SVG points."""

    width: int
    height: int
    left: int
    bottom: int
    right: int
    across: Text
    up: Text
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    curves: tuple[DrawnCurve, ...]


def nice_step(span: float, wanted: int = 5) -> float:
    """Return a step of 1, 2 or 5 times a power of ten that divides a span into about so many parts."""
    if span <= 0:
        return 1.0
    raw = span / wanted
    power = 10 ** math.floor(math.log10(raw))
    return float(next(factor * power for factor in (1, 2, 5, 10) if raw <= factor * power * 1.0000001))


def ticks_of(low: float, high: float) -> Iterable[float]:
    step = nice_step(high - low)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return (number * step for number in range(first, last + 1))


def picture_of(result: Result) -> Picture | None:
    """Return the picture; None where nothing is to be drawn."""
    points = [point for curve in result.curves for point in curve.points]
    if not points:
        return None
    right = max(x for x, _y in points) or 1.0
    high, low = max(y for _x, y in points), min(0.0, min(y for _x, y in points))
    high = high if high > low else low + 1.0
    wide, tall = float(WIDTH - LEFT - RIGHT), float(HEIGHT - BOTTOM - TOP)
    if result.is_map:
        scale = min(wide / right, tall / (high - low))
        wide, middle = right * scale, (high + low) / 2
        high, low = middle + tall / scale / 2, middle - tall / scale / 2

    def place_x(value: float) -> float:
        return round(LEFT + value / right * wide, 1)

    def place_y(value: float) -> float:
        return round(TOP + (high - value) / (high - low) * tall, 1)

    return Picture(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        bottom=HEIGHT - BOTTOM,
        right=WIDTH - RIGHT,
        across=result.across,
        up=result.up,
        x_ticks=tuple(Tick(place_x(one), f"{one:g}") for one in ticks_of(0.0, right)),
        y_ticks=tuple(Tick(place_y(one), f"{one:g}") for one in ticks_of(low, high)),
        curves=tuple(
            DrawnCurve(curve.name, " ".join(f"{place_x(x)},{place_y(y)}" for x, y in curve.points))
            for curve in result.curves
        ),
    )
