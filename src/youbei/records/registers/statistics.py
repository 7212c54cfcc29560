"""Count a register two ways at once: by area, kind, grade, age, expiry, freshness. Every number is a list one can open.

A bucket carries what must be added to the address of the list to see exactly its records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from youbei.engine.registers.bands import bands_of, clipped
from youbei.engine.registers.field import Field
from youbei.engine.registers.register import Freshness, Register
from youbei.engine.text import Text
from youbei.records.counts.asked import PLACES, Asked, area_of
from youbei.records.models import Organisation, User
from youbei.records.registers.counting import area, counted, fresh
from youbei.records.registers.dimensions import AREA, COUNT, FRESHNESS, Dimension, dimensions_of, measures_of
from youbei.records.registers.filters import NONE, Filters, narrowed
from youbei.records.registers.keeping import Numbers, numbers_of
from youbei.records.registers.questions import question
from youbei.records.registers.subtrees import outermost
from youbei.records.registers.tables import path_column, records_of, register_called, visible
from youbei.records.registers.tallies import folded, freshness_tally, tally

__all__ = ["AREA", "COUNT", "Bucket", "Counting", "Dimension", "Pivot", "dimensions_of", "measures_of"]
# A table of more buckets is no table; the largest are shown and the rest named as such.
MOST_BUCKETS = 60
NOT_FILLED = Text("未填", "not filled in")
OWN = Text("本级", "itself")
FRESH_TITLES = {
    Freshness.FRESH: Text("已确认", "confirmed"),
    Freshness.STALE: Text("已过时", "stale"),
    Freshness.NEVER: Text("从未确认", "never confirmed"),
}


@dataclass(frozen=True, slots=True)
class Bucket:
    """A row or column of the table; `query` is what the list must be narrowed by to show its records."""

    key: str
    title: Text
    query: Mapping[str, str] = field(default_factory=dict)
    point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Pivot:
    """The table: numbers by (row key, column key), and totals that are counted, not added up, where records repeat."""

    rows: tuple[Bucket, ...]
    columns: tuple[Bucket, ...]
    cells: Mapping[tuple[str, str], Decimal]
    row_totals: Mapping[str, Decimal]
    column_totals: Mapping[str, Decimal]
    total: Decimal
    left_out: int = 0
    columns_left_out: int = 0


class Counting:
    """Count the records of a register that a user may see, narrowed as a list is; `may_wait` as in `numbers_of`."""

    def __init__(
        self, register: Register, user: User, filters: Filters, now: datetime, *, may_wait: bool = False
    ) -> None:
        self.may_wait = may_wait
        self.register, self.user, self.filters, self.now = register, user, filters, now
        self.today = timezone.localdate(now)
        self.path = path_column(register)
        self.base: QuerySet[Any] = narrowed(register, visible(register, user), filters, now).order_by()
        self.tops = self.tops_of()

    def tops_of(self) -> list[str]:
        """Return the paths whose children are the areas: of the unit chosen, else of the units one has grants on."""
        if self.filters.unit:
            chosen = Organisation.objects.visible_to(self.user).filter(code=self.filters.unit)
            return list(chosen.values_list("path", flat=True)[:1]) or ["/"]
        paths = outermost(self.user.paths_with(self.register.see))
        if paths == ["/"] or not paths:
            only = Organisation.objects.filter(parent=None).values_list("path", flat=True)[:2]
            return list(only) if len(only) == 1 else ["/"]
        return paths

    def pivot(self, rows: Dimension, columns: Dimension | None, measure: str = COUNT) -> Pivot:
        """Return the table of two dimensions, or of one."""
        sides = [rows] if columns is None else [rows, columns]
        cells = {(*key, "")[:2]: number for key, number in self.cells(sides, measure).items()}
        if any(one.is_multiple for one in sides):
            row_totals = self.cells([rows], measure)
            total = self.cells([], measure).get((), Decimal(0))
            all_in_one: dict[tuple[str, ...], Decimal] = {("",): total}
            column_totals = self.cells([columns], measure) if columns else all_in_one
        else:
            row_totals, column_totals = added(cells, 0), added(cells, 1)
            total = sum(cells.values(), Decimal(0))
        row_keys = self.largest(rows, row_totals)
        row_buckets = self.buckets(rows, row_keys)
        column_keys = self.largest(columns, column_totals) if columns else []
        column_buckets = self.buckets(columns, column_keys) if columns else [Bucket("", Text())]
        kept, kept_columns = most(row_buckets, row_totals), most(column_buckets, column_totals)
        return Pivot(
            rows=tuple(kept),
            columns=tuple(kept_columns),
            cells={(row, column): number for (row, column), number in cells.items()},
            row_totals={key: number for (key,), number in row_totals.items()},
            column_totals={key: number for (key,), number in column_totals.items()},
            total=total,
            left_out=len(row_buckets) - len(kept) + len(row_totals) - len(row_keys),
            columns_left_out=len(column_totals) - len(kept_columns) if columns else 0,
        )

    def largest(self, dimension: Dimension, totals: Mapping[tuple[str, ...], Decimal]) -> list[str]:
        """Return the keys of the buckets that may be shown: of records referred to, no more than these are fetched."""
        keys = [key for (key,) in totals]
        if dimension.kind != "reference":
            return keys
        return sorted(keys, key=lambda key: (-totals[key,], not key, key))[:MOST_BUCKETS]

    def cells(self, sides: Sequence[Dimension], measure: str = COUNT) -> dict[tuple[str, ...], Decimal]:
        """Return the numbers by the buckets of these dimensions: kept ones, else counted now."""
        asked = self.question(sides, measure)
        if asked is None:
            found = self.counted(sides, measure)
        else:
            found = numbers_of(
                asked,
                lambda: self.out_of_an_index(sides, measure) or counted(asked, self.now),
                now=self.now,
                may_wait=self.may_wait,
            )
        return {key: Decimal(count) if measure == COUNT else plain(amount) for key, (count, amount) in found.items()}

    def question(self, sides: Sequence[Dimension], measure: str = COUNT) -> Asked | None:
        """Return what is asked for as a question whose numbers can be kept, None where they cannot."""
        return question(
            self.register,
            self.filters,
            sides,
            paths=self.user.paths_with(self.register.see),
            tops=self.tops,
            today=self.today,
            adds="" if measure == COUNT else self.summed(measure),
        )

    def out_of_an_index(self, sides: Sequence[Dimension], measure: str) -> Numbers:
        """Count now where an index alone can tell; empty where the rows must be read."""
        if measure != COUNT or not sides:
            return {}
        told = self.tallied(sides[0], sides[1] if len(sides) > 1 else None, measure)
        return {key[: len(sides)]: (int(number), Decimal(0)) for key, number in told.items()}

    def counted(self, sides: Sequence[Dimension], measure: str) -> Numbers:
        """Count now, out of an index alone where one can tell."""
        if told := self.out_of_an_index(sides, measure):
            return told
        keys = {f"key_{number}": self.expression(one) for number, one in enumerate(sides)}
        return self.numbers(self.base.annotate(**keys), tuple(keys), measure)

    def tallied(self, rows: Dimension, columns: Dimension | None, measure: str) -> dict[tuple[str, ...], Decimal]:
        """Return the cells where an index alone can tell them; empty where the rows must be read."""
        asked = [one for one in (rows, columns) if one is not None]
        if measure != COUNT or any(one.is_multiple for one in asked):
            return {}
        if rows.kind == "freshness" and columns is None:
            counted = freshness_tally(self.register, self.user, self.filters, self.now)
            names: list[Any] = [str]
        elif all(one.kind != "freshness" for one in asked):
            counted = tally(self.register, self.user, self.filters, [self.column(one) for one in asked], self.tops)
            names = [self.namer(one) for one in asked]
        else:
            return {}
        found = folded(counted, names) if counted else {}
        return {(*key, "")[:2]: Decimal(number) for key, number in found.items()}

    def column(self, dimension: Dimension) -> str:
        return self.path if dimension.field is None else dimension.field.name

    def namer(self, dimension: Dimension) -> Any:
        """Return what says into which bucket a value of the column falls."""
        one = dimension.field
        if one is None:
            return self.area_of
        if dimension.kind == "band":
            bands = bands_of(one, self.today)
            return lambda day: next((band.key for band in bands if day and holds_day(band, day)), "")
        if dimension.kind == "reference":
            rows = records_of(register_called(one.refers_to)).values_list("pk", "code")
            codes: dict[int, str] = {}
            return lambda key: "" if key is None else codes.get(key) or codes.update(rows) or codes[key]
        return lambda value: "" if value is None else str(value)

    def area_of(self, path: str) -> str:
        """Return the area of a path, as `area` has the database say it."""
        return area_of(path, self.tops)

    def numbers(self, rows: QuerySet[Any], keys: Sequence[str], measure: str) -> Numbers:
        """Return how many rows there are with each combination of keys, and what the measure adds up to."""
        amount: Any = Value(0) if measure == COUNT else Sum(self.summed(measure))
        if not keys:
            rows = rows.annotate(key_of_all=Value("", output_field=CharField()))
        counted = rows.values(*(keys or ["key_of_all"])).annotate(count_of_rows=Count("pk"), amount_of_rows=amount)
        found: Numbers = {}
        for row in counted:
            key = tuple("" if row[name] is None else str(row[name]) for name in keys)
            count, total = found.get(key, (0, Decimal(0)))
            more = Decimal(row["amount_of_rows"] or 0).quantize(PLACES)
            found[key] = count + row["count_of_rows"], total + more
        return found

    def summed(self, measure: str) -> str:
        names = {name for name, _ in measures_of(self.register)}
        return measure if measure in names else "pk"

    def expression(self, dimension: Dimension) -> Any:
        """Return what the database groups by; empty stands for nothing filled in."""
        one = dimension.field
        if dimension.kind == "area":
            return area(self.path, self.tops)
        if dimension.kind == "freshness":
            return fresh(self.now - (self.register.fresh_for or timedelta(0)))
        assert one is not None  # noqa: S101  (all others are made from a field)
        if dimension.kind == "grades":
            return F("team_capabilities__capability__code")
        if dimension.kind == "reference":
            return F(f"{one.name}__code")
        if dimension.kind == "band":
            return Case(
                *(
                    When(days_between(one.name, band.first, band.last), then=Value(band.key))
                    for band in bands_of(one, self.today)
                ),
                default=Value(""),
                output_field=CharField(),
            )
        return F(one.name)

    def buckets(self, dimension: Dimension, keys: Sequence[str]) -> list[Bucket]:
        """Return the buckets of a dimension that have records, in its own order."""
        if dimension.kind == "area":
            return self.areas(keys)
        if dimension.kind == "freshness":
            return [
                Bucket(one.value, FRESH_TITLES[one], {FRESHNESS: one.value}) for one in Freshness if one.value in keys
            ]
        one = dimension.field
        assert one is not None  # noqa: S101  (all others are made from a field)
        empty = [Bucket("", NOT_FILLED, {one.name: NONE})] if "" in keys else []
        if dimension.kind == "band":
            return [self.band(one, band) for band in bands_of(one, self.today) if band.key in keys] + empty
        if dimension.kind == "reference":
            return self.referred(one, [key for key in keys if key]) + empty
        known = [choice.code for choice in one.choices]
        ordered = [code for code in known if code in keys] + sorted(set(keys) - set(known) - {""})
        return [Bucket(code, one.choice_title(code), {one.name: code}) for code in ordered] + empty

    def band(self, one: Field, band: Any) -> Bucket:
        first, last = clipped(band.first, band.last, self.filters.days.get(one.name, (None, None)))
        query = {f"{one.name}_from": first.isoformat()} if first else {}
        if last:
            query[f"{one.name}_until"] = last.isoformat()
        return Bucket(band.key, band.title, query)

    def referred(self, one: Field, codes: list[str]) -> list[Bucket]:
        target = register_called(one.refers_to)
        names = {}
        for row in visible(target, self.user).filter(code__in=codes):
            names[row.code] = Text(row.name_zh, row.name_en) if target.has("name_zh") else Text(row.code, row.code)
        return [Bucket(code, names.get(code, Text(code, code)), {one.name: code}) for code in sorted(codes)]

    def areas(self, keys: Sequence[str]) -> list[Bucket]:
        if len(self.tops) > 1:
            units = {unit.path: unit for unit in Organisation.objects.filter(path__in=[key for key in keys if key])}
        else:
            wanted = [int(key) for key in keys if key.isdecimal()]
            units = {str(unit.pk): unit for unit in Organisation.objects.filter(pk__in=wanted)}
        found = [
            Bucket(key, Text(unit.name_zh, unit.name_en), {"unit": unit.code}, place_of(unit))
            for key, unit in sorted(units.items(), key=lambda item: item[1].path)
        ]
        return self.own_bucket(keys) + found

    def own_bucket(self, keys: Sequence[str]) -> list[Bucket]:
        """Return the bucket of what belongs to the top unit itself."""
        if "" not in keys:
            return []
        top = Organisation.objects.filter(path=self.tops[0]).first()
        query = {"unit": top.code, "only": "1"} if top is not None else {}
        return [Bucket("", OWN, query, place_of(top) if top else None)]


def most(buckets: list[Bucket], totals: Mapping[tuple[str, ...], Decimal]) -> list[Bucket]:
    """Return the largest buckets, as many as a table can show, in their own order."""
    shown = {one.key for one in sorted(buckets, key=lambda one: -totals.get((one.key,), Decimal(0)))[:MOST_BUCKETS]}
    return [one for one in buckets if one.key in shown]


def place_of(unit: Organisation) -> tuple[float, float] | None:
    return None if unit.lat is None or unit.lon is None else (unit.lat, unit.lon)


def days_between(name: str, first: Any, last: Any) -> Q:
    """Select the days of a band, both ends included."""
    condition = Q(**{f"{name}__isnull": False})
    if first is not None:
        condition &= Q(**{f"{name}__gte": first})
    if last is not None:
        condition &= Q(**{f"{name}__lte": last})
    return condition


def holds_day(band: Any, day: date) -> bool:
    return (band.first is None or day >= band.first) and (band.last is None or day <= band.last)


def plain(amount: Decimal) -> Decimal:
    """Drop the places of a whole number."""
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount


def added(cells: Mapping[tuple[str, ...], Decimal], at: int) -> dict[tuple[str, ...], Decimal]:
    """Add up the cells along one side."""
    totals: dict[tuple[str, ...], Decimal] = {}
    for key, number in cells.items():
        totals[key[at],] = totals.get((key[at],), Decimal(0)) + number
    return totals
