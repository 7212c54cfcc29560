"""Days in bands, as statistics count them: what runs out when, and how old things are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from youbei.engine.registers.field import Field
from youbei.engine.text import Text

# Dates that end something; all other dates begin it.
ENDS = frozenset(
    {
        "expires_on",
        "valid_until",
        "insured_until",
        "grade_until",
        "term_ends_on",
        "inspected_until",
        "next_due_on",
        "next_test_on",
    }
)


@dataclass(frozen=True, slots=True)
class Band:
    """A span of days, both ends included; None is open. `key` names it in the order of time."""

    key: str
    title: Text
    first: date | None
    last: date | None


def bands_of(field: Field, today: date) -> tuple[Band, ...]:
    """Return the bands of a date, without gap or overlap: what is left of it where it ends something, else its age."""
    return ending(today) if field.name in ENDS else aged(today)


def ending(today: date) -> tuple[Band, ...]:
    def day(days: int) -> date:
        return today + timedelta(days=days)

    return (
        Band("0", Text("已过期", "past"), None, day(-1)),
        Band("1", Text("30 天内到期", "within 30 days"), today, day(30)),
        Band("2", Text("31–90 天", "31 to 90 days"), day(31), day(90)),
        Band("3", Text("91–365 天", "91 to 365 days"), day(91), day(365)),
        Band("4", Text("一年以后", "after a year"), day(366), None),
    )


def aged(today: date) -> tuple[Band, ...]:
    def ago(years: int) -> date:
        return today - timedelta(days=365 * years)

    return (
        Band("0", Text("一年内", "less than 1 year"), ago(1) + timedelta(days=1), None),
        Band("1", Text("1–3 年", "1 to 3 years"), ago(3) + timedelta(days=1), ago(1)),
        Band("2", Text("3–5 年", "3 to 5 years"), ago(5) + timedelta(days=1), ago(3)),
        Band("3", Text("5–10 年", "5 to 10 years"), ago(10) + timedelta(days=1), ago(5)),
        Band("4", Text("十年以上", "more than 10 years"), None, ago(10)),
    )


def clipped(
    first: date | None, last: date | None, within: tuple[date | None, date | None]
) -> tuple[date | None, date | None]:
    """Return the days that lie in both spans."""
    low = [day for day in (first, within[0]) if day is not None]
    high = [day for day in (last, within[1]) if day is not None]
    return (max(low) if low else None, min(high) if high else None)
