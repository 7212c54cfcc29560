"""Collection campaigns: who is asked to confirm what by when, who is reminded, and to whom it climbs.

Everything is a question of times: `notices_due` says what is to be sent at an instant, from what was sent before.
However time is cut into ticks, the same notices go out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


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
