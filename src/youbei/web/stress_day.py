"""The picture of the day as it may be: when the plan does worse, and how calls of every day are served, where and when.

Each place is a row of 24 hours; a cell is the darker the later somebody is there, against what is called good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from youbei.engine.simulation.report_day import SHARES, per_day_of, plainly_worse, served_latest
from youbei.engine.text import Text

HOURS, CELL, HEIGHT = 24, 15, 18
# Half of what is called good, all of it, one and a half times, and more.
STEPS = (0.5, 1.0, 1.5)
MOST_PLACES, WORST_HOURS = 12, 3
# What is smaller is not written.
LEAST_HALF = 0.0005


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One hour of a place: from `x` in the picture, darkness 0 to 3, mean response with half its interval; `calls` in
    all runs, `runs` that had one that was served. None: not known, or not kept by a test of before.
    """

    hour: int
    x: int
    heat: int
    calls: int
    mean: timedelta | None
    half: timedelta | None = None
    runs: int | None = None


@dataclass(frozen=True, slots=True)
class HeatRow:
    """How a place is served; `half` is half the 95 % interval of what it follows, None where that is not known."""

    place: str
    per_day: float
    per_day_half: float | None
    mean: timedelta | None
    mean_half: timedelta | None
    p90: timedelta | None
    p90_between: tuple[timedelta, timedelta] | None
    in_time: float | None
    in_time_half: float | None
    unserved: float
    unserved_half: float | None
    cells: tuple[HeatCell, ...]
    size: tuple[int, int] = (HOURS * CELL, HEIGHT)

    @property
    def by_hour(self) -> list[HeatCell | None]:
        """Return what there is of each hour, from 0."""
        known = {cell.hour: cell for cell in self.cells}
        return [known.get(hour) for hour in range(HOURS)]


@dataclass(frozen=True, slots=True)
class Heat:
    """The places that are served latest, and how many others there are. within: what is called good. hours: those in
    which somebody is there latest, each with the mean and half its interval.
    """

    rows: tuple[HeatRow, ...]
    others: int
    within: timedelta
    hours: tuple[tuple[str, timedelta | None, timedelta | None], ...] = ()

    @property
    def every_hour(self) -> list[tuple[int, list[HeatCell | None]]]:
        """Return the hours, each with what there is of it at each place, in their order."""
        columns = [row.by_hour for row in self.rows]
        return [(hour, [column[hour] for column in columns]) for hour in range(HOURS)]


@dataclass(frozen=True, slots=True)
class Worse:
    """How often something happened, and how often any step is late, and anything short, where it did and where it did
    not: pairs of a share and half its 95 % interval, None where that was not counted.
    """

    label: Text
    met: tuple[float, float]
    shares: tuple[tuple[float, float] | None, ...]


def worse(found: Mapping[str, Any]) -> tuple[Worse, ...]:
    """Return when the plan plainly does worse, the worst first."""
    return tuple(
        Worse(
            Text(**one["label"]),
            (one["met"]["share"], half(one["met"])),
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
            per_day=per_day_of(one, runs),
            per_day_half=half_of(one["per_day"]) if "per_day" in one else None,
            mean=span(one["mean"]["value"]),
            mean_half=span(half_of(one["mean"])),
            p90=span(one["p90"]["value"]),
            p90_between=between(one["p90"]),
            in_time=one["in_time"]["value"],
            in_time_half=half_of(one["in_time"]),
            unserved=one["unserved"] or 0.0,
            unserved_half=unserved_half(one),
            cells=tuple(cells.get(one["name"], ())),
        )
        for one in ordered[:MOST_PLACES]
    )
    if not rows:
        return None
    hours = tuple(
        (one["name"], span(one["mean"]["value"]), span(half_of(one["mean"])))
        for one in served_latest(service["hours"])[:WORST_HOURS]
    )
    return Heat(rows, max(0, len(ordered) - MOST_PLACES), timedelta(seconds=within), hours)


def half_of(estimate: Mapping[str, Any]) -> float | None:
    return None if estimate["low"] is None else (float(estimate["high"]) - float(estimate["low"])) / 2


def cell_of(cell: Mapping[str, Any], within: float) -> HeatCell:
    mean = cell["mean"]
    share = mean / within if mean is not None and within else 0.0
    darkness = len(STEPS) if mean is None else sum(share > step for step in STEPS)
    known = half_of(cell) if "low" in cell else None
    return HeatCell(
        cell["hour"], CELL * cell["hour"], darkness, cell["calls"], span(mean), span(known), cell.get("runs")
    )


def between(estimate: Mapping[str, Any]) -> tuple[timedelta, timedelta] | None:
    low, high = span(estimate["low"]), span(estimate["high"])
    return None if low is None or high is None else (low, high)


def unserved_half(one: Mapping[str, Any]) -> float | None:
    """Return half the interval of the share of calls nobody went to; tests of before have none."""
    if one.get("unserved_low") is None:
        return None
    return max((float(one["unserved_high"]) - float(one["unserved_low"])) / 2, LEAST_HALF)


def span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=round(seconds))
