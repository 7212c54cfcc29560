"""The optimiser for all running responses: what it proposes and why, and what is decided of it."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.dispatch.deciding import decide
from youbei.actions.dispatch.proposing import District, Proposal, Proposed, Short, propose
from youbei.actions.dispatch.reaching import as_features, bands_of
from youbei.actions.dispatch.supposing import MORE, MOST_BUDGET_S, MOST_KEPT, MOST_MORE, MOST_SLACK_MIN, Suppose
from youbei.actions.dispatch.working import settled_proposal
from youbei.actions.permit import not_found
from youbei.api.access import caller, may
from youbei.api.assignments import AssignmentOut, assignment_out
from youbei.api.repeat import idempotent_after
from youbei.api.values import Body, Id, PointIn, Prose
from youbei.engine.access import Permission
from youbei.engine.places import Point
from youbei.engine.text import Text
from youbei.records.models import Incident, User

router = Router(tags=["dispatch"])
MOST = 20
Key = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]


class MoreIn(Body):
    """So many more of a need `<run>:<step>/<need>`."""

    need: Key
    number: Annotated[int, Field(ge=1, le=MOST_MORE)]


class KeepIn(Body):
    """So many teams must remain for a home cover, whatever the register says."""

    cover: Id
    number: Annotated[int, Field(ge=1, le=MOST_KEPT)]


class SupposeIn(Body):
    """`more`: needs `<run>:<step>/<need>`, each time two more, `add`: so many more; `down`: teams that cannot go;
    `closed`: bridges; `protect`: home covers that nothing may break, `keep`: with so many teams; `slack_min`: what is
    due is due so much later; `budget_s`: work for a better plan, in about seconds.
    """

    more: Annotated[list[Key], Field(max_length=MOST)] = []
    down: Annotated[list[Id], Field(max_length=MOST)] = []
    closed: Annotated[list[PointIn], Field(max_length=MOST)] = []
    protect: Annotated[list[Id], Field(max_length=MOST)] = []
    add: Annotated[list[MoreIn], Field(max_length=MOST)] = []
    keep: Annotated[list[KeepIn], Field(max_length=MOST)] = []
    slack_min: Annotated[int, Field(ge=0, le=MOST_SLACK_MIN)] = 0
    budget_s: Annotated[int, Field(ge=0, le=MOST_BUDGET_S)] = 0


class DispatchIn(Body):
    """`exercise` is the incident of an exercise; without it all real responses are asked about."""

    exercise: Id | None = None
    suppose: SupposeIn = SupposeIn()


class ChoiceIn(Body):
    """`decision` is the key of a proposed decision; `resource` another than the proposed one, where wanted."""

    decision: Key
    resource: Key | None = None


class DecisionIn(Body):
    chosen: Annotated[list[ChoiceIn], Field(max_length=2000)]
    reason: Prose = ""
    exercise: Id | None = None


class InsteadOut(Schema):
    resource: str
    name: Text
    arrival_s: int


class PickOut(Schema):
    """One decision: who goes to which need, when they are there, why, and who could go instead. `price` in cents.

    `vehicle` fetches it and `carrier` names that; both are empty where it comes by itself. `load_kg` is null where
    nobody has entered what it weighs.
    """

    decision: str
    run: int
    incident: str
    need: str
    resource: str
    name: Text
    unit: Text
    vehicle: str
    carrier: Text
    load_kg: float | None
    quantity: int
    arrival_s: int
    is_late: bool
    is_estimated: bool
    reason: Text
    runner_up: Text
    runner_up_arrival_s: int | None
    agreement: Text
    price: int
    instead: list[InsteadOut]


class ShortOut(Schema):
    """A need that stays short: what binds, and the cheapest cure."""

    run: int
    incident: str
    need: str
    missing: int
    asked: int
    cause: str
    text: Text
    cure: dict[str, Any]


class BoundOut(Schema):
    """One level of the score with the bound below which no plan can be."""

    level: str
    value: int
    lower: int
    is_proven: bool


class MoveUpOut(Schema):
    """Advice: this team (its code) could move up to the district and be there after so many seconds."""

    team: str
    name: Text
    arrival_s: int


class CoverOut(Schema):
    """How home cover (its code) stands after the dispatch: teams wanted, there before and after, and the advice."""

    cover: str
    name: Text
    capability: str
    within_s: int
    is_strict: bool
    wanted: int
    before: int
    after: int
    lacking: int
    moves_up: list[MoveUpOut]
    text: Text


class DispatchOut(Schema):
    """The proposal. `is_cut`: more teams or lots stand farther away and were not looked at; the proof holds for those
    that were, and for all where `is_whole`: nobody beyond can be part of a better plan. `is_carriage_planned`: the
    registers hold vehicles that can be loaded, so whatever weighs something is fetched by one.
    """

    picks: list[PickOut]
    shorts: list[ShortOut]
    cover: list[CoverOut]
    levels: list[BoundOut]
    is_proven: bool
    lower: int
    upper: int
    gap: float
    verdict: Text
    estimated_ways: int
    unplaced_needs: int
    looked_at: int
    is_cut: bool
    is_whole: bool
    is_carriage_planned: bool
    was_stopped: bool


class DecidedOut(Schema):
    """What was carried out; `costs` is what the choice costs against the proposal, by level (more is worse)."""

    assignments: list[AssignmentOut]
    offered: int
    overridden: int
    costs: dict[str, int]
    text: Text


def exercise_of(pk: int | None, user: User) -> int | None:
    if pk is None:
        return None
    found = Incident.objects.filter(pk=pk, mode=Incident.Mode.EXERCISE).first()
    if found is None or not user.may(Permission.SEE, found.org_path):
        raise not_found()
    return found.pk


@router.get("/dispatch", response=DispatchOut, **may(Permission.SEE))
def get_dispatch(request: HttpRequest, exercise: Annotated[Id | None, Query()] = None) -> DispatchOut:
    """Propose who goes to which need of all running responses that you may see, with the proof and the reasons."""
    user = caller(request)
    return dispatch_out(propose(user, now=clock.now(), exercise=exercise_of(exercise, user)))


@router.get("/dispatch/areas", response=dict[str, Any], **may(Permission.SEE))
def get_dispatch_areas(request: HttpRequest, exercise: Annotated[Id | None, Query()] = None) -> dict[str, Any]:
    """Give the areas from which the incidents are reached within 10, 20 and 30 minutes by road, as GeoJSON."""
    user = caller(request)
    return as_features(bands_of(propose(user, now=clock.now(), exercise=exercise_of(exercise, user)).facts))


@router.post("/dispatch/suppositions", response=DispatchOut, **may(Permission.SEE))
def suppose_dispatch(request: HttpRequest, body: DispatchIn) -> DispatchOut:
    """Propose what would be right if things were otherwise; nothing is changed."""
    user = caller(request)
    more = Counter({key: MORE * number for key, number in Counter(body.suppose.more).items()})
    for one in body.suppose.add:
        more[one.need] += one.number
    suppose = Suppose(
        more=tuple(sorted(more.items())),
        kept=tuple(sorted({one.cover: one.number for one in body.suppose.keep}.items())),
        slack_min=body.suppose.slack_min,
        budget_s=body.suppose.budget_s,
        down=tuple(sorted(set(body.suppose.down))),
        protected=tuple(sorted(set(body.suppose.protect))),
        closed=tuple(Point(place.lat, place.lon) for place in body.suppose.closed),
    )
    return dispatch_out(propose(user, now=clock.now(), exercise=exercise_of(body.exercise, user), suppose=suppose))


def settle_proposal(request: HttpRequest, body: DecisionIn) -> None:
    """Have the proposal at hand, or refuse while it is worked out beside the request."""
    user = caller(request)
    if body.chosen:
        settled_proposal(user, now=clock.now(), exercise=exercise_of(body.exercise, user))


@router.post("/dispatch/decisions", response={201: DecidedOut}, **may(Permission.ASSIGN_RESOURCE))
@idempotent_after(settle_proposal)
def decide_dispatch(request: HttpRequest, body: DecisionIn) -> Status[DecidedOut]:
    """Carry out what you choose of the proposal of this moment: all of it or nothing. Other choices take a reason.

    While it is worked out anew, for something has changed, the answer is 409 `worked-out-anew` with `Retry-After`.
    """
    user, now = caller(request), clock.now()
    exercise = exercise_of(body.exercise, user)
    done = decide(
        by=user,
        now=now,
        chosen={one.decision: one.resource or one.decision.rpartition("|")[2] for one in body.chosen},
        reason=body.reason,
        exercise=exercise,
        known=lambda: settled_proposal(user, now=now, exercise=exercise),
    )
    out = DecidedOut(
        assignments=[assignment_out(row) for row in done.assignments],
        offered=done.offered,
        overridden=done.overridden,
        costs=done.difference.as_data()["levels"],
        text=done.difference.text,
    )
    return Status(201, out)


def dispatch_out(proposal: Proposal) -> DispatchOut:
    answer = proposal.answer
    return DispatchOut(
        picks=[pick_out(pick) for pick in proposal.picks],
        shorts=[short_out(short) for short in proposal.shorts],
        cover=[cover_out(one) for one in proposal.districts],
        levels=[
            BoundOut(level=one.level, value=one.value, lower=one.lower, is_proven=one.is_proven)
            for one in answer.solution.proofs
        ],
        is_proven=answer.is_proven,
        lower=answer.lower,
        upper=answer.upper,
        gap=answer.gap,
        verdict=answer.solution.verdict(),
        estimated_ways=answer.estimated,
        unplaced_needs=proposal.facts.unplaced,
        looked_at=proposal.facts.looked_at,
        is_cut=proposal.facts.is_cut,
        is_whole=proposal.is_whole,
        is_carriage_planned=proposal.facts.carriers.is_kept,
        was_stopped=answer.solution.was_stopped,
    )


def cover_out(one: District) -> CoverOut:
    return CoverOut(
        cover=one.wanted.code,
        name=one.wanted.name,
        capability=one.wanted.capability,
        within_s=one.wanted.within_s,
        is_strict=one.wanted.is_strict,
        wanted=one.covered.wanted,
        before=one.covered.before,
        after=one.covered.after,
        lacking=one.covered.lacking,
        moves_up=[MoveUpOut(team=team.code, name=team.name, arrival_s=move.seconds) for move, team in one.moves_up],
        text=one.covered.text,
    )


def pick_out(pick: Proposed) -> PickOut:
    return PickOut(
        decision=pick.key,
        run=pick.run.pk,
        incident=pick.run.number,
        need=pick.need.key,
        resource=pick.choice,
        vehicle=pick.vehicle,
        carrier=pick.carrier,
        load_kg=pick.load_kg,
        name=pick.name,
        unit=pick.unit,
        quantity=pick.quantity,
        arrival_s=pick.arrival_s,
        is_late=pick.is_late,
        is_estimated=pick.is_estimated,
        reason=pick.reason,
        runner_up=pick.runner_up,
        runner_up_arrival_s=pick.runner_up_arrival_s,
        agreement=pick.agreement,
        price=pick.price,
        instead=[
            InsteadOut(resource=other.choice, name=name, arrival_s=other.arrival_s) for other, name in pick.others
        ],
    )


def short_out(short: Short) -> ShortOut:
    return ShortOut(
        run=short.run.pk,
        incident=short.run.number,
        need=short.need.key,
        missing=short.missing,
        asked=short.asked,
        cause=short.cause,
        text=short.text,
        cure=short.cure.as_data(),
    )
