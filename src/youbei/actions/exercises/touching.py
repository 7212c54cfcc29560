"""What real touches an exercise in progress: a plan that calls somebody enrolled, or a report from an enrolled unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from youbei.actions.directory import AGENCY, Directory
from youbei.actions.exercises.enrolling import CLASS, joined_units, owner_of
from youbei.actions.outbox import Circle, paths_left
from youbei.engine.exercises.model import BreaksOn, Safety
from youbei.records.casting import exercise_of
from youbei.records.models import (
    Assignment,
    Exercise,
    ExerciseUnit,
    Incident,
    Interruption,
    LogEntry,
    Organisation,
    Run,
    RunPost,
    SchoolClass,
)

Why = Interruption.Why
IN_PROGRESS = (Exercise.Status.RUNNING, Exercise.Status.PAUSED)


@dataclass(frozen=True, slots=True)
class Touch:
    """Why something real breaks in: what it touches, of which unit of the exercise (None: of the one that leads)."""

    at: datetime
    incident: int
    unit: int | None
    why: str
    subject: str = ""


@dataclass(slots=True)
class Side:
    """What one unit has in an exercise: itself, those enrolled, teams that play; and since when that counts."""

    own: str
    since: datetime
    circle: Circle = field(default_factory=Circle)
    schools: set[str] = field(default_factory=set)
    teams: set[int] = field(default_factory=set)

    @property
    def condition(self) -> Q:
        """Select by `org_path` what is the unit's own, that of a school that plays, or below who is enrolled."""
        found = Q(org_path__in=[self.own, *sorted(self.schools)])
        for path in self.circle.paths:
            found |= Q(org_path__under=path)
        return found

    def is_at(self, path: str) -> bool:
        return path == self.own or path in self.schools or self.circle.reaches(path)


Sides = Mapping[int | None, Side]
# When the level of a run was last raised, by the id of the run.
Raised = Mapping[int, datetime]


def in_progress() -> list[Exercise]:
    """Return the exercises into which something real may break, in the order in which they began."""
    rows = Exercise.objects.filter(status__in=IN_PROGRESS, started_at__isnull=False).order_by("started_at", "pk")
    return list(rows.select_related("organisation"))


def safety_of(row: Exercise) -> Safety:
    """Return the safety plan of an exercise; without a script the one that holds where nothing is said."""
    return exercise_of(row.data).safety if row.data is not None else Safety()


def touches(row: Exercise, now: datetime) -> list[Touch]:
    """Return what real has touched an exercise since it began or last went on: of each unit the first.

    What had called somebody before touches it anew when its level is raised. A unit that is away already is not touched
    again. What calls nobody enrolled, and is no unit's own, is not here.
    """
    sides, safety = sides_of(row), safety_of(row)
    earliest = min(side.since for side in sides.values())
    runs = Run.objects.filter(mode=Run.Mode.REAL, phase=Run.Phase.ACTIVE, level__lte=safety.level)
    raised = raised_since(runs, earliest)
    found = [
        *called_units(runs.filter(Q(activated_at__gt=earliest) | Q(pk__in=raised)), sides, raised),
        *called_posts(runs, sides, earliest, raised, now),
        *called_teams(runs, sides, earliest, raised),
        *(reported(sides, earliest) if safety.breaks_on == BreaksOn.REPORT else ()),
    ]
    first: dict[int | None, Touch] = {}
    for touch in sorted(found, key=lambda one: (one.at, one.incident)):
        if touch.at > sides[touch.unit].since:
            first.setdefault(touch.unit, touch)
    return list(first.values())


def any_of(sides: Sides) -> Q:
    """Select by `org_path` what lies at any of the units."""
    found = Q()
    for side in sides.values():
        found |= side.condition
    return found


def raised_since(runs: QuerySet[Run], earliest: datetime) -> dict[int, datetime]:
    """Return when the level of each of these runs was last raised since then; those where it was not are left out."""
    streams = {f"run:{pk}": pk for pk in runs.values_list("pk", flat=True)}
    raises = LogEntry.objects.filter(stream__in=streams, kind="level.raised", recorded_at__gt=earliest)
    return {streams[stream]: at for stream, at in raises.order_by("position").values_list("stream", "recorded_at")}


def called_units(runs: QuerySet[Run], sides: Sides, raised: Raised) -> Iterator[Touch]:
    """Find plans that a unit of the exercise has activated, or that were activated for an incident at it."""
    here = any_of(sides)
    incidents = Incident.objects.filter(here, mode=Incident.Mode.REAL, status=Incident.Status.OPEN)
    for row in runs.filter(here | Q(incident__in=incidents)).select_related("incident", "organisation"):
        for unit, side in sides.items():
            if row.activated_at and (side.is_at(row.org_path) or side.is_at(row.incident.org_path)):
                at = max(row.activated_at, raised.get(row.pk, row.activated_at))
                yield Touch(at, row.incident_id, unit, Why.RUN.value, row.organisation.code)


def called_posts(
    runs: QuerySet[Run], sides: Sides, earliest: datetime, raised: Raised, now: datetime
) -> Iterator[Touch]:
    """Find posts of real plans that somebody enrolled fills, by name, by office or by duty."""
    filled = RunPost.objects.filter(Q(since_at__gt=earliest) | Q(run__in=raised), run__in=runs.values("pk"))
    rows = list(filled.exclude(holder="").values_list("holder", "since_at", "run", "run__incident_id"))
    directory = Directory({holder for holder, *_ in rows}, now)
    for holder, since_at, run, incident in rows:
        for contact in directory.contacts(holder):
            for unit, side in sides.items():
                if side.circle.holds(contact):
                    yield Touch(max(since_at, raised.get(run, since_at)), incident, unit, Why.POST.value, holder)


def called_teams(runs: QuerySet[Run], sides: Sides, earliest: datetime, raised: Raised) -> Iterator[Touch]:
    """Find teams that a real plan has been given and that play, or that belong to somebody enrolled."""
    sent = Assignment.objects.filter(Q(assigned_at__gt=earliest) | Q(run__in=raised), run__in=runs.values("pk"))
    for one in sent.filter(released_at=None, team__isnull=False).select_related("team", "run"):
        if one.team is None:
            continue
        at = max(one.assigned_at, raised.get(one.run_id, one.assigned_at))
        for unit, side in sides.items():
            if one.team.pk in side.teams or side.circle.reaches(one.team.org_path):
                yield Touch(at, one.run.incident_id, unit, Why.TEAM.value, one.team.code)


def reported(sides: Sides, earliest: datetime) -> Iterator[Touch]:
    """Find real incidents reported at a unit of the exercise."""
    rows = Incident.objects.filter(mode=Incident.Mode.REAL, status=Incident.Status.OPEN, reported_at__gt=earliest)
    for row in rows.filter(any_of(sides)).select_related("organisation"):
        for unit, side in sides.items():
            if side.is_at(row.org_path):
                yield Touch(row.reported_at, row.pk, unit, Why.REPORT.value, row.organisation.code)


def sides_of(row: Exercise) -> dict[int | None, Side]:
    """Return what each unit has in an exercise; units that are away have nothing in it now."""
    joined = joined_units(row)
    here = [one for one in joined if one.state == ExerciseUnit.State.ACCEPTED]
    began = row.started_at or row.created_at
    lifted: dict[int | None, datetime] = {}
    for unit, at in row.interruptions.exclude(lifted_at=None).values_list("unit_id", "lifted_at"):
        lifted[unit] = max(lifted.get(unit, began), at or began)
    sides: dict[int | None, Side] = {None: Side(row.org_path, max(began, lifted.get(None, began)))}
    sides |= {one.pk: Side(one.org_path, max(began, lifted.get(one.pk, began))) for one in here}
    put_people(row, sides)
    if row.run_id is not None:
        away = [one for one in joined if one not in here]
        sent = Assignment.objects.filter(run_id=row.run_id, released_at=None, team__isnull=False)
        for pk, path in sent.values_list("team_id", "team__org_path"):
            if owner_of(path, away) is None:
                owner = owner_of(path, here)
                sides[owner.pk if owner else None].teams.add(pk)
    return sides


def put_people(row: Exercise, sides: dict[int | None, Side]) -> None:
    """Put everybody listed on the side of the unit that listed them."""
    refs: dict[int | None, set[str]] = defaultdict(set)
    for unit, ref in row.participants.values_list("unit_id", "ref"):
        if unit in sides:
            refs[unit].add(ref)
    listed = {ref for some in refs.values() for ref in some}
    agencies = paths_of(Organisation.objects.values_list("code", "path"), listed, AGENCY)
    schools = paths_of(SchoolClass.objects.values_list("code", "org_path"), listed, CLASS)
    left = tuple(paths_left(row.pk))
    for listing, some in refs.items():
        paths = tuple(sorted(agencies[ref] for ref in some if ref in agencies))
        sides[listing].circle = Circle(frozenset(some), paths, left)
        sides[listing].schools = {schools[ref] for ref in some if ref in schools}


def paths_of(rows: QuerySet[Any, tuple[str, str]], refs: Iterable[str], prefix: str) -> dict[str, str]:
    codes = [ref.removeprefix(prefix) for ref in refs if ref.startswith(prefix)]
    return {prefix + code: path for code, path in rows.filter(code__in=codes)} if codes else {}
