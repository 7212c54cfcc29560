"""Which capability of a unit was tested when: its exercises of several years by what their objectives are to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from youbei.engine.text import Text
from youbei.records.models import Exercise, ExerciseUnit, Organisation, User
from youbei.records.reports.alliance import held_with_others
from youbei.records.reports.exercises import visible_exercises

YEARS_BACK, YEARS_AHEAD = 3, 1
# The newest exercises of a unit that are looked at; a unit with a script a week has as many in ten years.
MOST_EXERCISES = 500
OVER = frozenset({Exercise.Status.ENDED.value, Exercise.Status.CLOSED.value})


@dataclass(frozen=True, slots=True)
class Tested:
    """An exercise that tested a capability, or is planned to."""

    exercise: UUID
    title: Text
    on: date
    is_done: bool


@dataclass(slots=True)
class CapabilityRow:
    """One capability with the exercises that tested it or are to."""

    title: Text
    tested: list[Tested] = field(default_factory=list)

    @property
    def last(self) -> Tested | None:
        return max((one for one in self.tested if one.is_done), key=lambda one: one.on, default=None)

    @property
    def next(self) -> Tested | None:
        return min((one for one in self.tested if not one.is_done), key=lambda one: one.on, default=None)

    def untested_days(self, today: date) -> int | None:
        """Return for how many days it has not been tested; None where it never was."""
        return None if self.last is None else (today - self.last.on).days

    def done_in(self, year: int) -> int:
        return sum(one.is_done and one.on.year == year for one in self.tested)

    def planned_in(self, year: int) -> int:
        return sum(not one.is_done and one.on.year == year for one in self.tested)


@dataclass(frozen=True, slots=True)
class CapabilityLine:
    """A row as it is shown: (done, planned) for each of the years."""

    title: Text
    years: tuple[tuple[int, int], ...]
    last: Tested | None
    next: Tested | None
    untested_days: int | None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the exercises of a unit test: what was never tested first, then the longest untested."""

    years: tuple[int, ...]
    lines: tuple[CapabilityLine, ...]


def capabilities_of(unit: Organisation, user: User, now: datetime) -> Capabilities:
    """Return when each capability named by a script of a unit was tested, as far as the user may know of it."""
    today = timezone.localdate(now)
    with_others = ExerciseUnit.objects.filter(held_with_others([unit.pk])).values("exercise_id")
    mine = visible_exercises(user).filter(Q(organisation=unit) | Q(pk__in=with_others))
    rows = mine.exclude(digest="").order_by("-created_at", "-id")
    fields = (
        "pk",
        "title_zh",
        "title_en",
        "status",
        "started_at",
        "planned_at",
        "broken_off_for_id",
        "data__objectives",
    )
    found: dict[str, CapabilityRow] = {}
    for one in rows.values(*fields)[:MOST_EXERCISES]:
        held = tested_by(one)
        for capability in capabilities_in(one["data__objectives"]):
            key = (capability.zh or capability.en).strip().casefold()
            row = found.setdefault(key, CapabilityRow(capability))
            if held is not None:
                row.tested.append(held)
    years = tuple(range(today.year - YEARS_BACK, today.year + YEARS_AHEAD + 1))
    lines = [line_of(row, years, today) for row in found.values()]
    longest = float("inf")
    lines.sort(key=lambda line: -(longest if line.untested_days is None else line.untested_days))
    return Capabilities(years, tuple(lines))


def line_of(row: CapabilityRow, years: Iterable[int], today: date) -> CapabilityLine:
    return CapabilityLine(
        title=row.title,
        years=tuple((row.done_in(year), row.planned_in(year)) for year in years),
        last=row.last,
        next=row.next,
        untested_days=row.untested_days(today),
    )


def tested_by(one: Mapping[str, Any]) -> Tested | None:
    """Return when an exercise was or will be held; one that was broken off, or has no day, tests nothing."""
    title = Text(one["title_zh"], one["title_en"])
    if one["status"] in OVER and one["started_at"] is not None and one["broken_off_for_id"] is None:
        return Tested(one["pk"], title, timezone.localdate(one["started_at"]), True)
    if one["status"] == Exercise.Status.PLANNED.value and one["planned_at"] is not None:
        return Tested(one["pk"], title, timezone.localdate(one["planned_at"]), False)
    return None


def capabilities_in(objectives: Any) -> list[Text]:
    """Return the capabilities that the objectives of a script name, each once."""
    found: dict[str, Text] = {}
    for one in objectives or ():
        capability = Text.from_data(one.get("capability", ""))
        if capability:
            found.setdefault(capability.zh or capability.en, capability)
    return list(found.values())
