"""Teams against what they need: the competence matrix with its gaps, and the selection of people for the roles."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from youbei.actions import clock
from youbei.actions.permit import not_allowed
from youbei.actions.teams import save_selection
from youbei.api.access import caller, may
from youbei.api.registers import record_for
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Id, Slug, find
from youbei.engine.access import Permission
from youbei.engine.teams.competence import Candidate, Fit, Role
from youbei.engine.teams.selection import Selection, select
from youbei.engine.text import Text
from youbei.records.models import Organisation, Team, User
from youbei.records.reports.selection import MOST, people_of
from youbei.records.reports.team import roles_of, team_standing

router = Router(tags=["resources"])


class RoleOut(Schema):
    """A role and what each who fills it must hold; `vetting`: the purpose of the vetting they need, empty for none."""

    code: str
    name: Text
    needed: int
    certificates: list[str]
    vetting: str


class FitOut(Schema):
    """How a person fits a role. `until`: the day on which the first certificate asked for runs out.

    `is_vetting_hidden`: you may not see whether they were vetted, so that part is not judged. `conflicts` are kinds of
    conflicts of interest that keep them away from it.
    """

    role: str
    is_met: bool
    held: dict[str, date | None]
    ended: dict[str, date]
    missing: list[str]
    lacks_vetting: bool
    is_vetting_hidden: bool
    conflicts: list[str]
    until: date | None


class MatchedOut(Schema):
    """A row of the matrix. `role`: the role they fill, or are proposed for; empty for none."""

    pk: int
    name: Text
    is_member: bool
    role: str
    fits: list[FitOut]


class RoleGapOut(Schema):
    """Places that stay empty: `nearly` lack one thing, `elsewhere` fit but are needed in another role."""

    role: str
    short: int
    nearly: list[int]
    elsewhere: list[int]


class LackOut(Schema):
    text: Text
    is_serious: bool


class MatrixOut(Schema):
    roles: list[RoleOut]
    people: list[MatchedOut]
    gaps: list[RoleGapOut]
    filled: int
    needed: int


class StandingOut(MatrixOut):
    """The team as it stands. `lacks`: everything that is not as it should be, the serious first."""

    lacks: list[LackOut]


class SelectionOut(MatrixOut):
    """Who could fill what. `is_cut`: the unit has more people than are compared at once; name one below it."""

    is_cut: bool
    compared_at_most: int


class SelectionIn(Body):
    """Whom to enter, by the key of the person and the code of the role. Whoever is not named stays as they are."""

    places: Annotated[dict[Id, Slug], Field(max_length=MOST)]


class SelectedOut(Schema):
    changed: int


@router.get("/teams/{team_id}/competence", response=StandingOut, **may(Permission.SEE))
def show_competence(request: HttpRequest, team_id: Id) -> dict[str, Any]:
    """Show a team's members against its roles, the gaps, and all else that the team lacks."""
    by = caller(request)
    standing = team_standing(team_for(by, team_id), by, timezone.localdate(clock.now()))
    lacks = [{"text": one.text, "is_serious": one.is_serious} for one in standing.lacks]
    return {**matrix_out(standing.roles, standing.members, standing.present), "lacks": lacks}


@router.get("/teams/{team_id}/selection", response=SelectionOut, **may(Permission.EDIT_RESOURCE))
def propose_selection(request: HttpRequest, team_id: Id, unit: Slug | None = None) -> dict[str, Any]:
    """Propose whom of the team's unit, or of the unit of that code, to give the roles to: most places, best people."""
    by = caller(request)
    team = team_for(by, team_id)
    if not by.may(Permission.EDIT_RESOURCE, team.org_path):
        raise not_allowed(Permission.EDIT_RESOURCE)
    compared = find(Organisation.objects.visible_to(by), code=unit) if unit else team.organisation
    today, roles = timezone.localdate(clock.now()), roles_of(team)
    people, is_cut = people_of(team, compared, by, today)
    proposed = select(roles, people, today)
    return {**matrix_out(roles, people, proposed), "is_cut": is_cut, "compared_at_most": MOST}


@router.post("/teams/{team_id}/selection", response=SelectedOut, **may(Permission.EDIT_RESOURCE))
@idempotent
def enter_selection(request: HttpRequest, team_id: Id, body: SelectionIn) -> SelectedOut:
    """Enter people in the roles of a team; nobody is put out of a team by it."""
    by, now = caller(request), clock.now()
    team = team_for(by, team_id)
    on = timezone.localdate(now)
    return SelectedOut(changed=save_selection(team=team, places=body.places, by=by, now=now, on=on))


def team_for(by: User, pk: int) -> Team:
    _register, row = record_for("team", pk, by)
    if not isinstance(row, Team):
        raise TypeError("The register of teams holds teams")
    return row


def matrix_out(roles: Any, people: Any, chosen: Selection) -> dict[str, Any]:
    return {
        "roles": [role_out(role) for role in roles],
        "people": [person_out(one, roles, chosen) for one in people],
        "gaps": [
            {
                "role": gap.role.code,
                "short": gap.short,
                "nearly": [one.person for one in gap.nearly],
                "elsewhere": list(gap.elsewhere),
            }
            for gap in chosen.gaps
        ],
        "filled": len(chosen.places),
        "needed": sum(role.needed for role in roles),
    }


def role_out(role: Role) -> dict[str, Any]:
    return {
        "code": role.code,
        "name": role.name,
        "needed": role.needed,
        "certificates": sorted(role.certificates),
        "vetting": role.vetting,
    }


def person_out(person: Candidate, roles: Any, chosen: Selection) -> dict[str, Any]:
    return {
        "pk": person.id,
        "name": person.name,
        "is_member": person.is_member,
        "role": chosen.places.get(person.id, ""),
        "fits": [fit_out(chosen.fits[role.code, person.id]) for role in roles],
    }


def fit_out(fit: Fit) -> dict[str, Any]:
    return {
        "role": fit.role,
        "is_met": fit.is_met,
        "held": dict(fit.held),
        "ended": dict(fit.ended),
        "missing": sorted(fit.missing),
        "lacks_vetting": fit.lacks_vetting,
        "is_vetting_hidden": fit.is_vetting_hidden,
        "conflicts": list(fit.conflicts),
        "until": fit.until,
    }
