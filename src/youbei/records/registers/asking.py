"""A table of numbers as an address asks for it: which ways, what is summed, and within which filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import Organisation, User
from youbei.records.registers.dimensions import COUNT, Dimension, dimensions_of, measures_of
from youbei.records.registers.drilling import chosen
from youbei.records.registers.filters import NONE, Filters, read_filters
from youbei.records.registers.keeping import NotCountedYet
from youbei.records.registers.statistics import FRESH_TITLES, Counting, Pivot
from youbei.records.registers.tables import register_called, visible

NOTHING = Pivot((), (), {}, {}, {}, Decimal(0))
FILLED_IN = {True: Text("是", "yes"), False: Text("否", "no")}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, and the table that answers it; `is_counted` is False where the worker still counts."""

    register: Register
    query: Mapping[str, str]
    filters: Filters
    rows_by: Dimension
    columns_by: Dimension | None
    measure: str
    pivot: Pivot
    is_counted: bool
    counting: Counting

    @property
    def title(self) -> Text:
        """Say what stands in the rows and in the columns."""
        if self.columns_by is None:
            return self.rows_by.title
        one, other = self.rows_by.title, self.columns_by.title
        return Text(f"{one.zh} × {other.zh}", f"{one.en} × {other.en}")

    @property
    def measured(self) -> Text:
        """Say what is counted or summed."""
        return dict(measures_of(self.register))[self.measure]


def ask(register: Register, user: User, query: Mapping[str, str], now: datetime, *, may_wait: bool = True) -> Asked:
    """Answer what an address asks; what is not known any more is passed over, as an address may be old.

    A user who may wait is told by `is_counted` that very many records are being counted.
    """
    filters = read_filters(register, query)
    ways = dimensions_of(register)
    rows = chosen(ways, query.get("rows", "")) or ways[0]
    columns = chosen(ways, query.get("columns", ""))
    columns = None if columns is rows else columns
    measure = query.get("measure", COUNT)
    measure = measure if measure in dict(measures_of(register)) else COUNT
    counting = Counting(register, user, filters, now, may_wait=may_wait)
    try:
        pivot, is_counted = counting.pivot(rows, columns, measure), True
    except NotCountedYet:
        pivot, is_counted = NOTHING, False
    return Asked(register, query, filters, rows, columns, measure, pivot, is_counted, counting)


def narrowing(register: Register, filters: Filters, user: User) -> list[tuple[Text, Text]]:
    """Say in both languages what a table or list is narrowed by: what, and to which."""
    said = [
        (register.field(name).title, said_word(register.field(name), word, user))
        for name, word in filters.words.items()
    ]
    for name, (first, last) in filters.days.items():
        span = f"{first or '…'} – {last or '…'}"
        said.append((register.field(name).title, Text(span, span)))
    if filters.text:
        said.append((Text("搜索", "Search"), Text(filters.text, filters.text)))
    if filters.unit:
        unit = Organisation.objects.visible_to(user).filter(code=filters.unit).first()
        called = Text(unit.name_zh, unit.name_en) if unit else Text(filters.unit, filters.unit)
        within = Text("仅本级", "Only at") if filters.is_unit_only else Text("所属", "Under")
        said.append((within, called))
    if filters.freshness:
        said.append((Text("新鲜度", "Freshness"), FRESH_TITLES[filters.freshness]))
    if filters.is_retired:
        said.append((Text("使用状态", "In use"), Text("已停用", "out of use")))
    return said


def said_word(field: Field, word: str, user: User) -> Text:
    """Say what a filter holds a field to, by the name of the choice or record; its code where the user sees none."""
    if word == NONE:
        return Text("未填", "not filled in")
    if field.kind is FieldKind.FLAG:
        return FILLED_IN[word == "1"]
    if field.kind is FieldKind.REFERENCE:
        return name_of(register_called(field.refers_to), word, user)
    return field.choice_title(word)


def name_of(target: Register, code: str, user: User) -> Text:
    """Name the record of that code; the code itself where the user may not see it, or its name is personal."""
    if target.has("name_zh") and not target.personal:
        for row in visible(target, user).filter(code=code)[:1]:
            return Text(row.name_zh, row.name_en)
    return Text(code, code)
