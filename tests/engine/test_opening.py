"""Opening hours are read in both languages; what cannot be read is never taken for open."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.opening import Different, Hours, HoursRefused, read_hours, spans_of_day, standing

SHANGHAI = ZoneInfo("Asia/Shanghai")
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


BERLIN = ZoneInfo("Europe/Berlin")


def different(first: str, last: str, hours_text: str, **more: Any) -> Different:
    return Different(date.fromisoformat(first), date.fromisoformat(last), spans_of_day(hours_text), **more)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


REPAIR = different("2026-11-20", "2027-02-10", "", reason="repair")
EXAM = different("2026-11-28", "2026-11-28", "06:00-20:00", reason="exam")


@pytest.mark.parametrize(
    ("moment", "is_open", "because"),
    [
        ("2026-11-19 10:00", True, None),
        ("2026-11-25 10:00", False, "repair"),
        ("2026-11-28 07:00", True, "exam"),
        ("2026-11-28 21:00", False, "exam"),
        ("2027-02-11 09:00", True, None),
    ],
)
def test_the_row_for_the_fewest_days_decides(moment: str, is_open: bool, because: str | None) -> None:
    found = standing("24 h", [REPAIR, EXAM], at=at(moment), zone=SHANGHAI)
    assert found.is_open is is_open
    assert (found.because.reason if found.because else None) == because


def test_a_long_repair_says_when_it_ends() -> None:
    found = standing("Mon-Fri 08:00-18:00", [REPAIR], at=at("2026-11-25 10:00"), zone=SHANGHAI)
    assert found.changes_at == at("2027-02-11 08:00")


def test_a_holiday_comes_every_year_also_over_new_year() -> None:
    winter = different("2025-12-30", "2026-01-02", "", is_yearly=True)
    assert [winter.holds(date.fromisoformat(day)) for day in ("2030-12-31", "2031-01-02", "2031-01-03")] == [
        True,
        True,
        False,
    ]


def test_without_a_line_only_the_days_of_rows_are_known() -> None:
    assert standing("", [EXAM], at=at("2026-11-25 10:00"), zone=SHANGHAI).is_open is None
    assert standing("by appointment", [EXAM], at=at("2026-11-28 10:00"), zone=SHANGHAI).is_open is True
    assert standing("by appointment", [REPAIR], at=at("2026-11-25 10:00"), zone=SHANGHAI).changes_at is None


def test_hours_are_those_of_the_wall_when_the_clocks_change() -> None:
    """Berlin goes back from 3 to 2 on 2026-10-25: opening at 08:00 is an hour later in UTC than the day before."""
    saturday = standing("daily 08:00-18:00", [], at=at("2026-10-24 07:00", BERLIN), zone=BERLIN)
    sunday = standing("daily 08:00-18:00", [], at=at("2026-10-25 07:00", BERLIN), zone=BERLIN)
    assert saturday.changes_at == datetime(2026, 10, 24, 6, tzinfo=UTC)
    assert sunday.changes_at == datetime(2026, 10, 25, 7, tzinfo=UTC)


def test_hours_that_are_none_are_refused() -> None:
    with pytest.raises(HoursRefused):
        spans_of_day("morning")
    assert spans_of_day("") == spans_of_day("关闭") == ()
