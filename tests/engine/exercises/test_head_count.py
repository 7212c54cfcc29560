"""Who is at the assembly point, when, and who is missing still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.exercises.head_count import GroupCount, result_of, standing_of

ALARM = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)


def group(key: str, expected: int, seconds: int | None = None, missing: int = 0, found: int = 0) -> GroupCount:
    if seconds is None:
        return GroupCount(key, expected)
    return GroupCount(key, expected, ALARM + timedelta(seconds=seconds), expected - missing, missing, found)


def test_the_time_is_that_of_the_last_class() -> None:
    result = result_of([group("a", 30, 95), group("b", 28, 170)], alarm_at=ALARM, target=timedelta(minutes=2))
    assert result.took == timedelta(seconds=170)
    assert (result.slowest, result.in_time) == ("b", 1)
    assert result.is_complete


def test_a_class_that_has_not_reported_leaves_the_time_open_and_its_pupils_unknown() -> None:
    result = result_of([group("a", 30, 95), group("b", 28)], alarm_at=ALARM)
    assert result.took is None
    assert result.people_unknown == 28
    assert result.missing == 0
    assert not result.is_complete


def test_nobody_waits_for_an_empty_class() -> None:
    assert result_of([group("a", 30, 95), group("away", 0)], alarm_at=ALARM).is_complete


def test_who_is_found_is_no_longer_missing() -> None:
    assert result_of([group("a", 30, 95, missing=2, found=1)], alarm_at=ALARM).missing == 1
    assert result_of([group("a", 30, 95, missing=2, found=2)], alarm_at=ALARM).is_complete


def test_a_list_that_is_not_right_shows() -> None:
    assert GroupCount("a", 30, ALARM, 29, 2).surplus == 1
    assert GroupCount("a", 30, ALARM, 29, 1).surplus == 0


def test_a_class_that_leaves_pupils_out_is_not_complete() -> None:
    short = GroupCount("a", 30, ALARM, 26, 0)
    assert (short.surplus, short.unaccounted) == (-4, 4)
    result = result_of([short, group("b", 20, 95)], alarm_at=ALARM)
    assert result.unaccounted == 4
    assert not result.is_complete


def test_a_school_that_never_finished_has_no_time_but_has_held_one() -> None:
    assert standing_of([None, None]).median is None
    assert standing_of([None, None]).held == 2
    assert standing_of([timedelta(seconds=100), None, timedelta(seconds=140)]).median == timedelta(seconds=120)
    assert standing_of([]).held == 0


groups = st.builds(
    group,
    key=st.sampled_from("abcdef"),
    expected=st.integers(0, 50),
    seconds=st.none() | st.integers(0, 900),
    missing=st.integers(0, 5),
    found=st.integers(0, 9),
)


@given(st.lists(groups, max_size=8))
def test_nobody_is_lost_from_the_books(rows: list[GroupCount]) -> None:
    """Law: expected = counted + still missing + unknown, whatever has been reported."""
    result = result_of(rows, alarm_at=ALARM)
    awaited = [row for row in rows if row.expected or row.is_reported]
    off = sum(row.surplus for row in awaited)
    assert result.counted + result.missing + result.people_unknown == result.expected + off
