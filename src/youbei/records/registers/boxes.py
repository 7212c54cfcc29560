"""The first of what lies in a box, out of registers of any size; see `placed` for all of it, page by page."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from youbei.engine.cells import WORLD, Box, ranges_of
from youbei.records.models.cells import Cell
from youbei.records.models.scope import SORTED_QUICKLY, ScopedQuerySet
from youbei.records.registers.outlined import found_by_outline, may_have_outline
from youbei.records.registers.placed import in_boxes

EARTH = (WORLD,)


def some_in(rows: ScopedQuerySet[Any], paths: list[str], boxes: tuple[Box, ...], most: int) -> list[Any]:
    """Return up to so many rows in use under these paths that lie in the boxes, in no order. What has an outline lies
    there by its point or by its outline.

    A small subtree is looked through; of a large one the cells of the boxes are, one range after the other until there
    are enough.
    """
    under = rows.order_by().under_any(paths, "under")
    is_large = boxes != EARTH and under.values("pk")[SORTED_QUICKLY : SORTED_QUICKLY + 1].exists()
    if not is_large:
        found = list(lying(under, boxes)[:most])
        return [*found, *reaching(rows, paths, boxes, most - len(found), found)]
    walked = lying(rows.order_by().under_any(paths, "under_by_walking"), boxes).alias(cell=Cell())
    found = list(rows.order_by().filter(pk__in=in_ranges(walked, ranges_of(boxes), most)))
    return [*found, *reaching(rows, paths, boxes, most - len(found), found)]


def reaching(
    rows: ScopedQuerySet[Any], paths: list[str], boxes: tuple[Box, ...], most: int, known: list[Any]
) -> list[Any]:
    """Return up to so many rows in use under these paths that reach into the boxes by their outlines alone.

    Of more outlines around there than are tried for a page of a layer, those are looked at that come first.
    """
    if most <= 0 or not may_have_outline(rows.model):
        return []
    keys = [row.pk for row in known]

    def narrow(some: QuerySet[Any]) -> QuerySet[Any]:
        return some.filter(retired_at__isnull=True)

    seen = rows.order_by().under_any(paths, "under_by_walking")
    found, _ = found_by_outline(seen, boxes, narrow, 0, most + len(keys))
    more = [one.pk for one in found if one.pk not in set(keys)][:most]
    return list(rows.order_by().filter(pk__in=more)) if more else []


def in_ranges(rows: QuerySet[Any], ranges: list[tuple[int, int]], most: int) -> list[int]:
    """Return the keys of up to so many rows whose cells lie in these ranges; `rows` has the alias `cell`.

    The ranges are joined as a table of their own: written out one by one they would take longer to plan than to read.
    """
    lies = {"cell__gte": RawSQL("ranges.first_cell", []), "cell__lte": RawSQL("ranges.last_cell", [])}
    joined = rows.filter(**lies).extra(tables=["ranges"]).values("pk")[:most]
    sql, values = joined.query.get_compiler(rows.db).as_sql()
    # Written as numbers: a cast would keep SQLite from the index.
    table = ", ".join(f"({first:d}, {last:d})" for first, last in ranges)
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f"WITH ranges(first_cell, last_cell) AS (VALUES {table}) {sql}", values)
        return [key for (key,) in cursor.fetchall()]


def lying(rows: QuerySet[Any], boxes: tuple[Box, ...]) -> QuerySet[Any]:
    return rows.filter(in_boxes(boxes), retired_at__isnull=True)
