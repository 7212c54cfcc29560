"""When a place is open: read from a line such as `Mon-Fri 08:00-18:00; Sat 09:00-12:00; 2026-10-01 closed`.

Days and words may be Chinese or English (`周一至周五 08:00-18:00；10-01 关闭`). `24 h` or `全天` means always. What
cannot be read stays a text for people: nobody is told that a place is open on a guess. Times are those of the wall at
the place; a span that ends before it begins runs into the next day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

DAYS: dict[str, int] = {
    **{word: number for number, word in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))},
    **{word: number for number, word in enumerate(("mo", "tu", "we", "th", "fr", "sa", "su"))},
    **{f"周{word}": number for number, word in enumerate("一二三四五六日")},
    **{f"星期{word}": number for number, word in enumerate("一二三四五六日")},
    "周天": 6,
    "星期天": 6,
}
GROUPS: dict[str, tuple[int, ...]] = {
    "daily": tuple(range(7)),
    "每天": tuple(range(7)),
    "每日": tuple(range(7)),
    "workdays": tuple(range(5)),
    "工作日": tuple(range(5)),
    "weekend": (5, 6),
    "周末": (5, 6),
}
ALWAYS = frozenset({"24h", "24/7", "24小时", "全天", "全天开放", "always"})
CLOSED = frozenset({"closed", "off", "关闭", "不开放", "休息"})
DATE = re.compile(r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
SIGNS = str.maketrans({"；": ";", "，": ",", "：": ":", "—": "-", "–": "-", "－": "-", "～": "-", "至": "-", "、": ","})
DAY = timedelta(days=1)


class Unreadable(ValueError):
    """A line that is not of this form."""


@dataclass(frozen=True, slots=True)
class Span:
    """Open from `start` to `end`; an end at or before the start lies on the next day."""

    start: time
    end: time

    def around(self, day: date) -> tuple[datetime, datetime]:
        begin, end = datetime.combine(day, self.start), datetime.combine(day, self.end)
        return begin, end if end > begin else end + DAY


@dataclass(frozen=True, slots=True)
class Hours:
    """The spans of each weekday (Monday is 0), and of the days that are different: (year or None, month, day)."""

    week: tuple[tuple[Span, ...], ...]
    exceptions: tuple[tuple[int | None, int, int, tuple[Span, ...]], ...] = ()

    def of_day(self, day: date) -> tuple[Span, ...]:
        """Return the spans that begin on a day; a full date goes before one that comes every year."""
        same = [
            one for one in self.exceptions if (one[1], one[2]) == (day.month, day.day) and one[0] in (None, day.year)
        ]
        return max(same, key=lambda one: one[0] or 0)[3] if same else self.week[day.weekday()]

    def is_open(self, at: datetime) -> bool:
        """Say whether it is open at a time of the wall at the place (without a zone)."""
        return any(begin <= at < end for day in (at.date() - DAY, at.date()) for begin, end in self.spans_on(day))

    def spans_on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        return (span.around(day) for span in self.of_day(day))

    def next_change(self, at: datetime, within: int = 14) -> datetime | None:
        """Return when it next opens or closes; None where that is not within so many days."""
        edges = {
            edge
            for offset in range(-1, within)
            for span in self.spans_on(at.date() + offset * DAY)
            for edge in span
            if edge > at
        }
        now = self.is_open(at)
        return next((edge for edge in sorted(edges) if self.is_open(edge) is not now), None)


WHOLE_DAY = (Span(time(0), time(0)),)


def read_hours(text: str) -> Hours | None:
    """Read a line of opening hours; None where it is not of this form."""
    try:
        return read(text)
    except Unreadable:
        return None


def read(text: str) -> Hours:
    week: list[tuple[Span, ...]] = [()] * 7
    exceptions = []
    parts = [part.strip() for part in text.translate(SIGNS).lower().split(";") if part.strip()]
    if not parts:
        raise Unreadable(text)
    for part in parts:
        days, spans = read_part(part)
        if isinstance(days, re.Match):
            year, month, day = days.groups()
            exceptions.append((*checked_date(year, month, day), spans))
            continue
        for number in days:
            week[number] = spans
    return Hours(tuple(week), tuple(exceptions))


def read_part(part: str) -> tuple[re.Match[str] | tuple[int, ...], tuple[Span, ...]]:
    if part.replace(" ", "") in ALWAYS:
        return tuple(range(7)), WHOLE_DAY
    head, _, rest = part.partition(" ")
    if CLOCK.match(part):
        return tuple(range(7)), read_spans(part)
    found = DATE.fullmatch(head)
    return found or read_days(head), read_spans(rest)


def read_days(text: str) -> tuple[int, ...]:
    """Read weekdays: a group, single days and ranges, which may run over the end of the week."""
    days: list[int] = []
    for piece in text.split(","):
        if piece in GROUPS:
            days += GROUPS[piece]
            continue
        first, _, last = piece.partition("-")
        if first not in DAYS or (last and last not in DAYS):
            raise Unreadable(text)
        start, end = DAYS[first], DAYS[last or first]
        days += [number % 7 for number in range(start, end + 1 if end >= start else end + 8)]
    return tuple(days)


def read_spans(text: str) -> tuple[Span, ...]:
    bare = text.replace(" ", "")
    if bare in CLOSED:
        return ()
    if bare in ALWAYS:
        return WHOLE_DAY
    return tuple(read_span(piece) for piece in bare.split(","))


def read_span(text: str) -> Span:
    found = CLOCK.fullmatch(text)
    if found is None:
        raise Unreadable(text)
    first_hour, first_minute, last_hour, last_minute = map(int, found.groups())
    if first_hour > 23 or last_hour > 24 or max(first_minute, last_minute) > 59 or (last_hour == 24 and last_minute):
        raise Unreadable(text)
    return Span(time(first_hour, first_minute), time(last_hour % 24, last_minute))


def checked_date(year: str | None, month: str, day: str) -> tuple[int | None, int, int]:
    try:
        # A leap year, so that the 29th of February may be said without a year.
        date(int(year or 2024), int(month), int(day))
    except ValueError:
        raise Unreadable(f"{month}-{day}") from None
    return int(year) if year else None, int(month), int(day)
