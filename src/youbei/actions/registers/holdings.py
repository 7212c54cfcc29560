"""Nobody holds the same post twice at one time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils import timezone

from youbei.engine.errors import Refused
from youbei.records.models import Person, PostHolding

Span = tuple[datetime, datetime | None]
# The keys of a post, of a person, and of the holding (0: a new one), and its time.
Held = tuple[int, int, int, Span]


class HeldAlready(Refused):
    """Refuse a holding of a post at a time when the same person holds it already."""


class Holdings:
    """The holdings in use of some persons, who are locked: of two entered at once one comes first.

    What is put in counts from then on, so that the rows of one sheet are held against each other, too.
    """

    def __init__(self, persons: Collection[int]) -> None:
        wanted = sorted(set(persons))
        self.spans: dict[tuple[int, int], dict[int, Span]] = defaultdict(dict)
        self.new = 0
        if not wanted:
            return
        list(
            Person.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=wanted)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        rows = PostHolding.objects.filter(person__in=wanted, retired_at__isnull=True).order_by("pk")
        for pk, post, person, start, end in rows.values_list("pk", "post_id", "person_id", "starts_at", "ends_at"):
            self.spans[post, person][pk] = (start, end)

    def know(self, said: Iterable[Held]) -> None:
        """Let count what earlier rows of a sheet say that is not stored yet; what there is stands as they change it."""
        for post, person, pk, span in said:
            if not pk:
                self.new -= 1
            self.spans[post, person][pk or self.new] = span

    def put(self, row: PostHolding) -> None:
        """Take a holding in, or raise HeldAlready with the one that stands in its way."""
        own = self.spans[row.post_id, row.person_id]
        for pk, (start, end) in own.items():
            if pk != row.pk and overlap((start, end), (row.starts_at, row.ends_at)):
                raise held_already(row, start, end)
        if row.pk is None:
            self.new -= 1
        own[row.pk or self.new] = (row.starts_at, row.ends_at)


def overlap(one: Span, other: Span) -> bool:
    """Say whether two times share a moment; an end belongs to neither, so one may begin where another ends."""
    return (one[1] is None or other[0] < one[1]) and (other[1] is None or one[0] < other[1])


def held_already(row: PostHolding, start: datetime, end: datetime | None) -> HeldAlready:
    post = row.post
    since = f"{timezone.localtime(start):%Y-%m-%d %H:%M}"
    until = f"{timezone.localtime(end):%Y-%m-%d %H:%M}" if end is not None else ""
    span_zh = f"自 {since} 至 {until}" if until else f"自 {since} 起，未填离任时间"
    span_en = f"from {since} until {until}" if until else f"since {since}, without an end"
    return HeldAlready(
        zh=f"此人已任“{post.name_zh}”（{span_zh}），不能同时再任一次。请修改那条任职的起止时间，或让新的任职在其后开始。",
        en=f"The same person holds {post.name_en or post.name_zh} already ({span_en}) and cannot hold it twice at one "
        "time. Change the times of that holding, or let the new one begin after it.",
    )


def demand_once(row: PostHolding) -> None:
    """Raise HeldAlready where the person of a holding has the post at that time by another."""
    Holdings([row.person_id]).put(row)
