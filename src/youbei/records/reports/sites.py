"""What is at a site and around it: how it stands now, rooms, beds, classes, hazards, and the plans that rest on it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from youbei.engine.opening import Different, HoursRefused, Standing, spans_of_day, standing
from youbei.engine.places import EARTH_RADIUS_M, Point, distance_m
from youbei.engine.plans.model import Plan as EnginePlan
from youbei.engine.shapes import Shape, away_m, positions_of
from youbei.engine.text import Text
from youbei.records.load import load_plans
from youbei.records.models import (
    BedCapacity,
    ExamRoom,
    HazardPoint,
    Incident,
    OpeningException,
    Organisation,
    Plan,
    PlanPlace,
    SchoolClass,
    Site,
    User,
)
from youbei.records.nearby import box

SHOWN = 20
# Sites around a hazard that are looked at one by one; more than this lie around no works.
MOST_WITHIN = 10_000
# A hazard that says no distance is looked around this far. Assumption: what is nearer is at the same works.
AROUND_M = 500
# Rows about other days that are read for one site; more of them lie years back.
ROWS_OF_SITE = 200
# Assumption: what burns or leaks this near concerns whoever is at a site.
RUNNING_WITHIN_M = 3000


def standings(sites: Iterable[Site], now: datetime, zone: tzinfo | None = None) -> dict[int, Standing]:
    """Return how sites stand at a moment, by their keys; one query for all of them."""
    wanted = {site.pk: site for site in sites}
    at_home = zone or timezone.get_default_timezone()
    rows: dict[int, list[Different]] = defaultdict(list)
    today = now.astimezone(at_home).date()
    kept = OpeningException.objects.filter(site__in=list(wanted), retired_at__isnull=True)
    lasting = Q(is_yearly=True) | Q(last_on__gte=today) | Q(first_on__gte=today) | Q(last_on__isnull=True)
    for row in kept.filter(lasting).order_by("-first_on")[: ROWS_OF_SITE * max(1, len(wanted))]:
        if (read := as_different(row)) is not None:
            rows[row.site_id].append(read)
    return {pk: standing(site.opening, rows[pk], at=now, zone=at_home) for pk, site in wanted.items()}


def as_different(row: OpeningException) -> Different | None:
    """Return a row as the engine knows it; hours that cannot be read decide nothing."""
    try:
        spans = spans_of_day(row.hours)
    except HoursRefused:
        return None
    return Different(row.first_on, row.last_on or row.first_on, spans, row.reason, row.is_yearly)


def is_shut(site: Site, found: Standing) -> bool:
    """Say whether a site serves nobody now for a reason that lasts: taken out of use, or closed for repair."""
    is_out = site.retired_at is not None or site.operating == "closed"
    because = found.because
    return is_out or bool(found.is_open is False and because is not None and because.reason == "repair")


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms of an examination site by their use: (use, rooms, seats, fewest and most seats of one)."""

    uses: tuple[tuple[str, int, int], ...]
    rooms: int
    seats: int
    spare: int


def rooms_of(site: Site) -> Rooms | None:
    rows = ExamRoom.objects.filter(site=site, retired_at__isnull=True).values("use").order_by("use")
    found = tuple(
        (row["use"], row["rooms"], row["seats"]) for row in rows.annotate(rooms=Count("pk"), seats=Sum("seats"))
    )
    if not found:
        return None
    usual = [one for one in found if one[0] not in ("spare", "isolation")]
    spare = sum(rooms for use, rooms, _ in found if use == "spare")
    return Rooms(found, sum(one[1] for one in usual), sum(one[2] for one in usual), spare)


def beds_of(site: Site) -> list[BedCapacity]:
    return list(BedCapacity.objects.filter(site=site, retired_at__isnull=True).order_by("kind"))


def classes_of(site: Site, user: User) -> Mapping[str, Any] | None:
    """Return how many classes and pupils a school has, and how many of them have no place to assemble or no teacher."""
    if site.kind != Site.Kind.SCHOOL:
        return None
    rows = SchoolClass.objects.visible_to(user).filter(site=site, retired_at__isnull=True)
    found = rows.aggregate(
        classes=Count("pk"),
        pupils=Sum("pupils"),
        without_assembly=Count("pk", filter=Q(assembly__isnull=True)),
        without_teacher=Count("pk", filter=Q(teacher__isnull=True, teacher_post__isnull=True)),
    )
    grades = rows.values("grade").order_by("grade").annotate(classes=Count("pk"), pupils=Sum("pupils"))
    return {**found, "grades": list(grades[:SHOWN])}


def hazards_of(site: Site, user: User) -> list[HazardPoint]:
    rows = HazardPoint.objects.visible_to(user).filter(site=site, retired_at__isnull=True)
    return list(rows.order_by("pk")[:SHOWN])


@dataclass(frozen=True, slots=True)
class Endangered:
    """A site that lies within the reach of a hazard; `people`: those it says are there, None where it says nothing."""

    site: Site
    distance_m: float
    people: int | None


@dataclass(frozen=True, slots=True)
class Within:
    """All sites within the reach of a hazard: the nearest of them, and the figures of all.

    `number` counts them, `people` adds up those who say how many are there, `unknown` counts those who do not.
    `is_whole` is false where so many lie around that not all were looked at.
    """

    nearest: tuple[Endangered, ...] = ()
    number: int = 0
    people: int = 0
    unknown: int = 0
    is_whole: bool = True


def endangered_by(hazard: HazardPoint, user: User) -> Within:
    """Return the sites within the reach of a hazard: of its outline where it has one, else of its point."""
    shape = hazard.geometry
    if not shape and (hazard.lat is None or hazard.lon is None):
        return Within()
    shape = shape or {"type": "Point", "coordinates": [hazard.lon, hazard.lat]}
    reach = hazard.reach_m or AROUND_M
    rows = Site.objects.visible_to(user).filter(retired_at__isnull=True, **box_around(shape, reach))
    rows = rows.exclude(pk=hazard.site_id or 0).exclude(kind=Site.Kind.VEHICLE)
    looked_at = list(rows.defer("geometry")[: MOST_WITHIN + 1])
    near = [(away_m(shape, Point(site.lat, site.lon)), site) for site in looked_at[:MOST_WITHIN]]
    near = sorted(((far, site) for far, site in near if far <= reach), key=lambda one: (one[0], one[1].pk))
    taught = pupils_at([site for _, site in near], user)
    found = [Endangered(site, far, people_at(site, taught)) for far, site in near]
    return Within(
        nearest=tuple(found[:SHOWN]),
        number=len(found),
        people=sum(one.people or 0 for one in found),
        unknown=sum(one.people is None for one in found),
        is_whole=len(looked_at) <= MOST_WITHIN,
    )


def pupils_at(sites: Sequence[Site], user: User) -> Mapping[int, int]:
    """Return how many pupils the classes of schools have together, by school."""
    schools = [site.pk for site in sites if site.kind == Site.Kind.SCHOOL]
    rows = SchoolClass.objects.visible_to(user).filter(site__in=schools, retired_at__isnull=True)
    return dict(rows.order_by().values_list("site").annotate(pupils=Sum("pupils")).filter(pupils__isnull=False))


def people_at(site: Site, pupils: Mapping[int, int]) -> int | None:
    """Return how many people a site says are there now, else how many it holds, and of a school its pupils."""
    if site.occupied is not None:
        return site.occupied
    if site.kind == Site.Kind.HOSPITAL:
        return site.beds
    return pupils.get(site.pk, site.capacity)


def box_around(shape: Shape, reach_m: float) -> dict[str, Any]:
    """Return the filter for a box that holds all within so many metres of a shape."""
    lats = [position[1] for position in positions_of(shape)]
    lons = [position[0] for position in positions_of(shape)]
    half = degrees(reach_m)
    wide = half / max(0.05, math.cos(math.radians(max(map(abs, lats)))))
    return {
        "lat__gte": min(lats) - half,
        "lat__lte": max(lats) + half,
        "lon__gte": min(lons) - wide,
        "lon__lte": max(lons) + wide,
    }


def degrees(reach_m: float) -> float:
    return math.degrees(reach_m / EARTH_RADIUS_M)


@dataclass(frozen=True, slots=True)
class PlanPart:
    """A part of a plan that rests on a place: a step from a level on with what it needs there, or a scenario."""

    title: Text
    anchor: str
    level: int | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamingPlan:
    pk: int
    name: Text
    unit: Text
    parts: tuple[PlanPart, ...]


def plans_naming(codes: Sequence[str], here: Point | None, reach_m: float, user: User) -> list[NamingPlan]:
    """Return the current plans with a need at one of these sites, or a scenario within `reach_m` of the place."""
    condition = Q(site_code__in=[code for code in codes if code])
    if here is not None:
        condition |= Q(**box(here, degrees(reach_m)))
    current = PlanPlace.objects.filter(condition, version__plan__current=F("version"))
    seen = Plan.objects.visible_to(user).filter(is_withdrawn=False)
    rows = current.filter(version__plan__in=seen).order_by("version_id", "pk").values_list("version", "part")
    parts: dict[int, set[str]] = defaultdict(set)
    for version, part in rows[: SHOWN * 20]:
        parts[version].add(part)
    plans = (
        Plan.objects.filter(current__in=list(parts)).select_related("organisation", "current").defer("current__data")
    )
    shown = list(plans.order_by("pk")[:SHOWN])
    read = load_plans([plan.current for plan in shown if plan.current is not None])
    return [
        NamingPlan(
            plan.pk,
            Text(plan.name_zh, plan.name_en),
            Text(plan.organisation.name_zh, plan.organisation.name_en),
            tuple(parts_of(read[plan.current_id], parts[plan.current_id])),
        )
        for plan in shown
        if plan.current_id is not None
    ]


def parts_of(plan: EnginePlan, named: set[str]) -> Iterable[PlanPart]:
    for step in plan.steps:
        needs = [need for need in step.needs if f"steps.{step.id}.needs.{need.id}"[:160] in named]
        if needs:
            yield PlanPart(step.title, step.id, int(step.from_level), tuple(n.item or n.capability for n in needs))
    for scenario in plan.scenarios:
        if f"scenarios.{scenario.id}"[:160] in named:
            yield PlanPart(scenario.title, scenario.id)


@dataclass(frozen=True, slots=True)
class NearIncident:
    incident: Incident
    distance_m: float


def incidents_near(here: Point | None, reach_m: float, user: User) -> list[NearIncident]:
    """Return the open incidents within `reach_m` of a place, the nearest first."""
    if here is None:
        return []
    rows = Incident.objects.visible_to(user).filter(status=Incident.Status.OPEN, **box(here, degrees(reach_m)))
    found = [
        NearIncident(row, distance_m(here, Point(row.lat, row.lon)))
        for row in rows.order_by("-reported_at")[: SHOWN * 5]
        if row.lat is not None and row.lon is not None
    ]
    near = [one for one in found if one.distance_m <= reach_m]
    return sorted(near, key=lambda one: (one.distance_m, one.incident.pk))[:SHOWN]


def area_around(org_path: str) -> Organisation | None:
    """Return the nearest unit at or above this place in the tree that says which area is its own."""
    keys = [int(part) for part in org_path.split("/") if part]
    found = Organisation.objects.filter(pk__in=keys, geometry__isnull=False)
    return max(found, key=lambda one: len(one.path), default=None)
