"""What is kept of every change: the row of the history, and the line of the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import By
from youbei.engine.registers.parse import parse
from youbei.engine.registers.register import Register
from youbei.records.models import RecordChange, User
from youbei.records.models.scope import Registered
from youbei.records.registers.tables import path_column
from youbei.records.registers.values import Values, as_json


def keep_change(
    register: Register,
    row: Registered,
    kind: str,
    before: Values,
    after: Values,
    *,
    by: By,
    now: datetime,
    source: str = "",
) -> RecordChange:
    return RecordChange.objects.create(
        register=register.name,
        record_id=row.pk,
        org_path=getattr(row, path_column(register)),
        at=now,
        by=by if isinstance(by, User) else None,
        by_label=actor_for(by, now).label,
        kind=kind,
        before=as_json(before),
        after=as_json(after),
        source=source,
    )


def log_change(
    register: Register,
    row: Registered,
    kind: str,
    fields: Sequence[str] = (),
    *,
    by: By,
    now: datetime,
    more: dict[str, Any] | None = None,
) -> None:
    """Append to the record's stream. Only names of fields and the code are said: values may be personal."""
    data: dict[str, Any] = {"register": register.name, **(more or {})}
    if code := getattr(row, "code", ""):
        data["code"] = code
    if fields:
        data["fields"] = sorted(fields)
    path = getattr(row, path_column(register)) or "/"
    record(f"register:{register.name}:{row.pk}", [(kind, data)], by=actor_for(by, now), now=now, org_path=path)


def changed_since(register: Register, pk: int, seen: int) -> dict[str, Any]:
    """Return what others have changed in a record after the change with that id: field -> value as it is now."""
    found: dict[str, Any] = {}
    for change in RecordChange.objects.filter(register=register.name, record_id=pk, id__gt=seen).order_by("id"):
        found.update(read_values(register, change.after))
    return found


def read_values(register: Register, kept: dict[str, Any]) -> Values:
    """Return values that the history keeps; a field that the register no longer has is passed over."""
    return {
        name: None if value is None else parse(register.field(name), value)
        for name, value in kept.items()
        if register.has(name)
    }
