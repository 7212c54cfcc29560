"""Needs and resources: what is asked, sent, there, short, and sent home."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.engine.running import SIMULATED, activated, do, events, told

from youbei.engine.clock import Mode
from youbei.engine.conditions import Count, Op, Quantity
from youbei.engine.draws import Draws
from youbei.engine.plans.model import Done, End, Need, Start
from youbei.engine.run import ALL, advance, next_due
from youbei.engine.run.acts_resources import (
    AlreadyArrived,
    AlreadyDeparted,
    AlreadyReleased,
    AmountRefused,
    AssignmentExists,
    NeedNotOpen,
    TeamTaken,
    UnknownAssignment,
)
from youbei.engine.run.commands import Arrive, Assign, Depart, EndResponse, FinishStep, Release, ReopenStep, SkipStep
from youbei.testing import START, minutes, small_plan, small_step, small_world

DAY = START + minutes(1440)
CREWS = (Need("crew", capability="fire", count=2, within=minutes(20)),)
FOAM = (Need("foam", item="foam", quantity=4.0),)


def send(name: str, resource: str = "team:1", need: str = "a/crew", quantity: float = 1.0) -> Assign:
    return Assign(name, need, resource, "Team", quantity, minutes(12), "nearest")


def test_an_opened_step_asks_for_what_it_needs():
    run = activated(small_plan(small_step("a", needs=(*CREWS, *FOAM))))
    first, second = (dict(event.data) for event in events(run, "need.opened"))
    assert first == {
        "need": "a/crew",
        "capability": "fire",
        "asked": 2.0,
        "place": "incident",
        "due_at": "2026-11-22T08:20:00.000000Z",
    }
    assert second == {"need": "a/foam", "item": "foam", "asked": 4.0, "place": "incident", "due_at": None}


def test_a_need_is_met_when_all_that_was_asked_has_arrived():
    run = do(activated(small_plan(small_step("a", needs=CREWS))), send("x"))
    run = do(run, send("y", "team:2"), after=1)
    run = do(run, Arrive("x"), after=12)
    assert told(run, "need.met", "need") == []
    run = do(run, Arrive("y"), after=14)
    assert told(run, "need.met", "need", "at") == [("a/crew", 14)]


def test_in_a_real_run_nothing_arrives_until_somebody_says_so():
    run = do(activated(small_plan(small_step("a", needs=CREWS))), send("x"))
    assert told(run, "resource.assigned", "expected_at") == ["2026-11-22T08:12:00.000000Z"]
    assert told(advance(run, DAY), "resource.arrived", "assignment") == []
    assert next_due(run) is None


def test_a_departure_is_noted_once_before_the_arrival_and_changes_nothing_else():
    run = do(activated(small_plan(small_step("a", needs=CREWS))), send("x"))
    gone = do(run, Depart("x"), after=4)
    assert told(gone, "resource.departed", "assignment", "at") == [("x", 4)]
    assert gone.state.assignments["x"].departed_at == START + minutes(4)
    assert gone.state.needs == run.state.needs
    assert gone.state.pending == run.state.pending
    with pytest.raises(AlreadyDeparted):
        do(gone, Depart("x"))
    there = do(run, Arrive("x"), after=9)
    with pytest.raises(AlreadyDeparted):
        do(there, Depart("x"))
    with pytest.raises(AlreadyReleased):
        do(do(run, Release("x")), Depart("x"))
    with pytest.raises(UnknownAssignment):
        do(run, Depart("nobody"))


def test_a_need_is_unmet_again_when_a_team_leaves_early():
    run = do(do(activated(small_plan(small_step("a", needs=CREWS))), send("x")), send("y", "team:2"))
    run = do(do(do(run, Arrive("x")), Arrive("y")), Release("y", "called elsewhere"))
    assert not run.state.needs["a/crew"].is_met
    run = do(do(run, send("z", "team:3")), Arrive("z"))
    assert run.state.needs["a/crew"].is_met
    assert len(events(run, "need.met")) == 2


def test_a_played_step_gets_the_nearest_teams_and_waits_for_them():
    step = small_step("a", needs=CREWS)
    run = advance(activated(small_plan(step), mode=SIMULATED, world=small_world(4)), DAY)
    assert told(run, "resource.assigned", "assignment", "resource") == [("a/crew/1", "team:1"), ("a/crew/2", "team:2")]
    assert told(run, "resource.arrived", "at") == [12, 12]
    assert told(run, "step.started", "at") == [0]
    assert told(run, "step.finished", "at") == [17], "five minutes of work begin when both crews are there"
    assert told(run, "resource.released", "assignment") == ["a/crew/1", "a/crew/2"]


def test_what_is_short_is_said_once_and_filled_when_something_is_released():
    first = small_step("a", needs=(Need("crew", capability="fire", count=1),))
    second = small_step("b", needs=CREWS)
    run = advance(activated(small_plan(first, second), mode=SIMULATED, world=small_world(2)), DAY)
    assert told(run, "need.short", "need", "missing", "at") == [("b/crew", 1.0, 0)]
    assert told(run, "resource.assigned", "need", "at") == [("a/crew", 0), ("b/crew", 0), ("b/crew", 27)], "on its way"
    assert told(run, "step.finished", "step", "at") == [("a", 17), ("b", 44)]
    assert told(run, "resource.returned", "assignment", "at") == [("a/crew/1", 27), ("b/crew/1", 54), ("b/crew/2", 54)]


def test_a_need_that_nobody_can_meet_stays_short():
    run = advance(activated(small_plan(small_step("a", needs=CREWS)), mode=SIMULATED), DAY)
    assert told(run, "need.short", "need", "missing") == [("a/crew", 2.0)]
    assert told(run, "step.finished", "step") == []


def test_items_that_arrived_are_used_up_and_those_on_the_way_come_back():
    plan = small_plan(
        small_step("a", needs=FOAM), small_step("b", needs=FOAM, start=Start(after=("a",))), small_step("c", needs=FOAM)
    )
    run = activated(plan, mode=SIMULATED, world=small_world(foam=9.0))
    assert told(run, "resource.assigned", "need", "quantity") == [("a/foam", 4.0), ("c/foam", 4.0)]
    run = do(run, SkipStep("c", "not needed"), after=3)
    assert told(run, "resource.released", "need") == ["c/foam"]
    run = advance(run, DAY)
    assert told(run, "resource.assigned", "need", "quantity")[2:] == [("b/foam", 4.0)]
    assert told(run, "resource.released", "need") == ["c/foam"]


def test_a_skipped_step_sends_home_what_was_on_its_way():
    run = activated(small_plan(small_step("a", needs=CREWS)), mode=SIMULATED, world=small_world(2))
    run = do(run, SkipStep("a", "false alarm"), after=5)
    assert told(run, "resource.released", "at") == [5, 5]
    assert next_due(advance(run, DAY)) is None
    assert told(advance(run, DAY), "resource.arrived", "at") == []
    assert told(advance(run, DAY), "resource.returned", "at") == [8, 8], "three minutes out, three minutes back"


def test_who_has_not_set_out_yet_is_free_at_once():
    run = activated(small_plan(small_step("a", needs=CREWS)), mode=SIMULATED, world=small_world(2))
    run = advance(do(run, SkipStep("a", "false alarm"), after=1), DAY)
    assert told(run, "resource.released", "at") == [1, 1]
    assert told(run, "resource.returned", "at") == []


def test_in_an_exercise_teams_say_themselves_when_they_are_back():
    plan = small_plan(small_step("a", needs=CREWS))
    run = activated(plan, mode=Mode.EXERCISE, world=small_world(2), autoplay=ALL)
    run = do(run, SkipStep("a", "false alarm"), after=5)
    assert told(run, "resource.released", "at") == [5, 5]
    assert [event.data for event in events(run, "resource.released") if "back_at" in event.data] == []
    assert next_due(run) is None


def test_in_a_real_run_people_send_teams_home():
    run = do(do(activated(small_plan(small_step("a", needs=CREWS))), send("x")), FinishStep("a"))
    assert told(run, "resource.released", "assignment") == []
    run = do(do(run, EndResponse("over"), after=30), Release("x"), after=40)
    assert told(run, "resource.released", "assignment", "at") == [("x", 40)]


def test_the_end_sends_home_what_played_posts_still_hold():
    run = activated(small_plan(small_step("a", needs=CREWS)), mode=SIMULATED, world=small_world(2))
    run = do(run, EndResponse("over"), after=13)
    assert told(run, "resource.released", "at") == [13, 13]


def test_a_reopened_step_asks_again_and_counts_what_is_still_there():
    run = do(do(activated(small_plan(small_step("a", needs=CREWS))), send("x")), Arrive("x"))
    run = do(do(run, FinishStep("a")), ReopenStep("a", "again"), after=5)
    assert len(events(run, "need.opened")) == 2
    need = run.state.needs["a/crew"]
    assert (need.assigned, need.arrived, need.is_closed) == (1.0, 1.0, False)


def test_teams_and_needs_can_be_counted():
    two_there = Count(Quantity.TEAMS_ARRIVED, Op.GTE, 2, ("a",))
    all_met = Count(Quantity.NEEDS_OPEN, Op.EQ, 0)
    step = small_step("a", needs=CREWS, done=Done.CONDITION, done_when=two_there)
    run = advance(activated(small_plan(step, end=End(all_met)), mode=SIMULATED, world=small_world(2)), DAY)
    assert told(run, "step.finished", "at") == [12]
    assert told(run, "end.proposed", "at") == [12]


def test_luck_is_drawn_and_named():
    plan, world = small_plan(small_step("a", needs=CREWS)), small_world(2)
    runs = [activated(plan, mode=SIMULATED, world=world, draws=Draws(seed)) for seed in (1, 1, 2)]
    arrivals = [told(advance(run, DAY), "resource.arrived", "at") for run in runs]
    assert arrivals[0] == arrivals[1]
    assert arrivals[0] != arrivals[2]
    assert all(minute > 2 for run in arrivals for minute in run), "the turn-out is not drawn"


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (send("x", "team:2"), AssignmentExists),
        (send("y"), TeamTaken),
        (send("y", "team:2", need="a/other"), NeedNotOpen),
        (send("y", "team:2", need="b/crew"), NeedNotOpen),
        (send("y", "team:2", quantity=0), AmountRefused),
        (replace(send("y", "team:2"), arrives_in=timedelta(minutes=-1)), AmountRefused),
        (Arrive("y"), UnknownAssignment),
        (Release("y"), UnknownAssignment),
    ],
)
def test_what_cannot_be_sent_is_refused(command, refusal):
    plan = small_plan(small_step("a", needs=CREWS), small_step("b", needs=CREWS, start=Start(after=("a",))))
    run = do(activated(plan), send("x"))
    with pytest.raises(refusal):
        do(run, command)


def test_a_resource_arrives_once_and_leaves_once():
    run = do(do(activated(small_plan(small_step("a", needs=CREWS))), send("x")), Arrive("x"))
    with pytest.raises(AlreadyArrived):
        do(run, Arrive("x"))
    run = do(run, Release("x"))
    for command in (Release("x"), Arrive("x")):
        with pytest.raises(AlreadyReleased):
            do(run, command)


def test_nothing_is_sent_to_a_step_that_is_done():
    run = do(activated(small_plan(small_step("a", needs=CREWS))), FinishStep("a"))
    with pytest.raises(NeedNotOpen):
        do(run, send("x"))


def test_a_lot_may_serve_several_needs():
    plan = small_plan(small_step("a", needs=FOAM), small_step("b", needs=FOAM))
    run = do(activated(plan), send("x", "lot:1", "a/foam", 2.0))
    assert do(run, send("y", "lot:1", "b/foam", 2.0)).state.needs["b/foam"].assigned == 2.0
