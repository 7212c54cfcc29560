"""The scene of a response: who is there, who is inside the danger zone, who came out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from youbei.actions import clock, scene
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.runs import run_row
from youbei.api.values import Body, Id, Slug
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.clocks import clock_of
from youbei.records.models import Entry
from youbei.records.reports.board import visible_run
from youbei.records.reports.dispatch.scene import EntryShown, SentShown
from youbei.records.reports.dispatch.scene import scene as scene_of

router = Router(tags=["runs"])
Minutes = Annotated[int, Field(ge=1, le=1440)]
Rescuers = Annotated[int, Field(ge=1, le=1000)]
Words = Annotated[str, Field(max_length=120, pattern=r"^[^\x00]*$")]


class EnterIn(Body):
    """`team` is the code of an assignment of the response; others are named by `label`, a group and not a name."""

    people: Rescuers
    minutes: Minutes
    team: Slug | None = None
    label: Words = ""
    zone: Words = ""


class HeardIn(Body):
    """`minutes` gives them so long from now; without it they keep their time."""

    minutes: Minutes | None = None


class LeaveIn(Body):
    """How many came out; without it all of them."""

    people: Rescuers | None = None


class InsideOut(Schema):
    """Who went in; times are those of the clock of the response."""

    pk: int
    label: str
    zone: str
    people: int
    entered_at: datetime
    due_out_at: datetime
    heard_at: datetime
    left_at: datetime | None


class InsideNowOut(InsideOut):
    is_overdue: bool
    is_unheard: bool


class SentOut(Schema):
    """What was sent; it checks in by `POST /runs/{id}/assignments/{code}/arrive` and is let go by `.../release`."""

    assignment: str
    name: Text
    people: int
    is_team: bool
    expected_at: datetime
    arrived_at: datetime | None
    released_at: datetime | None


class SceneOut(Schema):
    """`inside`, `overdue` and `unheard` count people; `still_out` is what demobilisation waits for."""

    now_there: datetime
    inside: int
    overdue: int
    unheard: int
    on_scene: int
    still_out: int
    entries: list[InsideNowOut]
    out: list[InsideNowOut]
    sent: list[SentOut]


def inside_now(one: EntryShown) -> InsideNowOut:
    return InsideNowOut.model_validate(one, from_attributes=True)


def inside_out(row: Entry) -> InsideOut:
    return InsideOut.model_validate(row, from_attributes=True)


def sent_out(one: SentShown) -> SentOut:
    return SentOut(
        assignment=one.code,
        name=one.name,
        people=one.people,
        is_team=one.is_team,
        expected_at=one.expected_at,
        arrived_at=one.arrived_at,
        released_at=one.released_at,
    )


@router.get("/runs/{run_id}/scene", response=SceneOut, **may(Permission.SEE))
def get_scene(request: HttpRequest, run_id: Id) -> SceneOut:
    """Count who is there and who is inside, and list what was sent and how far it has come."""
    run = visible_run(run_id, caller(request))
    now = clock_of(run).scenario_at(clock.now())
    shown = scene_of(run, now)
    return SceneOut(
        now_there=now,
        inside=shown.count.inside,
        overdue=shown.count.overdue,
        unheard=shown.count.unheard,
        on_scene=shown.on_scene,
        still_out=shown.still_out,
        entries=[inside_now(one) for one in shown.inside],
        out=[inside_now(one) for one in shown.out],
        sent=[sent_out(one) for one in shown.sent],
    )


@router.post("/runs/{run_id}/scene/entries", response={201: InsideOut}, **may(Permission.WORK_STEP))
@idempotent
def enter_scene(request: HttpRequest, run_id: Id, body: EnterIn) -> Status[InsideOut]:
    """Note that so many people go into the danger zone, to be out again after so many minutes."""
    row = scene.enter(
        by=caller(request),
        now=clock.now(),
        run=run_row(run_id),
        people=body.people,
        minutes=body.minutes,
        team=body.team or "",
        label=body.label,
        zone=body.zone,
    )
    return Status(201, inside_out(row))


@router.post("/runs/{run_id}/scene/entries/{entry}/heard", response=InsideOut, **may(Permission.WORK_STEP))
@idempotent
def hear_of_entry(request: HttpRequest, run_id: Id, entry: Id, body: HeardIn) -> InsideOut:
    """Note that those inside were heard of."""
    row = scene.hear(by=caller(request), now=clock.now(), run=run_row(run_id), entry=entry, minutes=body.minutes)
    return inside_out(row)


@router.post("/runs/{run_id}/scene/entries/{entry}/leave", response=InsideOut, **may(Permission.WORK_STEP))
@idempotent
def leave_scene(request: HttpRequest, run_id: Id, entry: Id, body: LeaveIn) -> InsideOut:
    """Note that those inside are out, or so many of them; saying it again changes nothing."""
    row = scene.leave(by=caller(request), now=clock.now(), run=run_row(run_id), entry=entry, people=body.people)
    return inside_out(row)
