"""Whom the roles of a team could be given to."""

from __future__ import annotations

from datetime import date

from youbei.engine.teams.competence import Candidate
from youbei.records.models import Organisation, Person, Team, User
from youbei.records.reports.team import candidates, members_of

# More people than this are not compared at once: name a unit below.
MOST = 300


def people_of(team: Team, unit: Organisation, user: User, on: date) -> tuple[list[Candidate], bool]:
    """Return the members and the people of a unit and those below it, up to `MOST`; and whether there are more."""
    members = members_of(team, user, on)
    known = [one.id for one in members]
    others = Person.objects.visible_to(user).under(unit.path).filter(retired_at__isnull=True).exclude(pk__in=known)
    found = list(others.order_by("pk")[: MOST + 1])
    return [*members, *candidates(found[:MOST], user, on)], len(found) > MOST
