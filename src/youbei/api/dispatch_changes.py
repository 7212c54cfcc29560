"""Which orders should change now that something has changed, and carrying that out."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.dispatch.replanning import Order, plan_again, turn
from youbei.actions.dispatch.working import settled
from youbei.api.access import caller, may
from youbei.api.assignments import AssignmentOut, assignment_out
from youbei.api.dispatch import Key, exercise_of
from youbei.api.repeat import idempotent_after
from youbei.api.values import Body, Id, Prose
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import Team

router = Router(tags=["dispatch"])


class TurnedOut(Schema):
    """A team whose orders should change; `before` and `after` are `<run>:<need>`, None: free, or home."""

    team: str
    before: str | None
    after: str | None
    is_torn: bool
    text: Text


class ReplanOut(Schema):
    """The change of orders that is worth its trouble; empty where none is."""

    turned: list[TurnedOut]
    gain: Text


class TurnIn(Body):
    """`teams` are the codes that were named; taking one from a scene takes a reason."""

    teams: Annotated[list[Key], Field(min_length=1, max_length=2000)]
    reason: Prose = ""
    exercise: Id | None = None


@router.get("/dispatch/changes", response=ReplanOut, **may(Permission.SEE))
def get_dispatch_changes(request: HttpRequest, exercise: Annotated[Id | None, Query()] = None) -> ReplanOut:
    """Say which orders should change now: a team has broken down, an incident is new, a road is closed."""
    user = caller(request)
    found = plan_again(user, now=clock.now(), exercise=exercise_of(exercise, user))
    return ReplanOut(
        turned=[
            TurnedOut(
                team=one.team.code,
                before=order_name(one.before),
                after=order_name(one.after),
                is_torn=one.is_torn,
                text=one.text,
            )
            for one in found.turned
        ],
        gain=found.gain,
    )


def order_name(order: Order | None) -> str | None:
    return None if order is None else f"{order.run.pk}:{order.need.key}"


def settle_changes(request: HttpRequest, body: TurnIn) -> None:
    """Have the change of orders at hand, or refuse while it is worked out beside the request."""
    user = caller(request)
    settled(user, now=clock.now(), exercise=exercise_of(body.exercise, user))


@router.post("/dispatch/changes", response={201: list[AssignmentOut]}, **may(Permission.ASSIGN_RESOURCE))
@idempotent_after(settle_changes)
def change_dispatch(request: HttpRequest, body: TurnIn) -> Status[list[AssignmentOut]]:
    """Carry out the change of orders as it was named: release these teams and assign them anew. All or nothing.

    While it is worked out anew, for something has changed, the answer is 409 `worked-out-anew` with `Retry-After`.
    """
    user, now = caller(request), clock.now()
    exercise = exercise_of(body.exercise, user)
    teams = list(Team.objects.filter(code__in=body.teams).values_list("pk", flat=True))
    known = settled(user, now=now, exercise=exercise).replanning
    made = turn(by=user, now=now, teams=teams, reason=body.reason, exercise=exercise, known=known)
    return Status(201, [assignment_out(row) for row in made])
