"""What has an outline and is found by it: outlines that have a point in common with a box.

The boxes around outlines are looked at first (`Extent`), by an index; an outline is read only where its own box is
not wholly inside the one that is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from youbei.engine.cells import Box
from youbei.engine.shapes import lines_of, meets
from youbei.records.extents import BREADTHS, OUTLINED, TABLE
from youbei.records.models.extents import Extent

# Extents that are tried for a page at most; and points of outlines that are looked at, which takes about 0.1 s.
MOST_TRIED, MOST_POINTS = 3000, 50_000
AT_ONCE = 250
COLUMNS = ("record_id", "west", "south", "east", "north")
OVERLAPPING = (
    f"SELECT {', '.join(COLUMNS)} FROM {TABLE} WHERE model = %s AND breadth = %s"
    " AND west >= %s AND west <= %s AND east >= %s AND south <= %s AND north >= %s"
)

Narrowing = Callable[[QuerySet[Any]], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Outlined:
    """A record found by its outline, as a place in the order of pages: all of these come before the first cell."""

    pk: int
    cell: int = -1

    @property
    def id(self) -> int:
        return self.pk


class Reach(NamedTuple):
    """The key of a record and the box around its outline."""

    key: int
    west: float
    south: float
    east: float
    north: float

    def meets(self, boxes: Sequence[Box]) -> bool:
        return any(box.meets(Box(*self[1:])) for box in boxes)

    def is_inside(self, boxes: Sequence[Box]) -> bool:
        return any(box.holds(self.south, self.west) and box.holds(self.north, self.east) for box in boxes)


def may_have_outline(model: Any) -> bool:
    return name_of(model) in OUTLINED


def name_of(model: Any) -> str:
    return str(model._meta.model_name)


def has_outline(model: Any) -> Exists:
    """Select rows that have an outline, by a look at one entry each."""
    return Exists(Extent.objects.filter(model=name_of(model), record_id=OuterRef("pk")))


def overlapping(model: Any, boxes: Sequence[Box], most: int) -> list[Reach]:
    """Return up to so many extents that overlap a box, one of two boxes perhaps twice.

    Of each breadth those are read that begin near enough to the west of a box. It is asked for each by itself: of
    alternatives SQLite would read all. Written out, as the words for it would take longer than the answer.
    """
    asked = " UNION ALL ".join([OVERLAPPING] * (len(boxes) * len(BREADTHS)))
    values: list[Any] = []
    for box in boxes:
        for at, broadest in enumerate(BREADTHS):
            values += [name_of(model), at, box.west - broadest, box.east, box.west, box.north, box.south]
    with connection.cursor() as cursor:
        cursor.execute(f"{asked} LIMIT {most:d}", values)
        return [Reach(*one) for one in cursor.fetchall()]


def found_by_outline(
    rows: QuerySet[Any], boxes: Sequence[Box], narrow: Narrowing, after: int, count: int
) -> tuple[list[Outlined], Outlined | None]:
    """Return up to `count` of `rows`, in the order of keys behind `after`, whose outlines meet a box; and the one at
    which looking was broken off, because so many had been tried."""
    found: list[Outlined] = []
    tried = points = 0
    for part in candidates_of(rows.model, boxes, after):
        fit = set(narrow(rows.filter(pk__in=[one.key for one in part])).order_by().values_list("pk", flat=True))
        seen = [one for one in part if one.key in fit and one.meets(boxes)]
        for one, shape in with_shapes(rows.model, seen, [one.key for one in seen if not one.is_inside(boxes)]):
            points += sum(map(len, lines_of(shape))) if shape is not None else 0
            if shape is None or any(meets(shape, box) for box in boxes):
                found.append(Outlined(one.key))
            if len(found) == count:
                return found, None
            if points >= MOST_POINTS:
                return found, Outlined(one.key)
        tried += len(part)
        if tried >= MOST_TRIED:
            return found, Outlined(part[-1].key)
    return found, None


def candidates_of(model: Any, boxes: Sequence[Box], after: int) -> Iterator[list[Reach]]:
    """Yield the extents behind a key that overlap a box, some at a time, in the order of keys; where very many do, all
    extents behind the key."""
    over = overlapping(model, boxes, MOST_TRIED + 1)
    if len(over) <= MOST_TRIED:
        known = {one.key: one for one in over}
        keys = sorted(key for key in known if key > after)
        yield from ([known[key] for key in keys[start : start + AT_ONCE]] for start in range(0, len(keys), AT_ONCE))
        return
    walked = Extent.objects.filter(model=name_of(model)).order_by("record_id").values_list(*COLUMNS)
    while part := [Reach(*one) for one in walked.filter(record_id__gt=after)[:AT_ONCE]]:
        yield part
        after = part[-1].key


def with_shapes(model: Any, part: Sequence[Reach], unsure: Sequence[int]) -> Iterator[tuple[Reach, Any]]:
    """Yield each extent with the outline where that has to be looked at, some at a time, as outlines may be large."""
    wanted, held = list(unsure), {}
    for one in part:
        if wanted and one.key == wanted[0]:
            held = dict(model._base_manager.filter(pk__in=wanted[:25]).values_list("pk", "geometry"))
            wanted = wanted[25:]
        yield one, held.pop(one.key, None)
