"""Exercises as lists and pages show them, and who may see what of one before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from youbei.engine.access import Permission
from youbei.engine.errors import NotFound
from youbei.engine.text import Text
from youbei.records.models import Exercise, ExerciseUnit, Participant, User
from youbei.records.models.scope import path_condition
from youbei.records.pages import PAGE_SIZE, Page, keyset_page
from youbei.records.reports.names import name_of

STAFF = (Participant.Part.CONTROLLER, Participant.Part.EVALUATOR)
BEFORE = (Exercise.Status.PLANNED, Exercise.Status.SEALED)
UNDER_WAY = (Exercise.Status.RUNNING, Exercise.Status.PAUSED, Exercise.Status.SUSPENDED)
ANSWERS_FOR = (ExerciseUnit.State.ASKED, ExerciseUnit.State.ACCEPTED, ExerciseUnit.State.AWAY)


@dataclass(frozen=True, slots=True)
class ExerciseFilter:
    """Narrow the list; empty means all."""

    status: str = ""
    type: str = ""


ALL = ExerciseFilter()


@dataclass(frozen=True, slots=True)
class ExerciseSummary:
    """An exercise in a list."""

    pk: UUID
    code: str
    title: Text
    organisation: Text
    org_path: str
    type: str
    status: str
    plan: Text
    has_script: bool
    is_announced: bool
    planned_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    incident_pk: int | None
    run_pk: int | None


class ExerciseNotFound(NotFound):
    """Refuse because there is no such exercise, or none that this person may see."""


def visible_exercises(user: User) -> QuerySet[Exercise]:
    """Return the exercises that a user may know of.

    One without notice is known only to those who lead it until it begins. Whoever is enrolled by name knows it, too:
    staff from the start, players once they may. Of one that several units hold, each of those that are asked or have
    accepted is in this as the one that leads; its other people know of it once it has accepted.
    """
    leads, sees = user.paths_with(Permission.RUN_EXERCISE), user.paths_with(Permission.SEE)
    is_open = Q(is_announced=True) | ~Q(status__in=BEFORE)
    condition = Q(pk__in=[])
    if leads:
        condition |= path_condition(leads, "org_path__under")
        condition |= Q(pk__in=exercises_of_units(leads, ANSWERS_FOR))
    if sees:
        condition |= path_condition(sees, "org_path__under") & is_open
        condition |= Q(pk__in=exercises_of_units(sees, ANSWERS_FOR[1:])) & is_open
    if user.person is not None:
        mine = Participant.objects.filter(ref=f"person:{user.person.code}")
        condition |= Q(pk__in=mine.filter(part__in=STAFF).values("exercise_id"))
        condition |= Q(pk__in=mine.values("exercise_id")) & is_open
    return Exercise.objects.filter(condition)


def exercises_of_units(paths: list[str], states: Sequence[str]) -> QuerySet[ExerciseUnit, UUID]:
    """Select the exercises that units below the paths hold with others, in one of the states."""
    units = ExerciseUnit.objects.filter(path_condition(paths, "org_path__under"), state__in=states)
    return units.values_list("exercise_id", flat=True)


def visible_exercise(pk: UUID, user: User) -> Exercise:
    rows = visible_exercises(user).select_related("organisation", "plan_version__plan", "incident", "run")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise ExerciseNotFound(
            zh="没有这次演练，或您无权查看。请从演练列表中选择。",
            en="There is no such exercise, or none that you may see. Choose one from the list.",
        )
    return row


def part_of(row: Exercise, user: User) -> str:
    """Say what a user is in an exercise: `director`, the part enrolled for (staff before player), or `onlooker`.

    A `partner` answers for a unit that holds the exercise with the one that leads it: for its own people alone.
    """
    if user.may(Permission.RUN_EXERCISE, row.org_path):
        return "director"
    parts = set()
    if user.person is not None:
        parts = set(row.participants.filter(ref=f"person:{user.person.code}").values_list("part", flat=True))
    if any(user.may(Permission.RUN_EXERCISE, path) for path in row.units.values_list("org_path", flat=True)):
        parts.add("partner")
    order = ("controller", "evaluator", "partner", "player", "observer")
    return next((part for part in order if part in parts), "onlooker")


def knows_script(part: str) -> bool:
    """Say whether somebody in that part sees the injects before they come."""
    return part in ("director", "controller", "evaluator")


def exercise_page(
    user: User, *, filters: ExerciseFilter = ALL, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[ExerciseSummary]:
    """Return a page of the exercises that a user may see, the newest first."""
    rows = visible_exercises(user)
    if filters.status:
        rows = rows.filter(status=filters.status)
    if filters.type:
        rows = rows.filter(type=filters.type)
    rows = rows.select_related("organisation", "plan_version__plan").defer("data", "plan_version__data")
    return keyset_page(rows, order=("-created_at", "-id"), cursor=cursor, read=exercise_rows, size=size)


def exercise_rows(rows: Sequence[Exercise]) -> list[ExerciseSummary]:
    return [exercise_summary(row) for row in rows]


def exercise_summary(row: Exercise) -> ExerciseSummary:
    return ExerciseSummary(
        pk=row.pk,
        code=row.code,
        title=Text(row.title_zh, row.title_en),
        organisation=name_of(row.organisation),
        org_path=row.org_path,
        type=row.type,
        status=row.status,
        plan=name_of(row.plan_version.plan) if row.plan_version else Text(),
        has_script=bool(row.digest),
        is_announced=row.is_announced,
        planned_at=row.planned_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        incident_pk=row.incident_id,
        run_pk=row.run_id,
    )


def exercise_of_run(run_pk: int) -> Exercise | None:
    """Return the exercise whose run this is, for the board; one reported by hand has none."""
    return Exercise.objects.defer("data").select_related("broken_off_for").filter(run_id=run_pk).first()
