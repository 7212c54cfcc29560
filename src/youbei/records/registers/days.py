"""Rows in the order of a day they hold, the first day first, at a cost that the size of the tree does not change."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.models import DateField, F, QuerySet

from youbei.records.models.scope import SORTED, SORTED_END
from youbei.records.registers.conditions import Unindexed


def by_day(model: type[Any], paths: list[str], column: str) -> QuerySet[Any]:
    """Return the rows in use under these paths that have a day in `column`, with that day as the alias `day`.

    Narrow and sort by `day`, not by the column. On SQLite a small subtree is read whole out of the index that holds its
    days, whatever order is asked for; a large one is walked in the order of days, where the first are soon found.
    PostgreSQL decides by its statistics.
    """
    rows = model._default_manager.order_by().filter(retired_at__isnull=True, **{f"{column}__isnull": False})
    if connections[rows.db].vendor != "sqlite" or not paths:
        return as_day(rows.under_any(paths, "under"), F(column))
    if "/" not in paths and not rows.under_any(paths, "under")[SORTED:SORTED_END].exists():
        return as_day(rows.under_any(paths, "under"), Unindexed(F(column), output_field=DateField()))
    return as_day(rows.under_any(paths, "under_by_walking"), F(column))


def as_day(rows: QuerySet[Any], day: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.alias(day=day)
    return found


def within(paths: list[str], unit: str) -> list[str]:
    """Return what of these subtrees lies in the subtree of a unit."""
    return [path if path.startswith(unit) else unit for path in paths if meet(path, unit)]


def outermost(paths: list[str]) -> list[str]:
    """Return the subtrees that hold all others of these, each once, in order."""
    return [path for path in sorted(set(paths)) if not any(path != other and path.startswith(other) for other in paths)]


def meet(path: str, unit: str) -> bool:
    return path.startswith(unit) or unit.startswith(path)
