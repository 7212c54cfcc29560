"""Count what a question asks for in the database, by the same rule by which kept numbers follow changes.

A page counts as its own user and filters say; here a question alone says all, so that the worker can count it ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, Expression, F, Func, Q, QuerySet, Sum, Value, When
from django.db.models.functions import StrIndex, Substr

from youbei.engine.registers.register import Freshness
from youbei.records.counts.asked import PLACES, Asked, Side, since_of
from youbei.records.models.scope import path_condition
from youbei.records.registers.tables import model_of, records_of, register_called

Numbers = dict[tuple[str, ...], tuple[int, Decimal]]


class DayOf(Func):
    """The day of a moment, so many seconds east of Greenwich, as ISO text; null stays null."""

    output_field = CharField()

    def __init__(self, moment: Expression | F, seconds: int) -> None:
        super().__init__(moment)
        self.seconds = seconds

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"date({sql}, '{self.seconds:+d} seconds')", params

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"((({sql}) AT TIME ZONE 'UTC') + interval '{self.seconds:d} seconds')::date::text", params


def counted(asked: Asked, now: datetime) -> Numbers:
    """Return the numbers of a question, counted now."""
    register = register_called(asked.register)
    rows = fitting(asked, records_of(register).order_by())
    names = [f"key_{number}" for number in range(len(asked.sides))]
    keys = {name: expression(asked, side, now) for name, side in zip(names, asked.sides, strict=True)}
    rows = rows.annotate(**keys, **({} if keys else {"key_of_all": Value("", output_field=CharField())}))
    sums = {f"sum_{at}": Sum(name.lstrip("-")) for at, name in enumerate(asked.adds)}
    found: Numbers = {}
    for row in rows.values(*(names or ["key_of_all"])).annotate(count_of_rows=Count("pk"), **sums):
        key = tuple("" if row[name] is None else str(row[name]) for name in names)
        count, amount = found.get(key, (0, Decimal(0)))
        found[key] = count + row["count_of_rows"], amount + amount_of(asked, row)
    return with_codes(asked, found)


def fitting(asked: Asked, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Keep the records that a question asks for; see `Asked.fits`."""
    rows = rows.filter(retired_at__isnull=True)
    if "/" not in asked.paths:
        rows = rows.filter(path_condition(list(asked.paths), f"{asked.path}__under"))
    if asked.only:
        rows = rows.filter(**{asked.path: asked.only})
    for name, allowed in asked.words:
        rows = rows.filter(one_of(rows, name, allowed))
    for name, first, last, or_none in asked.days:
        span = Q(**{f"{name}__isnull": False}) if not or_none else Q()
        span &= Q(**{f"{name}__gte": first}) if first else Q()
        span &= Q(**{f"{name}__lte": last}) if last else Q()
        rows = rows.filter(span | Q(**{f"{name}__isnull": True}) if or_none else span)
    return rows


def one_of(rows: QuerySet[Any], name: str, allowed: Sequence[str]) -> Q:
    """Select the rows in which a column holds one of these words; the empty one stands for nothing, too."""
    condition = Q(**{f"{name}__in": [word for word in allowed if word]})
    if "" in allowed:
        condition |= Q(**{f"{name}__isnull": True})
        if isinstance(rows.model._meta.get_field(name), CharField):
            condition |= Q(**{name: ""})
    return condition


def expression(asked: Asked, side: Side, now: datetime) -> Any:
    """Return what the database groups by for one side; see `Asked.part`."""
    if side.kind == "area":
        return area(asked.path, side.said[0])
    if side.kind == "fresh":
        return fresh(since_of(asked, now))
    if side.kind == "day":
        return DayOf(F(side.column), int(side.said[0][0]))
    if side.kind == "grades":
        return F("team_capabilities__capability__code")
    if side.kind == "band":
        whens = [When(days_in(side.column, first, last), then=Value(key)) for key, first, last in side.said]
        return Case(*whens, default=Value(""), output_field=CharField())
    return F(side.column)


def fresh(since: datetime) -> Case:
    return Case(
        When(confirmed_at__isnull=True, then=Value(Freshness.NEVER.value)),
        When(confirmed_at__gt=since, then=Value(Freshness.FRESH.value)),
        default=Value(Freshness.STALE.value),
        output_field=CharField(),
    )


def area(path: str, tops: Sequence[str]) -> Any:
    """Group by the unit below the top: its key stands in the path between the top and the next stroke."""
    if len(tops) > 1:
        cases = [When(**{f"{path}__under": top}, then=Value(top)) for top in tops]
        return Case(*cases, default=Value(""), output_field=CharField())
    top = tops[0]
    rest = Substr(path, len(top) + 1)
    return Case(
        When(**{path: top}, then=Value("")),
        default=Substr(path, len(top) + 1, StrIndex(rest, Value("/")) - 1),
        output_field=CharField(),
    )


def days_in(name: str, first: str, last: str) -> Q:
    """Select the days of a band, both ends included."""
    condition = Q(**{f"{name}__isnull": False})
    condition &= Q(**{f"{name}__gte": first}) if first else Q()
    return condition & (Q(**{f"{name}__lte": last}) if last else Q())


def amount_of(asked: Asked, row: dict[str, Any]) -> Decimal:
    total = Decimal(0)
    for at, name in enumerate(asked.adds):
        number = Decimal(row[f"sum_{at}"] or 0)
        total += -number if name.startswith("-") else number
    return total.quantize(PLACES)


def with_codes(asked: Asked, numbers: Numbers) -> Numbers:
    """Say the keys of records in other registers by their codes, where the question wants that."""
    codes: dict[int, dict[str, str]] = {}
    for at, side in enumerate(asked.sides):
        if side.kind == "key" and side.said:
            wanted = {key[at] for key in numbers if key[at]}
            rows: Any = model_of(register_called(side.said[0][0]))._default_manager
            codes[at] = {str(pk): code for pk, code in rows.filter(pk__in=wanted).values_list("pk", "code")}
    if not codes:
        return numbers
    return {
        tuple(codes[at].get(part, "") if at in codes else part for at, part in enumerate(key)): number
        for key, number in numbers.items()
    }
