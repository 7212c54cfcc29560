"""The teams near the places where they are needed, free or not, and what they are doing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from youbei.engine.places import Point
from youbei.engine.text import Text
from youbei.engine.underway import position
from youbei.records.models import Assignment, MoveUp, Run, Team, TeamCapability
from youbei.records.models.scope import path_condition
from youbei.records.nearby import looked_to, nearest
from youbei.records.reports.dispatch.covers import CoverWanted, going_on
from youbei.records.reports.names import name_of

# Of each capability so many of the nearest that are free are looked at round each place, and so many that are not: they
# explain what is short. Assumption: who stands farther away than so many others is hardly ever part of a good plan.
FREE_LOOKED_AT = 100
AWAY_LOOKED_AT = 25
# Assumption: of those that could cover a district or move up to it the nearest so many are enough beside what it wants.
COVERING_LOOKED_AT = 40
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Force:
    """A team as a dispatch sees it. `serving` is the run in which it works, `worked_s` its time out in 24 hours.

    `moving_up` is the cover (its key) for which it stands elsewhere than at home, or is on its way.
    """

    pk: int
    code: str
    name: Text
    org_pk: int
    org_path: str
    org_name: Text
    at: Point
    turn_out_s: int
    strength: int
    is_staffed: bool
    is_out_of_service: bool
    serving: int | None
    serving_need: str
    assignment: str
    has_arrived: bool
    worked_s: int
    skills: tuple[tuple[str, int], ...]
    moving_up: int | None = None


@dataclass(frozen=True, slots=True)
class Forces:
    """`is_cut`: more stand farther away and were not looked at. `edges`: capability and place -> how far was looked."""

    teams: tuple[Force, ...] = ()
    is_cut: bool = False
    edges: Mapping[tuple[str, Point], float] = field(default_factory=dict)


def forces(
    wanted: Mapping[str, Iterable[Point | None]],
    *,
    paths: list[str],
    now: datetime,
    exercise: int | None = None,
    also: Iterable[int] = (),
    covers: Iterable[CoverWanted] = (),
    own: list[str] | None = None,
    looked_at: int = FREE_LOOKED_AT,
) -> Forces:
    """Return the teams under these paths with a wanted capability (code -> places), and besides them those named.

    Of what is our `own`, those that cover a district or could move up to it are among them.
    """
    ids: dict[int, None] = dict.fromkeys(also)
    ids.update(dict.fromkeys(covering(covers, own or paths)))
    edges: dict[tuple[str, Point], float] = {}
    for code, places in wanted.items():
        found = TeamCapability.objects.filter(capability__code=code, team__retired_at=None)
        rows = under(found, paths, "team__org_path").values_list("team_id", "lat", "lon")
        for place in dict.fromkeys(places):
            # `in` and not `=`: for a bare boolean SQLite does not use the index.
            free = nearest(rows.filter(is_available__in=[True]), place, looked_at + 1, spot)
            away = nearest(rows.filter(is_available__in=[False]), place, AWAY_LOOKED_AT, spot)
            if len(free) > looked_at and place is not None:
                edges[code, place] = looked_to(place, Point(*spot(free[-1])))
            ids.update(dict.fromkeys(team for team, _, _ in (*free[:looked_at], *away)))
    return Forces(tuple(read_teams(list(ids), now=now, exercise=exercise)), bool(edges), edges)


def covering(covers: Iterable[CoverWanted], paths: list[str]) -> Iterable[int]:
    """Yield the free teams nearest to each district that have what it wants."""
    for one in covers:
        rows = TeamCapability.objects.filter(
            capability__code=one.capability, type__lte=one.type, is_available__in=[True], team__retired_at=None
        )
        found = under(rows, paths, "team__org_path").values_list("team_id", "lat", "lon")
        yield from (team for team, _, _ in nearest(found, one.at, COVERING_LOOKED_AT + one.number, spot))


def spot(row: tuple[int, float, float]) -> tuple[float, float]:
    """Return where a row stands that was read as a team and its place."""
    return row[1:]


def under(rows: QuerySet[TeamCapability], paths: list[str], column: str) -> QuerySet[TeamCapability]:
    if not paths:
        return rows.none()
    return rows if "/" in paths else rows.filter(path_condition(paths, f"{column}__under_by_walking"))


def read_teams(ids: list[int], *, now: datetime, exercise: int | None) -> Iterable[Force]:
    skills: dict[int, list[tuple[str, int]]] = defaultdict(list)
    pairs = TeamCapability.objects.filter(team__in=ids).order_by("capability__code")
    for team_id, code, grade in pairs.values_list("team_id", "capability__code", "type"):
        skills[team_id].append((code, grade))
    held, worked = assignments_of(ids, now=now, exercise=exercise)
    driving = driving_of(ids, worked, now=now, exercise=exercise)
    moving = {row.team_id: row for row in going_on(exercise).filter(team__in=ids)}
    for team in Team.objects.filter(pk__in=ids, retired_at=None).select_related("organisation").order_by("pk"):
        sent = held.get(team.pk)
        move = moving.get(team.pk) if sent is None else None
        at, turn_out = standing(team, sent, now) if move is None else standing_up(team, move, now)
        yield Force(
            pk=team.pk,
            code=team.code,
            name=name_of(team),
            org_pk=team.organisation_id,
            org_path=team.org_path,
            org_name=name_of(team.organisation),
            at=at,
            turn_out_s=round(turn_out.total_seconds()),
            strength=team.strength,
            is_staffed=team.strength > 0 or not team.required_strength,
            is_out_of_service=team.status == Team.Status.OUT_OF_SERVICE,
            serving=sent.run_id if sent else (0 if team.pk in driving or is_taken(team, exercise) else None),
            serving_need=sent.need if sent else "",
            assignment=sent.code if sent else "",
            has_arrived=bool(sent and sent.arrived_at),
            worked_s=worked.get(team.pk, 0),
            skills=tuple(skills[team.pk]),
            moving_up=move.cover_id if move is not None else None,
        )


def is_taken(team: Team, exercise: int | None) -> bool:
    return exercise is None and team.status == Team.Status.ASSIGNED


def standing(team: Team, sent: Assignment | None, now: datetime) -> tuple[Point, timedelta]:
    """Return where a team stands and when it can leave: one on its way is somewhere along it."""
    home = Point(team.lat, team.lon)
    if sent is None or sent.arrived_at is not None:
        return home, team.planned_turn_out
    leaves_at = sent.departed_at or sent.assigned_at + timedelta(seconds=sent.turn_out_s or 0)
    way = [Point(*spot) for spot in sent.route or ()] or [home]
    return position(way, leaves_at=leaves_at, expected_at=sent.expected_at, now=now)


def standing_up(team: Team, move: MoveUp, now: datetime) -> tuple[Point, timedelta]:
    """Return where a team stands that moves up, and when it can leave: on the way nobody has to turn out."""
    there = Point(move.lat, move.lon)
    if move.arrived_at is not None:
        return there, team.planned_turn_out
    way = [Point(*spot) for spot in move.route or ()] or [Point(team.lat, team.lon), there]
    return position(way, leaves_at=move.leaves_at, expected_at=move.expected_at, now=now)


def assignments_of(
    ids: list[int], *, now: datetime, exercise: int | None
) -> tuple[dict[int, Assignment], dict[int, int]]:
    """Return what each team is assigned to now, and for how many seconds of the last day it has been out."""
    rows = Assignment.objects.filter(team__in=ids)
    if exercise is None:
        rows = rows.filter(run__mode=Run.Mode.REAL)
    else:
        rows = rows.filter(run__mode=Run.Mode.EXERCISE, run__incident_id=exercise)
    held: dict[int, Assignment] = {}
    worked: dict[int, int] = defaultdict(int)
    for row in rows.filter(Q(released_at=None) | Q(released_at__gt=now - DAY)).order_by("pk"):
        team = row.team_id or 0
        if row.released_at is None:
            held[team] = row
        if exercise is None:
            since, until = max(row.assigned_at, now - DAY), min(row.released_at or now, now)
            worked[team] += max(0, int((until - since).total_seconds()))
    return held, worked


def driving_of(ids: list[int], worked: dict[int, int], *, now: datetime, exercise: int | None) -> set[int]:
    """Return the teams whose vehicle is on its way with a load now; add to their time out what they drove today."""
    rows = Assignment.objects.filter(vehicle__team__in=ids)
    if exercise is None:
        rows = rows.filter(run__mode=Run.Mode.REAL)
    else:
        rows = rows.filter(run__mode=Run.Mode.EXERCISE, run__incident_id=exercise)
    is_today = Q(arrived_at=None, released_at=None) | Q(arrived_at__gt=now - DAY) | Q(released_at__gt=now - DAY)
    driving: set[int] = set()
    trips: dict[tuple[int, datetime], int] = {}
    for row in rows.filter(is_today).select_related("vehicle").order_by("pk"):
        team = row.vehicle.team_id if row.vehicle is not None else None
        ended_at = row.arrived_at or row.released_at
        if team is None:
            continue
        if ended_at is None:
            driving.add(team)
        if exercise is None:
            seconds = int((min(ended_at or now, now) - max(row.assigned_at, now - DAY)).total_seconds())
            trips[team, row.assigned_at] = max(seconds, trips.get((team, row.assigned_at), 0))
    for (team, _), seconds in trips.items():
        worked[team] = worked.get(team, 0) + seconds
    return driving


def assigned_to(runs: Iterable[int]) -> list[int]:
    """Return the teams that are assigned to these runs now."""
    rows = Assignment.objects.filter(run__in=list(runs), released_at=None, team__isnull=False)
    return sorted(pk for pk in rows.values_list("team_id", flat=True) if pk is not None)
