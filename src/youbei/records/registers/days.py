"""Rows in the order of a day they hold, the first day first, at a cost that the size of the tree does not change.

A large subtree is asked day after day, out of the index that has all rows of a day in the order of the tree: one step
to the next day that anything holds, one to what of it lies in the subtree. So what is asked grows with the days that
lie between, and neither with the rows of the register nor with the units of the subtree.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.db import connections
from django.db.models import DateField, F, QuerySet
from django.db.models.expressions import RawSQL

from youbei.records.models.scope import SORTED, SORTED_QUICKLY
from youbei.records.registers.conditions import NeverIndexed
from youbei.records.registers.subtrees import is_everything

# Rows of a subtree that are read whole, out of an index, in less time than it takes to go through a thousand days.
READ_WHOLE = {"sqlite": SORTED_QUICKLY, "postgresql": SORTED}
# Within so many days from the first that anything holds, each day is tried for the first that is looked for.
DENSE = timedelta(days=3000)
# Assumption: nothing that is in a register fell due before this day.
BEFORE_ALL = date(1900, 1, 1)


class Days:
    """The rows in use under some paths that have a day in a column; `rows` has that day as the alias `day`.

    A small subtree is read whole out of the index that holds its days, and of everything an index has the days in
    order; of what lies between the days are found first (see `first_days`).
    """

    def __init__(self, model: type[Any], paths: list[str], column: str) -> None:
        among = model._default_manager.order_by().filter(retired_at__isnull=True, **{f"{column}__isnull": False})
        is_all = is_everything(paths)
        self.column = column
        self.rows: QuerySet[Any] = among if is_all else among.under_any(paths, "under")
        under = model._default_manager.order_by().under_any(paths, "under").values("pk")
        most = READ_WHOLE[connections[under.db].vendor]
        self.is_large = not is_all and under[most : most + 1].exists()
        is_read_whole = not is_all and not self.is_large
        self.rows = self.rows.alias(
            day=NeverIndexed(F(column), output_field=DateField()) if is_read_whole else F(column)
        )

    def earliest(self, most: int, *, until: date, since: date = BEFORE_ALL) -> QuerySet[Any]:
        """Return rows from a day up to another among which the first so many are; sort them by `day` and by key."""
        if not self.is_large:
            return self.rows.filter(day__gte=since, day__lte=until)
        days = first_days(self.rows, self.column, most, until=until, since=since)
        return self.rows.filter(**{f"{self.column}__in": [day for day, _ in days]})

    def number(self, most: int, *, until: date, since: date = BEFORE_ALL) -> int:
        """Count the rows from a day up to another, no further than `most`."""
        if not self.is_large:
            return int(self.rows.filter(day__gte=since, day__lte=until).order_by()[:most].count())
        days = first_days(self.rows, self.column, most, until=until, since=since)
        return min(most, sum(number for _, number in days))


def first_days(
    rows: QuerySet[Any], column: str, most: int, *, until: date, since: date = BEFORE_ALL
) -> list[tuple[date, int]]:
    """Return the days from `since` up to `until` on which there are any of these rows, with how many.

    The days end when they hold `most` together. `rows` are some of those in use that have a day in the column.
    """
    table, name = rows.model._meta.db_table, rows.model._meta.get_field(column).column
    following = f"SELECT MIN({name}) FROM {table} WHERE retired_at IS NULL AND {name} {{}} AND {name} <= %s"
    of_day = rows.order_by().filter(**{column: RawSQL("days.day", [])}).values("pk")
    counted, values = of_day[:most].query.get_compiler(rows.db).as_sql()
    with connections[rows.db].cursor() as cursor:
        if connections[rows.db].vendor == "postgresql":
            cursor.execute(following.format(">= %s"), [since, until])
            begin = cursor.fetchone()[0]
            if begin is not None and until - begin <= DENSE:
                one, values_of_one = of_day[:1].query.get_compiler(rows.db).as_sql()
                begin = first_day(cursor, one, values_of_one, begin, until)
            if begin is None:
                return []
            since = begin
        cursor.execute(
            f"""WITH RECURSIVE days(day, found) AS (
                SELECT ({following.format(">= %s")}), CAST(0 AS bigint)
                UNION ALL
                SELECT ({following.format("> days.day")}), found + (SELECT COUNT(*) FROM ({counted}) AS of_day)
                FROM days WHERE day IS NOT NULL AND found < %s
            ) SELECT day, found FROM days""",
            [since, until, until, *values, most],
        )
        steps = [(as_date(day), int(found)) for day, found in cursor.fetchall()]
    told = pairwise(steps)
    return [(day, after - before) for (day, before), (_, after) in told if day is not None and after > before]


def first_day(cursor: Any, of_day: str, values: Sequence[Any], first: date, until: date) -> date | None:
    """Return the first day from `first` on with rows, trying day after day: a third of the work of a step for each.

    `of_day` selects the rows of `days.day`, `values` are its parameters. It is no EXISTS, which would be planned as a
    join of everything.
    """
    cursor.execute(
        "SELECT days.day FROM (SELECT CAST(generate_series(%s, %s, interval '1 day') AS date) AS day) AS days "
        f"WHERE (SELECT COUNT(*) FROM ({of_day}) AS of_day) > 0 LIMIT 1",
        [first, until, *values],
    )
    found = cursor.fetchone()
    return found[0] if found else None


def as_date(day: Any) -> date | None:
    """Return a day as the database gives it: SQLite gives text."""
    return date.fromisoformat(day) if isinstance(day, str) else day


def soonest(
    model: type[Any], paths: list[str], column: str, *, until: date, most: int, **more: Any
) -> list[tuple[date, int]]:
    """Return the first so many rows in use that have a day up to `until` and fit `more`: the day and key of each."""
    days = Days(model, paths, column)
    days.rows = days.rows.filter(**more)
    rows = days.earliest(most, until=until).order_by("day", "pk")
    return list(rows.values_list(column, "pk")[:most])
