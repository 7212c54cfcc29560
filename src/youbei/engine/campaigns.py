"""Collection campaigns: who is asked to confirm what by when, who is reminded, and to whom it climbs.

Everything is a question of times: `notices_due` says what is to be sent at an instant, from what was sent before.
However time is cut into ticks, the same notices go out.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from youbei.engine.errors import Refused
from youbei.engine.text import Text


class NoticeKind(StrEnum):
    INVITE = "invite"
    REMIND = "remind"
    CLIMB = "climb"


class UnitState(StrEnum):
    """Where a unit stands with what it was asked."""

    NOT_OPENED = "not_opened"
    OPENED = "opened"
    IN_PART = "in_part"
    DONE = "done"
    OVERDUE = "overdue"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a campaign speaks: it invites at `opens_at`, reminds at `due_at` + each of `reminders`, then climbs.

    The first climb, to the unit's superior, comes `climb_every` after `due_at`, each further one a level higher.
    """

    opens_at: datetime
    due_at: datetime
    reminders: tuple[timedelta, ...] = (timedelta(days=-7), timedelta(days=-1), timedelta(days=1))
    climb_every: timedelta = timedelta(days=2)


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """Something to be sent at `at`; `level` is 0 for the unit itself and counts upwards. `key` names it for good."""

    at: datetime
    key: str
    kind: NoticeKind
    level: int = 0


def notices(schedule: Schedule, levels: int) -> list[Notice]:
    """Return all that a unit which never answers is sent, in order of time."""
    found = [Notice(schedule.opens_at, "invite", NoticeKind.INVITE)]
    for offset in schedule.reminders:
        at = schedule.due_at + offset
        if at > schedule.opens_at:
            found.append(Notice(at, f"remind:{round(offset.total_seconds())}", NoticeKind.REMIND))
    for level in range(1, levels + 1):
        found.append(Notice(schedule.due_at + level * schedule.climb_every, f"climb:{level}", NoticeKind.CLIMB, level))
    return sorted(found)


def notices_due(schedule: Schedule, levels: int, *, sent: Iterable[str], now: datetime) -> list[Notice]:
    """Return what is to be sent now to a unit that has not answered, and was not sent before."""
    known = frozenset(sent)
    return [notice for notice in notices(schedule, levels) if notice.at <= now and notice.key not in known]


def next_notice_at(schedule: Schedule, levels: int, *, sent: Iterable[str]) -> datetime | None:
    """Return when the next notice falls due, None where there is none left."""
    known = frozenset(sent)
    return next((notice.at for notice in notices(schedule, levels) if notice.key not in known), None)


def state_of(
    *,
    opened_at: datetime | None,
    done_at: datetime | None,
    answered: int,
    is_revoked: bool,
    due_at: datetime,
    now: datetime,
) -> UnitState:
    """Say where a unit stands."""
    if done_at is not None:
        return UnitState.DONE
    if is_revoked:
        return UnitState.REVOKED
    if now >= due_at:
        return UnitState.OVERDUE
    if answered:
        return UnitState.IN_PART
    return UnitState.OPENED if opened_at is not None else UnitState.NOT_OPENED


class Every(StrEnum):
    """How often a campaign is opened anew."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


MONTHS: Mapping[Every, int] = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}
EVERY_NAMES: Mapping[Every, Text] = {
    Every.MONTH: Text("每月", "every month"),
    Every.QUARTER: Text("每季度", "every quarter"),
    Every.YEAR: Text("每年", "every year"),
}


class RoundsOverlap(Refused):
    """Refuse a repeating campaign that would still run when its next round opens."""


@dataclass(frozen=True, slots=True)
class Series:
    """A campaign that is repeated: the times of its first round (number 0), how often, and where that is reckoned.

    All rounds are reckoned from the first, by the calendar and the wall clock of `zone`. So what opens on the 31st
    opens on the last day of shorter months, and on the 31st again after these.
    """

    opens_at: datetime
    due_at: datetime
    every: Every
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Round:
    """One round. It is due after it opens, and not after the next one does."""

    number: int
    opens_at: datetime
    due_at: datetime


def round_of(series: Series, number: int) -> Round:
    """Return a round of a series by its number, 0 for the first."""
    opens_at = later(series.opens_at, number * MONTHS[series.every], series.zone)
    due_at = later(series.due_at, number * MONTHS[series.every], series.zone)
    if due_at <= opens_at:
        # Both fall on the last day of a shorter month: then it lasts as long as the first round.
        due_at = opens_at + (series.due_at - series.opens_at)
    following = later(series.opens_at, (number + 1) * MONTHS[series.every], series.zone)
    return Round(number, opens_at, min(due_at, following))


def later(at: datetime, months: int, zone: tzinfo) -> datetime:
    """Return the same day and hour so many months later; the last day of the month where it has no such day."""
    local = at.astimezone(zone)
    years, month = divmod(local.month - 1 + months, 12)
    year, month = local.year + years, month + 1
    day = min(local.day, monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day).astimezone(UTC)


def coming_round(series: Series, *, after: int, now: datetime) -> Round:
    """Return the first round after that number which can still be answered at `now`; its time may be to come.

    Rounds whose date has passed while nobody looked are left out: nobody could answer them.
    """
    number = after + 1
    while (found := round_of(series, number)).due_at <= now:
        number += 1
    return found


def refuse_overlap(series: Series) -> None:
    """Raise RoundsOverlap where the first round is due after the second one opens."""
    if series.due_at > round_of(series, 1).opens_at:
        every = EVERY_NAMES[series.every]
        raise RoundsOverlap(
            zh=f"{every.zh}重复时，截止时间须不晚于下一次开始。请提前截止时间，或降低频次。",
            en=f"Repeated {every.en}, it must be due before the next one opens. Set an earlier one, or repeat it less.",
        )
