"""Each need that is not filled is explained by the cause that binds and a cure that works."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from tests.engine.dispatch.problems import AT, problems

from youbei.engine.dispatch.cures import Action, cured
from youbei.engine.dispatch.problem import (
    Agreement,
    Cover,
    Crew,
    Incident,
    Items,
    Leg,
    Lot,
    Need,
    Owner,
    Place,
    Problem,
    Skill,
    Status,
    TaskForce,
    Unit,
    Units,
)
from youbei.engine.dispatch.shortfalls import Cause
from youbei.engine.dispatch.solve import Answer, solve

PUMP = Unit("pump", "base", (Skill("pump", 1, 4),), 60)
LOT = Lot("masks", "mask", "base", 10)
TRUCK = Unit("truck", "base", payload_kg=5)
TOWN = Problem(
    at=AT,
    incidents=(Incident("fire", "site", (Need("n", Units("pump", 1), latest_s=1800),)),),
    units=(PUMP,),
    places=(Place("base"), Place("site")),
    legs=(Leg("base", "site", 600),),
    owners=(Owner("other"), Owner("old", agreement=Agreement(ends_at=AT))),
)


def needing(problem: Problem, asks: object) -> Problem:
    incident = problem.incidents[0]
    return replace(problem, incidents=(replace(incident, needs=(replace(incident.needs[0], asks=asks),)),))


def with_pump(**changes: object) -> Problem:
    return replace(TOWN, units=(replace(PUMP, **changes),))


def with_lot(**changes: object) -> Problem:
    return replace(needing(TOWN, Items("mask", 8)), lots=(replace(LOT, **changes),))


HOME = Cover("home", "base", "pump", 1, 600, is_strict=True)
CASES = {
    "nothing of the kind": (replace(TOWN, units=()), Cause.NONE_EXIST, Action.PROCURE),
    "none capable enough": (
        needing(with_pump(skills=(Skill("pump", 3),)), Units("pump", 1, 2)),
        Cause.NONE_EXIST,
        Action.PROCURE,
    ),
    "assigned": (with_pump(status=Status.ASSIGNED, serving="fire"), Cause.ALL_ASSIGNED, Action.RELEASE),
    "sent by this very plan": (needing(TOWN, Units("pump", 2)), Cause.ALL_ASSIGNED, Action.PROCURE),
    "too far": (replace(TOWN, legs=(Leg("base", "site", 3600),)), Cause.TOO_FAR, Action.WAIT),
    "no way": (replace(TOWN, legs=(Leg("base", "site", None),)), Cause.TOO_FAR, Action.PROCURE),
    "not staffed": (with_pump(is_staffed=False), Cause.NOT_STAFFED, Action.STAFF),
    "over its hours": (with_pump(worked_s=3000, limit_s=3600), Cause.NOT_STAFFED, Action.RELIEVE),
    "no agreement": (with_pump(owner="other"), Cause.NO_AGREEMENT, Action.AGREE),
    "agreement ended": (with_pump(owner="old"), Cause.NO_AGREEMENT, Action.AGREE),
    "out of service": (with_pump(status=Status.OUT_OF_SERVICE), Cause.OUT_OF_SERVICE, Action.RETURN),
    "kept at home": (replace(TOWN, cover=(HOME,)), Cause.KEPT_FOR_COVER, Action.UNCOVER),
    "crew too few": (needing(TOWN, Crew("pump", 6)), Cause.ALL_ASSIGNED, Action.PROCURE),
    "half a task force": (
        needing(TOWN, TaskForce((Units("pump", 1), Units("boat", 1)))),
        Cause.NONE_EXIST,
        Action.PROCURE,
    ),
    "expired on arrival": (with_lot(expires_at=AT + timedelta(seconds=500)), Cause.EXPIRED, Action.PROCURE),
    "nobody to carry it": (with_lot(grams_each=500), Cause.NO_VEHICLE, Action.CARRY),
    "its vehicle too small": (
        replace(with_lot(grams_each=5000), units=(replace(TRUCK, payload_kg=4),)),
        Cause.NO_VEHICLE,
        Action.CARRY,
    ),
    "its vehicle out of service": (
        replace(with_lot(grams_each=500), units=(replace(TRUCK, status=Status.OUT_OF_SERVICE),)),
        Cause.NO_VEHICLE,
        Action.RETURN,
    ),
    "its vehicle without a driver": (
        replace(with_lot(grams_each=500), units=(replace(TRUCK, is_staffed=False),)),
        Cause.NO_VEHICLE,
        Action.STAFF,
    ),
    "its vehicle away": (
        replace(with_lot(grams_each=500), units=(replace(TRUCK, status=Status.ASSIGNED),)),
        Cause.NO_VEHICLE,
        Action.RELEASE,
    ),
    "too little of it": (with_lot(quantity=3), Cause.ALL_ASSIGNED, Action.PROCURE),
    "another's stock": (with_lot(owner="other"), Cause.NO_AGREEMENT, Action.AGREE),
    "stock ready too late": (with_lot(ready_s=2000), Cause.TOO_FAR, Action.WAIT),
}


@pytest.mark.parametrize("name", CASES)
def test_a_need_that_is_short_names_its_cause_and_a_cure_that_works(name: str) -> None:
    problem, cause, action = CASES[name]
    answer = solve(problem)
    (short,) = answer.shortfalls
    assert (short.cause, short.cure.action) == (cause, action)
    assert short.text.zh
    assert short.text.en
    assert short.cure.text.zh in short.text.zh
    assert_cured(problem, answer)


def assert_cured(problem: Problem, answer: Answer) -> None:
    for short in answer.shortfalls:
        again = solve(cured(problem, short.cure))
        assert again.score.as_tuple()[:2] < answer.score.as_tuple()[:2], short


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems())
def test_the_stated_cure_of_any_shortfall_lets_more_be_met(problem: Problem) -> None:
    answer = solve(problem)
    assert all(short.cause is not Cause.NOT_SOUGHT for short in answer.shortfalls)
    assert_cured(problem, answer)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(asks=None))
def test_with_one_need_the_cure_fills_that_very_need_better(problem: Problem) -> None:
    first = problem.incidents[0]
    problem = replace(problem, incidents=(replace(first, needs=first.needs[:1]),))
    for short in solve(problem).shortfalls:
        again = {one.need: one.missing for one in solve(cured(problem, short.cure)).shortfalls}
        assert again.get(short.need, 0) < short.missing


def test_the_cure_of_a_task_force_is_for_the_part_that_lacks() -> None:
    """One pump is free and one not staffed; it is the boat that lacks."""
    boat = Unit("boat", "base", (Skill("boat", 1),), status=Status.OUT_OF_SERVICE)
    units = (PUMP, replace(PUMP, id="idle", is_staffed=False), boat)
    problem = replace(needing(TOWN, TaskForce((Units("pump", 1), Units("boat", 1)))), units=units)
    answer = solve(problem)
    (short,) = answer.shortfalls
    assert (short.cause, short.cure.subject) == (Cause.OUT_OF_SERVICE, "boat")
    assert_cured(problem, answer)
