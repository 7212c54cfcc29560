"""Pictures of a stress test: how often which time was taken, as bars from zero to the longest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from youbei.engine.text import Text

SPREADS = {
    "first_arrival": Text("首批资源到场", "First resource there"),
    "full_strength": Text("资源全部到齐", "All resources there"),
    "contained": Text("响应任务全部完成", "All steps of the response done"),
}
WIDTH, HEIGHT, TALLEST = 360, 110, 90


@dataclass(frozen=True, slots=True)
class Bar:
    """One span of time; `share` of the runs in percent. Lengths in the units of the picture."""

    x: float
    y: float
    width: float
    height: float
    since: timedelta
    until: timedelta
    share: float


@dataclass(frozen=True, slots=True)
class Chart:
    """How the times of one thing are spread; half, nine: within which half of the runs and nine of ten lie."""

    title: Text
    bars: tuple[Bar, ...]
    half: timedelta
    nine: timedelta
    longest: timedelta
    size: tuple[int, int] = (WIDTH, HEIGHT)


def charts(found: Mapping[str, Any]) -> tuple[Chart, ...]:
    spread = found["spread"]
    return tuple(chart(name, spread[key], found[key]) for key, name in SPREADS.items() if spread[key]["counts"])


def chart(title: Text, spread: Mapping[str, Any], summary: Mapping[str, Any]) -> Chart:
    counts, width = spread["counts"], spread["width"]
    most, whole, wide = max(counts), sum(counts), WIDTH / len(counts)
    bars = tuple(
        Bar(
            x=round(place * wide, 2),
            y=round(TALLEST - TALLEST * count / most, 2),
            width=round(wide - 1, 2),
            height=round(TALLEST * count / most, 2),
            since=timedelta(seconds=round(place * width)),
            until=timedelta(seconds=round((place + 1) * width)),
            share=100 * count / whole,
        )
        for place, count in enumerate(counts)
        if count
    )
    half, nine = (timedelta(seconds=round(summary[key])) for key in ("p50", "p90"))
    return Chart(title, bars, half, nine, timedelta(seconds=round(width * len(counts))))
