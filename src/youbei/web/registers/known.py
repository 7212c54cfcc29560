"""What every record says of itself: who can see it and why, and who has looked at what is personal in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.registers.erasing import waiting_erasure
from youbei.engine.access import Permission
from youbei.engine.registers.register import Register
from youbei.records.models import User
from youbei.records.models.scope import Registered
from youbei.records.registers.tables import path_column
from youbei.records.reports.who import looks_at, who_sees
from youbei.web.access import user_of
from youbei.web.forms.facts import say

NAMED = 30

# Registers of people whose data is erased on request.
ERASABLE = frozenset({"person", "expert"})


def sees_persons(user: User, register: Register, row: Registered) -> bool:
    return not register.is_about_persons or user.may(Permission.SEE_PERSONAL, getattr(row, path_column(register)))


def may_look(user: User, register: Register, row: Registered) -> bool:
    return bool(register.personal) and user.may(Permission.SEE_PERSONAL, getattr(row, path_column(register)))


def who_panel(request: HttpRequest, register: Register, row: Registered) -> Mapping[str, Any]:
    """Find who can see a record and why; accounts are named to who gives grants there, the others see their number."""
    user, path = user_of(request), getattr(row, path_column(register))
    seers = who_sees(register, path, clock.now())
    may_name = user.may(Permission.MANAGE_ACCESS, (path if register.owners else "") or "/")
    groups: dict[tuple[str, str], int] = {}
    for seer in seers:
        # A record that all share is seen from everywhere: units of which one may know nothing are not named.
        is_known = bool(register.owners) or user.may(Permission.SEE, seer.org_path)
        key = (say(seer.role), say(seer.unit) if is_known else _("other units"))
        groups[key] = groups.get(key, 0) + 1
    return {"seers": seers[:NAMED] if may_name else [], "groups": list(groups.items()), "number": len(seers)}


def personal_panel(request: HttpRequest, register: Register, row: Registered) -> Mapping[str, Any] | None:
    """Find what can be done with the personal data of a record, and who has looked at it."""
    user = user_of(request)
    if not register.personal:
        return None
    path = getattr(row, path_column(register))
    keeps = user.may(register.edit, path) or user.may(Permission.MANAGE_ACCESS, path)
    return {
        "may_look": may_look(user, register, row),
        "erase": f"{register.name}_erase" if register.name in ERASABLE and user.may(register.edit, path) else "",
        "waiting": waiting_erasure(register.name, row.pk) if register.name in ERASABLE else None,
        "is_way": register.name == "contact_way",
        "row": row,
        "looks": looks_at(register, row.pk) if keeps else [],
        "keeps": keeps,
    }
