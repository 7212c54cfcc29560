"""Head-counts of evacuations: prepared, begun by the alarm, reported class by class."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID, uuid4

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.exercises import head_counts
from youbei.actions.exercises.head_counts import Count
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, PageOf, PageSize, Prose, Slug, Title, When, as_page, find
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import HeadCount, Organisation, User
from youbei.records.reports.exercises import visible_exercise
from youbei.records.reports.head_counts import (
    HeadCountRow,
    head_count_detail,
    head_count_page,
    visible_head_count,
)

router = Router(tags=["head-counts"])
People = Annotated[int, Field(ge=0, le=100_000)]


class HeadCountIn(Body):
    """`target_s` is how many seconds it may take; `exercise` learns of the count as facts of its incident."""

    organisation: Slug
    title: Title
    exercise: UUID | None = None
    is_real: bool = False
    target_s: Annotated[int, Field(ge=1, le=86_400)] | None = None


class GroupCountIn(Body):
    """`at` is when it was counted, by default now; `mark` names the report, so that one sent twice counts once."""

    counted: People
    missing: People = 0
    found: People = 0
    note: Prose = ""
    at: When | None = None
    mark: Slug = ""


class CountedGroup(Schema):
    """One group. `took` is from the alarm to its assembly point; `counted` None while it has not reported."""

    key: str
    name: Text
    expected: int
    counted: int | None
    missing: int
    found: int
    took: timedelta | None
    reported_at: datetime | None


class HeadCountOut(Schema):
    """A head-count as it stands; `took` None until every group has reported."""

    summary: HeadCountRow
    groups_reported: int
    groups_expected: int
    expected: int
    counted: int
    missing: int
    people_unknown: int
    unaccounted: int
    is_complete: bool
    took: timedelta | None
    groups: list[CountedGroup]


def shown(row: HeadCount, by: User) -> HeadCountOut:
    detail = head_count_detail(visible_head_count(row.pk, by))
    stands = detail.result
    return HeadCountOut(
        summary=detail.row,
        groups_reported=stands.reported,
        groups_expected=stands.groups,
        expected=stands.expected,
        counted=stands.counted,
        missing=stands.missing,
        people_unknown=stands.people_unknown,
        unaccounted=stands.unaccounted,
        is_complete=stands.is_complete,
        took=stands.took,
        groups=[
            CountedGroup(
                key=one.key,
                name=one.name,
                expected=one.count.expected,
                counted=one.count.counted,
                missing=one.count.missing,
                found=one.count.found,
                took=one.took,
                reported_at=one.reported_at,
            )
            for one in detail.groups
        ],
    )


@router.get("/head-counts", response=PageOf[HeadCountRow], **may(Permission.SEE))
def list_head_counts(request: HttpRequest, cursor: Cursor = "", size: PageSize = 50) -> dict[str, Any]:
    """List the head-counts you may see, newest first."""
    return as_page(head_count_page(caller(request), cursor=cursor, size=size))


@router.post("/head-counts", response={201: HeadCountOut}, **may(Permission.RUN_EXERCISE))
@idempotent
def prepare_head_count(request: HttpRequest, body: HeadCountIn) -> Status[HeadCountOut]:
    """Prepare a head-count of a unit, with a group for each class of the register, the staff and visitors."""
    by = caller(request)
    row = head_counts.prepare_head_count(
        by=by,
        now=clock.now(),
        organisation=find(Organisation.objects.visible_to(by), code=body.organisation),
        title=body.title,
        exercise=visible_exercise(body.exercise, by) if body.exercise else None,
        is_real=body.is_real,
        target=timedelta(seconds=body.target_s) if body.target_s else None,
    )
    return Status(201, shown(row, by))


@router.get("/head-counts/{head_count_id}", response=HeadCountOut, **may(Permission.SEE))
def get_head_count(request: HttpRequest, head_count_id: UUID) -> HeadCountOut:
    """Return one head-count as it stands."""
    by = caller(request)
    return shown(visible_head_count(head_count_id, by), by)


@router.post("/head-counts/{head_count_id}/alarm", response=HeadCountOut, **may(Permission.SEE))
@idempotent
def sound_alarm(request: HttpRequest, head_count_id: UUID) -> HeadCountOut:
    """Sound the alarm: times count from here."""
    by = caller(request)
    row = visible_head_count(head_count_id, by)
    return shown(head_counts.sound_alarm(by=by, now=clock.now(), head_count=row), by)


@router.put("/head-counts/{head_count_id}/groups/{key}", response=HeadCountOut, **may(Permission.SEE))
@idempotent
def report_group(request: HttpRequest, head_count_id: UUID, key: Slug, body: GroupCountIn) -> HeadCountOut:
    """Report the count of a group; of two, the one counted later stands."""
    by, now = caller(request), clock.now()
    row = visible_head_count(head_count_id, by)
    count = Count(body.counted, body.missing, body.at or now, body.mark or uuid4().hex, body.found, body.note)
    head_counts.report_group(by=by, now=now, head_count=row, key=key, count=count, via="api")
    return shown(row, by)


@router.post("/head-counts/{head_count_id}/end", response=HeadCountOut, **may(Permission.SEE))
@idempotent
def end_head_count(request: HttpRequest, head_count_id: UUID) -> HeadCountOut:
    """End a head-count."""
    by = caller(request)
    row = visible_head_count(head_count_id, by)
    return shown(head_counts.end_head_count(by=by, now=clock.now(), head_count=row), by)
