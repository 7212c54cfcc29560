"""Scenario models: an outbreak, a release, the evacuation of a building, a flood; worked out, and put into a script."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from youbei import content
from youbei.actions import clock
from youbei.actions.exercises import writing
from youbei.actions.exercises.keeping import ExerciseRefused
from youbei.actions.permit import not_found
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Slug
from youbei.engine.access import Permission
from youbei.engine.exercises import course
from youbei.engine.exercises.course import Curve, Into, Result, inject_tables
from youbei.engine.exercises.from_models import GuidebookSays
from youbei.engine.models.egress import Element, Group, Part
from youbei.engine.models.erg import Distances
from youbei.engine.models.flood import Catchment, Channel
from youbei.engine.models.guidebook import Spill, look_up
from youbei.engine.models.plume import Release
from youbei.engine.models.seir import Disease, Measures
from youbei.engine.text import Text
from youbei.records.reports.exercises import visible_exercise

router = Router(tags=["exercises"])
Number = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]
Ppm = Annotated[float, Field(ge=1e-6, le=1e6)]
Minutes = Annotated[float, Field(ge=0, le=1e6)]
MOST_PEOPLE = 20_000


class IntoIn(Body):
    """What the injects say: which fact, to which post, how long after StartEx, how long a day of the model lasts."""

    fact: Slug
    to: Slug
    begins_minutes: Minutes = 0
    day_minutes: Annotated[float, Field(gt=0, le=1e6)] = 1440

    def made(self) -> Into:
        return Into(
            self.fact,
            self.to,
            timedelta(minutes=self.begins_minutes),
            timedelta(minutes=self.day_minutes),
        )


class OutbreakIn(Body):
    """SEIR with tracing and isolation. Without `isolation_days` nobody is isolated."""

    population: Annotated[int, Field(ge=1, le=10**9)]
    infected: Annotated[int, Field(ge=1, le=10**9)] = 2
    reproduction: Number = 2.5
    incubation_days: Number = 4
    infectious_days: Number = 6
    traced_share: Number = 0
    isolation_days: Number | None = None
    from_day: Number = 0
    days: Annotated[int, Field(ge=1, le=730)] = 60
    every: Annotated[int, Field(ge=1, le=365)] = 5

    def worked_out(self, into: Into) -> Result:
        return course.outbreak(
            Disease(self.reproduction, self.incubation_days, self.infectious_days),
            Measures(self.traced_share, self.isolation_days, self.from_day),
            population=self.population,
            infected=self.infected,
            days=self.days,
            every=self.every,
            into=into,
        )


class GuidebookIn(Body):
    """What the guidebook is asked: the UN number, the spill, by day or night."""

    un: Annotated[int, Field(ge=1, le=9999)]
    spill: Spill = Spill.SMALL
    is_night: bool = False

    def said(self, wind_m_s: float) -> GuidebookSays:
        substance = content.guidebook().get(self.un)
        if substance is None:
            raise not_found()
        found = look_up(substance, self.spill, wind_m_s=wind_m_s, is_night=self.is_night)
        return GuidebookSays(substance, self.spill, self.is_night, found)


class ReleaseIn(Body):
    """A steady release of a gas that floats; with `guidebook` its distances stand beside it."""

    rate_kg_s: Number
    wind_m_s: Number
    stability: Annotated[str, Field(pattern="^[A-F]$")] = "D"
    height_m: Number = 0
    is_urban: bool = False
    gas_density_kg_m3: Number | None = None
    molar_mass_g: Annotated[float, Field(ge=1, le=1000)]
    threshold_ppm: Ppm
    boundary_m: Annotated[float, Field(ge=1, le=10_000)]
    guidebook: GuidebookIn | None = None

    def worked_out(self, into: Into) -> Result:
        source = Release(
            rate_kg_s=self.rate_kg_s,
            wind_m_s=self.wind_m_s,
            stability=self.stability,
            height_m=self.height_m,
            is_urban=self.is_urban,
            gas_density_kg_m3=self.gas_density_kg_m3,
        )
        return course.release(
            source,
            threshold_ppm=self.threshold_ppm,
            molar_mass_g=self.molar_mass_g,
            boundary_m=self.boundary_m,
            into=into,
            told=self.guidebook.said(self.wind_m_s) if self.guidebook else None,
        )


class WayIn(Body):
    """A door, corridor or stair of a building."""

    name: Slug
    part: Part
    width_m: Annotated[float, Field(ge=0, le=10_000)]
    length_m: Annotated[float, Field(ge=0, le=10_000)] = 0


class GroupIn(Body):
    """A class or room: how many, by which way, when they set off, how far it is to the first part of the way."""

    name: Slug
    people: Annotated[int, Field(ge=1, le=MOST_PEOPLE)]
    way: Annotated[list[Slug], Field(min_length=1, max_length=50)]
    sets_off_s: Annotated[float, Field(ge=0, le=10_000)] = 0
    first_m: Annotated[float, Field(ge=0, le=10_000)] = 0


class BuildingIn(Body):
    """A building and who is in it; the least time that a well-led evacuation takes."""

    ways: Annotated[list[WayIn], Field(min_length=1, max_length=500)]
    groups: Annotated[list[GroupIn], Field(min_length=1, max_length=500)]
    speed_m_s: Number = 1.34

    def worked_out(self, into: Into) -> Result:
        elements = [Element(one.name, one.part, one.width_m, one.length_m) for one in self.ways]
        groups = [
            Group(
                one.name,
                one.people,
                tuple(one.way),
                sets_off_s=one.sets_off_s,
                speed_m_s=self.speed_m_s,
                first_m=one.first_m,
            )
            for one in self.groups
        ]
        return course.building(elements, groups, into=into)


class FloodIn(Body):
    """A storm on a small valley, and the depths that are looked for."""

    area_km2: Number
    curve_number: Number
    concentration_h: Number
    rain_mm: Number
    rain_hours: Annotated[float, Field(gt=0, le=1000)]
    base_flow_m3_s: Number = 0
    width_m: Number
    side: Number = 1.5
    slope: Number
    roughness: Number = 0.035
    marks: Annotated[list[Annotated[float, Field(gt=0, le=50)]], Field(min_length=1, max_length=20)]

    def worked_out(self, into: Into) -> Result:
        return course.flood(
            Catchment(self.area_km2, self.curve_number, self.concentration_h),
            Channel(self.width_m, self.side, self.slope, self.roughness),
            rain_mm=self.rain_mm,
            duration=timedelta(hours=self.rain_hours),
            base_flow_m3_s=self.base_flow_m3_s,
            marks=self.marks,
            into=into,
        )


class ScenarioIn(Body):
    """One model, and what its injects say."""

    into: IntoIn
    outbreak: OutbreakIn | None = None
    release: ReleaseIn | None = None
    building: BuildingIn | None = None
    flood: FloodIn | None = None

    def worked_out(self) -> Result:
        given = [one for one in (self.outbreak, self.release, self.building, self.flood) if one is not None]
        if len(given) != 1:
            raise ExerciseRefused(
                zh="请给出一个模型：outbreak、release、building 或 flood。",
                en="Give one model: outbreak, release, building or flood.",
            )
        refuse_crowd(self.building)
        return given[0].worked_out(self.into.made())


class FigureOut(Schema):
    name: Text
    value: str


class ScenarioOut(Schema):
    """What a model says: key figures, a table, curves, and how many injects it makes."""

    figures: list[FigureOut]
    headings: list[Text]
    rows: list[list[str]]
    curves: list[Curve]
    injects: list[dict[str, object]]


class InjectsAdded(Schema):
    added: int


class DistanceOut(Schema):
    """The distances of the guidebook for one spill of a substance."""

    name: Text
    un: int
    spill: Spill
    distances: Distances


def refuse_crowd(building: BuildingIn | None) -> None:
    """Refuse more people than are worked out in a moment."""
    if building is not None and sum(one.people for one in building.groups) > MOST_PEOPLE:
        raise ExerciseRefused(
            zh=f"总人数最多 {MOST_PEOPLE}。请分楼栋计算。",
            en=f"{MOST_PEOPLE} people at most in all. Take one building.",
        )


def as_out(found: Result) -> ScenarioOut:
    return ScenarioOut(
        figures=[FigureOut(name=name, value=value) for name, value in found.figures],
        headings=list(found.headings),
        rows=[list(row) for row in found.rows],
        curves=list(found.curves),
        injects=inject_tables(found),
    )


@router.post("/scenario-models", response=ScenarioOut, **may(Permission.RUN_EXERCISE))
def work_scenario_out(request: HttpRequest, body: ScenarioIn) -> ScenarioOut:
    """Work a scenario model out; outside of where it holds it is refused, with the reason. Nothing is kept."""
    return as_out(body.worked_out())


@router.get("/scenario-models/guidebook", response=DistanceOut, **may(Permission.RUN_EXERCISE))
def ask_guidebook(
    request: HttpRequest,
    un: Annotated[int, Field(ge=1, le=9999)],
    spill: Spill = Spill.SMALL,
    wind_m_s: Annotated[float, Field(ge=0, le=100)] = 0,
    time: Literal["day", "night"] = "day",
) -> DistanceOut:
    """Return the distances of the Emergency Response Guidebook 2024 for a substance by its UN number."""
    said = GuidebookIn(un=un, spill=spill, is_night=time == "night").said(wind_m_s)
    return DistanceOut(name=said.substance.name, un=un, spill=spill, distances=said.distances)


@router.post("/exercises/{exercise_id}/script/models", response={201: InjectsAdded}, **may(Permission.RUN_EXERCISE))
@idempotent
def add_scenario_injects(request: HttpRequest, exercise_id: UUID, body: ScenarioIn) -> Status[InjectsAdded]:
    """Put the injects of a model into the script of an exercise that is being prepared."""
    by = caller(request)
    row = visible_exercise(exercise_id, by)
    tables = inject_tables(body.worked_out())
    _row, added = writing.add_injects(by=by, now=clock.now(), exercise=row, injects=tables)
    return Status(201, InjectsAdded(added=added))
