"""The year's exercises of a unit: what each regime asks, and what is done, planned, due and overdue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain

from django.utils import timezone

from youbei import content
from youbei.engine.exercises.programme import Counts, Held, Period, Regime, Requirement, State, periods_of
from youbei.engine.text import Text
from youbei.records.models import DrillRegime, Exercise, ExerciseUnit, HeadCount, Organisation, User
from youbei.records.pages import Page, keyset_page
from youbei.records.reports.alliance import held_with_others
from youbei.records.reports.exercises import visible_exercises
from youbei.records.reports.names import name_of

# As far back as the longest regime looks.
YEARS_BACK = 4


@dataclass(frozen=True, slots=True)
class RequirementRow:
    requirement: Requirement
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class RegimeRow:
    """One regime that a unit is under, with how each of its requirements stands."""

    regime: Regime
    since_on: date
    requirements: tuple[RequirementRow, ...]

    def count(self, state: State) -> int:
        return sum(one.state is state for row in self.requirements for one in row.periods)


@dataclass(frozen=True, slots=True)
class Programme:
    """What a unit has to hold in a year; `proposed` are regimes for its kind that nobody has said apply or not."""

    organisation: Text
    organisation_pk: int
    year: int
    regimes: tuple[RegimeRow, ...]
    proposed: tuple[Regime, ...]

    def count(self, state: State) -> int:
        return sum(row.count(state) for row in self.regimes)

    @property
    def overdue(self) -> int:
        return self.count(State.OVERDUE)

    @property
    def due(self) -> int:
        return self.count(State.DUE)

    @property
    def done(self) -> int:
        return self.count(State.DONE)

    @property
    def planned(self) -> int:
        return self.count(State.PLANNED)


def programmes(units: Sequence[Organisation], user: User, year: int, now: datetime) -> list[Programme]:
    """Return the programmes of units as a user may know them, in a fixed number of queries."""
    keys = [unit.pk for unit in units]
    under: dict[int, list[DrillRegime]] = defaultdict(list)
    for one in DrillRegime.objects.filter(organisation__in=keys):
        under[one.organisation_id].append(one)
    held, planned = held_by(keys, user, year)
    return [
        programme_of(unit, under[unit.pk], year, held.get(unit.pk, ()), planned.get(unit.pk, ()), now) for unit in units
    ]


def held_by(units: Sequence[int], user: User, year: int) -> tuple[dict[int, list[Held]], dict[int, list[Held]]]:
    """Return what units have held, and what they have planned; a head-count of a real evacuation is no drill.

    An exercise that several units hold together counts for each of them that accepted. What is planned without notice
    counts for those alone who may know of it: its day would show in the programme.
    """
    since = datetime(year - YEARS_BACK, 1, 1, tzinfo=UTC)
    held: dict[int, list[Held]] = defaultdict(list)
    planned: dict[int, list[Held]] = defaultdict(list)
    over = [Exercise.Status.ENDED, Exercise.Status.CLOSED]
    known = visible_exercises(user)
    fields = ("status", "started_at", "planned_at", "plan_version__plan__kind", "broken_off_for_id")
    own = known.filter(organisation__in=units).values_list("organisation_id", *fields)
    shared = ExerciseUnit.objects.filter(held_with_others(units), exercise__in=known)
    with_others = shared.values_list("organisation_id", *(f"exercise__{field}" for field in fields))
    for unit, status, started_at, planned_at, kind, broken_off in chain(own, with_others):
        if status in over and started_at is not None and started_at >= since and broken_off is None:
            held[unit].append(Held(timezone.localdate(started_at), Counts.EXERCISE, kind or ""))
        elif status == Exercise.Status.PLANNED and planned_at is not None:
            planned[unit].append(Held(timezone.localdate(planned_at), Counts.EXERCISE, kind or ""))
    counts = HeadCount.objects.filter(organisation__in=units, is_real=False, alarm_at__gte=since)
    for unit, alarm_at in counts.values_list("organisation_id", "alarm_at"):
        if alarm_at is not None:
            held[unit].append(Held(timezone.localdate(alarm_at), Counts.HEAD_COUNT))
    return held, planned


def programme_of(
    unit: Organisation,
    under: Iterable[DrillRegime],
    year: int,
    held: Sequence[Held],
    planned: Sequence[Held],
    now: datetime,
) -> Programme:
    regimes = content.drill_regimes()
    today = timezone.localdate(now)
    rows, chosen = [], set()
    for one in under:
        regime = regimes.get(one.regime)
        if regime is None:
            continue
        chosen.add(regime.id)
        requirements = tuple(
            RequirementRow(
                requirement,
                periods_of(requirement, year, today=today, held=held, planned=planned, since=one.since_on),
            )
            for requirement in regime.requirements
        )
        rows.append(RegimeRow(regime, one.since_on, requirements))
    return Programme(
        organisation=name_of(unit),
        organisation_pk=unit.pk,
        year=year,
        regimes=tuple(rows),
        proposed=tuple(one for one in regimes.values() if unit.kind in one.kinds and one.id not in chosen),
    )


def programme_page(user: User, year: int, now: datetime, *, cursor: str | None = None) -> Page[Programme]:
    """Return the programmes of the units under some regime that a user may see, in the order of the tree."""
    units = Organisation.objects.visible_to(user).filter(retired_at=None, drill_regimes__isnull=False).distinct()
    return keyset_page(
        units, order=("path", "id"), cursor=cursor, read=lambda rows: programmes(rows, user, year, now), size=50
    )
