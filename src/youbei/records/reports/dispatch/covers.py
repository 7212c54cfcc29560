"""The cover that must remain near where something happens, and the teams that moved up for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from youbei import content
from youbei.engine.access import Permission
from youbei.engine.places import Point
from youbei.engine.text import Text
from youbei.records.models import HomeCover, MoveUp, User
from youbei.records.models.scope import path_condition
from youbei.records.nearby import nearest
from youbei.records.reports.names import name_of

# Assumption: what is sent to a place uncovers what lies round it; beyond so many covers nearer to it nothing changes.
COVERS_LOOKED_AT = 30
MOST_MOVES = 200


@dataclass(frozen=True, slots=True)
class CoverWanted:
    """So many teams of a type or better within seconds of a place, or of everywhere in a circle round it."""

    pk: int
    code: str
    name: Text
    org_name: Text
    capability: str
    ability: Text
    type: int
    number: int
    within_s: int
    at: Point
    radius_m: int | None
    is_strict: bool


@dataclass(frozen=True, slots=True)
class Covers:
    """`is_cut`: more lie farther away and were not looked at."""

    wanted: tuple[CoverWanted, ...] = ()
    is_cut: bool = False


def covers(places: Iterable[Point | None], *, paths: list[str], today: date) -> Covers:
    """Return the cover in force under these paths that lies nearest to the places."""
    rows: QuerySet[HomeCover] = HomeCover.objects.filter(retired_at=None)
    rows = rows.filter(Q(valid_from=None) | Q(valid_from__lte=today), Q(valid_until=None) | Q(valid_until__gte=today))
    rows = under(rows, paths).select_related("organisation")
    found: dict[int, HomeCover] = {}
    is_cut = False
    for place in dict.fromkeys(places):
        near = nearest(rows, place, COVERS_LOOKED_AT + 1)
        is_cut |= len(near) > COVERS_LOOKED_AT
        found |= {row.pk: row for row in near[:COVERS_LOOKED_AT]}
    return Covers(tuple(wanted(found[pk]) for pk in sorted(found)), is_cut)


def under(rows: QuerySet[HomeCover], paths: list[str]) -> QuerySet[HomeCover]:
    if not paths:
        return rows.none()
    return rows if "/" in paths else rows.filter(path_condition(paths, "org_path__under_by_walking"))


def wanted(row: HomeCover) -> CoverWanted:
    known = content.capabilities().get(row.capability)
    return CoverWanted(
        pk=row.pk,
        code=row.code,
        name=name_of(row),
        org_name=name_of(row.organisation),
        capability=row.capability,
        ability=known.name if known else Text(row.capability, row.capability),
        type=row.type,
        number=row.number,
        within_s=round(row.within_min * 60),
        at=Point(row.lat, row.lon),
        radius_m=row.radius_m,
        is_strict=row.is_strict,
    )


@dataclass(frozen=True, slots=True)
class Moved:
    """A team that is moving up, or stands where it moved to."""

    pk: int
    team: int
    team_code: str
    team_name: Text
    org_path: str
    cover: int
    cover_name: Text
    ordered_at: datetime
    ordered_by: str
    expected_at: datetime
    arrived_at: datetime | None


def going_on(exercise: int | None) -> QuerySet[MoveUp]:
    """Return what moves up now, for real or in one exercise."""
    rows = MoveUp.objects.filter(ended_at=None)
    return rows.filter(incident__isnull=True) if exercise is None else rows.filter(incident_id=exercise)


def moves_up_seen(user: User, *, exercise: int | None = None) -> list[Moved]:
    """Return the teams that are moving up or have moved up, of the units that a user may see."""
    paths = user.paths_with(Permission.SEE)
    rows = going_on(exercise).select_related("team", "cover").order_by("-pk")
    if "/" not in paths:
        rows = rows.filter(path_condition(paths, "team__org_path__under_by_walking")) if paths else rows.none()
    return [moved(row) for row in rows[:MOST_MOVES]]


def moved(row: MoveUp) -> Moved:
    return Moved(
        pk=row.pk,
        team=row.team_id,
        team_code=row.team.code,
        team_name=name_of(row.team),
        org_path=row.team.org_path,
        cover=row.cover_id,
        cover_name=name_of(row.cover),
        ordered_at=row.ordered_at,
        ordered_by=row.ordered_by,
        expected_at=row.expected_at,
        arrived_at=row.arrived_at,
    )
