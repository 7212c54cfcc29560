"""What of a register has a place: all of it in the order of the tree, or what lies in a box in the order of cells.

What has an outline lies in a box if its outline has a point there, wherever its own point is; it comes first, in the
order of keys.

Either way a page costs what it shows, however large the register is and however many pages came before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from youbei.engine.cells import Box, ranges_of
from youbei.engine.registers.register import Register
from youbei.records.models import User
from youbei.records.models.cells import Cell
from youbei.records.registers.conditions import Condition
from youbei.records.registers.filters import Filters
from youbei.records.registers.outlined import found_by_outline, has_outline, may_have_outline
from youbei.records.registers.tables import model_of
from youbei.records.registers.walk import STEPS, Edge, Walk, Walked, until

LARGEST_LAYER_PAGE = 1000
# A page of which nothing was found in so many walks is given empty, with the cursor from where it goes on.
WALKS = 20


class PlacedWalk(Walk):
    """The records of a register that have a place and that one user may see, in the order of the tree."""

    largest = LARGEST_LAYER_PAGE

    def __init__(self, register: Register, user: User, filters: Filters, now: datetime) -> None:
        super().__init__(register, user, filters, now)
        if may_lack_place(register):
            stands = Q(lat__isnull=False, lon__isnull=False)
            if may_have_outline(model_of(register)):
                stands |= Q(has_outline(model_of(register)))
            self.conditions.append(Condition(extra=stands))

    def next_page(self, cursor: str, size: int) -> Walked:
        """Return the page behind a cursor. It may have fewer rows than there is room for, and yet others follow."""
        for _ in range(WALKS):
            walked = self.page(cursor or None, size)
            if walked.rows or walked.next_cursor is None:
                break
            cursor = walked.next_cursor
        return walked


class BoxWalk(PlacedWalk):
    """The records of a register that lie in one of these boxes and that one user may see, in the order of cells."""

    def __init__(self, register: Register, user: User, filters: Filters, now: datetime, boxes: Sequence[Box]) -> None:
        super().__init__(register, user, filters, now)
        self.order = ["cell", "id"]
        self.ranges = ranges_of(boxes)
        self.all_rows, self.rows = self.all_rows.annotate(cell=Cell()), self.rows.annotate(cell=Cell())
        self.is_narrow = bool(self.conditions) or "/" not in self.paths
        self.boxes, self.of_outlines = boxes, list(self.conditions)
        lies = in_boxes(boxes)
        self.has_outlines = may_have_outline(model_of(register))
        if self.has_outlines:
            lies &= ~Q(has_outline(model_of(register)))
        self.conditions.append(Condition(extra=lies))

    def fetch(self, going: Sequence[str], edge: Edge | None, count: int) -> tuple[list[Any], Any]:
        """Return up to `count` rows behind the edge, and the row at which a walk was broken off, if it was."""
        if not self.has_outlines or (edge is not None and edge.values[0] >= 0):
            return self.fetch_points(going, edge, count)
        after = edge.values[1] if edge is not None else 0

        def narrow(rows: QuerySet[Any]) -> QuerySet[Any]:
            return self.in_paths(self.tried(rows, self.of_outlines))

        found, stop = found_by_outline(self.rows, self.boxes, narrow, after, count)
        if len(found) >= count or stop is not None:
            return list(found), stop
        points, stop = self.fetch_points(going, None, count - len(found))
        return [*found, *points], stop

    def fetch_points(self, going: Sequence[str], edge: Edge | None, count: int) -> tuple[list[Any], Any]:
        """Do as `fetch` for what has no outline."""
        few, tried = self.few()
        if few is not None:
            return self.out_of(few, [one for one in self.conditions if one is not tried], going, edge, count), None
        found: list[Any] = []
        left, stop = STEPS, None
        for condition in self.stretches_from(edge):
            rows = self.sorted(self.rows.filter(condition), going)
            if self.is_narrow:
                every = self.sorted(self.all_rows.filter(condition), going)
                met = list(every.values_list("cell", "id", named=True)[: left + 1])
                if not met:
                    continue
                stop = met[left] if len(met) > left else None
                left -= len(met)
                rows = rows if stop is None else rows.filter(until(self.order, stop))
            found += self.in_paths(self.tried(rows, self.conditions))[: count - len(found)]
            if len(found) >= count or stop is not None:
                break
        return found, stop

    def stretches_from(self, edge: Edge | None) -> Iterator[Q]:
        """Yield what is walked, one range after the other; the cell of the edge by itself, for it may hold many."""
        for first, last in self.ranges:
            begin = first
            if edge is not None:
                cell, key = edge.values
                if last < cell:
                    continue
                if first <= cell:
                    yield Q(cell=cell, id__gt=key)
                    begin = cell + 1
            if begin <= last:
                yield Q(cell__gte=begin, cell__lte=last)

    def sorted(self, rows: QuerySet[Any], going: Sequence[str]) -> QuerySet[Any]:
        return rows.order_by(*going).only("id")


def may_lack_place(register: Register) -> bool:
    """Say whether records of a register may stand nowhere in particular."""
    return any(column.name == "lat" and column.null for column in model_of(register)._meta.concrete_fields)


def in_boxes(boxes: Sequence[Box]) -> Q:
    """Select what lies in one of the boxes, edges included."""
    wanted = Q()
    for box in boxes:
        wanted |= Q(lat__gte=box.south, lat__lte=box.north, lon__gte=box.west, lon__lte=box.east)
    return wanted
