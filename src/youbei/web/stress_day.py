"""The picture of the day as it may be: when the plan does worse, and how calls of every day are served, where and when.

Each place is a row of 24 hours; a cell is the darker the later somebody is there, against what is called good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from youbei.engine.simulation.report_day import SHARES, plainly_worse, served_latest
from youbei.engine.text import Text

HOURS, CELL, HEIGHT = 24, 15, 18
# Half of what is called good, all of it, one and a half times, and more.
STEPS = (0.5, 1.0, 1.5)
MOST_PLACES, WORST_HOURS = 12, 3
# What is smaller is not written.
LEAST_HALF = 0.0005


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One hour of a place: from `x` in the picture, darkness 0 to 3, mean response; `calls` in all runs."""

    hour: int
    x: int
    heat: int
    calls: int
    mean: timedelta | None


@dataclass(frozen=True, slots=True)
class HeatRow:
    place: str
    per_day: float
    mean: timedelta | None
    mean_half: timedelta | None
    p90: timedelta | None
    in_time: float | None
    in_time_half: float | None
    unserved: float
    cells: tuple[HeatCell, ...]
    size: tuple[int, int] = (HOURS * CELL, HEIGHT)


@dataclass(frozen=True, slots=True)
class Heat:
    """The places that are served latest, and how many others there are. within: what is called good. hours: those in
    which somebody is there latest, each with the mean.
    """

    rows: tuple[HeatRow, ...]
    others: int
    within: timedelta
    hours: tuple[tuple[str, timedelta | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Worse:
    """How often any step is late, and anything short, where something happened and where it did not: pairs of a share
    and half its 95 % interval, None where that was not counted.
    """

    label: Text
    met: float
    shares: tuple[tuple[float, float] | None, ...]


def worse(found: Mapping[str, Any]) -> tuple[Worse, ...]:
    """Return when the plan plainly does worse, the worst first."""
    return tuple(
        Worse(
            Text(**one["label"]),
            one["met"]["share"],
            tuple((one[key]["share"], half(one[key])) if one.get(key) else None for key in SHARES),
        )
        for one in plainly_worse(found)
    )


def half(share: Mapping[str, Any]) -> float:
    return max((float(share["high"]) - float(share["low"])) / 2, LEAST_HALF)


def heat(found: Mapping[str, Any]) -> Heat | None:
    """Return the picture; None where no calls of every day were simulated."""
    service = found.get("service")
    if not service:
        return None
    within, runs = service["within_s"], found["runs"]
    ordered = served_latest(service["places"])
    cells: dict[str, list[HeatCell]] = {}
    for cell in service["cells"]:
        cells.setdefault(cell["place"], []).append(cell_of(cell, within))
    rows = tuple(
        HeatRow(
            place=one["name"],
            per_day=one["calls"] / runs,
            mean=span(one["mean"]["value"]),
            mean_half=span(half_of(one["mean"])),
            p90=span(one["p90"]["value"]),
            in_time=one["in_time"]["value"],
            in_time_half=half_of(one["in_time"]),
            unserved=one["unserved"] or 0.0,
            cells=tuple(cells.get(one["name"], ())),
        )
        for one in ordered[:MOST_PLACES]
    )
    if not rows:
        return None
    hours = tuple((one["name"], span(one["mean"]["value"])) for one in served_latest(service["hours"])[:WORST_HOURS])
    return Heat(rows, max(0, len(ordered) - MOST_PLACES), timedelta(seconds=within), hours)


def half_of(estimate: Mapping[str, Any]) -> float | None:
    return None if estimate["low"] is None else (float(estimate["high"]) - float(estimate["low"])) / 2


def cell_of(cell: Mapping[str, Any], within: float) -> HeatCell:
    mean = cell["mean"]
    share = mean / within if mean is not None and within else 0.0
    darkness = len(STEPS) if mean is None else sum(share > step for step in STEPS)
    return HeatCell(cell["hour"], CELL * cell["hour"], darkness, cell["calls"], span(mean))


def span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=round(seconds))
