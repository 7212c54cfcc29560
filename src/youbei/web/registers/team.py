"""What the page of a team shows beyond its record: how it stands, who fills what, how fast it really is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from youbei.actions import clock
from youbei.engine.access import Permission
from youbei.engine.clock import Mode
from youbei.engine.registers.register import Register
from youbei.engine.teams.competence import Candidate, Fit, Role
from youbei.engine.teams.selection import Selection
from youbei.records.models import Team
from youbei.records.models.scope import Registered
from youbei.records.reports.team import TeamStanding, TurnOut, team_standing
from youbei.web.access import user_of

WIDTH, MARGIN = 320, 10


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """How one person fits one role; `is_filled` where they stand in it."""

    role: Role
    fit: Fit
    is_filled: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    person: Candidate
    cells: tuple[MatrixCell, ...]


def team_panel(request: HttpRequest, register: Register, row: Registered) -> Mapping[str, Any] | None:
    """Find how a team stands; worked out once for both of its panels."""
    if not isinstance(row, Team):
        return None
    kept = row.__dict__.get("_panel")
    if kept is None:
        kept = row.__dict__["_panel"] = found(request, row)
    return kept


def found(request: HttpRequest, team: Team) -> Mapping[str, Any]:
    user = user_of(request)
    today = clock.now().astimezone(timezone.get_current_timezone()).date()
    standing = team_standing(team, user, today)
    return {
        "team": team,
        "standing": standing,
        "rows": matrix_rows(standing.roles, standing.members, standing.present),
        "hides_vetting": hides_vetting(standing),
        "chart": chart(standing.turn_out),
        "may_edit": user.may(Permission.EDIT_RESOURCE, team.org_path),
        "today": today,
    }


def hides_vetting(standing: TeamStanding) -> bool:
    return any(one.is_vetting_hidden for one in standing.present.fits.values())


def matrix_rows(roles: Sequence[Role], people: Sequence[Candidate], selection: Selection) -> list[MatrixRow]:
    """Return the competence matrix, a row per person: those who fill a role first, in the order of the roles."""
    order = {role.code: number for number, role in enumerate(roles)}
    by_role = sorted(people, key=lambda one: order.get(selection.places.get(one.id, ""), len(order)))
    return [
        MatrixRow(
            person,
            tuple(
                MatrixCell(role, selection.fits[role.code, person.id], selection.places.get(person.id) == role.code)
                for role in roles
            ),
        )
        for person in by_role
    ]


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    is_exercise: bool
    span: timedelta


@dataclass(frozen=True, slots=True)
class Chart:
    """Turn-outs as dots on a line of minutes, with the promise as a mark. Lengths are of the drawing."""

    width: int
    promised_x: float
    planned_x: float
    dots: tuple[Dot, ...]
    most: timedelta


def chart(turn_out: TurnOut) -> Chart | None:
    """Draw what was observed; None where nothing was."""
    if not turn_out.sent:
        return None
    most = max(turn_out.planned, *(one.turn_out for one in turn_out.sent), timedelta(minutes=1))
    scale = (WIDTH - 2 * MARGIN) / most.total_seconds()

    def x(span: timedelta) -> float:
        return round(MARGIN + span.total_seconds() * scale, 1)

    dots = tuple(Dot(x(one.turn_out), one.mode is Mode.EXERCISE, one.turn_out) for one in turn_out.sent)
    return Chart(WIDTH, x(turn_out.promised), x(turn_out.planned), dots, most)
