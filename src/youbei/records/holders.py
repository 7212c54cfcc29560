"""From register codes to the persons behind them.

`person:<code>` is a person; `<org>/<post>` (also written `office:<org>/<post>` or `duty_post:<org>/<post>`) is a post,
held by whoever is on duty there at that time, else by whoever holds it; `agency:<org>` is nobody in particular.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from youbei.records.models import DutyShift, Person, PostHolding

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
