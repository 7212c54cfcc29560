"""What has an outline and is found by it: outlines that have a point in common with a box.

The boxes around outlines are looked at first (`Extent`), by an index; an outline is read only where its own box is
not wholly inside the one that is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from youbei.engine.cells import Box
from youbei.engine.shapes import meets
from youbei.records.extents import BREADTHS, OUTLINED
from youbei.records.models.extents import Extent

# Outlines whose boxes overlap that are tried for a page at most; and of these, outlines that are read.
MOST_TRIED, MOST_READ = 3000, 300
AT_ONCE = 250

Narrowing = Callable[[QuerySet[Any]], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Outlined:
    """A record found by its outline, as a place in the order of pages: all of these come before the first cell."""

    pk: int
    cell: int = -1

    @property
    def id(self) -> int:
        return self.pk


def may_have_outline(model: Any) -> bool:
    return name_of(model) in OUTLINED


def name_of(model: Any) -> str:
    return str(model._meta.model_name)


def has_outline(model: Any) -> Exists:
    """Select rows that have an outline, by a look at one entry each."""
    return Exists(Extent.objects.filter(model=name_of(model), record_id=OuterRef("pk")))


def overlapping(model: Any, boxes: Sequence[Box], most: int) -> list[Extent]:
    """Return up to so many extents that overlap a box, one of two boxes perhaps twice.

    Of each breadth those are read that begin near enough to the west of a box. It is asked for each by itself: of
    alternatives SQLite would read all.
    """
    every = Extent.objects.filter(model=name_of(model)).order_by()
    asked = [
        every.filter(
            breadth=at,
            west__gte=box.west - broadest,
            west__lte=box.east,
            east__gte=box.west,
            south__lte=box.north,
            north__gte=box.south,
        )
        for box in boxes
        for at, broadest in enumerate(BREADTHS)
    ]
    first, *others = asked
    return list(first.union(*others, all=True)[:most])


def found_by_outline(
    rows: QuerySet[Any], boxes: Sequence[Box], narrow: Narrowing, after: int, count: int
) -> tuple[list[Outlined], Outlined | None]:
    """Return up to `count` of `rows`, in the order of keys behind `after`, whose outlines meet a box; and the one at
    which looking was broken off, because so many had been tried."""
    candidates, stop = candidates_of(rows.model, boxes, after)
    found: list[Outlined] = []
    read = 0
    for start in range(0, len(candidates), AT_ONCE):
        part = candidates[start : start + AT_ONCE]
        fit = set(narrow(rows.filter(pk__in=[one.record_id for one in part])).order_by().values_list("pk", flat=True))
        part = [one for one in part if one.record_id in fit]
        unsure = [one.record_id for one in part if not is_inside(one, boxes)]
        for one, shape in with_shapes(rows.model, part, unsure):
            read += shape is not None
            if shape is None or any(meets(shape, box) for box in boxes):
                found.append(Outlined(one.record_id))
            if len(found) == count:
                return found, None
            if read >= MOST_READ:
                return found, Outlined(one.record_id)
    return found, stop


def candidates_of(model: Any, boxes: Sequence[Box], after: int) -> tuple[list[Extent], Outlined | None]:
    """Return the extents behind a key that overlap a box, in the order of keys; where they are too many, those among
    the next so many of all extents, and the last of these."""
    every = Extent.objects.filter(model=name_of(model))
    over = overlapping(model, boxes, MOST_TRIED + 1)
    if len(over) <= MOST_TRIED:
        known = {one.record_id: one for one in over}
        return [known[key] for key in sorted(known) if key > after], None
    walked = list(every.filter(record_id__gt=after).order_by("record_id")[:MOST_TRIED])
    stop = Outlined(walked[-1].record_id) if len(walked) == MOST_TRIED else None
    return [one for one in walked if any(box.meets(box_of(one)) for box in boxes)], stop


def box_of(one: Extent) -> Box:
    return Box(one.west, one.south, one.east, one.north)


def is_inside(one: Extent, boxes: Sequence[Box]) -> bool:
    return any(box.holds(one.south, one.west) and box.holds(one.north, one.east) for box in boxes)


def with_shapes(model: Any, part: Sequence[Extent], unsure: Sequence[int]) -> Iterator[tuple[Extent, Any]]:
    """Yield each extent with the outline where that has to be looked at, some at a time, as outlines may be large."""
    wanted, held = list(unsure), {}
    for one in part:
        if wanted and one.record_id == wanted[0]:
            held = dict(model._base_manager.filter(pk__in=wanted[:25]).values_list("pk", "geometry"))
            wanted = wanted[25:]
        yield one, held.pop(one.record_id, None)
