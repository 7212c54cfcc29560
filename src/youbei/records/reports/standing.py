"""What one asks of a person or a post: who holds it, how they are reached and when that worked, what they may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from youbei.engine.access import Permission
from youbei.records.models import (
    Conflict,
    ContactWay,
    Person,
    Post,
    PostHolding,
    Qualification,
    TeamMember,
    User,
    Vetting,
)
from youbei.records.registers.pages import mask

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Way:
    """A way to reach somebody: its address is masked. `has_failed`: it failed after it last worked."""

    pk: int
    way: str
    address: str
    last_ok_at: datetime | None
    last_failed_at: datetime | None

    @property
    def has_failed(self) -> bool:
        return self.last_failed_at is not None and (self.last_ok_at is None or self.last_failed_at > self.last_ok_at)


@dataclass(frozen=True, slots=True)
class Held:
    """A post that somebody holds, has held, or will hold; `state` is now, past or ahead."""

    holding: PostHolding
    state: str


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """What is known of a person; `vettings` and `conflicts` are None for whoever may not see them."""

    ways: Sequence[Way]
    held: Sequence[Held]
    certificates: Sequence[tuple[Qualification, bool]]
    teams: Sequence[TeamMember]
    vettings: Sequence[tuple[Vetting, bool]] | None
    conflicts: Sequence[tuple[Conflict, bool]] | None


def standing_of_person(person: Person, user: User, now: datetime, today: date) -> PersonStanding:
    """Return what is known of a person. What has run out by `today` is paired with False."""
    vets = user.may(Permission.VET_PEOPLE, person.org_path)
    held = PostHolding.objects.visible_to(user).filter(person=person, retired_at=None)
    certificates = Qualification.objects.visible_to(user).filter(person=person, retired_at=None)
    members = TeamMember.objects.visible_to(user).filter(person=person, retired_at=None, left_on=None)
    vettings = Vetting.objects.filter(person=person, retired_at=None).order_by("-vetted_on", "-pk")
    conflicts = Conflict.objects.filter(person=person, retired_at=None).order_by("-declared_on", "-pk")
    return PersonStanding(
        ways=ways_in(ContactWay.objects.visible_to(user).filter(person=person, retired_at=None)),
        held=holdings_in(held.select_related("post__organisation"), now),
        certificates=[(one, counts(one.expires_on, today)) for one in certificates.order_by("kind", "-pk")[:SHOWN]],
        teams=list(members.select_related("team").order_by("pk")[:SHOWN]),
        vettings=[(one, counts(one.valid_until, today)) for one in vettings[:SHOWN]] if vets else None,
        conflicts=[(one, counts(one.valid_until, today)) for one in conflicts[:SHOWN]] if vets else None,
    )


def holders_of(post: Post, user: User, now: datetime) -> Sequence[Held]:
    """Return who holds a post, who held it before and who will, those of now first."""
    rows = PostHolding.objects.visible_to(user).filter(post=post, retired_at=None)
    return holdings_in(rows.select_related("person"), now)


def ways_of_post(post: Post, user: User) -> Sequence[Way]:
    return ways_in(ContactWay.objects.visible_to(user).filter(post=post, retired_at=None))


def ways_in(rows: QuerySet[ContactWay]) -> Sequence[Way]:
    """Return ways in the order in which they are tried: what failed after it last worked comes behind."""
    found = [
        Way(one.pk, one.way, mask(one.address), one.last_ok_at, one.last_failed_at)
        for one in rows.order_by("rank", "pk")[:SHOWN]
    ]
    return sorted(found, key=lambda one: one.has_failed)


def holdings_in(rows: QuerySet[PostHolding], now: datetime) -> Sequence[Held]:
    order = {"now": 0, "ahead": 1, "past": 2}
    found = [Held(one, state_of(one, now)) for one in rows.order_by("-starts_at", "-pk")[:SHOWN]]
    return sorted(found, key=lambda one: order[one.state])


def state_of(holding: PostHolding, now: datetime) -> str:
    if holding.starts_at > now:
        return "ahead"
    return "now" if holding.ends_at is None or now < holding.ends_at else "past"


def counts(until: date | None, today: date) -> bool:
    """Say whether something still counts on a day; the last day included."""
    return until is None or today <= until
