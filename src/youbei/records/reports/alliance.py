"""The units that hold an exercise together, as each of them and those who lead it see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import Exercise, ExerciseUnit, Participant, User
from youbei.records.models.scope import path_condition
from youbei.records.reports.names import name_of

ASKED_SHOWN = 50


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit of an exercise. `pk` is None for the one that leads; `is_own` says whether the reader answers for it."""

    pk: int | None
    code: str
    name: Text
    task: str
    state: str
    reason: str
    answered_at: datetime | None
    people: int
    is_own: bool


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A unit of the reader's that is asked to hold an exercise with others."""

    unit: int
    exercise: UUID
    title: Text
    leading: Text
    asked: Text
    planned_at: datetime | None


def units_of(row: Exercise, user: User) -> list[UnitRow]:
    """Return the units of an exercise that a user may know of, the one that leads first; none where it is alone.

    Who leads sees all of them; others see those that accepted, and their own.
    """
    leads = user.may(Permission.RUN_EXERCISE, row.org_path)
    units = row.units.select_related("organisation").annotate(people=Count("participants__ref", distinct=True))
    shown = [(one, user.may(Permission.RUN_EXERCISE, one.org_path)) for one in units]
    found = [
        UnitRow(
            pk=one.pk,
            code=one.organisation.code,
            name=name_of(one.organisation),
            task=one.task,
            state=one.state,
            reason=one.reason if leads or is_own else "",
            answered_at=one.answered_at,
            people=one.people,
            is_own=is_own,
        )
        for one, is_own in shown
        if leads or is_own or one.state == ExerciseUnit.State.ACCEPTED
    ]
    if not found:
        return []
    people = row.participants.filter(unit=None).values("ref").distinct().count()
    leading = row.organisation
    return [UnitRow(None, leading.code, name_of(leading), "", "leads", "", None, people, leads), *found]


def unit_of(row: Exercise, pk: int, user: User) -> ExerciseUnit | None:
    """Return a unit of an exercise where the user leads the exercise or answers for that unit."""
    unit = row.units.select_related("organisation", "exercise").filter(pk=pk).first()
    if unit is None:
        return None
    paths = (row.org_path, unit.org_path)
    return unit if any(user.may(Permission.RUN_EXERCISE, path) for path in paths) else None


def answers_for(user: User, unit: ExerciseUnit) -> bool:
    """Say whether a user may know of a unit's people and list them; who leads the exercise may not for that alone."""
    return user.may(Permission.RUN_EXERCISE, unit.org_path)


def own_participants(row: Exercise, user: User) -> list[Participant]:
    """Return whom a user may see on the list: who leads everybody, who answers for a unit that one's own people."""
    if user.may(Permission.RUN_EXERCISE, row.org_path):
        return list(row.participants.all())
    mine = [one.pk for one in row.units.all() if user.may(Permission.RUN_EXERCISE, one.org_path)]
    return list(row.participants.filter(unit__in=mine))


def asked_of(user: User) -> list[AskedRow]:
    """Return what units of the user are asked to hold with others and have not answered, the newest first."""
    paths = user.paths_with(Permission.RUN_EXERCISE)
    if not paths:
        return []
    rows = ExerciseUnit.objects.filter(
        path_condition(paths, "org_path__under"),
        state=ExerciseUnit.State.ASKED,
        exercise__status__in=[Exercise.Status.PLANNED, Exercise.Status.SEALED],
    )
    rows = rows.select_related("organisation", "exercise__organisation").defer("exercise__data").order_by("-pk")
    return [
        AskedRow(
            unit=one.pk,
            exercise=one.exercise_id,
            title=Text(one.exercise.title_zh, one.exercise.title_en),
            leading=name_of(one.exercise.organisation),
            asked=name_of(one.organisation),
            planned_at=one.exercise.planned_at,
        )
        for one in rows[:ASKED_SHOWN]
    ]


def held_with_others(units: Iterable[int]) -> Q:
    """Select the units of exercises that these organisations hold with others, having accepted."""
    return Q(organisation__in=list(units), state=ExerciseUnit.State.ACCEPTED)
