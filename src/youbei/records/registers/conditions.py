"""The filters of a list as conditions, each with what the database needs to know to be quick about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, Func, OuterRef, QuerySet
from django.db.models.fields import Field as Column

from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.registers.register import Freshness, Register
from youbei.records.models import TeamCapability
from youbei.records.registers.filters import NONE, Filters, condition, empty_condition
from youbei.records.registers.tables import model_of, records_of


class Unindexed(Func):
    """A column that SQLite takes no index for: rows are then walked in the order that was meant."""

    function = ""
    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"+{sql}", params


class NeverIndexed(Unindexed):
    """A column that neither database takes an index for: what was chosen by other columns is tried, or sorted.

    Without it PostgreSQL would walk the order of all for the few of a small subtree.
    """

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"COALESCE({sql}, {sql})", (*params, *params)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on the rows of a register.

    `columns` maps "column__lookup" to a value. `fixed` is the column that it holds to one value, by which an index may
    begin; empty for a range. `fits` gives the keys of the rows that fit, where an index has them together.
    """

    columns: dict[str, Any] = field(default_factory=dict)
    fixed: str = ""
    fits: QuerySet[Any, Any] | None = None
    extra: Any = None

    def indexed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow rows so that the database may use an index for it."""
        return rows.filter(self.extra) if self.extra is not None else rows.filter(**self.columns)

    def walked(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow rows that are walked in another order."""
        if self.extra is not None:
            return rows.filter(self.extra)
        for at, (name, value) in enumerate(self.columns.items()):
            column, _, lookup = name.partition("__")
            alias = f"walked_{column}_{at}"
            rows = rows.alias(**{alias: Unindexed(F(column), output_field=plain_column(rows, column))})
            rows = rows.filter(**{f"{alias}__{lookup}" if lookup else alias: value})
        return rows


def plain_column(rows: QuerySet[Any], name: str) -> Column[Any, Any]:
    """Return the kind of values a column holds; of a reference, that of the key it keeps."""
    column: Any = rows.model._meta.get_field(name)
    return column.target_field if column.is_relation else column  # type: ignore[no-any-return]


class Nothing(Exception):
    """No row can fit: what a filter names does not exist."""


def conditions_of(register: Register, filters: Filters, now: datetime) -> list[Condition]:
    """Return what the filters ask for, text, unit, organisation and use aside; raise Nothing where no row can fit."""
    found = [
        of_word(register, register.field(name), word) for name, word in filters.words.items() if name != "organisation"
    ]
    found += [of_days(register, name, span) for name, span in filters.days.items()]
    if filters.freshness is not None and register.fresh_for is not None:
        found.append(made(register, of_freshness(filters.freshness, now - register.fresh_for)))
    return found


def made(register: Register, columns: dict[str, Any], *, fixed: str = "", has_index: bool = True) -> Condition:
    fits = records_of(register).filter(**columns).order_by().values_list("pk", flat=True) if has_index else None
    return Condition(columns, fixed, fits)


def of_word(register: Register, one: Field, word: str) -> Condition:
    if word == NONE and one.kind is not FieldKind.GRADES:
        return made(register, empty_condition(one), has_index=begins_index(register, one.name))
    if one.kind is FieldKind.REFERENCE:
        return of_reference(register, one, word)
    if one.kind is FieldKind.GRADES and word == NONE:
        return Condition(extra=~Exists(TeamCapability.objects.filter(team_id=OuterRef("pk"))))
    if one.kind is FieldKind.GRADES:
        able = TeamCapability.objects.filter(capability__code=word)
        fits = able.order_by().values_list("team_id", flat=True)
        return Condition(extra=Exists(able.filter(team_id=OuterRef("pk"))), fits=fits)
    if one.kind is FieldKind.CODE:
        if not word.isascii():
            raise Nothing
        end = {"lte": word} if one.choices else {"lt": word[:-1] + chr(ord(word[-1]) + 1)}
        columns = {f"{one.name}__gte": word, **{f"{one.name}__{how}": value for how, value in end.items()}}
        return made(register, columns, has_index=begins_index(register, one.name))
    if one.kind is FieldKind.CHOICES:
        return made(register, condition(one, word), has_index=False)
    value = word == "1" if one.kind is FieldKind.FLAG else word
    return made(register, {one.name: value}, fixed=one.name, has_index=begins_index(register, one.name))


def of_reference(register: Register, one: Field, word: str) -> Condition:
    from_register = model_of(register)._meta.get_field(one.name).related_model
    key = from_register._default_manager.filter(code=word).values_list("pk", flat=True).first()  # type: ignore[union-attr]
    if key is None:
        raise Nothing
    return made(register, {one.name: key}, fixed=one.name, has_index=begins_index(register, one.name))


def of_days(register: Register, name: str, span: tuple[Any, Any]) -> Condition:
    first, last = span
    columns = {f"{name}__gte": first} if first is not None else {}
    if last is not None:
        columns[f"{name}__lte"] = last
    return made(register, columns, has_index=begins_index(register, name))


def of_freshness(freshness: Freshness, since: datetime) -> dict[str, Any]:
    if freshness is Freshness.NEVER:
        return {"confirmed_at__isnull": True}
    return {"confirmed_at__gt": since} if freshness is Freshness.FRESH else {"confirmed_at__lte": since}


def begins_index(register: Register, name: str) -> bool:
    """Say whether the rows with one value of a column stand together in an index."""
    meta = model_of(register)._meta
    column = meta.get_field(name)
    return bool(getattr(column, "db_index", False)) or any(index.fields[:1] == [name] for index in meta.indexes)


def walkable(register: Register, path: str) -> list[frozenset[str]]:
    """Return the sets of columns that, held fixed, leave an index in the order of the tree."""
    indexes = model_of(register)._meta.indexes
    return [frozenset(index.fields[:-2]) for index in indexes if list(index.fields[-2:]) == [path, "id"]]
