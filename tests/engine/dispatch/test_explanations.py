"""The reasons given are true: who is next, what that would cost, and what is left at home."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from tests.engine.dispatch.problems import problems
from tests.engine.dispatch.test_causes import HOME, PUMP, TOWN

from youbei.engine.dispatch.plan import Draw, Plan, Send
from youbei.engine.dispatch.problem import Cover, Leg, Problem
from youbei.engine.dispatch.score import score
from youbei.engine.dispatch.situation import Situation
from youbei.engine.dispatch.solve import solve
from youbei.engine.text import Text

QUIET = list(HealthCheck)


@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
@given(problems())
def test_the_difference_to_the_runner_up_is_what_the_score_says(problem: Problem) -> None:
    answer = solve(problem)
    for pick in answer.picks:
        if isinstance(pick.chosen, Send) and pick.runner_up:
            other = replace(pick.chosen, unit=pick.runner_up)
            sends = tuple(other if one == pick.chosen else one for one in answer.plan.sends)
            changed = score(problem, Plan(sends, answer.plan.draws)).as_tuple()
            before = answer.score.as_tuple()
            assert pick.difference == tuple(new - old for new, old in zip(changed, before, strict=True))
            assert pick.difference >= (0,) * len(before)


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(problems())
def test_every_decision_is_explained_in_both_languages(problem: Problem) -> None:
    answer = solve(problem)
    assert [pick.chosen for pick in answer.picks] == [*answer.plan.sends, *answer.plan.draws]
    for text in (*(pick.reason for pick in answer.picks), *(one.text for one in answer.cover)):
        assert text.zh
        assert text.en


def test_the_next_to_arrive_is_named_with_its_difference() -> None:
    later = replace(PUMP, id="later", turn_out_s=180)
    (pick,) = solve(replace(TOWN, units=(PUMP, later))).picks
    assert (pick.runner_up, pick.arrival_s, pick.runner_up_arrival_s) == ("later", 660, 780)
    assert pick.difference[3] == 120
    assert "later" in pick.reason.en


def test_a_unit_that_stays_for_cover_is_passed_over_and_that_is_said() -> None:
    near, far = replace(PUMP, turn_out_s=0), replace(PUMP, id="far", turn_out_s=900)
    problem = replace(TOWN, units=(near, far), cover=(HOME,))
    (pick,) = solve(problem).picks
    assert isinstance(pick.chosen, Send)
    assert pick.chosen.unit == "far"
    assert "earlier ones stay" in pick.reason.en


def test_what_is_uncovered_is_said_with_who_should_move_up() -> None:
    village = replace(PUMP, id="village", place="site", turn_out_s=0)
    home = Cover("home", "base", "pump", 1, 300)
    problem = replace(
        TOWN,
        incidents=(replace(TOWN.incidents[0], place="base"),),
        units=(PUMP, village),
        legs=(Leg("base", "site", 600), Leg("site", "base", 600)),
        cover=(home,),
    )
    answer = solve(problem)
    (covered,) = answer.cover
    assert answer.score.cover_lost == 1
    assert (covered.before, covered.after, covered.lacking) == (1, 0, 1)
    (move,) = covered.moves_up
    assert (move.unit, move.place, move.seconds) == ("village", "base", 600)


def test_who_moves_up_already_is_not_advised_again_and_its_district_wants_no_more() -> None:
    coming = replace(PUMP, id="coming", place="site", turn_out_s=0, moving_up="home")
    spare = replace(coming, id="spare", moving_up="")
    home = Cover("home", "base", "pump", 1, 300, label=Text("老城区", "Old town"))
    legs = (Leg("base", "site", 600), Leg("site", "base", 600))
    problem = replace(TOWN, incidents=(), units=(spare, coming), legs=legs, cover=(home,))
    (covered,) = solve(problem).cover
    assert (covered.after, covered.coming, covered.moves_up) == (0, ("coming",), ())
    assert "coming is moving up" in covered.text.en


def test_an_area_is_covered_by_who_reaches_all_of_it() -> None:
    home = Cover("home", "base", "pump", 1, 300, also=("site",))
    problem = replace(TOWN, incidents=(), units=(PUMP,), legs=(Leg("base", "site", 301),), cover=(home,))
    assert solve(problem).cover[0].before == 0
    assert solve(replace(problem, legs=(Leg("base", "site", 240),))).cover[0].before == 1


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(problems())
def test_no_advice_to_move_up_uncovers_another_district(problem: Problem) -> None:
    answer, situation = solve(problem), Situation(problem)
    for covered in answer.cover:
        for move in covered.moves_up:
            assert move.unit not in {send.unit for send in answer.plan.sends}
            for cover in problem.cover:
                here = situation.covering[cover.id]
                if move.unit in here:
                    assert len(here) > cover.number


def test_a_vehicle_carries_no_more_than_it_can() -> None:
    from tests.engine.dispatch.test_causes import with_lot

    problem = with_lot(grams_each=1000)
    van = replace(PUMP, id="van", payload_kg=5)
    answer = solve(replace(problem, units=(van,)))
    assert answer.plan.draws == (Draw("masks", "fire", "n", 5, "van"),)
    assert answer.shortfalls[0].missing == 3


def test_a_vehicle_without_room_carries_less_than_it_could_lift_and_that_is_said() -> None:
    from tests.engine.dispatch.test_causes import with_lot

    problem = with_lot(grams_each=1000, cm3_each=500_000)
    van = replace(PUMP, id="van", payload_kg=5, payload_l=1_700)
    answer = solve(replace(problem, units=(van,)))
    assert answer.is_proven
    assert answer.plan.draws == (Draw("masks", "fire", "n", 3, "van"),)
    assert "3 kg, 1.5 m³; there is no room for more" in answer.picks[0].carriage.en
    assert "1.5 立方米，车厢已满" in answer.picks[0].carriage.zh
    nobody_knows = solve(replace(problem, units=(replace(van, payload_l=0),)))
    assert nobody_knows.plan.draws == (Draw("masks", "fire", "n", 5, "van"),)
