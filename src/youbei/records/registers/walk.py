"""A page of a register, at a cost that depends neither on its size nor on how rare what one looks for is.

Three ways, tried in this order:

1. An index has the rows that fit in the order of the list: it is walked.
2. One of the conditions has few rows: these are fetched, tried for the others, and sorted.
3. Else the list is walked in its order and each row tried, over `STEPS` rows at most. The page then ends where the walk
   ended, perhaps with fewer rows than it has room for, and says so; the next one goes on from there. Where what is
   looked for all stands in a subtree that is not too large, its rows are sorted instead: of a county that has entered
   nothing lately, none would be met among the newest of a province.

The database is told which index to take by writing all other conditions so that it cannot use theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import F, Max, Min, Q, QuerySet

from youbei.engine.registers.register import Register
from youbei.records.models import Organisation, User
from youbei.records.models.scope import path_condition
from youbei.records.pages import (
    BACK,
    FORWARD,
    LARGEST_PAGE,
    PAGE_SIZE,
    behind,
    cursor_at,
    make_cursor,
    open_cursor,
    reverse,
)
from youbei.records.registers.conditions import Condition, NeverIndexed, Nothing, conditions_of, plain_column, walkable
from youbei.records.registers.days import BEFORE_ALL, first_days
from youbei.records.registers.filters import Filters, with_text
from youbei.records.registers.subtrees import outermost, within
from youbei.records.registers.tables import in_use, order_of, path_column, records_of
from youbei.records.registers.values import with_references
from youbei.records.search.find import find

BACK_FROM, FORWARD_FROM = "b=", "f="
FEW = 1000
STEPS = 3000
# So many rows of a subtree are tried for conditions, and sorted, in the time that a page takes.
MOST_TRIED = 20_000


@dataclass(frozen=True, slots=True)
class Walked:
    """The rows of a page, the cursors of its neighbours, and what to know of it.

    `is_cut` says that the walk ended before the page was full: more may follow behind `next_cursor`. `is_sample` says
    that a text fits so many records that only some were looked at.
    """

    rows: tuple[Any, ...]
    next_cursor: str | None = None
    previous_cursor: str | None = None
    is_cut: bool = False
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a page begins: the ordering values of a row, going this way; `is_in` says that the row belongs to it."""

    going: Sequence[str]
    values: Sequence[Any]
    is_in: bool

    @property
    def condition(self) -> Q:
        return behind(self.going, self.values, is_in=self.is_in)

    def stretches(self, end: Q) -> list[tuple[Q, Q]]:
        """Return what follows up to an end: first what has the same value as the edge, then what has another.

        In one stretch all of the same value would be passed over again to come to the edge, and they may be many.
        """
        if len(self.going) != 2:
            return [(self.condition, end)]
        (name, key), (value, last) = names(self.going), self.values
        word = "lt" if self.going[0].startswith("-") else "gt"
        rest = Q(**{f"{key}__{word}{'e' if self.is_in else ''}": last})
        return [(Q(**{name: value}) & rest, Q()), (Q(**{f"{name}__{word}": value}), end)]


class Walk:
    """The list of a register as one user narrowed and sorted it. A page has at most `largest` rows."""

    largest = LARGEST_PAGE

    def __init__(self, register: Register, user: User, filters: Filters, now: datetime) -> None:
        self.register, self.filters = register, filters
        self.path = path_column(register)
        self.tree = list(order_of(register))
        self.order = order_fields(register, filters.order)
        self.all_rows = records_of(register)
        if self.order[0].lstrip("-") not in (self.path, "id"):
            self.all_rows = self.all_rows.filter(**{f"{self.order[0].lstrip('-')}__isnull": False})
        if filters.is_retired:
            self.all_rows = self.all_rows.filter(retired_at__isnull=False)
        self.rows = self.all_rows if filters.is_retired else in_use(self.all_rows)
        self.is_sample = False
        try:
            self.paths = paths_of(register, user, filters)
            self.conditions = conditions_of(register, filters, now)
        except Nothing:
            self.paths, self.conditions = [], []
        if filters.words.get("organisation") and self.paths:
            self.conditions.append(Condition({self.path: self.paths[0]}, fixed=self.path))
        if filters.unit and filters.is_unit_only and self.paths:
            self.conditions.append(Condition({self.path: self.paths[0]}, fixed=self.path))
        if filters.text and self.paths:
            # The index holds what is in use: among the rest a text is looked for in the records themselves.
            plain = Condition(extra=with_text(register, filters.text))
            self.conditions.append(plain if filters.is_retired else self.of_text(user, filters.text))

    def of_text(self, user: User, text: str) -> Condition:
        """Return the condition that a text is: the records found by it, or names holding it where these are many."""
        unit = self.paths[0] if len(self.paths) == 1 and self.paths != ["/"] else ""
        plain = with_text(self.register, text)

        def is_plain(keys: Sequence[int]) -> bool:
            return self.rows.filter(plain, pk__in=keys).exists()

        found = find(user, text, registers=[self.register.name], unit=unit, is_enough=is_plain)
        keys = [hit.pk for hit in found.hits]
        if found.is_more and (not keys or is_plain(keys)):
            return Condition(extra=plain)
        self.is_sample = found.is_more
        return Condition({"id__in": keys}, fits=self.rows.filter(pk__in=keys).order_by().values_list("pk", flat=True))

    @property
    def is_in_tree_order(self) -> bool:
        return self.order == self.tree

    def page(self, cursor: str | None, size: int = PAGE_SIZE) -> Walked:
        """Return the page behind (or before) the cursor; raise CursorUnreadable for one of another list."""
        size = max(1, min(size, self.largest))
        direction, values = open_cursor(cursor, self.order)
        if not self.paths:
            return Walked(())
        is_back = direction in (BACK, BACK_FROM)
        going = [reverse(name) for name in self.order] if is_back else self.order
        edge = Edge(going, values, is_in=direction in (FORWARD_FROM, BACK_FROM)) if values is not None else None
        found, cut = self.fetch(going, edge, size + 1)
        has_more = len(found) > size
        found = found[:size]
        last = found[-1] if has_more else cut
        onward = self.cursor(BACK if is_back else FORWARD, last) if last is not None else None
        homeward = self.homeward(found, values, FORWARD if is_back else BACK) if values is not None else None
        if is_back:
            found.reverse()
            onward, homeward = homeward, onward
        return Walked(self.whole(found), onward, homeward, cut is not None and not has_more, self.is_sample)

    def cursor(self, direction: str, row: Any) -> str:
        return make_cursor(direction, self.order, row)

    def homeward(self, found: Sequence[Any], values: Sequence[Any], direction: str) -> str:
        """Return the cursor to where one came from; from an empty page it begins with the row at the edge."""
        if found:
            return self.cursor(direction, found[0])
        return cursor_at(BACK_FROM if direction == BACK else FORWARD_FROM, self.order, values)

    def whole(self, found: Sequence[Any]) -> tuple[Any, ...]:
        """Return rows with all their columns and what they refer to, of rows that have their keys only."""
        keys = [row.pk for row in found]
        rows = {row.pk: row for row in with_references(self.register, records_of(self.register)).filter(pk__in=keys)}
        return tuple(rows[key] for key in keys if key in rows)

    def fetch(self, going: Sequence[str], edge: Edge | None, count: int) -> tuple[list[Any], Any]:
        """Return up to `count` rows behind the edge, and the row at which a walk was broken off, if it was."""
        fixed = self.fixed_columns()
        rest = [one for one in self.conditions if one.fixed not in fixed]
        if self.is_in_tree_order and not rest:
            return self.along(going, edge, count), None
        few, tried = self.few()
        if few is not None:
            return self.out_of(few, [one for one in self.conditions if one is not tried], going, edge, count), None
        if self.is_in_tree_order:
            return self.walk(going, edge, count, fixed)
        return self.walk(going, edge, count, frozenset())

    def fixed_columns(self) -> frozenset[str]:
        """Return the most columns held to one value for which an index keeps the order of the tree."""
        held = {one.fixed for one in self.conditions if one.fixed}
        kept = [some for some in walkable(self.register, self.path) if some <= held]
        return max(kept, key=len, default=frozenset()) | ({self.path} & held)

    def along(self, going: Sequence[str], edge: Edge | None, count: int) -> list[Any]:
        """Walk an index that has all in order, one subtree after the other."""
        rows = self.rows
        for one in self.conditions:
            rows = one.indexed(rows)
        found: list[Any] = []
        for start, end in self.stretches(going, edge):
            found += rows.filter(start, end).order_by(*going).only(*names(going))[: count - len(found)]
            if len(found) >= count:
                break
        return found

    def stretches(self, going: Sequence[str], edge: Edge | None) -> list[tuple[Q, Q]]:
        """Return where what is walked starts and ends: one subtree after the other, or all of it in another order.

        There is one bound at either side, for of two a database may take the wrong one to begin at.
        """
        if not self.is_in_tree_order or "/" in self.paths:
            return edge.stretches(Q()) if edge is not None else [(Q(), Q())]
        is_back = going[0].startswith("-")
        found = []
        for path in sorted(self.paths, reverse=is_back):
            after = f"{path[:-1]}0"
            start, end = Q(**{f"{self.path}__gte": path}), Q(**{f"{self.path}__lt": after})
            start, end = (end, start) if is_back else (start, end)
            if edge is not None:
                at = edge.values[0]
                if path <= at < after:
                    found += edge.stretches(end)
                    continue
                if (at >= after) != is_back:
                    continue
            found.append((start, end))
        return found

    def few(self) -> tuple[list[int] | None, Condition | None]:
        """Return the keys that a condition leaves, where one leaves few, and the condition."""
        for one in self.conditions:
            if one.fits is not None:
                keys = list(one.fits[: FEW + 1])
                if len(keys) <= FEW:
                    return keys, one
        if "/" in self.paths:
            return None, None
        standing = self.standing()
        # Asked for itself: the keys of a thousand too many take longer to fetch than to pass over.
        if standing.values("pk")[FEW : FEW + 1].exists():
            return None, None
        return list(standing.values_list("pk", flat=True)[: FEW + 1]), None

    def out_of(
        self, keys: list[int], conditions: Sequence[Condition], going: Sequence[str], edge: Edge | None, count: int
    ) -> list[Any]:
        """Try and sort the rows with these keys. What chose the keys is not asked again: PostgreSQL would think that
        next to none are left, and read the whole table for them."""
        rows = self.in_paths(self.tried(self.rows.filter(pk__in=keys), conditions))
        if edge is not None:
            rows = rows.filter(edge.condition)
        return list(self.sorted(rows, going)[:count])

    def sorted(self, rows: QuerySet[Any], going: Sequence[str]) -> QuerySet[Any]:
        return rows.order_by(*going).only(*names(going))

    def tried(self, rows: QuerySet[Any], conditions: Sequence[Condition]) -> QuerySet[Any]:
        for one in conditions:
            rows = one.walked(rows)
        return rows

    def in_paths(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if "/" in self.paths:
            return rows
        return rows.filter(path_condition(self.paths, f"{self.path}__under_by_walking"))

    def walk(self, going: Sequence[str], edge: Edge | None, count: int, fixed: frozenset[str]) -> tuple[list[Any], Any]:
        """Walk in order and try each row; where the steps do not suffice, sort what is looked for, if it can be."""
        found, stop = self.walk_on(going, edge, count, fixed)
        if stop is not None and len(found) < count and self.can_be_sorted():
            return self.out_of_subtree(going, edge, count), None
        return found, stop

    def walk_on(
        self, going: Sequence[str], edge: Edge | None, count: int, fixed: frozenset[str]
    ) -> tuple[list[Any], Any]:
        """Walk in order and try each row, over so many steps and no more."""
        leading = [one for one in self.conditions if one.fixed in fixed]
        rest = [one for one in self.conditions if one.fixed not in fixed]
        all_rows, rows = self.all_rows, self.rows
        for one in leading:
            all_rows, rows = one.indexed(all_rows), one.indexed(rows)
        if not self.is_in_tree_order:
            rows = self.in_paths(rows)
        found: list[Any] = []
        stop = None
        for start, end in self.stretches(going, edge):
            every = all_rows.filter(start, end).order_by(*going).only(*names(going))
            stop = next(iter(every[STEPS : STEPS + 1]), None)
            reached = rows.filter(start, end if stop is None else until(going, stop))
            found += self.tried(reached, rest).order_by(*going).only(*names(going))[: count - len(found)]
            if len(found) >= count or stop is not None:
                break
        return found, stop

    def can_be_sorted(self) -> bool:
        """Say whether what stands in the subtrees is to be sorted; each row of many is not tried for conditions."""
        if self.is_in_tree_order or "/" in self.paths:
            return False
        return not self.conditions or not self.standing().values("pk")[MOST_TRIED : MOST_TRIED + 1].exists()

    def standing(self) -> QuerySet[Any]:
        """Return what stands in the subtrees, so that the index of the tree is taken."""
        rows: QuerySet[Any] = records_of(self.register)
        return rows.filter(path_condition(self.paths, f"{self.path}__under")).order_by()

    def out_of_subtree(self, going: Sequence[str], edge: Edge | None, count: int) -> list[Any]:
        """Sort what stands in the subtrees: days are found one after the other, other values by looking at all."""
        rows = self.rows.filter(path_condition(self.paths, f"{self.path}__under"))
        if not self.conditions and self.has_days(going[0]):
            since = edge.values[0] if edge is not None else BEFORE_ALL
            days = first_days(rows, going[0], count, until=date.max, since=since)
            found = self.all_sorted(rows.filter(**{f"{going[0]}__in": [day for day, _ in days]}), going, edge, count)
            # Of the day at the edge some rows came before: where only these made the number full, there are more.
            if len(found) >= count or sum(number for _, number in days) < count:
                return found
        if not self.conditions and names(going) == ["id"]:
            found, stop = self.from_the_first(going, edge, count)
            if stop is None or len(found) >= count:
                return found
        return self.all_sorted(self.tried(rows, self.conditions), going, edge, count)

    def from_the_first(self, going: Sequence[str], edge: Edge | None, count: int) -> tuple[list[Any], Any]:
        """Look for the first key of the subtrees and walk on from there: what is entered together lies together."""
        key, is_down = NeverIndexed(F("id"), output_field=plain_column(self.all_rows, "id")), going[0].startswith("-")
        standing = self.all_rows.filter(path_condition(self.paths, f"{self.path}__under")).alias(key=key).order_by()
        if edge is not None:
            standing = standing.filter(replace(edge, going=["-key" if is_down else "key"]).condition)
        first = standing.aggregate(first=Max(key) if is_down else Min(key))["first"]
        if first is None:
            return [], None
        return self.walk_on(going, Edge(going, [first], is_in=True), count, frozenset())

    def has_days(self, column: str) -> bool:
        """Say whether an index has what is in use by this day, and of a day in the order of the tree."""
        indexes = self.rows.model._meta.indexes
        return not self.filters.is_retired and any(list(one.fields[:2]) == [column, self.path] for one in indexes)

    def all_sorted(self, rows: QuerySet[Any], going: Sequence[str], edge: Edge | None, count: int) -> list[Any]:
        """Sort rows by their values, not along the index that has all in this order."""
        sorts = {
            f"sorted_{name}": NeverIndexed(F(name), output_field=plain_column(rows, name)) for name in names(going)
        }
        by = [f"-sorted_{name[1:]}" if name.startswith("-") else f"sorted_{name}" for name in going]
        rows = rows.alias(**sorts)
        if edge is not None:
            rows = rows.filter(replace(edge, going=by).condition)
        return list(rows.order_by(*by).only(*names(going))[:count])


def names(going: Sequence[str]) -> list[str]:
    return [name.lstrip("-") for name in going]


def until(going: Sequence[str], stop: Any) -> Q:
    """Select what comes before a row or is that row."""
    values = [getattr(stop, name) for name in names(going)]
    return behind([reverse(name) for name in going], values, is_in=True)


def paths_of(register: Register, user: User, filters: Filters) -> list[str]:
    """Return the subtrees that a list shows; raise Nothing where a unit is named that is not there."""
    paths = user.paths_with(register.see)
    if not register.owners:
        return ["/"] if paths and not filters.unit else []
    if filters.unit:
        unit = path_of(filters.unit)
        if filters.is_unit_only:
            named = filters.words.get("organisation")
            is_one = not named or path_of(named) == unit
            return [unit] if is_one and any(unit.startswith(path) for path in paths) else []
        paths = within(paths, unit)
    if code := filters.words.get("organisation"):
        unit = path_of(code)
        return [unit] if any(unit.startswith(path) for path in paths) else []
    return outermost(paths)


def path_of(code: str) -> str:
    path: str | None = Organisation.objects.filter(code=code).values_list("path", flat=True).first()
    if path is None:
        raise Nothing
    return path


def order_fields(register: Register, order: str) -> list[str]:
    """Return the fields that a list is sorted by, the last one unique."""
    if order == "new":
        return ["-id"]
    return [order, "id"] if order in orders(register) else list(order_of(register))


def orders(register: Register) -> list[str]:
    """Return the columns by which a list can be sorted besides the tree and newness: those that have an index."""
    columns = [index.fields[0] for index in records_of(register).model._meta.indexes if len(index.fields) == 2]
    dated = [one.name for one in register.fields if one.name in columns]
    return [*dated, "confirmed_at"] if register.fresh_for is not None and "confirmed_at" in columns else dated
