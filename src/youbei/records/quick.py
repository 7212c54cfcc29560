"""The reads of the hot path, as SQL written by hand: composing a query costs Django more than running it.

Only what an activation and the outbox ask is here; anything else is a queryset. Times and JSON come back from the
driver differently on the two databases and are read by `moment` and `json_value`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from youbei.records.driver import database, fetch
from youbei.records.insert import sqlite_datetime

PERSON = "p.id, p.code, p.email, p.phone, p.org_path, p.qualifications"
POST_HOLDERS = f"""SELECT 1, o.code, {PERSON}, s.is_leader AS leads, s.id AS turn FROM records_post o
    JOIN records_dutyshift s ON s.post_id = o.id JOIN records_person p ON p.id = s.person_id
    WHERE o.code IN ({{codes}}) AND s.starts_at <= %s AND s.ends_at > %s
    UNION ALL SELECT 0, o.code, {PERSON}, FALSE, h.id FROM records_post o
    JOIN records_postholding h ON h.post_id = o.id JOIN records_person p ON p.id = h.person_id
    WHERE o.code IN ({{codes}}) AND h.starts_at <= %s AND (h.ends_at IS NULL OR h.ends_at > %s)
    ORDER BY 1 DESC, leads DESC, turn"""
GRANT_COLUMNS = (
    "id",
    "user_id",
    "role",
    "organisation_id",
    "org_path",
    "starts_at",
    "ends_at",
    "given_by",
    "delegated_by_id",
)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as the outbox needs one."""

    id: int
    code: str
    email: str
    phone: str
    org_path: str
    qualifications: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What an activation stands on: the incident (locked), the version and its plan, and a run that goes on already."""

    incident_id: int
    number: str
    mode: str
    status: str
    org_path: str
    known_at: datetime
    occurred_at: datetime | None
    version_id: int
    digest: str
    stage: str
    plan_id: int
    plan_org_path: str
    organisation_id: int
    is_withdrawn: bool
    name_zh: str
    name_en: str
    running_id: int | None


def moment(value: Any) -> Any:
    """Return a datetime of the driver as an aware one in UTC; None stays None."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


def json_value(value: Any) -> Any:
    return json.loads(value) if isinstance(value, (str, bytes)) else value


def asked(value: datetime) -> Any:
    """Return a datetime as this database's driver compares it."""
    return sqlite_datetime(value) if database().vendor == "sqlite" else value


def marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def ground_for(incident_id: int, version_id: int) -> Ground | None:
    """Lock an incident and return what an activation of the version for it stands on, or None where one is missing."""
    if database().features.has_select_for_update:
        # On its own: a statement that has waited for a lock still sees all other tables as they were before it waited.
        fetch("SELECT id FROM records_incident WHERE id = %s FOR NO KEY UPDATE", [incident_id])
    rows = fetch(
        """SELECT i.id, i.number, i.mode, i.status, i.org_path, i.known_at, i.occurred_at, v.id, v.digest, v.stage,
            p.id, p.org_path, p.organisation_id, p.is_withdrawn, p.name_zh, p.name_en,
            (SELECT r.id FROM records_run r JOIN records_planversion w ON w.id = r.plan_version_id
             WHERE r.incident_id = i.id AND r.phase = 'active' AND w.plan_id = p.id ORDER BY r.id LIMIT 1)
        FROM records_incident i, records_planversion v JOIN records_plan p ON p.id = v.plan_id
        WHERE i.id = %s AND v.id = %s""",
        [incident_id, version_id],
    )
    if not rows:
        return None
    values = [moment(value) if number in (5, 6) else value for number, value in enumerate(rows[0])]
    return Ground(*values)


def statements_of(incident_id: int) -> list[tuple[str, Any, str, str, datetime]]:
    """Return (key, value, change, source, known_at) of every statement on an incident, oldest first."""
    rows = fetch(
        "SELECT key, value, change, source, known_at FROM records_fact WHERE incident_id = %s ORDER BY id",
        [incident_id],
    )
    return [(key, json_value(value), change, source, moment(known)) for key, value, change, source, known in rows]


def post_holders(codes: Sequence[str], now: datetime) -> list[tuple[bool, str, PersonRow]]:
    """Return (is on duty, post code, person) for everybody at the posts now; those on duty first, led by leaders."""
    if not codes:
        return []
    half = [*codes, asked(now), asked(now)]
    rows = fetch(POST_HOLDERS.format(codes=marks(codes)), half + half)
    return [(bool(row[0]), row[1], person_row(row[2:8])) for row in rows]


def persons_coded(codes: Sequence[str]) -> list[PersonRow]:
    if not codes:
        return []
    rows = fetch(f"SELECT {PERSON} FROM records_person p WHERE p.code IN ({marks(codes)}) ORDER BY p.id", codes)
    return [person_row(row) for row in rows]


def ways_of(person_ids: Sequence[int], way: str) -> dict[int, str]:
    """Return for each person the address of a sort (`email`) to try first: one that worked last, then by order.

    A way that failed after it last worked comes behind those that did not.
    """
    if not person_ids:
        return {}
    rows = fetch(
        f"""SELECT person_id, address FROM records_contactway
        WHERE person_id IN ({marks(person_ids)}) AND way = %s AND retired_at IS NULL
        ORDER BY CASE WHEN last_failed_at IS NOT NULL AND (last_ok_at IS NULL OR last_failed_at > last_ok_at)
        THEN 0 ELSE 1 END, rank DESC, id DESC""",
        [*person_ids, way],
    )
    return dict(rows)


def person_row(row: Iterable[Any]) -> PersonRow:
    pk, code, email, phone, org_path, qualifications = row
    return PersonRow(pk, code, email, phone, org_path, tuple(json_value(qualifications) or ()))


def organisations_coded(codes: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Return (code, email, phone, path) of the organisations with these codes."""
    if not codes:
        return []
    sql = f"SELECT code, email, phone, path FROM records_organisation WHERE code IN ({marks(codes)}) ORDER BY id"
    return [(code, email, phone, path) for code, email, phone, path in fetch(sql, codes)]


def first_post_held(person_id: int, now: datetime) -> tuple[str, str] | None:
    """Return the names of the highest post that a person holds now, or None."""
    at = asked(now)
    rows = fetch(
        """SELECT o.name_zh, o.name_en FROM records_postholding h JOIN records_post o ON o.id = h.post_id
        WHERE h.person_id = %s AND h.starts_at <= %s AND (h.ends_at IS NULL OR h.ends_at > %s)
        ORDER BY o.rank, o.id LIMIT 1""",
        [person_id, at, at],
    )
    return (rows[0][0], rows[0][1]) if rows else None


def grants_in_force(user_id: int, now: datetime) -> list[tuple[Any, ...]]:
    """Return the `GRANT_COLUMNS` of a user's grants that hold now, in the order in which they were given.

    A delegated grant holds only while the one it is part of does, and while the account that lent it is in use.
    """
    at = asked(now)
    rows = fetch(
        f"""SELECT {", ".join(f"g.{column}" for column in GRANT_COLUMNS)} FROM records_grant g
        LEFT JOIN records_grant f ON f.id = g.delegated_from_id LEFT JOIN records_user u ON u.id = f.user_id
        WHERE g.user_id = %s AND g.starts_at <= %s AND (g.ends_at IS NULL OR g.ends_at > %s) AND (f.id IS NULL
        OR (u.is_active AND f.starts_at <= %s AND (f.ends_at IS NULL OR f.ends_at > %s))) ORDER BY g.id""",
        [user_id, at, at, at, at],
    )
    return [(*row[:5], moment(row[5]), moment(row[6]), *row[7:]) for row in rows]
