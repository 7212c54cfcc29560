"""What falls due: reviews, certificates, insurance, agreements, tests; the day, the unit, how late, what was told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Replace

from youbei import content
from youbei.engine.due import DueKind
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import DueStep, MemberReview, Organisation, TeamReview, User
from youbei.records.pages import PAGE_SIZE, Page, cursor_at, open_cursor
from youbei.records.registers.days import BEFORE_ALL, Days
from youbei.records.registers.pages import Count, as_record
from youbei.records.registers.subtrees import within
from youbei.records.registers.tables import in_use, model_of, records_of, register_called
from youbei.records.registers.values import with_references

COUNTED = 1000
ORDER = ("due_on", "kind", "id")


@dataclass(frozen=True, slots=True)
class DueFilters:
    """What the list is narrowed by: a kind, the code of a unit, and `late` or `soon`; empty means all."""

    kind: str = ""
    unit: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class DueRow:
    """One thing that falls due. `days` counts to its day, below zero once it is past; `told` is the last step told."""

    kind: DueKind
    pk: int
    name: Text
    unit: Text
    unit_code: str
    due_on: date
    days: int
    told: str = ""
    told_at: datetime | None = None

    @property
    def is_late(self) -> bool:
        return self.days < 0

    @property
    def days_late(self) -> int:
        return -self.days


@dataclass(frozen=True, slots=True)
class DueCounts:
    late: Count
    soon: Count


def due_rows(kind: DueKind, among: QuerySet[Any] | None = None) -> QuerySet[Any]:
    """Return the records of a kind that have a day and are in use; of reviews the last one of each team or member."""
    rows = records_of(register_called(kind.register)) if among is None else among
    if among is None:
        rows = in_use(rows).filter(**{f"{kind.field}__isnull": False})
    if kind.register in LAST_ONLY:
        model, same = LAST_ONLY[kind.register]
        newer = model._default_manager.alias(family=FAMILY).filter(
            retired_at__isnull=True, **{name: OuterRef(name) for name in same}
        )
        newer = newer.filter(family=OuterRef("family"))
        after = Q(held_on__gt=OuterRef("held_on")) | Q(held_on=OuterRef("held_on"), pk__gt=OuterRef("pk"))
        last: QuerySet[Any] = rows.alias(family=FAMILY).filter(~Exists(newer.filter(after)))
        return last
    if kind.register == "lot":
        return rows.filter(quantity__gt=0)
    if kind.register == "qualification":
        return rows.filter(person__retired_at__isnull=True)
    return rows


# A re-evaluation takes the place of the evaluation before it, and the other way round.
FAMILY = Replace(F("kind"), Value("re_"), Value(""))
LAST_ONLY: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "team_review": (TeamReview, ("team",)),
    "member_review": (MemberReview, ("team", "person")),
}


def seen(kind: DueKind, user: User, unit: str) -> Days:
    """Return the records of a kind that a user may see, under a unit where its code is given, by their days."""
    register = register_called(kind.register)
    paths = user.paths_with(register.see)
    if unit:
        under = Organisation.objects.filter(code=unit).values_list("path", flat=True).first()
        paths = within(paths, under) if under else []
    days = Days(model_of(register), paths, kind.field)
    days.rows = due_rows(kind, days.rows)
    return days


def span(kind: DueKind, state: str, today: date) -> tuple[date, date]:
    """Return the first and the last day of what is late, of what is due soon, or of both."""
    first = today if state == "soon" else BEFORE_ALL
    return first, today - timedelta(days=1) if state == "late" else today + kind.horizon


def kinds_for(user: User, filters: DueFilters) -> list[DueKind]:
    kinds = [one for one in content.due_kinds().values() if filters.kind in ("", one.code)]
    return [one for one in kinds if user.paths_with(register_called(one.register).see)]


def due_page(
    user: User, *, today: date, now: datetime, filters: DueFilters, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[DueRow]:
    """Return a page of what falls due, the longest overdue first. One goes forward only; a cursor begins anywhere."""
    _, edge = open_cursor(cursor, ORDER)
    streams = [keys_of(kind, user, filters, today, edge, size + 1) for kind in kinds_for(user, filters)]
    found = list(islice(merge(*streams), size + 1))
    rows = described(found[:size], today, now)
    more = found[size - 1] if len(found) > size else None
    return Page(rows, cursor_at("f", ORDER, list(more)) if more is not None else None)


def keys_of(
    kind: DueKind, user: User, filters: DueFilters, today: date, edge: Sequence[Any] | None, count: int
) -> list[tuple[date, str, int]]:
    """Return the first keys (day, kind, record) of a kind behind the edge."""
    days = seen(kind, user, filters.unit)
    since, until = span(kind, filters.state, today)
    if edge is not None:
        day, code, pk = edge
        is_behind = Q(day__gt=day)
        if kind.code > code:
            is_behind |= Q(day=day)
        elif kind.code == code:
            is_behind |= Q(day=day, pk__gt=pk)
        days.rows, since = days.rows.filter(is_behind), max(since, day)
    found = days.earliest(count, until=until, since=since).order_by("day", "pk").values_list(kind.field, "pk")
    return [(due_on, kind.code, pk) for due_on, pk in found[:count]]


def described(keys: Sequence[tuple[date, str, int]], today: date, now: datetime) -> tuple[DueRow, ...]:
    """Fetch what the rows of a page show, with a fixed number of queries for each kind among them."""
    by_kind: dict[str, list[int]] = {}
    for _, code, pk in keys:
        by_kind.setdefault(code, []).append(pk)
    records: dict[tuple[str, int], tuple[Text, str]] = {}
    for code, pks in by_kind.items():
        register = register_called(content.due_kinds()[code].register)
        for row in with_references(register, records_of(register)).filter(pk__in=pks):
            records[code, row.pk] = (name_of(register, row, now), row.org_path)
    units = {unit.path: unit for unit in Organisation.objects.filter(path__in={path for _, path in records.values()})}
    told = last_told(by_kind)
    found = []
    for due_on, code, pk in keys:
        name, path = records[code, pk]
        unit = units.get(path)
        step = told.get((code, pk, due_on))
        found.append(
            DueRow(
                kind=content.due_kinds()[code],
                pk=pk,
                name=name,
                unit=Text(unit.name_zh, unit.name_en) if unit else Text(),
                unit_code=unit.code if unit else "",
                due_on=due_on,
                days=(due_on - today).days,
                told=step.step if step else "",
                told_at=step.taken_at if step else None,
            )
        )
    return tuple(found)


def name_of(register: Register, row: Any, now: datetime) -> Text:
    return as_record(register, row, now).name


def last_told(by_kind: Mapping[str, Iterable[int]]) -> dict[tuple[str, int, date], DueStep]:
    condition = Q(pk__in=[])
    for code, pks in by_kind.items():
        condition |= Q(kind=code, record_id__in=list(pks))
    rows = DueStep.objects.filter(condition, is_told=True).order_by("pk")
    return {(row.kind, row.record_id, row.due_on): row for row in rows}


def due_counts(user: User, *, today: date, filters: DueFilters | None = None) -> DueCounts:
    """Count what is late, and what falls due within a month, up to a limit."""
    wanted = filters or DueFilters()
    late = soon = 0
    for kind in kinds_for(user, wanted):
        days = seen(kind, user, wanted.unit)
        if late <= COUNTED:
            late += days.number(COUNTED + 1, until=today - timedelta(days=1))
        if soon <= COUNTED:
            month = min(kind.horizon, timedelta(days=30))
            soon += days.number(COUNTED + 1, since=today, until=today + month)
    return DueCounts(Count(min(late, COUNTED), late > COUNTED), Count(min(soon, COUNTED), soon > COUNTED))
