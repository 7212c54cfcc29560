"""Whoever follows the log gets every entry that they see, in order, and no page walks over more than some entries."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.built_once import built_once
from youbei.actions.access import create_user
from youbei.actions.registers.people import create_organisation
from youbei.engine.access import Role
from youbei.records.models import LogEntry, LogHead, User
from youbei.records.models.scope import SORTED_QUICKLY
from youbei.records.reports.log import LogFilter, following

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
ALL = LogFilter()
STEPS = 700


@built_once
def watchers() -> dict[str, User]:
    """A city with a district that has many entries, all of them early, a school with few, and a long run after."""
    made = {}
    units = {"city": create_organisation(by=None, now=NOW, code="city", kind="government", name_zh="市", parent=None)}
    for name in ("district", "school", "other"):
        units[name] = create_organisation(
            by=None, now=NOW, code=name, kind="government", name_zh=name, parent=units["city"]
        )
    for name, unit in units.items():
        made[name] = create_user(by=None, now=NOW, username=name, grants=((Role.OBSERVER, unit),))
    first = LogHead.objects.get().position + 1
    early = SORTED_QUICKLY + 500
    rows = []
    for number in range(early + 4 * STEPS):
        name = "school" if number % 400 == 9 else "district" if number < early or number % 1900 == 0 else "other"
        rows.append(
            LogEntry(
                position=first + number,
                stream=f"register:team:{number}",
                seq=1,
                at=NOW,
                recorded_at=NOW,
                mode="real",
                kind="record.changed" if number % 3 else "record.created",
                version=1,
                data="{}",
                by_id="system",
                by_label="system",
                org_path=units[name].path,
                prev_hash="",
                hash=str(first + number),
            )
        )
    LogEntry.objects.bulk_create(rows, batch_size=500)
    LogHead.objects.update(position=rows[-1].position, hash=rows[-1].hash)
    return made


def seen_by(user: User, kind: str = "") -> list[int]:
    rows = LogEntry.objects.visible_to(user).order_by("position")
    return list((rows.filter(kind=kind) if kind else rows).values_list("position", flat=True))


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["city", "district", "school", "other"]),
    share=st.floats(0, 1),
    size=st.integers(60, 400),
    kind=st.sampled_from(["", "record.created"]),
)
def test_page_by_page_comes_what_one_sees_and_nothing_twice(
    watchers: dict[str, User], name: str, share: float, size: int, kind: str
) -> None:
    user, last = watchers[name], LogHead.objects.get().position
    after, filters = int(share * last), LogFilter(kind=kind)
    found: list[int] = []
    cursor: str | None = None
    while True:
        page = following(user, filters, cursor=cursor, size=size, after=after, steps=STEPS)
        found += [line.position for line in page.rows]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert found == [one for one in seen_by(user, kind) if one > after]


def test_the_way_back_comes_to_the_beginning(watchers: dict[str, User]) -> None:
    user = watchers["district"]
    seen = seen_by(user)
    cursors: list[str | None] = [None]
    while (onward := following(user, ALL, cursor=cursors[-1], size=200, after=0, steps=STEPS).next_cursor) is not None:
        cursors.append(onward)
    page = following(user, ALL, cursor=cursors[-1], size=200, after=0, steps=STEPS)
    found = [line.position for line in page.rows]
    while page.previous_cursor is not None:
        page = following(user, ALL, cursor=page.previous_cursor, size=200, after=0, steps=STEPS)
        found = [line.position for line in page.rows] + found
    assert found == seen


def test_a_page_behind_the_last_that_one_sees_is_empty_and_says_where_to_go_on(watchers: dict[str, User]) -> None:
    user = watchers["district"]
    behind = [one for one in seen_by(user) if one < LogHead.objects.get().position - 3 * STEPS][-1]
    page = following(user, ALL, cursor=None, size=50, after=behind, steps=STEPS // 10)
    assert page.rows == ()
    assert page.next_cursor is not None
    with CaptureQueriesContext(connection) as asked:
        following(user, ALL, cursor=page.next_cursor, size=50, after=behind, steps=STEPS // 10)
    (walked,) = [one["sql"] for one in asked if "LIMIT 51" in one["sql"]]
    assert f'"position" <= {behind + 2 * (STEPS // 10)}' in walked


def test_who_sees_few_entries_is_answered_at_once_however_far_apart_they_lie(watchers: dict[str, User]) -> None:
    user = watchers["school"]
    page = following(user, ALL, cursor=None, size=50, after=0, steps=10)
    assert [line.position for line in page.rows] == seen_by(user)
    assert page.next_cursor is None
