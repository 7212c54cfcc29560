"""Teams that stand where cover is lacking: they arrive, are sent on from there, or go home."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import not_found, require
from youbei.engine.access import Permission
from youbei.engine.clock import Mode
from youbei.engine.errors import Refused
from youbei.engine.places import Point
from youbei.records.clocks import clock_of
from youbei.records.models import Incident, MoveUp, Run, Team, TeamCapability, User
from youbei.records.reports.dispatch.covers import going_on
from youbei.records.reports.dispatch.forces import standing_up


class MoveUpRefused(Refused):
    """Refuse what cannot be done with a team that moves up, or does not."""


def mode_of(row: MoveUp) -> Mode:
    return Mode.REAL if row.incident_id is None else Mode.EXERCISE


def moment_in(exercise: int | None, now: datetime) -> datetime:
    """Return what the clock of an exercise shows while it is carried out, else now."""
    if exercise is None:
        return now
    run = Run.objects.filter(incident=exercise, phase=Run.Phase.ACTIVE).order_by("pk").first()
    return now if run is None else clock_of(run).scenario_at(now)


def note(row: MoveUp, kind: str, data: Mapping[str, Any], *, by: User | None, now: datetime) -> None:
    record(
        f"move_up:{row.pk}",
        [(kind, {"team": row.team.code, "cover": row.cover.code, **data})],
        by=actor_for(by, now),
        now=now,
        org_path=row.team.org_path,
        mode=mode_of(row),
    )


def place_in_index(team: Team, at: Point) -> None:
    """Let the nearest able team be found where it stands now."""
    TeamCapability.objects.filter(team=team).update(lat=at.lat, lon=at.lon)


def taken_from(team: Team, *, exercise: int | None, by: User | None, now: datetime) -> tuple[Point, timedelta]:
    """Return where a team that is sent starts from and when it leaves; if it was moving up, that is over."""
    row = going_on(exercise).select_for_update(of=("self",)).select_related("cover").filter(team=team).first()
    if row is None:
        return Point(team.lat, team.lon), team.planned_turn_out
    row.team = team
    start = standing_up(team, row, moment_in(exercise, now))
    finish(row, MoveUp.End.SENT, by=by, now=now)
    return start


def finish(row: MoveUp, how: MoveUp.End, *, by: User | None, now: datetime) -> None:
    row.ended_at, row.ended_by = moment_in(row.incident_id, now), how
    row.save(update_fields=["ended_at", "ended_by"])
    if row.incident_id is None:
        place_in_index(row.team, Point(row.team.lat, row.team.lon))
    note(row, "move_up.ended", {"how": how.value}, by=by, now=now)


def locked(row: MoveUp, by: User | None) -> MoveUp:
    """Return a move-up, its team locked before it; whoever may not see the team finds nothing."""
    team = Team.objects.select_for_update(no_key=True).get(pk=row.team_id)
    if by is not None and not by.may(Permission.SEE, team.org_path):
        raise not_found()
    require(by, Permission.ASSIGN_RESOURCE, team.org_path)
    held = MoveUp.objects.select_for_update(of=("self",)).select_related("cover").get(pk=row.pk)
    held.team = team
    return held


@transaction.atomic
def arrive_moved_up(*, by: User | None, now: datetime, move_up: MoveUp) -> MoveUp:
    """Say that a team stands where it was to move up to; saying it again changes nothing."""
    row = locked(move_up, by)
    if row.ended_at is not None:
        raise over(row)
    if row.arrived_at is None:
        row.arrived_at = moment_in(row.incident_id, now)
        row.save(update_fields=["arrived_at"])
        note(row, "move_up.arrived", {}, by=by, now=now)
    return row


@transaction.atomic
def send_home(*, by: User | None, now: datetime, move_up: MoveUp) -> MoveUp:
    """Let a team that moved up go home; saying it again changes nothing."""
    row = locked(move_up, by)
    if row.ended_at is None:
        finish(row, MoveUp.End.RETURNED, by=by, now=now)
    elif row.ended_by != MoveUp.End.RETURNED:
        raise over(row)
    return row


def over(row: MoveUp) -> MoveUpRefused:
    how = ("已归建", "gone home") if row.ended_by == MoveUp.End.RETURNED else ("已派往别处", "been sent elsewhere")
    return MoveUpRefused(
        zh=f"{row.team.name_zh}{how[0]}，前移已经结束。",
        en=f"{row.team.name_en or row.team.name_zh} has {how[1]}; its move is over.",
    )


def exercise_named(pk: int | None) -> Incident | None:
    return None if pk is None else Incident.objects.get(pk=pk)
