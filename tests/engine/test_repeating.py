"""When the rounds of a repeated campaign open and are due: by the calendar, reckoned from the first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.campaigns import MONTHS, Every, RoundsOverlap, Series, coming_round, later, refuse_overlap, round_of

CHINA, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = CHINA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def series(opens: str, due: str, every: Every = Every.MONTH, zone: ZoneInfo = CHINA) -> Series:
    return Series(at(opens, zone), at(due, zone), every, zone)


def days(found: Series, numbers: range) -> list[str]:
    return [f"{round_of(found, number).opens_at.astimezone(found.zone):%Y-%m-%d %H:%M}" for number in numbers]


def test_what_opens_on_the_31st_opens_on_the_last_day_of_shorter_months_and_on_the_31st_again() -> None:
    found = series("2027-01-31T09:00", "2027-02-10T18:00")
    assert days(found, range(5)) == [
        "2027-01-31 09:00",
        "2027-02-28 09:00",
        "2027-03-31 09:00",
        "2027-04-30 09:00",
        "2027-05-31 09:00",
    ]


def test_the_29th_of_february_comes_back_in_leap_years_alone() -> None:
    found = series("2028-02-29T09:00", "2028-03-10T18:00", Every.YEAR)
    assert days(found, range(5))[1:] == [
        "2029-02-28 09:00",
        "2030-02-28 09:00",
        "2031-02-28 09:00",
        "2032-02-29 09:00",
    ]
    assert days(series("2099-02-28T09:00", "2099-03-10T09:00", Every.YEAR), range(1, 2)) == ["2100-02-28 09:00"]


def test_a_quarter_is_three_months_across_the_turn_of_the_year() -> None:
    found = series("2026-11-30T08:00", "2026-12-15T18:00", Every.QUARTER)
    assert days(found, range(1, 4)) == ["2027-02-28 08:00", "2027-05-30 08:00", "2027-08-30 08:00"]


def test_the_hour_on_the_wall_stays_when_summer_time_begins() -> None:
    found = series("2027-03-01T09:00", "2027-03-20T18:00", zone=BERLIN)
    assert days(found, range(2)) == ["2027-03-01 09:00", "2027-04-01 09:00"]
    assert round_of(found, 1).opens_at.utcoffset() == timedelta(0)
    assert round_of(found, 1).opens_at - round_of(found, 0).opens_at == timedelta(days=31) - timedelta(hours=1)


def test_a_round_that_would_be_due_before_it_opens_lasts_as_long_as_the_first() -> None:
    found = series("2027-01-30T17:00", "2027-01-31T09:00")
    february = round_of(found, 1)
    assert february.due_at - february.opens_at == timedelta(hours=16)


def test_rounds_that_were_slept_through_are_left_out() -> None:
    found = series("2027-01-01T09:00", "2027-01-15T18:00")
    assert coming_round(found, after=0, now=at("2027-01-20T00:00")).number == 1
    assert coming_round(found, after=0, now=at("2027-05-03T00:00")).number == 4
    assert coming_round(found, after=0, now=at("2027-05-15T18:00")).number == 5


def test_a_round_may_not_be_due_after_the_next_one_opens() -> None:
    refuse_overlap(series("2027-01-01T09:00", "2027-02-01T09:00"))
    with pytest.raises(RoundsOverlap, match="every month"):
        refuse_overlap(series("2027-01-01T09:00", "2027-02-01T09:01"))
    refuse_overlap(series("2027-01-01T09:00", "2027-03-01T09:00", Every.QUARTER))


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
PERIODS = st.sampled_from(Every)
ZONES = st.sampled_from([CHINA, BERLIN, ZoneInfo("America/St_Johns")])


@st.composite
def all_series(draw: st.DrawFn) -> Series:
    """Series that are accepted: due after they open, at the latest when the next one opens."""
    opens_at, every, zone = draw(MOMENTS), draw(PERIODS), draw(ZONES)
    longest = later(opens_at, MONTHS[every], zone) - opens_at
    share = draw(st.floats(0.001, 1))
    return Series(opens_at, opens_at + longest * share, every, zone)


@given(all_series(), st.integers(0, 200))
def test_every_round_is_due_after_it_opens_and_before_the_next_opens(found: Series, number: int) -> None:
    one, following = round_of(found, number), round_of(found, number + 1)
    assert one.opens_at < one.due_at <= following.opens_at


@given(all_series(), st.integers(0, 30), st.integers(0, 4000))
def test_the_coming_round_can_be_answered_and_no_earlier_one_can(found: Series, after: int, gone: int) -> None:
    now = found.opens_at + timedelta(days=gone)
    coming = coming_round(found, after=after, now=now)
    assert coming.number > after
    assert coming.due_at > now
    assert all(round_of(found, number).due_at <= now for number in range(after + 1, coming.number))
