"""Pictures of a stress test: how often which time was taken, as bars from zero to the longest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from youbei.engine.simulation.statistics import wilson
from youbei.engine.text import Text

SPREADS = {
    "first_arrival": Text("首批资源到场", "First resource there"),
    "full_strength": Text("资源全部到齐", "All resources there"),
    "contained": Text("响应任务全部完成", "All steps of the response done"),
}
WIDTH, HEIGHT, TALLEST = 360, 110, 90


@dataclass(frozen=True, slots=True)
class Bar:
    """One span of time; `share` of the runs with its 95 % interval, in percent. Lengths in the units of the picture."""

    x: float
    y: float
    width: float
    height: float
    since: timedelta
    until: timedelta
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Chart:
    """How the times of one thing are spread; half, nine: within which half of the runs and nine of ten lie, each with
    its 95 % interval, None where that is not known.
    """

    title: Text
    bars: tuple[Bar, ...]
    half: timedelta
    nine: timedelta
    half_between: tuple[timedelta, timedelta] | None
    nine_between: tuple[timedelta, timedelta] | None
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
            low=100 * wilson(count, whole).low,
            high=100 * wilson(count, whole).high,
        )
        for place, count in enumerate(counts)
        if count
    )
    half, nine = (timedelta(seconds=round(summary[key])) for key in ("p50", "p90"))
    longest = timedelta(seconds=round(width * len(counts)))
    return Chart(title, bars, half, nine, between(summary, "p50"), between(summary, "p90"), longest)


def between(summary: Mapping[str, Any], key: str) -> tuple[timedelta, timedelta] | None:
    low, high = summary.get(f"{key}_low"), summary.get(f"{key}_high")
    if low is None or high is None:
        return None
    return timedelta(seconds=round(low)), timedelta(seconds=round(high))
