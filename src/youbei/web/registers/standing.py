"""What the page of a person or a post says of them: holders, ways to reach them, certificates, teams, vetting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from youbei.actions import clock
from youbei.engine.access import Permission
from youbei.engine.registers.register import Register
from youbei.records.models import Person, Post
from youbei.records.models.scope import Registered
from youbei.records.reports.standing import holders_of, standing_of_person, ways_of_post
from youbei.web.access import user_of


def person_panel(request: HttpRequest, register: Register, row: Registered) -> Mapping[str, Any] | None:
    """Find what a person holds, how they are reached, what they are qualified for and kept from."""
    if not isinstance(row, Person):
        return None
    user, now = user_of(request), clock.now()
    today = now.astimezone(timezone.get_current_timezone()).date()
    standing = standing_of_person(row, user, now, today)
    may_edit = user.may(Permission.EDIT_PEOPLE, row.org_path)
    return {"row": row, "ways": standing.ways, "standing": standing, "may_edit": may_edit, "owner": "person"}


def post_panel(request: HttpRequest, register: Register, row: Registered) -> Mapping[str, Any] | None:
    """Find who holds a post now, who did and who will, and how it is reached."""
    if not isinstance(row, Post):
        return None
    user = user_of(request)
    held = holders_of(row, user, clock.now())
    return {
        "row": row,
        "held": held,
        "is_filled": any(one.state == "now" for one in held),
        "ways": ways_of_post(row, user),
        "may_edit": user.may(Permission.EDIT_PEOPLE, row.org_path),
        "owner": "post",
    }
