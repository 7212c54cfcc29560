"""Planning again changes no more than it is worth, and says what it takes away."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from tests.engine.dispatch.problems import problems
from tests.engine.dispatch.test_causes import PUMP, TOWN

from youbei.engine.dispatch.plan import Plan, Send
from youbei.engine.dispatch.problem import Incident, Leg, Need, Place, Problem, Status, Units
from youbei.engine.dispatch.replan import available, difference, replan
from youbei.engine.dispatch.score import score
from youbei.engine.dispatch.situation import Situation
from youbei.engine.dispatch.solve import solve

QUIET = list(HealthCheck)
SENT = Plan((Send("pump", "fire", "n"),))
SPARE = replace(PUMP, id="spare", turn_out_s=30)


def test_a_small_gain_changes_nothing() -> None:
    problem = replace(TOWN, units=(replace(PUMP, status=Status.ASSIGNED, serving="fire"), SPARE))
    again = replan(problem, SENT)
    assert again.changes == ()
    assert again.best.plan.sends[0].unit == "spare"
    assert again.plan == SENT


def test_a_gain_that_is_worth_it_changes_the_order_and_says_so() -> None:
    late = replace(PUMP, status=Status.ASSIGNED, serving="fire", turn_out_s=1000)
    again = replan(replace(TOWN, units=(late, SPARE)), SENT)
    assert [(one.unit, one.before, one.after) for one in again.changes] == [("pump", "fire", ""), ("spare", "", "fire")]
    assert again.torn == ()


def test_a_unit_that_breaks_down_is_replaced() -> None:
    broken = replace(PUMP, status=Status.OUT_OF_SERVICE)
    again = replan(replace(TOWN, units=(broken, SPARE)), SENT)
    assert [send.unit for send in again.plan.sends] == ["spare"]


def worse_fire(*, is_life_safety: bool) -> Problem:
    """Return the town with a second fire to which only the pump on scene could go."""
    need = Need("n", Units("pump", 1), is_life_safety=is_life_safety)
    second = Incident("school", "school", (need,), priority=5)
    on_scene = replace(PUMP, status=Status.ON_SCENE, serving="fire")
    return replace(
        TOWN,
        incidents=(*TOWN.incidents, second),
        units=(on_scene,),
        places=(*TOWN.places, Place("school")),
        legs=(*TOWN.legs, Leg("site", "school", 300)),
    )


def test_a_unit_on_scene_is_taken_away_for_lives_and_that_is_said() -> None:
    again = replan(worse_fire(is_life_safety=True), SENT)
    (torn,) = again.torn
    assert (torn.unit, torn.before, torn.after) == ("pump", "fire", "school")
    assert "at work on scene" in torn.text.en
    assert "现场" in torn.text.zh


def test_a_unit_on_scene_stays_where_others_would_only_be_sooner() -> None:
    problem = worse_fire(is_life_safety=False)
    slow = replace(PUMP, id="slow", turn_out_s=600)
    legs = (*problem.legs, Leg("base", "school", 600))
    again = replan(replace(problem, units=(*problem.units, slow), legs=legs), SENT)
    assert again.torn == ()
    assert {(send.unit, send.incident) for send in again.plan.sends} == {("pump", "fire"), ("slow", "school")}


@settings(max_examples=80, deadline=None, suppress_health_check=QUIET)
@given(problems())
def test_planning_again_leaves_no_more_unmet_than_the_optimum_and_changes_nothing_without_cause(
    problem: Problem,
) -> None:
    answer = solve(problem)
    again = replan(problem, answer.plan)
    assert again.score.as_tuple()[:2] == answer.score.as_tuple()[:2]
    assert again.changes == ()


@settings(max_examples=80, deadline=None, suppress_health_check=QUIET)
@given(problems(), problems())
def test_planning_again_from_anything_is_as_good_on_needs_as_planning_anew(problem: Problem, other: Problem) -> None:
    stale = solve(other).plan
    again = replan(problem, stale)
    situation = Situation(available(problem, stale))
    assert again.score == score(situation, again.plan)
    assert again.score.as_tuple()[:2] == again.best.score.as_tuple()[:2]
    assert again.best.score <= again.score
    assert again.score.as_tuple()[:2] <= again.kept.as_tuple()[:2]


@settings(max_examples=80, deadline=None, suppress_health_check=QUIET)
@given(problems())
def test_what_an_override_costs_is_shown(problem: Problem) -> None:
    best = solve(problem).plan
    fewer = Plan(best.sends[1:], best.draws)
    shown = difference(problem, fewer, best)
    if not shown.broken:
        assert shown.levels >= (0,) * 8
        assert any(shown.levels) == (score(problem, fewer) != score(problem, best))
    assert shown.text.zh


def test_an_override_that_breaks_a_constraint_says_which() -> None:
    far = replace(TOWN, legs=(Leg("base", "site", 9999),))
    shown = difference(far, SENT, Plan())
    assert shown.levels == ()
    assert "cannot be sent" in shown.broken[0].en
