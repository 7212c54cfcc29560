"""Head-counts as pages show them: the list, one as it stands, a unit's over time, and the league of schools."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from youbei.engine.access import Permission
from youbei.engine.errors import NotFound
from youbei.engine.exercises.head_count import GroupCount, HeadCountResult, Standing, result_of, standing_of
from youbei.engine.text import Text
from youbei.records.models import HeadCount, HeadCountGroup, Organisation, User
from youbei.records.pages import PAGE_SIZE, Page, keyset_page
from youbei.records.reports.names import name_of

EARLIER = 12
MOST_SCHOOLS = 2_000


@dataclass(frozen=True, slots=True)
class HeadCountRow:
    """A head-count in a list; `took` is None where some group never reported."""

    pk: UUID
    title: str
    organisation: Text
    is_real: bool
    alarm_at: datetime | None
    ended_at: datetime | None
    took: timedelta | None
    target: timedelta | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group as it stands; `took` is from the alarm to its assembly point."""

    pk: int
    key: str
    name: Text
    place: str
    assembly: str
    enrolled: int
    absent: int
    count: GroupCount
    took: timedelta | None
    is_late: bool
    note: str
    reported_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeadCountDetail:
    """A head-count with its groups (those that have not reported first) and the earlier ones of the unit."""

    row: HeadCountRow
    org_path: str
    organisation_pk: int
    exercise_pk: UUID | None
    result: HeadCountResult
    groups: tuple[GroupRow, ...]
    slowest: Text
    earlier: tuple[HeadCountRow, ...]


class HeadCountNotFound(NotFound):
    """Refuse because there is no such head-count, or none that this person may see."""


def visible_head_count(pk: UUID, user: User) -> HeadCount:
    row = HeadCount.objects.visible_to(user).select_related("organisation", "exercise").filter(pk=pk).first()
    if row is None:
        raise HeadCountNotFound(
            zh="没有这次清点，或您无权查看。请从列表中选择。",
            en="There is no such head-count, or none that you may see. Choose one from the list.",
        )
    return row


def head_count_page(user: User, *, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[HeadCountRow]:
    """Return a page of the head-counts, newest first."""
    rows = HeadCount.objects.visible_to(user).select_related("organisation")
    return keyset_page(rows, order=("-created_at", "-id"), cursor=cursor, read=head_count_rows, size=size)


def head_count_rows(rows: Sequence[HeadCount]) -> list[HeadCountRow]:
    return [head_count_row(row) for row in rows]


def head_count_row(row: HeadCount) -> HeadCountRow:
    return HeadCountRow(
        pk=row.pk,
        title=row.title,
        organisation=name_of(row.organisation),
        is_real=row.is_real,
        alarm_at=row.alarm_at,
        ended_at=row.ended_at,
        took=None if row.took_s is None else timedelta(seconds=row.took_s),
        target=None if row.target_s is None else timedelta(seconds=row.target_s),
    )


def head_count_detail(row: HeadCount) -> HeadCountDetail:
    """Return a head-count that the caller may see."""
    shown = head_count_row(row)
    groups = [group_row(one, row.alarm_at, shown.target) for one in row.groups.all()]
    groups.sort(
        key=lambda one: (
            one.count.is_reported,
            not one.count.expected,
            one.count.still_missing + one.count.unaccounted == 0,
            one.pk,
        )
    )
    found = result_of((one.count for one in groups), alarm_at=row.alarm_at, target=shown.target)
    before = HeadCount.objects.filter(organisation=row.organisation, alarm_at__isnull=False).exclude(pk=row.pk)
    if row.alarm_at is not None:
        before = before.filter(alarm_at__lt=row.alarm_at)
    return HeadCountDetail(
        row=shown,
        org_path=row.org_path,
        organisation_pk=row.organisation_id,
        exercise_pk=row.exercise_id,
        result=found,
        groups=tuple(groups),
        slowest=next((one.name for one in groups if one.key == found.slowest), Text()),
        earlier=tuple(head_count_rows(list(before.select_related("organisation").order_by("-alarm_at")[:EARLIER]))),
    )


def group_row(one: HeadCountGroup, alarm_at: datetime | None, target: timedelta | None) -> GroupRow:
    took = None if one.arrived_at is None or alarm_at is None else max(timedelta(0), one.arrived_at - alarm_at)
    return GroupRow(
        pk=one.pk,
        key=one.key,
        name=name_of(one),
        place=one.place,
        assembly=one.assembly,
        enrolled=one.enrolled,
        absent=one.absent,
        count=GroupCount(one.key, one.expected, one.arrived_at, one.counted, one.missing, one.found),
        took=took,
        is_late=took is not None and target is not None and took > target,
        note=one.note,
        reported_at=one.reported_at,
    )


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """How one school stands in the period."""

    organisation: Text
    organisation_pk: int
    standing: Standing
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class League:
    """The schools of an area in a period. Who held none is listed, and counts in `schools`.

    `held` is how many schools held any, `complete` how many have at least one in which every class reported: only
    these have a time. `is_cut` where the area has more schools than are shown.
    """

    rows: tuple[LeagueRow, ...]
    schools: int
    held: int
    complete: int
    is_cut: bool


def league(user: User, *, since: datetime, until: datetime) -> League:
    """Return how the schools that a user may see stand: drills alone, those with the best time first, then the rest."""
    schools: QuerySet[Organisation] = Organisation.objects.visible_to(user, Permission.SEE).filter(
        kind=Organisation.Kind.SCHOOL, retired_at=None
    )
    units = list(schools.order_by("path")[: MOST_SCHOOLS + 1])
    shown = units[:MOST_SCHOOLS]
    times: dict[int, list[timedelta | None]] = defaultdict(list)
    last: dict[int, datetime] = {}
    counts = HeadCount.objects.filter(
        organisation__in=[unit.pk for unit in shown], is_real=False, alarm_at__gte=since, alarm_at__lt=until
    )
    for unit, took, alarm_at in counts.order_by("alarm_at").values_list("organisation_id", "took_s", "alarm_at"):
        times[unit].append(None if took is None else timedelta(seconds=took))
        if alarm_at is not None:
            last[unit] = alarm_at
    rows = [LeagueRow(name_of(unit), unit.pk, standing_of(times[unit.pk]), last.get(unit.pk)) for unit in shown]
    far = timedelta.max
    rows.sort(key=lambda row: (row.standing.median is None, row.standing.median or far, -row.standing.held))
    return League(
        rows=tuple(rows),
        schools=len(rows),
        held=sum(row.standing.held > 0 for row in rows),
        complete=sum(row.standing.complete > 0 for row in rows),
        is_cut=len(units) > MOST_SCHOOLS,
    )
