"""Opening hours are read in both languages; what cannot be read is never taken for open."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.opening import Hours, read_hours

WEEK = "Mon-Fri 08:00-12:00, 14:00-18:00; Sat 09:00-12:00; 10-01 closed; 2026-11-28 20:00-02:00"


def hours(text: str) -> Hours:
    found = read_hours(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-25 08:00", True),
        ("2026-11-25 12:00", False),
        ("2026-11-25 13:00", False),
        ("2026-11-25 17:59", True),
        ("2026-11-21 10:00", True),  # a Saturday
        ("2026-11-22 10:00", False),  # a Sunday
        ("2026-10-01 10:00", False),
        ("2026-11-28 10:00", False),  # a Saturday that is different
        ("2026-11-28 23:00", True),
        ("2026-11-29 01:59", True),
        ("2026-11-29 02:00", False),
    ],
)
def test_open_and_closed(at: str, is_open: bool) -> None:
    assert hours(WEEK).is_open(datetime.fromisoformat(at)) is is_open


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("周一至周五 08:00-18:00", "Mon-Fri 08:00-18:00"),
        ("全天", "24 h"),
        ("工作日 09:00—17:00；周末 关闭", "workdays 09:00-17:00; weekend closed"),
        ("每天 20:00-06:00", "20:00-06:00"),
        ("周六至周一 全天", "Sa-Mo 24h"),
    ],
)
def test_both_languages_say_the_same(chinese: str, english: str) -> None:
    assert hours(chinese) == hours(english)


@pytest.mark.parametrize(
    "text", ["", "on request", "视情况", "Mon 25:00-26:00", "Mon-Nix 08:00-09:00", "13-45 closed", "Mon"]
)
def test_what_cannot_be_read_stays_a_text(text: str) -> None:
    assert read_hours(text) is None


def test_always_has_no_next_change() -> None:
    assert hours("24/7").next_change(datetime(2026, 11, 25, 3)) is None


@given(st.datetimes(datetime(2026, 9, 25), datetime(2026, 12, 5)))
def test_until_the_next_change_nothing_changes(at: datetime) -> None:
    found = hours(WEEK)
    change = found.next_change(at)
    assert change is not None
    assert found.is_open(change) is not found.is_open(at)
    moment = at
    while moment < change:
        assert found.is_open(moment) is found.is_open(at)
        moment += timedelta(minutes=29)
