"""Calls of every day that somebody states instead of counting them: so many a day, of a kind, in an area, in hours."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from youbei.engine.demand import Stream
from youbei.engine.errors import Refused
from youbei.engine.incidents import CATEGORY_NAMES, Category
from youbei.engine.places import EARTH_RADIUS_M, Point
from youbei.engine.plans.durations import parse_duration
from youbei.engine.text import Text
from youbei.engine.troubles import is_within

MOST_STATED = 20
MOST_PER_DAY, WIDEST_KM = 10_000.0, 100.0
HOURS, MONTHS = 24, 12
# Assumption: calls anywhere in a circle are well enough told by its middle and six places around, at two thirds of its
# radius; a seventh of the calls comes from each.
AROUND, OUT = 6, 2 / 3


class BadCalls(Refused):
    """Refuse calls that cannot be meant."""

    status = 422


@dataclass(frozen=True, slots=True)
class StatedCalls:
    """So many calls a day of a kind of incident, within a circle, from one hour of the day until another.

    start, end: local hours, over midnight where it ends no later than it starts. months: from 1, those in which they
    come, all where there are none; then `per_day` is of a day in one of them.
    """

    kind: str
    per_day: float
    point: Point
    radius_km: float = 0.0
    start: int = 0
    end: int = HOURS
    months: tuple[int, ...] = ()

    def as_data(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "per_day": self.per_day,
            "lat": self.point.lat,
            "lon": self.point.lon,
            "radius_km": self.radius_km,
            "start": self.start,
            "end": self.end,
            "months": list(self.months),
        }

    @property
    def text(self) -> Text:
        """Say in words what is assumed, all but the kind."""
        where = f"{self.point.lat:.3f}, {self.point.lon:.3f}"
        zh, en = f"每天 {self.per_day:g} 起，{where}", f"{self.per_day:g} a day at {where}"
        if self.radius_km:
            zh, en = f"{zh} 周围 {self.radius_km:g} 公里内", f"{en} and {self.radius_km:g} km around"
        if (self.start, self.end) != (0, HOURS):
            zh, en = f"{zh}，{self.start}–{self.end} 时", f"{en}, from {self.start}:00 to {self.end}:00"
        if self.months:
            said = ", ".join(str(month) for month in self.months)
            zh, en = f"{zh}，{said.replace(', ', '、')} 月", f"{en}, in the months {said}"
        return Text(zh, en)


def kind_name(code: str) -> Text:
    """Return what incidents of a kind are called."""
    return CATEGORY_NAMES[Category(code)] if code in set(Category) else Text(code, code)


def calls_from_data(data: Mapping[str, Any]) -> StatedCalls:
    """Read what `as_data` gave."""
    return StatedCalls(
        kind=data["kind"],
        per_day=data["per_day"],
        point=Point(data["lat"], data["lon"]),
        radius_km=data["radius_km"],
        start=data["start"],
        end=data["end"],
        months=tuple(data["months"]),
    )


def demand_stated(stated: Collection[StatedCalls], *, kinds: Collection[str]) -> None:
    """Raise BadCalls where what is stated cannot be meant."""
    if len(stated) > MOST_STATED:
        raise BadCalls(
            zh=f"至多假设 {MOST_STATED} 组警情，收到 {len(stated)} 组。请合并。",
            en=f"At most {MOST_STATED} groups of calls can be stated, not {len(stated)}. Put some together.",
        )
    for one in stated:
        demand_one(one, kinds)


def demand_one(one: StatedCalls, kinds: Collection[str]) -> None:
    if one.kind not in kinds:
        known = ", ".join(sorted(kinds))
        raise BadCalls(
            zh=f"没有“{one.kind[:40]}”这类事件。可选：{known}。",
            en=f"There are no incidents of the kind {one.kind[:40]!r}. There are: {known}.",
        )
    if not 0 < one.per_day <= MOST_PER_DAY:
        raise BadCalls(
            zh=f"每天起数须大于零，至多 {MOST_PER_DAY:,.0f}。没有警情就不必填写。",
            en=f"Calls a day must be more than nothing and at most {MOST_PER_DAY:,.0f}. Leave them out if none come.",
        )
    if not 0 <= one.radius_km <= WIDEST_KM:
        raise BadCalls(
            zh=f"半径须在 0 到 {WIDEST_KM:g} 公里之间。更大的范围请分成几组。",
            en=f"The circle must be from 0 to {WIDEST_KM:g} km wide. Split a larger area into several.",
        )
    if not (-90 <= one.point.lat <= 90 and -180 <= one.point.lon <= 180):
        raise BadCalls(zh="地点须是纬度、经度。", en="The place must be a latitude and a longitude.")
    if not (0 <= one.start < HOURS and 0 < one.end <= HOURS and one.start != one.end):
        raise BadCalls(
            zh="起止时刻须是整点：从 0 到 23，到 1 到 24，且不能相同；跨午夜的，如 22 到 6。",
            en="The hours must be whole: from 0 to 23, until 1 to 24, and not the same; over midnight as in 22 to 6.",
        )
    if len(set(one.months)) < len(one.months) or not all(1 <= month <= MONTHS for month in one.months):
        raise BadCalls(zh="月份须是 1 到 12，各一次。", en="Months must be from 1 to 12, each once.")


def streams_stated(stated: Collection[StatedCalls], kinds: Mapping[str, Mapping[str, Any]]) -> Iterator[Stream]:
    """Yield the calls that are stated as streams; `kinds` say what each kind asks for and for how long."""
    for number, one in enumerate(stated, start=1):
        kind, points = kinds[one.kind], points_of(one)
        hours = [is_within(one.start, one.end, hour) for hour in range(HOURS)]
        months = [not one.months or month in one.months for month in range(1, MONTHS + 1)]
        for point in points:
            yield Stream(
                kind=one.kind,
                place=f"假设 {number} / assumed {number} ({point.lat:.3f}, {point.lon:.3f})",
                point=point,
                capability=kind["capability"],
                # Of the mean day of a year, of which the season is a part.
                per_day=one.per_day / len(points) * sum(months) / MONTHS,
                on_scene=parse_duration(kind["on_scene"]),
                spread=float(kind["spread"]),
                hours=weights(hours),
                months=weights(months),
            )


def points_of(one: StatedCalls) -> tuple[Point, ...]:
    """Return where the calls come from: the middle, and places around it where it is an area."""
    if one.radius_km < 0.1:
        return (one.point,)
    north = math.degrees(1_000 * one.radius_km * OUT / EARTH_RADIUS_M)
    east = north / max(0.05, math.cos(math.radians(one.point.lat)))
    turns = [2 * math.pi * which / AROUND for which in range(AROUND)]
    around = (on_earth(one.point.lat + north * math.cos(at), one.point.lon + east * math.sin(at)) for at in turns)
    return (one.point, *around)


def on_earth(lat: float, lon: float) -> Point:
    return Point(max(-90.0, min(90.0, lat)), (lon + 180) % 360 - 180)


def weights(holds: list[bool]) -> tuple[float, ...]:
    """Return how many times the mean each part of a day or a year is."""
    return tuple(len(holds) / sum(holds) if one else 0.0 for one in holds)
