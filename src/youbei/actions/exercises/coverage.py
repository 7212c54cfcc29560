"""Who of a unit takes part, staff and managers included: enrolment by post, and what it covers of the roster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from youbei.actions.directory import Contact, Directory, codes_in
from youbei.actions.exercises.classes import PeopleClass, classes_of, enrolled_people
from youbei.actions.exercises.enrolling import enrol, joined_units, owner_of
from youbei.actions.exercises.keeping import ExerciseRefused
from youbei.engine.text import Text
from youbei.records.load import load_plan
from youbei.records.models import Exercise, Participant, Person, PostHolding, User

# Assumption: who leads an exercise of more people enrols units; counting each class of so many takes seconds.
LARGEST_ROSTER = 20_000


@dataclass(frozen=True, slots=True)
class PostCover:
    """A post of the plan: who would fill it today, whether that one is enrolled, or a role of the script plays it."""

    post: str
    title: Text
    holder: str
    is_enrolled: bool
    is_played: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the list of participants covers. A unit on it covers all its people; managers hold a post."""

    posts: tuple[PostCover, ...]
    roster: int
    enrolled: int
    managers: int
    managers_enrolled: int
    classes: tuple[PeopleClass, ...] = ()

    @property
    def posts_covered(self) -> int:
        return sum(one.is_enrolled or one.is_played for one in self.posts)


def filling(row: Exercise, now: datetime) -> dict[str, tuple[Contact, ...]]:
    """Return the people or the unit that would fill each post of the plan today."""
    if row.plan_version is None:
        return {}
    plan = load_plan(row.plan_version)
    directory = Directory(codes_in(plan), now)
    return {post.id: directory.contacts(directory.first_filled(post)) for post in plan.posts}


def holders(row: Exercise, now: datetime) -> dict[str, list[str]]:
    """Return the register codes of who would fill each post of the plan today."""
    return {post: [one.code for one in contacts] for post, contacts in filling(row, now).items()}


def enrol_by_post(*, by: User | None, now: datetime, exercise: Exercise) -> Exercise:
    """Add everybody who fills a post of the plan today to the list, each at their post; who stands there stays.

    Those of a unit that holds the exercise with others are for that unit to list.
    """
    units = joined_units(exercise)
    found: dict[tuple[str, str], str] = {}
    for post, contacts in filling(exercise, now).items():
        found |= {(one.code, "player"): post for one in contacts if owner_of(one.org_path, units) is None}
    if not found:
        raise ExerciseRefused(
            zh="预案的岗位目前无人担任，无人可登记。请逐人或按单位登记。",
            en="Nobody fills a post of the plan today. Enrol people or units one by one.",
        )
    listed = {(one.ref, one.part): one.post for one in exercise.participants.filter(unit=None)}
    every = [(ref, part, post) for (ref, part), post in {**found, **listed}.items()]
    return enrol(by=by, now=now, exercise=exercise, participants=every)


def agencies_at_play(row: Exercise) -> set[str]:
    """Return the units that hold the exercise with others and have listed players, as agencies that fill posts."""
    playing = row.units.filter(participants__part=Participant.Part.PLAYER).values_list("organisation__code", flat=True)
    return {f"agency:{code}" for code in playing}


def coverage_of(row: Exercise, now: datetime) -> Coverage:
    """Return what the list covers of the plan's posts and of the unit's roster."""
    listed = {(one.ref, one.post) for one in row.participants.all() if one.part == Participant.Part.PLAYER}
    refs = {ref for ref, _ in listed} | agencies_at_play(row)
    roles = [] if row.data is None else row.data.get("roles", [])
    played = {post for role in roles for post in role.get("plays", ())}
    plan = load_plan(row.plan_version) if row.plan_version else None
    fills = holders(row, now)
    posts = tuple(
        PostCover(
            post.id,
            post.title,
            ", ".join(fills.get(post.id, ())),
            bool(refs.intersection(fills.get(post.id, ()))) or any(at == post.id for _, at in listed),
            post.id in played,
        )
        for post in (plan.posts if plan else ())
    )
    people = Person.objects.filter(org_path__under=row.org_path, retired_at=None)
    at_posts = PostHolding.objects.filter(starts_at__lte=now).filter(Q(ends_at=None) | Q(ends_at__gt=now))
    enrolled = people.filter(enrolled_people(row))
    managers = people.filter(pk__in=at_posts.values("person_id"))
    roster = people.count()
    return Coverage(
        posts=posts,
        roster=roster,
        enrolled=enrolled.count(),
        managers=managers.count(),
        managers_enrolled=managers.filter(pk__in=enrolled.values("pk")).count(),
        classes=classes_of(row, now) if roster <= LARGEST_ROSTER else (),
    )
