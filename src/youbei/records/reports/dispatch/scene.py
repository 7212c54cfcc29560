"""A scene as its commander counts it: who is on the way, there, inside, released."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from youbei.engine.scene import HeadCount, Inside, head_count
from youbei.engine.text import Text
from youbei.records.models import Assignment, Entry, Run
from youbei.records.reports.codes import names_of_resources

MOST = 500


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One entry; `is_overdue` and `is_unheard` as of now."""

    pk: int
    label: str
    zone: str
    people: int
    entered_at: datetime
    due_out_at: datetime
    heard_at: datetime
    left_at: datetime | None
    is_overdue: bool
    is_unheard: bool


@dataclass(frozen=True, slots=True)
class SentShown:
    """What was sent to the scene, and how far it has come; `people` is the strength of a team."""

    code: str
    name: Text
    people: int
    is_team: bool
    expected_at: datetime
    arrived_at: datetime | None
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class Scene:
    inside: tuple[EntryShown, ...]
    out: tuple[EntryShown, ...]
    count: HeadCount
    sent: tuple[SentShown, ...]

    @property
    def still_out(self) -> int:
        """How much has not been released: what demobilisation waits for."""
        return sum(one.released_at is None for one in self.sent)

    @property
    def on_scene(self) -> int:
        return sum(one.people for one in self.sent if one.arrived_at and not one.released_at)


def scene(run: Run, now: datetime) -> Scene:
    """Return the scene of a run at a moment of its own clock."""
    rows = list(Entry.objects.filter(run=run).order_by("-pk")[:MOST])
    inside = [row for row in rows if row.left_at is None]
    counted = [Inside(row.people, row.entered_at, row.due_out_at, row.heard_at) for row in inside]
    sent = list(Assignment.objects.filter(run=run).select_related("team").order_by("released_at", "pk")[:MOST])
    names = names_of_resources([row.resource for row in sent])
    return Scene(
        inside=tuple(sorted((entry_shown(row, now) for row in inside), key=lambda one: one.due_out_at)),
        out=tuple(entry_shown(row, now) for row in rows if row.left_at is not None),
        count=head_count(counted, now),
        sent=tuple(
            SentShown(
                code=row.code,
                name=names.get(row.resource, Text(row.label, row.label)),
                people=row.team.strength if row.team else 0,
                is_team=row.team is not None,
                expected_at=row.expected_at,
                arrived_at=row.arrived_at,
                released_at=row.released_at,
            )
            for row in sent
        ),
    )


def entry_shown(row: Entry, now: datetime) -> EntryShown:
    one = Inside(row.people, row.entered_at, row.due_out_at, row.heard_at)
    is_in = row.left_at is None
    return EntryShown(
        pk=row.pk,
        label=row.label,
        zone=row.zone,
        people=row.people,
        entered_at=row.entered_at,
        due_out_at=row.due_out_at,
        heard_at=row.heard_at,
        left_at=row.left_at,
        is_overdue=is_in and one.is_overdue(now),
        is_unheard=is_in and one.is_unheard(now),
    )
