"""Count a register by columns that one index holds together, without touching its rows.

An index does not say which records are retired. So all are counted out of it, and the retired ones, which have an index
of their own, are taken away again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from youbei.engine.registers.field import FieldKind
from youbei.engine.registers.register import Freshness, Register
from youbei.records.models import User
from youbei.records.registers.filters import NONE, Filters
from youbei.records.registers.range_counts import counted_by_ranges
from youbei.records.registers.subtrees import is_everything, outermost
from youbei.records.registers.tables import model_of, path_column, records_of

Key = tuple[Any, ...]


def tally(
    register: Register, user: User, filters: Filters, columns: Sequence[str], tops: Sequence[str] = ()
) -> dict[Key, int] | None:
    """Return how many records in use a user may see with each combination of values; None where no index says so.

    `columns` are columns of the table, the path among them; references are given by the keys of what they refer to.
    Where areas below `tops` are wanted, a path may stand for all that lies in the same area.
    """
    rows = narrowed_by_index(register, user, filters, columns)
    if rows is None:
        return None
    paths = outermost(user.paths_with(register.see))
    counted: dict[Key, int] | None = None
    if tops:
        counted = counted_by_ranges(register, filters.words, columns, paths=paths, tops=tops)
    if counted is None:
        groups = rows.order_by().values_list(*columns).annotate(number=Count("*"))
        counted = {tuple(key): number for *key, number in groups}
    for row in retired(register, user, filters, columns):
        key = tuple(row[name] for name in columns)
        counted[key] = counted.get(key, 0) - 1
    return {key: number for key, number in counted.items() if number}


def retired(register: Register, user: User, filters: Filters, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield what is out of use, out of the index that holds nothing else."""
    path = path_column(register)
    rows: Any = records_of(register)
    rows = rows.under_any(user.paths_with(register.see), "under_by_walking")
    rows = rows.filter(retired_at__isnull=False).order_by(path, "id").values(*columns, *filters.words)
    for row in rows.iterator():
        if all(row[name] == word for name, word in filters.words.items()):
            yield row


def freshness_tally(register: Register, user: User, filters: Filters, now: datetime) -> dict[Key, int] | None:
    """Return how many records in use are fresh, stale, and never confirmed; None where no index says so."""
    rows = narrowed_by_index(register, user, filters, ["confirmed_at"])
    if rows is None or register.fresh_for is None:
        return None
    since = now - register.fresh_for
    conditions: dict[Freshness, dict[str, Any]] = {
        Freshness.FRESH: {"confirmed_at__gt": since},
        Freshness.STALE: {"confirmed_at__lte": since},
        Freshness.NEVER: {"confirmed_at__isnull": True},
    }
    counted = {(one.value,): rows.filter(**condition).count() for one, condition in conditions.items()}
    for row in retired(register, user, filters, ["confirmed_at"]):
        one = register.freshness(row["confirmed_at"], now)
        counted[one.value,] -= 1
    return {key: number for key, number in counted.items() if number}


def narrowed_by_index(
    register: Register, user: User, filters: Filters, columns: Sequence[str]
) -> QuerySet[Any, Any] | None:
    """Return all records, also the retired, that fit; None where an index does not hold all that must be looked at."""
    path = path_column(register)
    paths = user.paths_with(register.see)
    if not register.owners or not paths or has_more(register, filters):
        return None
    rows: Any = records_of(register)
    asked = {*columns, *filters.words}
    if not is_everything(paths):
        asked.add(path)
        rows = rows.sorted_under(paths)
    if not any(asked <= set(index.fields) for index in model_of(register)._meta.indexes if index.condition is None):
        return None
    found: QuerySet[Any, Any] = rows.filter(**filters.words)
    return found


def has_more(register: Register, filters: Filters) -> bool:
    """Say whether a list is narrowed by more than choices."""
    is_plain = all(
        register.field(name).kind is FieldKind.CHOICE and word != NONE for name, word in filters.words.items()
    )
    return bool(filters.days or filters.text or filters.unit or filters.freshness or filters.is_retired) or not is_plain


def folded(counted: Mapping[Key, int], names: Sequence[Callable[[Any], str]]) -> dict[tuple[str, ...], int]:
    """Add up what falls into the same buckets; `names` says for each column into which bucket a value falls."""
    known: list[dict[Any, str]] = [{} for _ in names]
    found: dict[tuple[str, ...], int] = {}
    for key, number in counted.items():
        buckets = []
        for value, name, seen in zip(key, names, known, strict=True):
            if value not in seen:
                seen[value] = name(value)
            buckets.append(seen[value])
        found[tuple(buckets)] = found.get(tuple(buckets), 0) + number
    return found
