"""Teams that move up where cover is lacking."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.dispatch.moving_up import order_moves_up
from youbei.actions.dispatch.working import settled_proposal
from youbei.actions.moves_up import arrive_moved_up, send_home
from youbei.actions.permit import not_found
from youbei.api.access import caller, may
from youbei.api.dispatch import Key, exercise_of
from youbei.api.repeat import idempotent, idempotent_after
from youbei.api.values import Body, Id, Prose
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import HomeCover, MoveUp, Team
from youbei.records.reports.dispatch.covers import Moved, moved, moves_up_seen

router = Router(tags=["dispatch"])


class MoveUpIn(Body):
    """The codes of a team and of the home cover that it moves up for, as the proposal advises."""

    team: Key
    cover: Key


class MovesUpIn(Body):
    moves: Annotated[list[MoveUpIn], Field(min_length=1, max_length=200)]
    reason: Prose = ""
    exercise: Id | None = None


class MovingUpOut(Schema):
    """A team that moves up, or stands where it moved to."""

    pk: int
    team: str
    name: Text
    cover: Text
    ordered_at: datetime
    expected_at: datetime
    arrived_at: datetime | None


def moved_out(one: Moved) -> MovingUpOut:
    return MovingUpOut(
        pk=one.pk,
        team=one.team_code,
        name=one.team_name,
        cover=one.cover_name,
        ordered_at=one.ordered_at,
        expected_at=one.expected_at,
        arrived_at=one.arrived_at,
    )


@router.get("/dispatch/moves-up", response=list[MovingUpOut], **may(Permission.SEE))
def list_moves_up(request: HttpRequest, exercise: Annotated[Id | None, Query()] = None) -> list[MovingUpOut]:
    """List the teams that are moving up or stand where they moved to, the newest order first."""
    user = caller(request)
    return [moved_out(one) for one in moves_up_seen(user, exercise=exercise_of(exercise, user))]


def settle_moves_up(request: HttpRequest, body: MovesUpIn) -> None:
    """Have the advice at hand, or refuse while it is worked out beside the request."""
    user = caller(request)
    settled_proposal(user, now=clock.now(), exercise=exercise_of(body.exercise, user))


@router.post("/dispatch/moves-up", response={201: list[MovingUpOut]}, **may(Permission.ASSIGN_RESOURCE))
@idempotent_after(settle_moves_up)
def order_moving_up(request: HttpRequest, body: MovesUpIn) -> Status[list[MovingUpOut]]:
    """Order teams to move up as the proposal of this moment advises. All of them or none; the teams are told.

    While it is worked out anew, for something has changed, the answer is 409 `worked-out-anew` with `Retry-After`.
    """
    user, now = caller(request), clock.now()
    exercise = exercise_of(body.exercise, user)
    teams = dict(Team.objects.filter(code__in=[one.team for one in body.moves]).values_list("code", "pk"))
    covers = dict(HomeCover.objects.filter(code__in=[one.cover for one in body.moves]).values_list("code", "pk"))
    made = order_moves_up(
        by=user,
        now=now,
        chosen=[(teams.get(one.team, 0), covers.get(one.cover, 0)) for one in body.moves],
        reason=body.reason,
        exercise=exercise,
        known=settled_proposal(user, now=now, exercise=exercise),
    )
    return Status(201, [moved_out(moved(row)) for row in made])


@router.post("/dispatch/moves-up/{pk}/arrive", response=MovingUpOut, **may(Permission.ASSIGN_RESOURCE))
@idempotent
def arrive_moving_up(request: HttpRequest, pk: Id) -> MovingUpOut:
    """Say that a team stands where it was to move up to; saying it again changes nothing."""
    row = arrive_moved_up(by=caller(request), now=clock.now(), move_up=move_up_named(pk))
    return moved_out(moved(row))


@router.post("/dispatch/moves-up/{pk}/home", response=MovingUpOut, **may(Permission.ASSIGN_RESOURCE))
@idempotent
def send_moved_up_home(request: HttpRequest, pk: Id) -> MovingUpOut:
    """Let a team that moved up go home; saying it again changes nothing."""
    row = send_home(by=caller(request), now=clock.now(), move_up=move_up_named(pk))
    return moved_out(moved(row))


def move_up_named(pk: int) -> MoveUp:
    row = MoveUp.objects.filter(pk=pk).first()
    if row is None:
        raise not_found()
    return row
