"""A model worked out for a page: key figures, a table, curves, and the injects that can be made of it.

The models themselves are in `engine.models`; what lies outside of their validity is refused there, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain

from youbei.engine.exercises.from_models import (
    GuidebookSays,
    beds_asked,
    cloud_injects,
    evacuation_injects,
    flood_injects,
    guidebook_injects,
    outbreak_injects,
)
from youbei.engine.exercises.model import Exercise, ExerciseType, Inject
from youbei.engine.exercises.write import exercise_to_data
from youbei.engine.models.egress import Egress, Element, Group, egress
from youbei.engine.models.flood import Catchment, Channel, first_above, stages
from youbei.engine.models.plume import Release, footprint, from_ppm
from youbei.engine.models.seir import Day, Disease, Measures, controlled_reproduction
from youbei.engine.models.seir import course as outbreak_course
from youbei.engine.text import Text

DAY = timedelta(days=1)
# A table longer than this is thinned out; the injects are made of the whole.
MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of the picture: (x, y) in the units that the axes name."""

    name: Text
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a model says. `across` and `up` name the axes; `is_map`: both axes are metres of one scale."""

    figures: tuple[tuple[Text, str], ...]
    headings: tuple[Text, ...]
    rows: tuple[tuple[str, ...], ...]
    across: Text
    up: Text
    curves: tuple[Curve, ...]
    injects: tuple[Inject, ...]
    is_map: bool = False


@dataclass(frozen=True, slots=True)
class Into:
    """What the injects say: which fact, to which post, from when on, and how long a day of the model lasts."""

    fact: str
    to: str
    begins: timedelta = timedelta(0)
    day_lasts: timedelta = DAY


def thinned(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    step = -(-len(rows) // MOST_ROWS) or 1
    return tuple(rows[::step])


def moved(injects: Iterable[Inject], into: Into) -> tuple[Inject, ...]:
    """Let injects begin later, and a day of the model last as long as is wished."""
    share = into.day_lasts / DAY
    return tuple(replace(one, at=replace(one.at, delay=into.begins + one.at.delay * share)) for one in injects)


def inject_tables(result: Result) -> list[dict[str, object]]:
    """Return the injects of a result as an exercise file has them."""
    script = Exercise("x", "1", ExerciseType.TABLETOP, Text("x", "x"), "x", "", injects=result.injects)
    found: list[dict[str, object]] = exercise_to_data(script).get("injects", [])
    return found


def outbreak(
    disease: Disease, measures: Measures, *, population: int, infected: int, days: int, every: int, into: Into
) -> Result:
    course = outbreak_course(disease, population=population, infected=infected, days=days, measures=measures)
    worst = max(course, key=lambda day: day.infectious)
    last = course[-1]
    spreads = controlled_reproduction(disease, measures)
    return Result(
        figures=(
            (Text("采取措施后的再生数", "Reproduction number under the measures"), f"{spreads:.2f}"),
            (Text("传染者最多的一天", "Day with most infectious people"), f"{worst.day}"),
            (Text("当日传染者", "Infectious on that day"), f"{worst.infectious:.0f}"),
            (Text("同时需要的隔离床位", "Isolation beds needed at once"), f"{beds_asked(course)}"),
            (Text("累计发病", "Ill in all"), f"{last.ill:.0f}"),
        ),
        headings=(
            Text("天", "Day"),
            Text("易感", "Susceptible"),
            Text("潜伏", "Exposed"),
            Text("隔离观察", "Quarantined"),
            Text("传染", "Infectious"),
            Text("隔离治疗", "Isolated"),
            Text("累计发病", "Ill so far"),
        ),
        rows=thinned([(f"{one.day}", *(f"{part:.0f}" for part in parts_of(one))) for one in course]),
        across=Text("天", "days"),
        up=Text("人", "people"),
        curves=(
            Curve(Text("传染者", "infectious"), tuple((one.day, one.infectious) for one in course)),
            Curve(Text("隔离治疗", "isolated"), tuple((one.day, one.beds) for one in course)),
            Curve(Text("累计发病", "ill so far"), tuple((one.day, one.ill) for one in course)),
        ),
        injects=moved(outbreak_injects(course, fact=into.fact, to=into.to, every=every), into),
    )


def parts_of(day: Day) -> tuple[float, ...]:
    return (day.susceptible, day.exposed, day.quarantined, day.infectious, day.beds, day.ill)


def release(
    source: Release,
    *,
    threshold_ppm: float,
    molar_mass_g: float,
    boundary_m: float,
    into: Into,
    told: GuidebookSays | None = None,
) -> Result:
    """Work a plume out. With `told` the distances of the guidebook stand beside it, and come as a message, too."""
    found = footprint(source, from_ppm(threshold_ppm, molar_mass_g))
    half = found.edge[: len(found.edge) // 2]
    arrives = timedelta(seconds=round(boundary_m / source.wind_m_s))
    reaches = found.reach_m > boundary_m
    injects = cloud_injects(
        found, boundary_m=boundary_m, fact=into.fact, to=into.to, after=timedelta(0), wind_m_s=source.wind_m_s
    )
    edge = tuple((x, y) for x, y in found.edge)
    return Result(
        figures=(
            (Text("影响到下风向", "Reaches downwind"), f"{found.reach_m:.0f} m"),
            (Text("最大宽度", "Greatest width"), f"{found.width_m:.0f} m"),
            (
                Text("到达边界", "Arrives at the boundary"),
                f"{arrives.total_seconds() / 60:.1f} min" if reaches else "–",
            ),
            *(guidebook_figures(told) if told else ()),
        ),
        headings=(Text("下风向（米）", "Downwind (m)"), Text("半宽（米）", "Half width (m)")),
        rows=thinned([(f"{x:.0f}", f"{y:.0f}") for x, y in half]),
        across=Text("下风向，米", "m downwind"),
        up=Text("横风向，米", "m across the wind"),
        curves=(Curve(Text("超过阈值的范围", "where the threshold is exceeded"), (*edge, edge[0]) if edge else ()),),
        injects=moved(chain(guidebook_injects(told, to=into.to) if told else (), injects), into),
        is_map=True,
    )


def guidebook_figures(told: GuidebookSays) -> tuple[tuple[Text, str], ...]:
    """Return the distances of the guidebook as figures; "or more" where the guidebook says so."""
    more = "+" if told.distances.is_more else ""
    return (
        (Text("指南：四周隔离", "Guidebook: isolate all round"), f"{told.distances.isolate_m:.0f} m"),
        (Text("指南：下风向防护", "Guidebook: protect downwind"), f"{told.distances.protect_m:.0f}{more} m"),
    )


def building(elements: Sequence[Element], groups: Sequence[Group], *, into: Into) -> Result:
    found = egress(elements, groups)
    order = sorted(found.groups, key=lambda one: one.last_s)
    return Result(
        figures=(
            (Text("全部撤出", "Everybody is out after"), minutes(found.last_s)),
            (Text("最堵的部位", "Where most time is lost"), found.bottleneck or "–"),
            (Text("人数", "People"), f"{sum(one.people for one in found.groups)}"),
        ),
        headings=(
            Text("班级", "Group"),
            Text("人数", "People"),
            Text("第一人撤出", "First out"),
            Text("最后一人撤出", "Last out"),
            Text("人均等待", "Waited each"),
        ),
        rows=tuple(
            (one.group, f"{one.people}", minutes(one.first_s), minutes(one.last_s), minutes(one.waited_s / one.people))
            for one in order
        ),
        across=Text("秒", "seconds"),
        up=Text("已撤出人数", "people out"),
        curves=(Curve(Text("已撤出", "out"), out_curve(found)),),
        injects=moved(evacuation_injects(found, fact=into.fact, to=into.to), into),
    )


def out_curve(found: Egress) -> tuple[tuple[float, float], ...]:
    """Return how many are out by when, group by group: each group from its first to its last, evenly."""
    times = sorted(
        one.first_s + (one.last_s - one.first_s) * number / max(one.people - 1, 1)
        for one in found.groups
        for number in range(one.people)
    )
    step = -(-len(times) // 200) or 1
    return (
        (0.0, 0.0),
        *((at, number + 1.0) for number, at in enumerate(times) if number % step == 0 or number == len(times) - 1),
    )


def minutes(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def hours(span: timedelta) -> float:
    return span.total_seconds() / 3600


def flood(
    catchment: Catchment,
    channel: Channel,
    *,
    rain_mm: float,
    duration: timedelta,
    base_flow_m3_s: float,
    marks: Sequence[float],
    into: Into,
) -> Result:
    course = stages(catchment, channel, rain_mm=rain_mm, duration=duration, base_flow_m3_s=base_flow_m3_s)
    top = max(course, key=lambda one: one.flow_m3_s)
    reached = [(mark, first_above(course, mark)) for mark in sorted(marks)]
    sensor = Text("水位站", "River gauge")
    return Result(
        figures=(
            (Text("最大流量", "Greatest flow"), f"{top.flow_m3_s:.1f} m³/s"),
            (Text("最高水深", "Deepest water"), f"{top.depth_m:.2f} m"),
            (Text("出现在", "That is after"), f"{hours(top.after):.1f} h"),
            *(
                (Text(f"水深 {mark:g} 米", f"{mark:g} m deep"), "–" if at is None else f"{hours(at):.1f} h")
                for mark, at in reached
            ),
        ),
        headings=(Text("小时", "Hours"), Text("流量（m³/s）", "Flow (m³/s)"), Text("水深（m）", "Depth (m)")),
        rows=thinned([(f"{hours(one.after):.1f}", f"{one.flow_m3_s:.1f}", f"{one.depth_m:.2f}") for one in course]),
        across=Text("小时", "hours"),
        up=Text("水深，米", "m of water"),
        curves=(Curve(Text("水深", "depth"), tuple((hours(one.after), one.depth_m) for one in course)),),
        injects=moved(flood_injects(course, fact=into.fact, to=into.to, marks=marks, sensor=sensor), into),
    )
