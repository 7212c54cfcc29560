"""Count by choices and by area where an index holds the rows of each choice in the order of the tree.

Each cell of the table is then a range of the index, and counting it reads the entries of that range and nothing else:
no row, no expression worked out for each, and no sorting into groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connections
from django.db.models import CharField, Q

from youbei.engine.registers.field import FieldKind
from youbei.engine.registers.register import Register
from youbei.records.models import Organisation
from youbei.records.registers.conditions import walkable
from youbei.records.registers.tables import model_of, path_column

Key = tuple[str, ...]
# Assumption: so many ranges are looked up in less time than their rows are sorted into groups.
MOST_RANGES = 1_000


def counted_by_ranges(
    register: Register, words: Mapping[str, str], columns: Sequence[str], *, paths: Sequence[str], tops: Sequence[str]
) -> dict[Key, int] | None:
    """Return how many records, also the retired, stand under `paths` with each combination of values of the columns.

    Of the column of the path the values are the areas: `tops`, or where there is one top it and the units below it.
    None where no index has the records so, or the cells are too many.
    """
    path = path_column(register)
    chosen = list(dict.fromkeys(name for name in columns if name != path))
    if frozenset({*chosen, *words}) not in walkable(register, path) or not is_by_choices(register, chosen):
        return None
    areas = areas_of(tops) if path in columns else [(under, under_end(under), under) for under in paths]
    values = [values_of(register, name) for name in chosen]
    ranges = len(areas)
    for some in values:
        ranges *= len(some)
    if not 0 < ranges <= MOST_RANGES:
        return None
    model: Any = model_of(register)
    with connections[model._default_manager.db].cursor() as cursor:
        cursor.execute(*statement(model._meta.db_table, path, words, dict(zip(chosen, values, strict=True)), areas))
        found: dict[Key, int] = {}
        for area, *parts, number in cursor.fetchall():
            said = dict(zip(chosen, parts, strict=True)) | {path: area}
            key = tuple(said[name] for name in columns)
            found[key] = found.get(key, 0) + int(number)
    return {key: number for key, number in found.items() if number}


def is_by_choices(register: Register, names: Sequence[str]) -> bool:
    """Say whether these columns hold one of a few words each, and always one."""
    meta = model_of(register)._meta
    columns = [meta.get_field(name) for name in names]
    return all(
        isinstance(column, CharField) and not column.null and register.field(column.name).kind is FieldKind.CHOICE
        for column in columns
    )


def values_of(register: Register, name: str) -> list[str]:
    """Return the values that a column has, each found by one step in an index."""
    model: Any = model_of(register)
    table = model._meta.db_table
    with connections[model._default_manager.db].cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE held(value) AS (SELECT MIN({name}) FROM {table} UNION ALL"
            f" SELECT (SELECT MIN({name}) FROM {table} WHERE {name} > held.value) FROM held WHERE value IS NOT NULL)"
            " SELECT value FROM held WHERE value IS NOT NULL"
        )
        return [str(value) for (value,) in cursor.fetchall()]


def areas_of(tops: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return the first path of each area, the path behind its last, and by which path it is called."""
    if len(tops) != 1:
        return [(top, under_end(top), top) for top in tops]
    top = tops[0]
    below = Organisation.objects.filter(Q(parent=None) if top == "/" else Q(parent__path=top))
    paths = list(below.order_by("path").values_list("path", flat=True)[: MOST_RANGES + 1])
    return [(top, f"{top}!", top), *((one, under_end(one), one) for one in paths)]


def under_end(path: str) -> str:
    """Return the first path behind a subtree: `0` follows `/`. Everything ends before `0`, too."""
    return f"{path[:-1]}0"


def statement(
    table: str,
    path: str,
    words: Mapping[str, str],
    values: Mapping[str, Sequence[str]],
    areas: Sequence[tuple[str, str, str]],
) -> tuple[str, list[str]]:
    """Return the statement that counts each range, and what goes into it: called, a value of each column, number."""
    lists = [f"areas(first, until, called) AS (VALUES {', '.join(['(%s, %s, %s)'] * len(areas))})"]
    said = [text for area in areas for text in area]
    conditions = [f"counted.{path} >= areas.first AND counted.{path} < areas.until"]
    for name, some in values.items():
        lists.append(f"of_{name}(value) AS (VALUES {', '.join(['(%s)'] * len(some))})")
        conditions.append(f"counted.{name} = of_{name}.value")
        said += some
    conditions += [f"counted.{name} = %s" for name in words]
    shown = "".join(f", of_{name}.value" for name in values)
    sources = ", ".join(["areas", *(f"of_{name}" for name in values)])
    return (
        f"WITH {', '.join(lists)} SELECT areas.called{shown},"
        f" (SELECT COUNT(*) FROM {table} AS counted WHERE {' AND '.join(conditions)}) FROM {sources}",
        [*said, *words.values()],
    )
