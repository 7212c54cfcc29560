"""The vehicles near the places where something has to be fetched, who drives them, and what they are doing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from youbei.engine.places import Point
from youbei.engine.text import Text
from youbei.records.models import Assignment, Run, Vehicle
from youbei.records.models.scope import path_condition
from youbei.records.nearby import nearest
from youbei.records.reports.dispatch.forces import Force, read_teams
from youbei.records.reports.dispatch.supplies import LITRES_OF_A_M3
from youbei.records.reports.names import name_of

# Assumption: these are loaded with goods and sent by road. Engines and ambulances work with what is on them, plant is
# itself carried, boats and drones do not go by road.
CARRYING = ("truck", "bus", "command", "other")
# Of the vehicles that are free so many of the nearest are looked at round each place, and so many that are not: they
# explain what is short. Assumption: beyond so many that are nearer one is hardly ever part of a good plan.
FREE_LOOKED_AT = 8
AWAY_LOOKED_AT = 3
# Assumption: a vehicle that belongs to no team leaves ten minutes after it is asked for; teams state their own.
TURN_OUT_S = 600


@dataclass(frozen=True, slots=True)
class Carrier:
    """A vehicle that can be loaded; `payload_l` 0: nobody has entered its room.

    `team` are the people who drive it; None: nobody is named in the registers.

    `is_out`: it is on its way with something, or stands elsewhere by the registers, or its team is out without it.
    """

    pk: int
    code: str
    name: Text
    plate: str
    org_pk: int
    org_path: str
    org_name: Text
    at: Point
    payload_kg: int
    site: int | None
    team: int | None
    turn_out_s: int
    is_staffed: bool
    is_out_of_service: bool
    is_out: bool
    worked_s: int
    payload_l: int = 0


@dataclass(frozen=True, slots=True)
class Carriers:
    """`is_kept`: the registers know of vehicles that can be loaded; where not, nothing is said of who carries what."""

    vehicles: tuple[Carrier, ...] = ()
    is_kept: bool = False


def carriers(
    places: Iterable[Point],
    *,
    paths: list[str],
    today: date,
    now: datetime,
    exercise: int | None = None,
    boards: Iterable[int] = (),
) -> Carriers:
    """Return the vehicles under these paths nearest to the places, and those on which (their sites) something lies."""
    rows = loadable(paths)
    if not rows.exists():
        return Carriers()
    away = ~Q(status="available") | Q(inspected_until__lt=today)
    ids = dict.fromkeys(rows.filter(site__in=list(boards)).values_list("pk", flat=True))
    for place in dict.fromkeys(places):
        free, others = rows.exclude(away), rows.filter(away)
        ids.update(dict.fromkeys(row.pk for row in nearest(free, place, FREE_LOOKED_AT)))
        ids.update(dict.fromkeys(row.pk for row in nearest(others, place, AWAY_LOOKED_AT)))
    found = Vehicle.objects.filter(pk__in=list(ids)).select_related("organisation").order_by("pk")
    read = list(found)
    drivers = [row.team_id for row in read if row.team_id is not None]
    teams = {team.pk: team for team in read_teams(drivers, now=now, exercise=exercise)}
    loaded = loaded_now([row.pk for row in read], exercise=exercise)
    return Carriers(tuple(carrier(row, teams.get(row.team_id or 0), loaded, today) for row in read), is_kept=True)


def loadable(paths: list[str]) -> QuerySet[Vehicle]:
    rows: QuerySet[Vehicle] = Vehicle.objects.filter(retired_at=None, payload_kg__gte=1, kind__in=CARRYING)
    if not paths:
        return rows.none()
    return rows if "/" in paths else rows.filter(path_condition(paths, "org_path__under_by_walking"))


def loaded_now(ids: Iterable[int], *, exercise: int | None) -> set[int]:
    """Return which of these vehicles are on their way with something, for real or in one exercise."""
    return set(under_way(exercise).filter(vehicle__in=list(ids)).values_list("vehicle_id", flat=True)) - {None}


def under_way(exercise: int | None) -> QuerySet[Assignment]:
    """Return what vehicles carry that has not arrived yet, for real or in one exercise."""
    rows = Assignment.objects.filter(vehicle__isnull=False, arrived_at=None, released_at=None)
    if exercise is None:
        return rows.filter(run__mode=Run.Mode.REAL)
    return rows.filter(run__mode=Run.Mode.EXERCISE, run__incident_id=exercise)


def carrier(row: Vehicle, team: Force | None, loaded: set[int], today: date) -> Carrier:
    is_past_inspection = row.inspected_until is not None and row.inspected_until < today
    is_team_out = team is not None and team.serving is not None
    name = name_of(row)
    plate = f" {row.plate}" if row.plate else ""
    return Carrier(
        pk=row.pk,
        code=row.code,
        name=Text(f"{name.zh}{plate}", f"{name.en or name.zh}{plate}"),
        plate=row.plate,
        org_pk=row.organisation_id,
        org_path=row.org_path,
        org_name=name_of(row.organisation),
        at=Point(row.lat, row.lon),
        payload_kg=int(row.payload_kg or 0),
        site=row.site_id,
        team=row.team_id,
        turn_out_s=TURN_OUT_S if team is None else team.turn_out_s,
        is_staffed=team is None or team.is_staffed,
        is_out_of_service=(
            row.status == "out_of_service" or is_past_inspection or (team is not None and team.is_out_of_service)
        ),
        is_out=row.status == "in_use" or row.pk in loaded or is_team_out,
        worked_s=0 if team is None else team.worked_s,
        payload_l=int((row.volume_m3 or 0) * LITRES_OF_A_M3),
    )
