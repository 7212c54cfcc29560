"""Enter or change one record of a register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from youbei.actions.actors import actor_for
from youbei.actions.permit import By, Mandate, not_allowed, not_found, require_change
from youbei.actions.registers.guards import guard
from youbei.actions.registers.history import changed_since, keep_change, log_change
from youbei.actions.registers.holdings import demand_once
from youbei.actions.registers.measures import Measures, keep_words, words_of
from youbei.actions.stock.registered import bring_in_line
from youbei.actions.stock.stated import hold_back, state_one
from youbei.engine.errors import Refused
from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.registers.happened import still_to_come
from youbei.engine.registers.parse import CellRefused, is_nothing, parse
from youbei.engine.registers.register import Register
from youbei.records.models import PostHolding, RecordChange, StockLot
from youbei.records.models.scope import Registered
from youbei.records.registers.carrying import carry_along
from youbei.records.registers.follow import complete, follow, place_of
from youbei.records.registers.references import References
from youbei.records.registers.tables import key_condition, model_of, path_column, records_of
from youbei.records.registers.values import Values, column_value, values_of


class RecordRefused(Refused):
    """Refuse values that a register cannot take as they stand."""


class ChangedMeanwhile(Refused):
    """Refuse to overwrite what somebody else has changed since the form was opened."""


@transaction.atomic
def save_record(
    *,
    register: Register,
    values: Mapping[str, Any],
    by: By,
    now: datetime,
    pk: int | None = None,
    seen: int | None = None,
    source: str = "",
    reason: str = "",
    true_at: datetime | None = None,
    happened_by: datetime | None = None,
) -> Registered:
    """Enter a record, or change the one with that `pk`; return its row.

    `values` maps fields to what `engine.registers.parse` returns; a field that is left out keeps its value, None clears
    it. A reference is the code or the name of the record it points to. `seen` is the last `RecordChange` that
    the person had before their eyes: what somebody else has changed since is not overwritten. What is saved counts as
    confirmed, as of `true_at` where what is told was so earlier than now. `source` stands in the history. Another
    quantity of a lot that there is waits for a second person, with the `reason`; the lot keeps what its ledger says,
    and is not confirmed by that. What is entered as having happened has happened by now, or by `happened_by`.
    """
    check_names(register, values)
    if isinstance(by, Mandate) and register.name not in by.registers:
        raise not_allowed(register.edit)
    row = locked(register, pk, by) if pk is not None else model_of(register)()
    before = values_of(register, row) if pk is not None else {}
    stood = getattr(row, path_column(register))
    if pk is not None:
        require_change(by, register, getattr(row, path_column(register)))
        check_key_stays(register, before, values)
        check_nobody_came_before(register, row, values, seen)
    fill(register, row, values, References(by), is_new=pk is None)
    check_required(register, values_of(register, row))
    stated = hold_back(row, before)
    require_change(by, register, place_of(register, row))
    if pk is None:
        check_key_is_free(register, values_of(register, row))
    demand_happened(register, before, values_of(register, row), happened_by or now)
    guard(register, row, before, values_of(register, row))
    if isinstance(row, PostHolding):
        demand_once(row)
    complete(register, [row])
    if stated is None:
        row.confirmed_at, row.confirmed_by = min(true_at or now, now), actor_for(by, now).label
    row.save()
    follow(register, [row], now=now)
    if pk is not None and getattr(row, path_column(register)) != stood and register.name != "organisation":
        carry_along(register, [row.pk], row.org_path)
    bring_in_line([row], by=by, now=now, source=source, reasons={row.pk: words_of(row)})
    if stated is not None and isinstance(row, StockLot):
        said = " · ".join(part for part in (words_of(row), reason) if part)
        state_one(row, stated, by=by, now=now, source=source, reason=said)
    write_down(register, row, before, by=by, now=now, source=source, is_new=pk is None)
    return row


def write_down(
    register: Register, row: Registered, before: Values, *, by: By, now: datetime, source: str, is_new: bool
) -> None:
    """Keep what changed in the history, and say in the log which fields did."""
    after = values_of(register, row)
    changed = [name for name in after if before.get(name) != after[name]]
    if not is_new and not changed:
        return
    kind = RecordChange.Kind.CREATED if is_new else RecordChange.Kind.CHANGED
    was = {} if is_new else {name: before[name] for name in changed}
    keep_change(register, row, kind, was, {name: after[name] for name in changed}, by=by, now=now, source=source)
    log_change(register, row, f"record.{kind}", changed, by=by, now=now)


def check_names(register: Register, values: Mapping[str, Any]) -> None:
    unknown = sorted(name for name in values if not register.has(name))
    if unknown:
        raise RecordRefused(
            zh=f"{register.title.zh}没有字段“{'、'.join(unknown)}”。请核对字段名。",
            en=f"The register {register.title.en} has no field {', '.join(unknown)}. Check the names.",
        )


def locked(register: Register, pk: int, by: By) -> Registered:
    """Return a record for changing; one that the user may not see is answered like one that does not exist."""
    row = records_of(register).select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if row is None or (
        by is not None and register.owners and not by.may(register.see, getattr(row, path_column(register)))
    ):
        raise not_found()
    return row  # type: ignore[no-any-return]


def fill(
    register: Register, row: Registered, values: Mapping[str, Any], references: References, *, is_new: bool
) -> None:
    """Put values into a row; a new row gets the defaults of the fields that are left out."""
    measures = Measures()
    for field in register.fields:
        if field.name not in values:
            if is_new and field.kind is not FieldKind.REFERENCE:
                setattr(row, field.name, column_value(field, None))
            continue
        value, words = measures.settle(field, stored(field, values[field.name], references), row)
        setattr(row, field.name, value)
        keep_words(row, words)


def stored(field: Field, value: Any, references: References) -> Any:
    """Return what goes into the column, of a value that is read once more: nothing unreadable gets past here."""
    read = None if is_nothing(value) else parse(field, value)
    if field.kind is not FieldKind.REFERENCE:
        return column_value(field, read)
    return None if read is None else references.find(field, read)


def demand_happened(register: Register, before: Values, after: Values, now: datetime) -> None:
    """Refuse what is entered as having happened and is still to come; all of it is named at once."""
    found = still_to_come(register, before, after, now=now, zone=timezone.get_current_timezone())
    if found:
        raise CellRefused(zh="".join(why.zh for _, why in found), en=" ".join(why.en for _, why in found))


def check_required(register: Register, values: Values) -> None:
    """Refuse a record in which something that must be said is missing; all that is missing is named at once."""
    missing = [field for field in register.fields if field.is_required and values.get(field.name) is None]
    if missing:
        raise CellRefused(
            zh=f"还缺：{'、'.join(field.title.zh for field in missing)}。请填写后再保存。",
            en=f"Missing: {', '.join(field.title.en for field in missing)}. Fill that in and save again.",
        )


def check_key_stays(register: Register, before: Values, values: Mapping[str, Any]) -> None:
    for name in register.key:
        if name in values and (values[name] or None) != before[name]:
            field = register.field(name)
            raise RecordRefused(
                zh=f"“{field.title.zh}”是这条记录的标识，登记后不能更改。需要更改时请停用本条并另行登记。",
                en=f"{field.title.en} identifies this record and stays. Retire the record and enter a new one.",
            )


def check_key_is_free(register: Register, values: Values) -> None:
    if records_of(register).filter(key_condition(register, values)).exists():
        said = " / ".join(str(values[name]) for name in register.key if values[name] is not None)
        raise RecordRefused(
            zh=f"{register.title.zh}中已有“{said}”。请修改已有的记录，或换一个。",
            en=f"The register {register.title.en} already has “{said}”. Change that record, or take another key.",
        )


def check_nobody_came_before(register: Register, row: Registered, values: Mapping[str, Any], seen: int | None) -> None:
    """Refuse to overwrite a field that somebody else has changed since it was seen."""
    if seen is None:
        return
    taken = changed_since(register, row.pk, seen)
    lost = [
        register.field(name) for name, now_it_says in taken.items() if name in values and values[name] != now_it_says
    ]
    if lost:
        zh, en = "、".join(field.title.zh for field in lost), ", ".join(field.title.en for field in lost)
        raise ChangedMeanwhile(
            zh=f"您打开表单后，别人已改了：{zh}。请对照记录的最新内容后再保存。",
            en=f"Since you opened the form somebody else has changed: {en}. Compare with the record as it stands now "
            "and save again.",
        )
