"""Who can see a record, and why: the grants that reach it, and who has looked at what is personal in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from youbei.engine.access import ROLE_NAMES, Permission, Role, allows
from youbei.engine.privacy import PURPOSES, Purpose
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import Grant, LogEntry
from youbei.records.registers.tables import right_at
from youbei.records.reports.names import name_of

MOST = 200
LOOKS = 12


@dataclass(frozen=True, slots=True)
class Seer:
    """An account that can see a record: by which role on which unit, until when, and what more it may do with it."""

    account: str
    role: Text
    unit: Text
    org_path: str
    until: datetime | None
    lent_by: str
    may_change: bool
    sees_personal: bool


@dataclass(frozen=True, slots=True)
class Look:
    at: datetime
    by_label: str
    by_id: str
    purpose: Text


def ancestors(path: str) -> list[str]:
    """Return the paths of a unit and all above it: `/1/5/` gives `/`, `/1/` and `/1/5/`."""
    parts = [part for part in path.split("/") if part]
    return ["/", *("/" + "/".join(parts[: count + 1]) + "/" for count in range(len(parts)))]


def who_sees(register: Register, path: str, now: datetime) -> list[Seer]:
    """Return the accounts whose grants reach a record at that path, the nearest unit first."""
    roles = [role.value for role in Role if allows(role, register.see)]
    rows = Grant.objects.in_force(now).filter(role__in=roles, user__is_active=True)
    if register.owners:
        rows = rows.filter(org_path__in=ancestors(path or "/"))
    kept_at = right_at(register, path)
    found = rows.select_related("user", "user__person", "organisation", "delegated_by").order_by("-org_path", "id")
    return [
        Seer(
            account=grant.user.person.name_zh if grant.user.person else grant.user.username,
            role=ROLE_NAMES[Role(grant.role)],
            unit=name_of(grant.organisation),
            org_path=grant.org_path,
            until=grant.ends_at,
            lent_by=grant.delegated_by.username if grant.delegated_by else "",
            may_change=grant.allows(register.edit) and kept_at.startswith(grant.org_path),
            sees_personal=bool(register.personal) and grant.allows(Permission.SEE_PERSONAL),
        )
        for grant in found[:MOST]
    ]


def looks_at(register: Register, pk: int) -> list[Look]:
    """Return the last looks at the personal data of a record, newest first."""
    stream = f"register:{register.name}:{pk}"
    rows = LogEntry.objects.filter(stream=stream, kind="record.looked").order_by("-seq")[:LOOKS]
    return [Look(row.at, row.by_label, row.by_id, purpose_of(row)) for row in rows]


def purpose_of(entry: LogEntry) -> Text:
    word = json.loads(entry.data).get("purpose", "")
    return PURPOSES[Purpose(word)] if word in set(Purpose) else Text(word, word)
