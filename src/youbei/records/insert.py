"""Fast writing of many rows, for the hot paths: log entries and projections.

Rows are mappings from attribute name (`run_id`, not `run`) to Python value, all with the same keys; columns that are
not named get the default of their field. Values are adapted as Django would adapt them, but the way is chosen once per
column and not once per value, and the rows go out in as few statements as the database takes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import AutoField, DateField, DateTimeField, Field, JSONField, Model
from django.db.models.fields import BooleanField, CharField, FloatField, IntegerField, TextField
from django.db.models.fields.related import ForeignKey

from youbei.records.driver import database, execute, execute_many, fetch

Row = Mapping[str, Any]
Adapt = Callable[[Any], Any]

# PostgreSQL takes 65535 parameters in a statement; client-side binding has no limit, but long statements parse slowly.
PARAMETERS_PER_STATEMENT = 20_000
NATIVE = (BooleanField, CharField, TextField, FloatField, IntegerField)


def insert_rows(model: type[Model], rows: Sequence[Row]) -> None:
    """Insert the rows; constraints are the database's to keep, so IntegrityError is raised as usual."""
    write(model, rows, conflict="")


def upsert_rows(model: type[Model], rows: Sequence[Row], *, unique: Sequence[str], keep: Sequence[str] = ()) -> None:
    """Insert the rows, or where the `unique` attributes are already taken, bring that row up to date.

    Attributes in `keep` are written on insertion only.
    """
    if not rows:
        return
    fields = {field.attname: field.column for field in model._meta.concrete_fields}
    changed = [fields[name] for name in rows[0] if name not in unique and name not in keep]
    target = ", ".join(quote(fields[name]) for name in unique)
    action = ", ".join(f"{quote(column)} = excluded.{quote(column)}" for column in changed)
    write(model, rows, conflict=f" ON CONFLICT ({target}) DO UPDATE SET {action}")


def update_rows(model: type[Model], rows: Sequence[Row], *, key: Sequence[str]) -> None:
    """Update existing rows, found by the `key` attributes, with the other values of each row."""
    if not rows:
        return
    updater = updater_for(model, tuple(rows[0]), tuple(key))
    values = [updater.values(row) for row in rows]
    if len(values) == 1:
        execute(updater.statement, values[0])
    else:
        execute_many(updater.statement, values)


@dataclass(frozen=True, slots=True)
class Updater:
    """What does not change between two updates of the same columns by the same key."""

    statement: str
    given: tuple[tuple[str, Adapt], ...]

    def values(self, row: Row) -> list[Any]:
        return [adapt(row[name]) for name, adapt in self.given]


UPDATERS: dict[tuple[str, type[Model], tuple[str, ...], tuple[str, ...]], Updater] = {}


def updater_for(model: type[Model], names: tuple[str, ...], key: tuple[str, ...]) -> Updater:
    known = (database().vendor, model, names, key)
    updater = UPDATERS.get(known)
    if updater is None:
        fields = {field.attname: field for field in model._meta.concrete_fields}
        changed = [name for name in names if name not in key]
        changes = ", ".join(f"{quote(fields[name].column)} = %s" for name in changed)
        found = " AND ".join(f"{quote(fields[name].column)} = %s" for name in key)
        updater = UPDATERS[known] = Updater(
            f"UPDATE {quote(model._meta.db_table)} SET {changes} WHERE {found}",
            tuple((name, adapter(fields[name])) for name in (*changed, *key)),
        )
    return updater


def insert_row(model: type[Model], row: Row) -> int:
    """Insert one row and return the primary key that the database gave it."""
    writer = writer_for(model, tuple(row))
    return int(fetch(f"{writer.into}{writer.one} RETURNING id", writer.values(row))[0][0])


def insert_records(model: type[Model], records: Sequence[Model]) -> None:
    """Insert new records inside a transaction and give them their keys, as `bulk_create` does."""
    if not records:
        return
    names = tuple(field.attname for field in model._meta.concrete_fields)
    for record, key in zip(records, free_keys(model, len(records)), strict=True):
        record.pk = key
    insert_rows(model, [{name: getattr(record, name) for name in names} for record in records])
    for record in records:
        record._state.adding, record._state.db = False, database().alias


def update_records(model: type[Model], records: Sequence[Model], names: Sequence[str]) -> None:
    """Bring these columns of stored records in line with them, as `bulk_update` does."""
    attributes = ("id", *(field.attname for field in model._meta.concrete_fields if field.name in names))
    update_rows(model, [{name: getattr(record, name) for name in attributes} for record in records], key=("id",))


def delete_rows(model: type[Model], pks: Sequence[int]) -> None:
    """Delete rows that nothing refers to any more: the database alone is asked, and refuses where something does."""
    table, most = quote(model._meta.db_table), PARAMETERS_PER_STATEMENT
    for part in (pks[start : start + most] for start in range(0, len(pks), most)):
        execute(f"DELETE FROM {table} WHERE id IN ({', '.join(['%s'] * len(part))})", list(part))


def free_keys(model: type[Model], count: int) -> Sequence[int]:
    """Take keys that no record has had. On SQLite nobody else writes while the caller's transaction does."""
    table = model._meta.db_table
    if database().vendor == "sqlite":
        last = fetch("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        first = (int(last[0][0]) if last else 0) + 1
        return range(first, first + count)
    taken = fetch("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
    return [int(key) for (key,) in taken]


def write(model: type[Model], rows: Sequence[Row], *, conflict: str) -> None:
    if not rows:
        return
    writer = writer_for(model, tuple(rows[0]))
    values = [writer.values(row) for row in rows]
    if database().vendor == "sqlite":
        execute_many(writer.into + writer.one + conflict, values)
        return
    for part in batches(values, max(1, PARAMETERS_PER_STATEMENT // len(writer.columns))):
        flat = [value for row in part for value in row]
        execute(writer.into + ", ".join([writer.one] * len(part)) + conflict, flat)


@dataclass(frozen=True, slots=True)
class Writer:
    """What does not change between two insertions of rows with the same keys, worked out once.

    `given` are the columns that the rows name, with how to adapt each; `rest` the defaults of the others, in order.
    """

    into: str
    one: str
    columns: tuple[str, ...]
    given: tuple[tuple[str, Adapt], ...]
    rest: tuple[tuple[Callable[[], Any], Adapt], ...]

    def values(self, row: Row) -> list[Any]:
        found = [adapt(row[name]) for name, adapt in self.given]
        if self.rest:
            found += [adapt(default()) for default, adapt in self.rest]
        return found


WRITERS: dict[tuple[str, type[Model], tuple[str, ...]], Writer] = {}


def writer_for(model: type[Model], names: tuple[str, ...]) -> Writer:
    key = (database().vendor, model, names)
    writer = WRITERS.get(key)
    if writer is None:
        writer = WRITERS[key] = make_writer(model, names)
    return writer


def make_writer(model: type[Model], names: tuple[str, ...]) -> Writer:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    rest = [field for name, field in fields.items() if name not in names and not isinstance(field, AutoField)]
    columns = [fields[name].column for name in names] + [field.column for field in rest]
    table = quote(model._meta.db_table)
    return Writer(
        into=f"INSERT INTO {table} ({', '.join(quote(column) for column in columns)}) VALUES ",
        one=f"({', '.join(['%s'] * len(columns))})",
        columns=tuple(str(column) for column in columns),
        given=tuple((name, adapter(fields[name])) for name in names),
        rest=tuple((field.get_default, adapter(field)) for field in rest),
    )


def adapter(field: Field[Any, Any]) -> Adapt:
    """Return the function that turns a value of this field into what the driver of this connection takes."""
    if database().vendor == "sqlite":
        if isinstance(field, DateTimeField):
            return sqlite_datetime
        if isinstance(field, JSONField):
            return json_text
        if isinstance(field, DateField):
            return sqlite_date
    if isinstance(field, ForeignKey):
        return adapter(field.target_field)
    if isinstance(field, (*NATIVE, DateTimeField)):
        return as_it_is
    return lambda value: field.get_db_prep_save(value, database())


def as_it_is(value: Any) -> Any:
    return value


@lru_cache(maxsize=1024)
def sqlite_datetime(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.replace(tzinfo=None).isoformat(" ")


def sqlite_date(value: date | str | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def json_text(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def quote(name: str | None) -> str:
    return database().ops.quote_name(str(name))


def batches(rows: Sequence[list[Any]], size: int) -> Iterator[Sequence[list[Any]]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
