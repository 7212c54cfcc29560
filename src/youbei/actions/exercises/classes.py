"""Enrol people of a unit by what they are: managers, duty staff, staff, teachers, a title, a section, a class."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from youbei.actions.exercises.enrolling import CLASS, Listed, enrol, joined_units, owner_of
from youbei.actions.exercises.keeping import ExerciseRefused
from youbei.actions.outbox import paths_left
from youbei.engine.text import Text
from youbei.records.models import Exercise, ExerciseUnit, Organisation, Person, Post, PostHolding, SchoolClass, User
from youbei.records.reports.names import name_of

MANAGERS, DUTY, STAFF, TEACHERS, EVERYBODY = "managers", "duty", "staff", "teachers", "everybody"
TITLE, SECTION = "title:", "section:"
NAMES = {
    MANAGERS: Text("管理人员（担任职务）", "managers (who hold an office)"),
    DUTY: Text("值班人员（担任值班岗位）", "duty staff (who hold a duty post)"),
    STAFF: Text("一般人员（不担任职务、值班岗位）", "staff (who hold neither)"),
    TEACHERS: Text("班主任", "class teachers"),
    EVERYBODY: Text("全体人员", "everybody"),
}
# The most numerous titles and sections; all school classes of one school.
MOST_TITLES, MOST_CLASSES = 12, 120


@dataclass(frozen=True, slots=True)
class PeopleClass:
    """A class of people of a unit: how many they are and how many of them are listed; of a school class its pupils."""

    key: str
    title: Text
    people: int
    enrolled: int


def people_of(path: str) -> QuerySet[Person]:
    return Person.objects.filter(org_path__under=path, retired_at=None)


def with_post(kind: Post.Kind, now: datetime) -> QuerySet[PostHolding, int]:
    held = PostHolding.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now, post__kind=kind)
    return held.values_list("person_id", flat=True)


def members(key: str, path: str, now: datetime) -> QuerySet[Person]:
    """Return the people of a unit who are in a class; none for a class that nobody knows."""
    people = people_of(path)
    office, duty = with_post(Post.Kind.OFFICE, now), with_post(Post.Kind.DUTY, now)
    leading = SchoolClass.objects.filter(org_path__under=path, retired_at=None).exclude(teacher=None)
    known = {
        MANAGERS: people.filter(pk__in=office),
        DUTY: people.filter(pk__in=duty),
        STAFF: people.exclude(pk__in=office).exclude(pk__in=duty),
        TEACHERS: people.filter(pk__in=leading.values("teacher_id")),
        EVERYBODY: people,
    }
    if key in known:
        return known[key]
    if key.startswith(TITLE):
        return people.filter(title=key.removeprefix(TITLE))
    if key.startswith(SECTION):
        return people.filter(organisation__code=key.removeprefix(SECTION))
    if key.startswith(CLASS):
        return people.filter(pk__in=leading.filter(code=key.removeprefix(CLASS)).values("teacher_id"))
    return people.none()


def classes_of(row: Exercise, now: datetime, unit: ExerciseUnit | None = None) -> tuple[PeopleClass, ...]:
    """Return the classes of people of the unit that leads, or of one that holds the exercise with it."""
    path = unit.org_path if unit else row.org_path
    enrolled = enrolled_people(row)
    found = [counted(key, NAMES[key], members(key, path, now), enrolled) for key in NAMES]
    titles = people_of(path).exclude(title="").values("title").annotate(n=Count("pk")).order_by("-n", "title")
    for one in titles[:MOST_TITLES]:
        key = TITLE + one["title"]
        found.append(counted(key, Text(one["title"], one["title"]), members(key, path, now), enrolled))
    found += [counted(SECTION + one.code, name_of(one), members(SECTION + one.code, path, now), enrolled)
              for one in sections_of(path)]  # fmt: skip
    refs = set(row.participants.filter(ref__startswith=CLASS).values_list("ref", flat=True))
    classes = SchoolClass.objects.filter(org_path__under=path, retired_at=None).order_by("org_path", "grade", "code")
    for school_class in classes[:MOST_CLASSES]:
        key, pupils = CLASS + school_class.code, school_class.pupils
        found.append(PeopleClass(key, name_of(school_class), pupils, pupils if key in refs else 0))
    return tuple(one for one in found if one.people)


def sections_of(path: str) -> list[Organisation]:
    """Return the units below one that have people of their own, those with the most first."""
    below = Organisation.objects.filter(path__under=path, retired_at=None).exclude(path=path)
    people = Count("persons", filter=Q(persons__retired_at=None))
    return list(below.annotate(n=people).filter(n__gt=0).order_by("-n", "path")[:MOST_TITLES])


def enrolled_people(row: Exercise) -> Q:
    """Select the people on the list of an exercise: by name, or by a unit on it that they belong to.

    Below a unit that is listed, those of one that declined, withdrew or is away are not: they hear of nothing.
    """
    refs = set(row.participants.exclude(unit__state=ExerciseUnit.State.AWAY).values_list("ref", flat=True))
    persons = [ref.removeprefix("person:") for ref in refs if ref.startswith("person:")]
    agencies = [ref.removeprefix("agency:") for ref in refs if ref.startswith("agency:")]
    by_unit = Q(pk__in=[])
    for path in Organisation.objects.filter(code__in=agencies).values_list("path", flat=True):
        left = [one for one in paths_left(row.pk) if one.startswith(path) and one != path]
        below = Q(org_path__under=path)
        for one in left:
            below &= ~Q(org_path__under=one)
        by_unit |= below
    return Q(code__in=persons) | by_unit


def counted(key: str, title: Text, people: QuerySet[Person], enrolled: Q) -> PeopleClass:
    found = people.aggregate(people=Count("pk"), enrolled=Count("pk", filter=enrolled))
    return PeopleClass(key, title, found["people"], found["enrolled"])


def enrol_by_class(
    *, by: User | None, now: datetime, exercise: Exercise, classes: Iterable[str], unit: ExerciseUnit | None = None
) -> Exercise:
    """Add everybody of some classes of people to the list, as players; who stands there stays.

    A school class is put on the list itself, its pupils to be counted, and its teacher by name.
    """
    path, keys = (unit.org_path if unit else exercise.org_path), sorted(set(classes))
    units = joined_units(exercise)
    found: dict[tuple[str, str], str] = {}
    for key in keys:
        if key.startswith(CLASS) and SchoolClass.objects.filter(org_path__under=path, code=key.removeprefix(CLASS)):
            found[key, "player"] = ""
        for code, home in members(key, path, now).values_list("code", "org_path"):
            if owner_of(home, units) == unit:
                found[f"person:{code}", "player"] = ""
    if not found:
        raise ExerciseRefused(
            zh="所选人员类别目前没有人员。请另选类别，或先登记人员。",
            en="Nobody is in the classes chosen. Choose others, or enter the people in the register first.",
        )
    listed = {(one.ref, one.part): one.post for one in exercise.participants.filter(unit=unit)}
    every: list[Listed] = [(ref, part, post) for (ref, part), post in {**found, **listed}.items()]
    return enrol(by=by, now=now, exercise=exercise, participants=every, unit=unit)
