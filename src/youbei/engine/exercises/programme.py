"""How often the law wants exercises, regime by regime, and how a unit stands: done, planned, due, overdue.

Regimes are never merged: what satisfies one need not satisfy another, and each is shown with its own source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from youbei.engine.text import Text

MONTHS = 12
DAY = timedelta(days=1)


class Counts(StrEnum):
    EXERCISE = "exercise"
    HEAD_COUNT = "head_count"


class State(StrEnum):
    """How a period stands. UPCOMING has not begun; DUE goes on and nothing is held or planned in it."""

    DONE = "done"
    PLANNED = "planned"
    DUE = "due"
    OVERDUE = "overdue"
    UPCOMING = "upcoming"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One exercise at least in every `every_months`; not asked for in periods that begin in a month of `not_in`."""

    id: str
    title: Text
    every_months: int
    plan_kinds: tuple[str, ...] = ()
    counts: tuple[Counts, ...] = (Counts.EXERCISE,)
    not_in: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Regime:
    """What one rule asks of one kind of unit. `kinds` are the kinds of units that may be under it."""

    id: str
    title: Text
    kinds: tuple[str, ...]
    document: str
    article: str
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """Something that was held, or is planned, on a day. `plan_kind` is empty where no plan was tested."""

    on: date
    counts: Counts
    plan_kind: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """One period in which something must be held: `starts_on <= day < ends_on`; `on` is when it was or will be."""

    starts_on: date
    ends_on: date
    state: State
    on: date | None


def regimes_from_data(data: Mapping[str, Any]) -> tuple[Regime, ...]:
    return tuple(
        Regime(
            id=one["id"],
            title=Text.from_data(one["title"]),
            kinds=tuple(one["kinds"]),
            document=one["source"]["document"],
            article=one["source"]["article"],
            requirements=tuple(requirement_from_data(part) for part in one["requirements"]),
        )
        for one in data["regimes"]
    )


def requirement_from_data(data: Mapping[str, Any]) -> Requirement:
    return Requirement(
        id=data["id"],
        title=Text.from_data(data["title"]),
        every_months=data["every_months"],
        plan_kinds=tuple(data.get("plan_kinds", ())),
        counts=tuple(Counts(one) for one in data.get("counts", ["exercise"])),
        not_in=tuple(data.get("not_in", ())),
    )


def fits(requirement: Requirement, held: Held) -> bool:
    """Say whether something held counts for a requirement."""
    if held.counts not in requirement.counts:
        return False
    return not requirement.plan_kinds or held.plan_kind in requirement.plan_kinds


def months_later(day: date, months: int) -> date:
    """Return the day so many months later; a day that month has not becomes its last."""
    number = day.year * MONTHS + day.month - 1 + months
    year, month = divmod(number, MONTHS)
    first = date(year, month + 1, 1)
    last = (date(year + (month == MONTHS - 1), (month + 1) % MONTHS + 1, 1) - DAY).day
    return first.replace(day=min(day.day, last))


def periods_of(
    requirement: Requirement,
    year: int,
    *,
    today: date,
    held: Iterable[Held],
    planned: Iterable[Held] = (),
    since: date | None = None,
) -> tuple[Period, ...]:
    """Return how a unit stands in a year. `since` is the day from which the regime applies to it."""
    done = sorted(one.on for one in held if fits(requirement, one))
    coming = sorted(one.on for one in planned if fits(requirement, one) and one.on >= today)
    if requirement.every_months > MONTHS:
        return rolling(requirement, year, today=today, done=done, coming=coming, since=since)
    spans = [
        (date(year, 1 + number, 1), months_later(date(year, 1 + number, 1), requirement.every_months))
        for number in range(0, MONTHS, requirement.every_months)
        if 1 + number not in requirement.not_in
    ]
    return tuple(
        period(starts_on, ends_on, today, done, coming)
        for starts_on, ends_on in spans
        if since is None or ends_on > since
    )


def rolling(
    requirement: Requirement,
    year: int,
    *,
    today: date,
    done: Sequence[date],
    coming: Sequence[date],
    since: date | None,
) -> tuple[Period, ...]:
    """Return the one period that counts from the last exercise before the year's end, or from when the regime began."""
    end = date(year + 1, 1, 1)
    last = max((day for day in done if day < end), default=None)
    starts_on = last or since or months_later(end, -requirement.every_months)
    ends_on = months_later(starts_on, requirement.every_months)
    if last is not None and today < ends_on:
        return (Period(starts_on, ends_on, State.DONE, last),)
    return (period(starts_on + DAY, ends_on, today, done, coming),)


def period(starts_on: date, ends_on: date, today: date, done: Sequence[date], coming: Sequence[date]) -> Period:
    was = next((day for day in done if starts_on <= day < ends_on), None)
    if was is not None:
        return Period(starts_on, ends_on, State.DONE, was)
    will = next((day for day in coming if starts_on <= day < ends_on), None)
    if will is not None:
        return Period(starts_on, ends_on, State.PLANNED, will)
    if today >= ends_on:
        return Period(starts_on, ends_on, State.OVERDUE, None)
    return Period(starts_on, ends_on, State.DUE if today >= starts_on else State.UPCOMING, None)
