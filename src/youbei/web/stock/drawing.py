"""Draw supply over time: pure arithmetic from hours and quantities to pixels; the templates write the SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from youbei.engine.stock.capacity import Curve
from youbei.engine.stock.requirement import Gap, Reserve

WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP = 560, 200, 64, 24, 26, 12
BAR_WIDTH, BAR_HEIGHT = 180, 14


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class CurveDrawn:
    """A curve as a line, and the axes with their labels."""

    points: str
    hours: tuple[Tick, ...]
    quantities: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    ground: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class Part:
    """One reserve's part of a bar."""

    reserve: Reserve
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class BarDrawn:
    """What is there of what is required at one moment: parts by reserve, then what lacks."""

    parts: tuple[Part, ...]
    lacking: Part | None
    width: int = BAR_WIDTH
    height: int = BAR_HEIGHT


def draw(curve: Curve, *, until_h: int = 168) -> CurveDrawn:
    """Draw a curve over the first hours, a week unless said otherwise."""
    corners = {Fraction(0), Fraction(until_h)}
    corners |= {piece.start_h for piece in curve.pieces if piece.start_h < until_h}
    most = curve.at(until_h) or Fraction(1)
    points = []
    for corner in sorted(corners):
        points.append(f"{across(corner, until_h):.1f},{up(curve.at(corner), most):.1f}")
    return CurveDrawn(
        points=" ".join(points),
        hours=tuple(Tick(round(across(Fraction(h), until_h), 1), str(h)) for h in steps(until_h)),
        quantities=tuple(
            Tick(round(up(most * part / 2, most), 1), f"{float(most * part / 2):,.0f}") for part in range(3)
        ),
    )


def steps(until_h: int) -> Iterable[int]:
    return range(0, until_h + 1, 24 if until_h <= 168 else until_h // 7)


def across(hours: Fraction, until_h: int) -> float:
    return LEFT + float(hours) / until_h * (WIDTH - LEFT - RIGHT)


def up(quantity: Fraction, most: Fraction) -> float:
    return HEIGHT - BOTTOM - float(quantity / most) * (HEIGHT - BOTTOM - TOP)


def bars(gap: Gap) -> Sequence[BarDrawn]:
    """Draw the moments of a gap to one scale: the larger of what is required and what is there."""
    scale = max([gap.required, *(moment.total for moment in gap.moments)]) or Decimal(1)
    drawn = []
    for moment in gap.moments:
        x, parts = 0.0, []
        for reserve, quantity in moment.there.items():
            width = round(float(quantity / scale) * BAR_WIDTH, 1)
            if width:
                parts.append(Part(reserve, round(x, 1), width))
            x += width
        lacking = round(float(moment.lacking / scale) * BAR_WIDTH, 1)
        drawn.append(BarDrawn(tuple(parts), Part(Reserve.GOVERNMENT, round(x, 1), lacking) if lacking else None))
    return drawn
