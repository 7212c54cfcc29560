"""Rows in the order of a day they hold, the first day first, at a cost that the size of the tree does not change."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connections
from django.db.models import DateField, F, QuerySet

from youbei.records.models import Organisation
from youbei.records.models.scope import SORTED, SORTED_END
from youbei.records.registers.conditions import Unindexed
from youbei.records.registers.tallies import is_everything

# Assumption: in so many units something is looked up one after the other in a few milliseconds.
MOST_UNITS = 256
# Assumption: nothing that is still in a register fell due longer ago, before the day up to which it is looked.
LONGEST_AGO = timedelta(days=5_000)


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


def soonest(
    model: type[Any], paths: list[str], column: str, *, until: date, most: int, **more: Any
) -> list[tuple[date, int]]:
    """Return the first so many rows in use that have a day up to `until` and fit `more`: the day and the key of each.

    A subtree of few units has an index for each in the order of days; but neither database walks several of them at
    once. So it is found by halves up to which day there are enough, and no later ones are looked at.
    """
    units = few_units(paths)
    if units is None:
        rows = by_day(model, paths, column).filter(day__lte=until, **more).order_by("day", "pk")
        return list(rows.values_list(column, "pk")[:most])
    rows = model._default_manager.order_by().filter(org_path__in=units, retired_at__isnull=True, **more)
    first, last = until - LONGEST_AGO, until
    while first < last:
        middle = first + (last - first) // 2
        if rows.filter(**{f"{column}__lte": middle}).values("pk")[most - 1 : most].exists():
            last = middle
        else:
            first = middle + timedelta(days=1)
    before = rows.filter(**{f"{column}__lt": last}).values_list(column, "pk")
    of_last = rows.filter(**{column: last}).order_by("pk").values_list(column, "pk")
    return sorted([*before[:most], *of_last[:most]])[:most]


def few_units(paths: list[str]) -> list[str] | None:
    """Return the paths of the units in these subtrees; None where they are many, or the subtrees are everything."""
    if is_everything(paths):
        return None
    units = Organisation.objects.under_any(paths, "under").order_by("path").values_list("path", flat=True)
    found = list(units[: MOST_UNITS + 1])
    return found if len(found) <= MOST_UNITS else None


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
