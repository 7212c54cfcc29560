"""Confirm that records are still true, retire and revive them, and put back what a change has taken away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import By, require_change
from youbei.actions.registers.division_codes import sure_again
from youbei.actions.registers.guards import guard_retiring, guard_reviving
from youbei.actions.registers.history import keep_change, log_change, read_values
from youbei.actions.registers.save import RecordRefused, locked, save_record
from youbei.engine.registers.register import Register
from youbei.records.models import RecordChange, User
from youbei.records.models.scope import Registered
from youbei.records.registers.follow import follow
from youbei.records.registers.tables import model_of, path_column, records_of, register_called, right_at
from youbei.records.registers.values import as_json

AT_ONCE = 1000
LONGEST_REASON = 400


@transaction.atomic
def confirm_records(
    *, register: Register, pks: Sequence[int], by: By, now: datetime, source: str = "", label: str = ""
) -> int:
    """Say of records that they are still true, and return how many. `label` says who, where it is not an account."""
    rows = list(records_of(register).filter(pk__in=list(pks)[:AT_ONCE], retired_at__isnull=True).order_by("pk"))
    column = path_column(register)
    for path in sorted({getattr(row, column) for row in rows}):
        require_change(by, register, path)
    who = label or actor_for(by, now).label
    model_of(register)._default_manager.filter(pk__in=[row.pk for row in rows]).update(
        confirmed_at=now, confirmed_by=who
    )
    RecordChange.objects.bulk_create(
        RecordChange(
            register=register.name,
            record_id=row.pk,
            org_path=getattr(row, column),
            at=now,
            by=by if isinstance(by, User) else None,
            by_label=who,
            kind=RecordChange.Kind.CONFIRMED,
            before=as_json({"confirmed_at": row.confirmed_at}),
            after=as_json({"confirmed_at": now}),
            source=source,
        )
        for row in rows
    )
    if rows:
        data = {"register": register.name, "count": len(rows), "records": [row.pk for row in rows[:50]]}
        actor = actor_for(by, now)
        record(
            f"register:{register.name}", [("record.confirmed", data)], by=actor, now=now, org_path=common(rows, column)
        )
    return len(rows)


def common(rows: Sequence[Registered], column: str) -> str:
    """Return the path of the lowest unit under which all these records stand."""
    parts = [getattr(row, column).split("/") for row in rows]
    same = []
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        same.append(level[0])
    return "/".join([*same, ""]) if len(same) > 1 and same[-1] else "/".join(same) or "/"


@transaction.atomic
def retire_record(*, register: Register, pk: int, reason: str, by: By, now: datetime) -> Registered:
    """Take a record out of use, with a reason. It is kept for history and for what points to it."""
    row = locked(register, pk, by)
    require_change(by, register, getattr(row, path_column(register)))
    if not reason.strip():
        raise RecordRefused(zh="请写明停用的原因。", en="Say why it is taken out of use.")
    if row.retired_at is not None:
        return row
    guard_retiring(register, row, is_by_hand=by is not None)
    if getattr(row, "status", "") == "assigned":
        raise RecordRefused(
            zh="正在出动，不能停用。请先在处置中归队。", en="It is assigned to a response. Release it there first."
        )
    row.retired_at = now
    row.save(update_fields=["retired_at"])
    follow(register, [row], now=now)
    said = {"reason": reason.strip()[:LONGEST_REASON]}
    keep_change(register, row, RecordChange.Kind.RETIRED, {}, said, by=by, now=now)
    log_change(register, row, "record.retired", by=by, now=now)
    return row


@transaction.atomic
def revive_record(*, register: Register, pk: int, by: By, now: datetime) -> Registered:
    """Bring a retired record back into use."""
    row = locked(register, pk, by)
    require_change(by, register, getattr(row, path_column(register)))
    if row.retired_at is None:
        return row
    guard_reviving(register, row)
    row.retired_at = None
    row.save(update_fields=["retired_at"])
    follow(register, [row], now=now)
    keep_change(register, row, RecordChange.Kind.REVIVED, {}, {}, by=by, now=now)
    log_change(register, row, "record.revived", by=by, now=now)
    return row


def refuse_where_gone(register: Register, change: RecordChange) -> None:
    if not records_of(register).filter(pk=change.record_id).exists():
        raise RecordRefused(
            zh="这条记录已随一次导入的撤销而删除，不能再改。需要时请重新导入，或重新登记。",
            en="The record went when the import that had entered it was taken back. Import it again, or enter it anew.",
        )


@transaction.atomic
def restore_record(*, change: RecordChange, by: By, now: datetime) -> Registered:
    """Give the fields of a change the values they had before it. What others changed later in other fields stays."""
    register = register_called(change.register)
    if change.kind != RecordChange.Kind.CHANGED:
        raise RecordRefused(
            zh="只有“更改”可以恢复；登记用“停用”撤销，停用用“重新启用”撤销。",
            en="Only a change can be taken back; a first entry is retired, and a retired record revived.",
        )
    if by is None or by.may(register.edit, right_at(register, change.org_path)):
        refuse_where_gone(register, change)
    values = read_values(register, change.before)
    if not values:
        raise RecordRefused(
            zh="这次更改的内容已按要求删除，不能恢复。",
            en="What this change held was erased on request; nothing can be put back.",
        )
    if values.get("division"):
        values = {**values, "division": sure_again(str(values["division"]))}
    return save_record(
        register=register, values=values, by=by, now=now, pk=change.record_id, source=f"restore:{change.pk}"
    )
