"""Pages of a register, and one record with what refers to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from youbei import content
from youbei.engine.errors import NotFound
from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.registers.register import Freshness, Register
from youbei.engine.text import Text
from youbei.records.models import User
from youbei.records.models.scope import Registered
from youbei.records.pages import PAGE_SIZE, Page
from youbei.records.registers.filters import ALL, Filters
from youbei.records.registers.tables import in_use, path_column, records_of, visible
from youbei.records.registers.values import Values, values_of, with_references
from youbei.records.registers.walk import Walk

COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Link:
    """A record that another refers to, as it is shown."""

    register: str
    pk: int
    name: Text


@dataclass(frozen=True, slots=True)
class Record:
    """One record as lists and pages show it. `links` are what its references point to; personal values are masked."""

    pk: int
    name: Text
    values: Mapping[str, Any]
    links: Mapping[str, Link]
    org_path: str
    freshness: Freshness
    confirmed_at: datetime | None
    confirmed_by: str
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class ListPage(Page[Record]):
    """A page of a register. `is_cut` and `is_sample` as in `walk.Walked`."""

    is_cut: bool = False
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, counted up to a limit so that it costs the same in every register."""

    number: int
    is_more: bool


@dataclass(frozen=True, slots=True)
class Referring:
    """The records of another register that refer to a record by one of their fields."""

    register: Register
    field: Field
    count: Count


def register_page(
    register: Register,
    user: User,
    *,
    now: datetime,
    filters: Filters = ALL,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
) -> ListPage:
    """Return a page of the records that a user may see, narrowed and sorted as the filters say."""
    walked = Walk(register, user, filters, now).page(cursor, size)
    codes = coded(register, walked.rows)
    return ListPage(
        rows=tuple(as_record(register, row, now, codes) for row in walked.rows),
        next_cursor=walked.next_cursor,
        previous_cursor=walked.previous_cursor,
        is_cut=walked.is_cut,
        is_sample=walked.is_sample,
    )


def coded(register: Register, rows: Sequence[Registered]) -> dict[tuple[str, int, str], Link]:
    """Find the records whose codes stand in fields that are `code_of` their register: (field, owner, code) -> link."""
    found = {}
    for field in register.fields:
        if field.code_of and rows:
            owner = f"{register.owners[0]}_id"
            about = {getattr(row, owner) for row in rows}
            codes = {code for row in rows if (code := getattr(row, field.name))}
            others = records_of(content.registers()[field.code_of])
            for one in others.filter(**{f"{owner}__in": about, "code__in": codes}):
                link = Link(field.code_of, one.pk, name_of_row(field.code_of, one))
                found[field.name, getattr(one, owner), one.code] = link
    return found


def as_record(
    register: Register, row: Registered, now: datetime, codes: Mapping[tuple[str, int, str], Link] | None = None
) -> Record:
    """Return a record with what it refers to; `codes` are those found for all of a page, else they are asked for."""
    said = values_of(register, row)
    links = {}
    for (name, owner, code), link in (coded(register, [row]) if codes is None else codes).items():
        if getattr(row, name) == code and getattr(row, f"{register.owners[0]}_id") == owner:
            links[name] = link
    for field in register.references:
        target = getattr(row, field.name)
        if target is not None:
            links[field.name] = Link(field.refers_to, target.pk, name_of_row(field.refers_to, target))
    return Record(
        pk=row.pk,
        name=name_with(register, said, links),
        values=masked(register, said),
        links=links,
        org_path=getattr(row, path_column(register)),
        freshness=register.freshness(row.confirmed_at, now),
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
        retired_at=row.retired_at,
    )


def called(register: Register, row: Registered) -> Text:
    """Name a record; what it refers to is said by name. Its references must have been fetched with it."""
    links = {
        field.name: Link(field.refers_to, target.pk, name_of_row(field.refers_to, target))
        for field in register.references
        if (target := getattr(row, field.name)) is not None
    }
    return name_with(register, values_of(register, row), links)


def name_of_row(register: str, row: Any) -> Text:
    """Name a record that is referred to, without fetching anything more."""
    described = content.registers()[register]
    if described.has("name_zh"):
        return Text(row.name_zh, row.name_en)
    first = described.field(described.label[0])
    if first.kind is not FieldKind.REFERENCE or first.name not in row._state.fields_cache:
        return Text(row.code, row.code)
    name = name_of_row(first.refers_to, getattr(row, first.name))
    return Text(f"{name.zh or name.en} {row.code}", f"{name.en or name.zh} {row.code}")


def name_with(register: Register, said: Values, links: Mapping[str, Link]) -> Text:
    """Name a record; choices and references in its label are said by their titles and names."""
    if register.label == ("name_zh", "name_en"):
        return Text(said["name_zh"] or "", said["name_en"] or "")
    parts = [part_of_name(register.field(name), said[name], links) for name in register.label]
    zh = " · ".join(part.zh or part.en for part in parts if part)
    return Text(zh, " · ".join(part.en or part.zh for part in parts if part))


def part_of_name(field: Field, value: Any, links: Mapping[str, Link]) -> Text:
    if value is None:
        return Text()
    if field.name in links:
        return links[field.name].name
    if field.choices:
        return field.choice_title(value)
    if isinstance(value, datetime):
        at = f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
        return Text(at, at)
    return Text(str(value), str(value))


def masked(register: Register, said: Values) -> Values:
    """Hide personal values, so far that one still sees whether there is one and, of a number, which it may be."""
    return {
        name: mask(str(value)) if name in register.personal and value is not None else value
        for name, value in said.items()
    }


def mask(text: str) -> str:
    shown = min(3, len(text) // 4)
    return f"{text[:shown]}{'•' * 4}{text[-shown:] if shown else ''}"


def record_of(register: Register, pk: int, user: User, now: datetime) -> Record:
    """Return one record; raise NotFound where there is none that the user may see."""
    return as_record(register, visible_row(register, pk, user), now)


def visible_row(register: Register, pk: int, user: User) -> Registered:
    row: Registered | None = with_references(register, visible(register, user)).filter(pk=pk).first()
    if row is None:
        raise NotFound(
            zh=f"没有找到这条{register.one.zh}记录，或您无权查看。",
            en=f"There is no such {register.one.en} that you may see.",
        )
    return row


def referring_to(register: Register, row: Registered, user: User) -> list[Referring]:
    """Return which registers have records that refer to this one, with how many the user may see."""
    found = []
    for other in content.registers().values():
        for field in other.references:
            if field.refers_to == register.name and user.paths_with(other.see):
                rows = in_use(visible(other, user)).filter(**{f"{field.name}_id": row.pk})
                count = counted(rows)
                if count.number:
                    found.append(Referring(other, field, count))
    return found


def counted(rows: Any) -> Count:
    """Count up to the limit."""
    number = rows.order_by()[: COUNTED + 1].count()
    return Count(min(number, COUNTED), number > COUNTED)
