"""Findings: the list with its filters, how many stand where, and one with its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from django.db.models import Q, QuerySet

from youbei.engine.access import Permission
from youbei.engine.findings.kinds import Element, FindingSeverity, Source
from youbei.engine.findings.life import State
from youbei.engine.text import Text
from youbei.records.models import Finding, Organisation, User
from youbei.records.pages import PAGE_SIZE, Page, keyset_page

# Counting stops here: what matters is that there are many.
COUNTED = 1000
WAITING = (State.RECTIFIED.value, State.EXPLAINED.value)


@dataclass(frozen=True, slots=True)
class FindingFilters:
    """Narrow the list; empty means all. `state` is a state, or `late`, `active`, `waiting`, `closed`."""

    state: str = ""
    source: str = ""
    severity: str = ""
    element: str = ""
    unit: str = ""
    plan: str = ""
    run: str = ""
    text: str = ""

    @property
    def as_data(self) -> dict[str, str]:
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name))}


GROUPS = ("active", "late", "waiting", "closed")
CHOICES = {
    "state": {*GROUPS, *(one.value for one in State)},
    "source": {one.value for one in Source},
    "severity": {one.value for one in FindingSeverity},
    "element": {one.value for one in Element},
}


def read_finding_filters(given: dict[str, str]) -> FindingFilters:
    """Return the filters that an address names; what is no choice narrows nothing."""
    known = {name: given.get(name, "") for name in CHOICES if given.get(name, "") in CHOICES[name]}
    numbers = {name: given.get(name, "") for name in ("plan", "run") if given.get(name, "").isdecimal()}
    numbers = {name: value for name, value in numbers.items() if value.isascii() and len(value) <= 18}
    words = {"unit": given.get("unit", "").strip()[:100], "text": given.get("text", "").strip()[:100]}
    return FindingFilters(**known, **numbers, **words)


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One line of the list."""

    finding: Finding
    title: Text
    unit: Text
    is_late: bool
    days: int | None


def narrowed(rows: QuerySet[Finding], filters: FindingFilters, today: date) -> QuerySet[Finding]:
    for name in ("source", "severity", "element"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    if filters.state:
        rows = rows.filter(in_state(filters.state, today))
    if filters.unit:
        unit = Organisation.objects.filter(code=filters.unit).first()
        rows = rows.filter(org_path__under=unit.path) if unit else rows.none()
    if filters.plan:
        rows = rows.filter(plan_id=int(filters.plan))
    if filters.run:
        rows = rows.filter(run_id=int(filters.run))
    if filters.text:
        number = filters.text.lstrip("#")
        condition = Q(title_zh__icontains=filters.text) | Q(title_en__icontains=filters.text)
        if number.isascii() and number.isdecimal() and len(number) <= 18:
            condition |= Q(pk=int(number))
        rows = rows.filter(condition)
    return rows


def in_state(state: str, today: date) -> Q:
    if state == "late":
        return Q(deadline_on__lt=today)
    if state == "active":
        return Q(closed_at__isnull=True)
    if state == "closed":
        return Q(closed_at__isnull=False)
    if state == "waiting":
        return Q(state__in=WAITING)
    return Q(state=state)


def finding_page(
    user: User,
    *,
    today: date,
    filters: FindingFilters | None = None,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[FindingRow]:
    """Return a page of the findings that a person may see: newest first, or the latest first among those late."""
    wanted = filters or FindingFilters()
    rows = (
        narrowed(Finding.objects.newest_visible_to(user), wanted, today)
        .select_related("organisation", "incident", "plan", "plan_version")
        .defer("plan_version__data")
    )
    order = ("deadline_on", "id") if wanted.state == "late" else ("-id",)

    def read(found: Sequence[Finding]) -> list[FindingRow]:
        return [finding_row(row, today) for row in found]

    return keyset_page(rows, order=order, cursor=cursor, read=read, size=size)


def finding_row(row: Finding, today: date) -> FindingRow:
    days = None if row.deadline_on is None else (row.deadline_on - today).days
    unit = row.organisation
    return FindingRow(
        row, Text(row.title_zh, row.title_en), Text(unit.name_zh, unit.name_en), days is not None and days < 0, days
    )


def finding_counts(user: User, *, today: date, filters: FindingFilters | None = None) -> dict[str, int]:
    """Count by group of states, each up to `COUNTED`; the other filters hold."""
    wanted = filters or FindingFilters()
    rest = {one.name: getattr(wanted, one.name) for one in fields(wanted) if one.name != "state"}
    found = {}
    for group in GROUPS:
        rows = narrowed(Finding.objects.visible_to(user), FindingFilters(state=group, **rest), today)
        found[group] = rows.order_by()[:COUNTED].count()
    return found


def visible_finding(user: User, pk: int) -> Finding | None:
    """Return a finding that a person may see."""
    rows = Finding.objects.visible_to(user, Permission.SEE)
    return (
        rows.select_related("organisation", "incident", "run__plan_version", "plan", "plan_version")
        .filter(pk=pk)
        .first()
    )
