"""When a place is open: read from a line such as `Mon-Fri 08:00-18:00; Sat 09:00-12:00; 2026-10-01 closed`.

Days and words may be Chinese or English (`周一至周五 08:00-18:00；10-01 关闭`). `24 h` or `全天` means always. What
cannot be read stays a text for people: nobody is told that a place is open on a guess. Times are those of the wall at
the place; a span that ends before it begins runs into the next day.

Beside the line, rows may say that single days or periods are different (`Different`): a holiday, a repair, an
examination. A row goes before the line, and of several rows the one for the fewest days counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from youbei.engine.errors import Refused
from youbei.engine.text import Text

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
# How far ahead a change is looked for: first where it nearly always is, then over a whole year of repairs.
LOOKED_AHEAD = (14, 400)
REASONS: Mapping[str, Text] = {
    "holiday": Text("节假日", "Holiday"),
    "repair": Text("维修停用", "Closed for repair"),
    "exam": Text("考试", "Examination"),
    "event": Text("活动", "Event"),
    "emergency": Text("应急启用", "Emergency use"),
    "other": Text("其他", "Other"),
}


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
class Different:
    """Days from `first` to `last`, both included, with spans of their own; none: closed. It may come every year."""

    first: date
    last: date
    spans: tuple[Span, ...]
    reason: str = "other"
    is_yearly: bool = False

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def holds(self, day: date) -> bool:
        if not self.is_yearly:
            return self.first <= day <= self.last
        begin, end, now = ((one.month, one.day) for one in (self.first, self.last, day))
        if self.days > 365:
            return True
        return begin <= now <= end if begin <= end else now >= begin or now <= end


@dataclass(frozen=True, slots=True)
class Hours:
    """The spans of each weekday (Monday is 0), and of the days that are different: (year or None, month, day).

    `rows` go before both. Without a `week` only the days of rows are known.
    """

    week: tuple[tuple[Span, ...], ...]
    exceptions: tuple[tuple[int | None, int, int, tuple[Span, ...]], ...] = ()
    rows: tuple[Different, ...] = ()

    def row_of(self, day: date) -> Different | None:
        """Return the row that counts on a day: the one for the fewest days; of equals the one that begins later."""
        found = [row for row in self.rows if row.holds(day)]
        return min(found, key=lambda row: (row.days, -row.first.toordinal()), default=None)

    def is_known(self, day: date) -> bool:
        return bool(self.week) or self.row_of(day) is not None

    def of_day(self, day: date) -> tuple[Span, ...]:
        """Return the spans that begin on a day; a full date goes before one that comes every year."""
        row = self.row_of(day)
        if row is not None:
            return row.spans
        same = [
            one for one in self.exceptions if (one[1], one[2]) == (day.month, day.day) and one[0] in (None, day.year)
        ]
        if same:
            return max(same, key=lambda one: one[0] or 0)[3]
        return self.week[day.weekday()] if self.week else ()

    def is_open(self, at: datetime) -> bool:
        """Say whether it is open at a time of the wall at the place (without a zone)."""
        return any(begin <= at < end for day in (at.date() - DAY, at.date()) for begin, end in self.spans_on(day))

    def spans_on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        return (span.around(day) for span in self.of_day(day))

    def next_change(self, at: datetime, within: int | None = None) -> datetime | None:
        """Return when it next opens or closes; None where that is not within so many days, or not known."""
        return next(
            (change for days in ((within,) if within else LOOKED_AHEAD) if (change := self.change_within(at, days))),
            None,
        )

    def change_within(self, at: datetime, days: int) -> datetime | None:
        edges = {
            edge
            for offset in range(-1, days)
            for span in self.spans_on(at.date() + offset * DAY)
            for edge in span
            if edge > at
        }
        now = self.is_open(at)
        change = next((edge for edge in sorted(edges) if self.is_open(edge) is not now), None)
        return change if change is None or self.is_known(change.date()) else None


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a place is open at a moment, None where nobody can say; when that changes; and the row that decides."""

    is_open: bool | None = None
    changes_at: datetime | None = None
    because: Different | None = None


def standing(line: str, rows: Sequence[Different], *, at: datetime, zone: tzinfo) -> Standing:
    """Say how a place stands at a moment, from its line of hours and its rows. `zone` is that of the place.

    A time of the wall that a change of the clocks skips or doubles is taken as the zone's rules say (the first of two).
    """
    wall = at.astimezone(zone).replace(tzinfo=None)
    usual = read_hours(line) if line else None
    hours = replace(usual or Hours(()), rows=tuple(rows))
    if not hours.is_known(wall.date()):
        return Standing()
    change = hours.next_change(wall)
    changes_at = change.replace(tzinfo=zone).astimezone(at.tzinfo) if change is not None else None
    return Standing(hours.is_open(wall), changes_at, hours.row_of(wall.date()))


class HoursRefused(Refused):
    """Refuse hours of a day that are of no form that is read."""

    status = 422


def spans_of_day(text: str) -> tuple[Span, ...]:
    """Read the hours of one row: `08:00-12:00, 14:00-18:00`, `24 h`, `closed`; empty is closed."""
    if not text.strip():
        return ()
    try:
        return read_spans(text.translate(SIGNS).lower())
    except Unreadable:
        raise HoursRefused(
            zh=f"“{text}”不是开放时间。请写成 08:00-12:00 或 08:00-12:00, 14:00-18:00，或写“全天”“关闭”，留空即关闭。",
            en=f"“{text}” are no hours. Write 08:00-12:00, or 08:00-12:00, 14:00-18:00, or 24 h, or "
            "closed; empty is closed.",
        ) from None


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
