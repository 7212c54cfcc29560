"""The first of what lies in a box, out of registers of any size; see `placed` for all of it, page by page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from youbei.engine.cells import WORLD, Box, ranges_of
from youbei.records.models.cells import Cell
from youbei.records.models.scope import SORTED_QUICKLY, ScopedQuerySet
from youbei.records.registers.placed import in_boxes

EARTH = (WORLD,)


def some_in(rows: ScopedQuerySet[Any], paths: list[str], boxes: tuple[Box, ...], most: int) -> list[Any]:
    """Return up to so many rows in use under these paths that lie in the boxes, in no order.

    A small subtree is looked through; of a large one the cells of the boxes are, one range after the other until there
    are enough.
    """
    under = rows.order_by().under_any(paths, "under")
    is_large = boxes != EARTH and under.values("pk")[SORTED_QUICKLY : SORTED_QUICKLY + 1].exists()
    if not is_large:
        return list(lying(under, boxes)[:most])
    walked = lying(rows.order_by().under_any(paths, "under_by_walking"), boxes).alias(cell=Cell())
    first, *others = (walked.filter(cell__gte=one, cell__lte=end).values("pk") for one, end in ranges_of(boxes))
    found = [row["pk"] for row in first.union(*others, all=True)[:most]]
    return list(rows.order_by().filter(pk__in=found))


def lying(rows: QuerySet[Any], boxes: tuple[Box, ...]) -> QuerySet[Any]:
    return rows.filter(in_boxes(boxes), retired_at__isnull=True)
