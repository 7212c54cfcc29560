"""Count the rescuers in the danger zone: in, heard of, out. Times are those of the clock of the response."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.running import locked, may_act
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.clock import Mode
from youbei.engine.errors import Refused
from youbei.records.clocks import clock_of
from youbei.records.load import load_plan
from youbei.records.models import Assignment, Entry, Run, User

MOST_PEOPLE = 1000
MOST_MINUTES = 24 * 60


class EntryRefused(Refused):
    """Refuse an entry that cannot be, or what cannot be done with one."""


class NoSuchEntry(Refused):
    """Refuse an entry that the run does not have."""

    status = 404


@transaction.atomic
def enter(
    *,
    by: User | None,
    now: datetime,
    run: Run,
    people: int,
    minutes: int,
    team: str = "",
    label: str = "",
    zone: str = "",
) -> Entry:
    """Note that so many people go in, to be out again after so many minutes.

    `team` is the code of an assignment of the run, whose team is named by it; others are named by `label`.
    """
    row = locked(run)
    may_act(by, row, load_plan(row.plan_version), now=now, permission=Permission.WORK_STEP)
    sent = Assignment.objects.filter(run=row, code=team, team__isnull=False).first() if team else None
    name = clean(sent.label if sent else label, limit=120).strip()
    if not name or (team and sent is None):
        raise EntryRefused(
            zh="请选择一支派到本次响应的队伍，或写明是谁。", en="Choose a team of this response, or say who goes in."
        )
    if row.phase not in (Run.Phase.ACTIVE, Run.Phase.ENDED):
        raise EntryRefused(zh="响应已经结束，不再登记进入。", en="The response is over: nobody is entered any more.")
    if not 0 < people <= MOST_PEOPLE or not 0 < minutes <= MOST_MINUTES:
        raise EntryRefused(
            zh="人数须为 1 至 1000，时间须为 1 至 1440 分钟。", en="Give 1 to 1000 people and 1 to 1440 minutes."
        )
    at = clock_of(row).scenario_at(now)
    entry = Entry.objects.create(
        run=row,
        team_id=sent.team_id if sent else None,
        label=name,
        people=people,
        zone=clean(zone, limit=120).strip(),
        entered_at=at,
        due_out_at=at + timedelta(minutes=minutes),
        heard_at=at,
    )
    note(row, "scene.entered", {"entry": entry.pk, "people": people, "minutes": minutes}, by=by, now=now)
    return entry


@transaction.atomic
def hear(*, by: User | None, now: datetime, run: Run, entry: int, minutes: int | None = None) -> Entry:
    """Note that those inside were heard of; `minutes` gives them so long from now."""
    row, held = held_entry(by, now, run, entry)
    at = clock_of(row).scenario_at(now)
    held.heard_at = at
    if minutes is not None:
        if not 0 < minutes <= MOST_MINUTES:
            raise EntryRefused(zh="时间须为 1 至 1440 分钟。", en="Give 1 to 1440 minutes.")
        held.due_out_at = at + timedelta(minutes=minutes)
    held.save(update_fields=["heard_at", "due_out_at"])
    note(row, "scene.heard", {"entry": held.pk, **({"minutes": minutes} if minutes else {})}, by=by, now=now)
    return held


@transaction.atomic
def leave(*, by: User | None, now: datetime, run: Run, entry: int, people: int | None = None) -> Entry:
    """Note that those inside are out, or so many of them; saying it again changes nothing."""
    row, held = held_entry(by, now, run, entry, may_be_out=True)
    if held.left_at is not None:
        return held
    out = held.people if people is None else people
    if not 0 < out <= held.people:
        raise EntryRefused(
            zh=f"里面有 {held.people} 人，出来的须为 1 至 {held.people} 人。",
            en=f"{held.people} are inside: between 1 and {held.people} can come out.",
        )
    at = clock_of(row).scenario_at(now)
    if out == held.people:
        held.left_at = at
    held.people -= 0 if held.left_at else out
    held.heard_at = at
    held.save(update_fields=["left_at", "people", "heard_at"])
    note(row, "scene.left", {"entry": held.pk, "people": out}, by=by, now=now)
    return held


def held_entry(by: User | None, now: datetime, run: Run, entry: int, *, may_be_out: bool = False) -> tuple[Run, Entry]:
    row = locked(run)
    may_act(by, row, load_plan(row.plan_version), now=now, permission=Permission.WORK_STEP)
    held = Entry.objects.select_for_update(of=("self",), no_key=True).filter(run=row, pk=entry).first()
    if held is None:
        raise NoSuchEntry(
            zh="本次响应没有这条进入记录。请从清单中选择。",
            en="This response has no such entry. Choose one from its list.",
        )
    if held.left_at is not None and not may_be_out:
        raise EntryRefused(zh="他们已经出来了。", en="They are out already.")
    return row, held


def note(row: Run, kind: str, data: dict[str, object], *, by: User | None, now: datetime) -> None:
    incident = row.incident
    what = [(kind, {"run": row.pk, **data})]
    record(incident.stream, what, by=actor_for(by, now), now=now, org_path=incident.org_path, mode=Mode(incident.mode))
