"""From register codes to the persons behind them.

`person:<code>` is a person; `<org>/<post>` (also written `office:<org>/<post>` or `duty_post:<org>/<post>`) is a post,
held by whoever is on duty there at that time, else by whoever holds it; `agency:<org>` is filled by its people who
may work steps there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from youbei.engine.access import Permission
from youbei.records.models import DutyShift, Person, PostHolding, RunPost, User

PREFIXES = ("office:", "duty_post:", "post:")


def post_code(ref: str) -> str:
    """Return the code of the post that a holder names, or nothing where it names no post."""
    for prefix in PREFIXES:
        if ref.startswith(prefix):
            return ref[len(prefix) :]
    return ref if "/" in ref and ":" not in ref else ""


def persons_holding(asked: Iterable[tuple[str, datetime]]) -> dict[tuple[str, datetime], int]:
    """Return for each (holder, moment) the key of the person; pairs without one are left out. At most three queries."""
    pairs = set(asked)
    found: dict[tuple[str, datetime], int] = {}
    codes = {ref.removeprefix("person:") for ref, _ in pairs if ref.startswith("person:")}
    if codes:
        persons = dict(Person.objects.filter(code__in=codes).values_list("code", "pk"))
        for ref, at in pairs:
            if (pk := persons.get(ref.removeprefix("person:"))) is not None and ref.startswith("person:"):
                found[ref, at] = pk
    posts = {post_code(ref) for ref, _ in pairs} - {""}
    if posts:
        spans = holding_spans(posts, min(at for _, at in pairs), max(at for _, at in pairs))
        for ref, at in pairs:
            for code, person, starts_at, ends_at in spans:
                if code == post_code(ref) and starts_at <= at and (ends_at is None or at < ends_at):
                    found.setdefault((ref, at), person)
    return found


def holding_spans(
    posts: set[str], earliest: datetime, latest: datetime
) -> list[tuple[str, int, datetime, datetime | None]]:
    """Return who was at the posts and from when to when, shifts (leaders first) before holdings."""
    columns = ("post__code", "person_id", "starts_at", "ends_at")
    shifts = DutyShift.objects.filter(post__code__in=posts, starts_at__lte=latest, ends_at__gt=earliest)
    holdings = PostHolding.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=earliest), post__code__in=posts, starts_at__lte=latest
    )
    return [
        *shifts.order_by("-is_leader", "-starts_at", "id").values_list(*columns),
        *holdings.order_by("-starts_at", "id").values_list(*columns),
    ]


def codes_of_user(user: User, now: datetime) -> frozenset[str]:
    """Return every register code that stands for this user at this moment: the person, the posts, the agency.

    An agency is filled by its people who may work steps there, not by everybody who is employed.
    """
    person = user.person
    if person is None:
        return frozenset()
    agency = {f"agency:{person.organisation.code}"} if user.may(Permission.WORK_STEP, person.org_path) else set()
    holdings = PostHolding.objects.filter(person=person, starts_at__lte=now).exclude(ends_at__lte=now)
    duties = DutyShift.objects.filter(person=person, starts_at__lte=now, ends_at__gt=now)
    offices = (*holdings.values_list("post__code", flat=True), *duties.values_list("post__code", flat=True))
    return frozenset({f"person:{person.code}", *agency, *offices})


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a run, as far as posts go: the person, and all register codes that stand for them now."""

    person_id: int | None
    codes: frozenset[str]

    def holds(self, post: RunPost | None) -> bool:
        """Say whether the reader fills a post: as the person, or by an office, a duty or an agency of theirs."""
        if post is None:
            return False
        return post.holder in self.codes or (post.person_id is not None and post.person_id == self.person_id)


def reader_of(user: User, now: datetime) -> Reader:
    return Reader(user.person_id, codes_of_user(user, now))
