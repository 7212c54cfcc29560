"""Put people into the roles of a team."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from youbei import content
from youbei.actions.permit import require
from youbei.actions.registers.save import save_record
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.records.models import Person, Team, TeamMember, TeamRole, User


class SelectionRefused(Refused):
    """Refuse a selection that names roles or people that are not there."""


@transaction.atomic
def save_selection(*, team: Team, places: Mapping[int, str], by: User | None, now: datetime, on: date) -> int:
    """Enter these people (by key) in these roles (by code) of a team; return how many entries changed.

    Whoever is not named stays as they are: nobody is put out of a team by a selection.
    """
    require(by, Permission.EDIT_RESOURCE, team.org_path)
    roles = set(TeamRole.objects.filter(team=team, retired_at__isnull=True).values_list("code", flat=True))
    people = {person.pk: person for person in Person.objects.filter(pk__in=list(places), retired_at__isnull=True)}
    if by is not None:
        people = {pk: one for pk, one in people.items() if by.may(Permission.SEE, one.org_path)}
    if set(places.values()) - roles or places.keys() - people.keys():
        raise SelectionRefused(
            zh="选择中有岗位或人员已不存在，或您无权查看。请重新打开选配页面。",
            en="The selection names a role or a person that is no longer there, or that you may not see. "
            "Open the selection anew.",
        )
    members = {one.person_id: one for one in TeamMember.objects.filter(team=team)}
    register = content.registers()["team_member"]
    changed = 0
    for pk, role in sorted(places.items()):
        member = members.get(pk)
        if member is not None and member.role == role and member.left_on is None and member.retired_at is None:
            continue
        values = {"team": team.code, "person": people[pk].code, "role": role, "left_on": None}
        if member is None:
            save_record(register=register, values={**values, "joined_on": on}, by=by, now=now, source="selection")
        else:
            TeamMember.objects.filter(pk=member.pk).update(retired_at=None)
            save_record(register=register, values=values, by=by, now=now, pk=member.pk, source="selection")
        changed += 1
    return changed
