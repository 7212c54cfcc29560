"""From a model to injects and demand: what a course of events makes known, and what it asks for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from youbei.engine.exercises.injects.casualty import Casualty
from youbei.engine.exercises.injects.fact_discovered import FactDiscovered
from youbei.engine.exercises.injects.message import Message
from youbei.engine.exercises.injects.sensor_value import SensorValue
from youbei.engine.exercises.model import Inject, KnownFact, Timing
from youbei.engine.models.egress import Egress
from youbei.engine.models.erg import Distances
from youbei.engine.models.flood import Stage
from youbei.engine.models.guidebook import SPILL_NAMES, Spill, Substance
from youbei.engine.models.plume import Footprint
from youbei.engine.models.seir import Day
from youbei.engine.text import Text

DAY = timedelta(days=1)


def outbreak_injects(course: Sequence[Day], *, fact: str, to: str, every: int = 1) -> Iterator[Inject]:
    """Yield the number of people taken ill so far, whenever it has risen, looked at every so many days."""
    last = 0
    for day in course[::every]:
        total = round(day.ill)
        if total > last:
            text = Text(
                f"累计发病 {total} 人，隔离 {round(day.beds)} 人。", f"{total} ill so far, {round(day.beds)} isolated."
            )
            yield Inject(
                id=f"ill-{day.day}",
                kind="casualty",
                title=Text(f"第 {day.day} 天疫情", f"Outbreak, day {day.day}"),
                content=Casualty(fact, total, to, text),
                at=Timing(delay=day.day * DAY),
            )
            last = total


def beds_asked(course: Iterable[Day]) -> int:
    """Return how many beds are needed at once on the worst day."""
    return math.ceil(max((day.beds for day in course), default=0.0))


def cloud_injects(
    footprint: Footprint, *, boundary_m: float, fact: str, to: str, after: timedelta, wind_m_s: float
) -> Iterator[Inject]:
    """Yield the moment at which a cloud crosses a boundary downwind, if it reaches that far."""
    if footprint.reach_m > boundary_m:
        arrives = timedelta(seconds=round(boundary_m / wind_m_s))
        reach = f"{footprint.reach_m:.0f}"
        yield Inject(
            id="cloud-crosses",
            kind="fact_discovered",
            title=Text("毒气越过边界", "The cloud crosses the boundary"),
            content=FactDiscovered(
                (KnownFact(fact, True),),
                to,
                Text(f"预计影响到下风向 {reach} 米。", f"It is expected to reach {reach} m downwind."),
            ),
            at=Timing(delay=after + arrives),
        )


@dataclass(frozen=True, slots=True)
class GuidebookSays:
    """The distances of the guidebook for a substance and a spill, by day or night."""

    substance: Substance
    spill: Spill
    is_night: bool
    distances: Distances


def guidebook_injects(told: GuidebookSays, *, to: str) -> Iterator[Inject]:
    """Yield the distances as a message at the beginning: what an expert on the telephone would read out."""
    found, spill, name = told.distances, SPILL_NAMES[told.spill], told.substance.name
    more_zh, more_en = ("以上", " or more") if found.is_more else ("", "")
    when_zh, when_en = ("夜间", "by night") if told.is_night else ("昼间", "by day")
    text = Text(
        f"{name.zh}（UN {told.substance.un}），{spill.zh}，{when_zh}：四周隔离 {found.isolate_m:.0f} 米，"
        f"下风向防护 {found.protect_m:.0f} 米{more_zh}（ERG 2024）。",
        f"{name.en} (UN {told.substance.un}), {spill.en}, {when_en}: isolate {found.isolate_m:.0f} m all round, "
        f"protect people downwind to {found.protect_m:.0f} m{more_en} (ERG 2024).",
    )
    yield Inject(
        id="guidebook-distances",
        kind="message",
        title=Text("指南距离", "Distances of the guidebook"),
        content=Message(Text("危险化学品专家", "Chemical expert"), to, text),
    )


def flood_injects(
    course: Sequence[Stage], *, fact: str, to: str, marks: Sequence[float], sensor: Text
) -> Iterator[Inject]:
    """Yield a reading of the gauge for each mark (depth in metres) when the water first reaches it."""
    for number, mark in enumerate(sorted(marks), start=1):
        stage = next((one for one in course if one.depth_m >= mark), None)
        if stage is not None:
            depth = round(stage.depth_m, 2)
            yield Inject(
                id=f"stage-{number}",
                kind="sensor_value",
                title=Text(f"水深达到 {mark:g} 米", f"The water stands {mark:g} m deep"),
                content=SensorValue(sensor, fact, depth, to, Text(f"水深 {depth} 米。", f"{depth} m of water.")),
                at=Timing(delay=stage.after),
            )


def evacuation_injects(result: Egress, *, fact: str, to: str, began: timedelta = timedelta(0)) -> Iterator[Inject]:
    """Yield, for each group that is out, how many people have left the building so far."""
    out = 0
    for group in sorted(result.groups, key=lambda one: one.last_s):
        out += group.people
        yield Inject(
            id=f"out-{group.group}",
            kind="fact_discovered",
            title=Text(f"{group.group} 全部撤出", f"{group.group} is out"),
            content=FactDiscovered((KnownFact(fact, out),), to, Text(f"已撤出 {out} 人。", f"{out} people are out.")),
            at=Timing(delay=began + timedelta(seconds=round(group.last_s))),
        )
