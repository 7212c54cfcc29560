"""What the records of a register say, as values of its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from youbei import content
from youbei.engine.events import iso
from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.registers.register import Register
from youbei.records.models.scope import Registered

Values = dict[str, Any]


def with_references(register: Register, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Fetch with each record those it refers to, so that `values_of` asks nothing more."""
    names = [name for field in register.references for name in (field.name, *named_by(field))]
    return rows.select_related(*names) if names else rows


def named_by(field: Field) -> list[str]:
    """Return what names the record that a field refers to, where that is called by another one: a lot by its item."""
    target = content.registers()[field.refers_to]
    first = target.field(target.label[0])
    return [f"{field.name}__{first.name}"] if first.kind is FieldKind.REFERENCE else []


def values_of(register: Register, row: Registered) -> Values:
    """Return what a record says: field -> value as `engine.registers.parse` gives it, None for nothing."""
    return {field.name: value_of(field, row) for field in register.fields}


def all_values(register: Register, rows: Iterable[Registered]) -> list[Values]:
    return [values_of(register, row) for row in rows]


def value_of(field: Field, row: Registered) -> Any:
    if field.kind is FieldKind.REFERENCE:
        return None if getattr(row, f"{field.name}_id") is None else getattr(row, field.name).code
    value = getattr(row, field.name)
    if field.kind is FieldKind.CHOICES:
        return tuple(value) or None
    if value in ("", None) or value == {}:
        return None
    return canonical(value)


def canonical(value: Any) -> Any:
    """Return a number without trailing zeros, so that equal values are also written alike."""
    if isinstance(value, Decimal):
        return value.normalize() if value != value.to_integral_value() else value.quantize(Decimal(1))
    return value


def column_value(field: Field, value: Any) -> Any:
    """Return a value as the model's column takes it. References are not for this: a column holds their row."""
    if field.kind is FieldKind.CHOICES:
        return list(value or ())
    if field.kind is FieldKind.GRADES:
        return dict(value or {})
    if value is None:
        return empty(field)
    return value


def empty(field: Field) -> Any:
    """Return what stands in the column where nothing is given: the field's default, else nothing of its kind."""
    if field.default is not None:
        return field.default
    return "" if field.kind in TEXT_KINDS else None


TEXT_KINDS = frozenset(
    {
        FieldKind.TEXT,
        FieldKind.LONG_TEXT,
        FieldKind.CODE,
        FieldKind.CHOICE,
        FieldKind.PHONE,
        FieldKind.EMAIL,
    }
)


def as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON keeps them; `engine.registers.parse` reads them back."""
    return {name: json_value(value) for name, value in values.items()}


def json_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        return list(value)
    return value
