"""Deadlines: what they count from, what is late, and who is told, in which order."""

from __future__ import annotations

import pytest
from tests.engine.running import SIMULATED, activated, at_least, do, learn, messages, told

from youbei.engine.plans.model import Climb, ClimbTo, Deadline, Duration, LevelNumber, Start
from youbei.engine.run import advance, next_due
from youbei.engine.run.commands import EndResponse, FinishStep, HandOver, RaiseLevel, SkipStep, StartStep
from youbei.testing import START, minutes, small_plan, small_step

DAY = START + minutes(1440)
LADDER = (
    Climb(minutes(0), ClimbTo.OWNER),
    Climb(minutes(5), ClimbTo.DEPUTY),
    Climb(minutes(10), ClimbTo.COMMANDER),
    Climb(minutes(20), ClimbTo.SUPERIOR),
)


def limited(limit: float = 10, since: str = "opened", **changes):
    return small_step("a", within=Deadline(minutes(limit), since), **changes)


def test_a_step_is_late_at_the_very_end_of_its_time():
    run = activated(small_plan(limited()))
    assert told(run, "step.opened", "due_at") == ["2026-11-22T08:10:00.000000Z"]
    assert told(advance(run, START + minutes(9.99)), "step.late", "at") == []
    assert told(advance(run, DAY), "step.late", "step", "due_at", "at") == [("a", "2026-11-22T08:10:00.000000Z", 10)]


@pytest.mark.parametrize("done", [FinishStep("a"), SkipStep("a", "not needed")])
def test_what_is_done_in_time_is_never_late(done):
    run = advance(do(activated(small_plan(limited(late=LADDER))), done, after=9), DAY)
    assert told(run, "step.late", "step") == []
    assert next_due(run) is None


def test_what_is_only_started_is_late():
    run = advance(do(activated(small_plan(limited())), StartStep("a"), after=1), DAY)
    assert told(run, "step.late", "at") == [10]


def test_work_that_is_finished_at_the_instant_of_the_deadline_is_in_time():
    plan = small_plan(limited(takes=Duration(likely=minutes(10))))
    run = advance(activated(plan, mode=SIMULATED), DAY)
    assert told(run, "step.finished", "at") == [10]
    assert told(run, "step.late", "at") == []


@pytest.mark.parametrize(
    ("since", "late_at"),
    [("activation", 30), ("known", 18), ("occurred", 9), ("step:before:finished", 37)],
)
def test_a_deadline_counts_from_its_moment(since, late_at):
    plan = small_plan(small_step("before"), limited(30, since))
    run = activated(plan, known_at=START - minutes(12), occurred_at=START - minutes(21))
    run = advance(do(run, FinishStep("before"), after=7), DAY)
    assert told(run, "step.late", "step", "at") == [("a", late_at)]


def test_a_deadline_that_passed_before_the_step_began_is_missed_at_once():
    run = activated(small_plan(limited(30, "known")), known_at=START - minutes(45))
    assert told(run, "step.late", "due_at", "at") == [("2026-11-22T07:45:00.000000Z", 0)]


def test_a_step_that_waits_for_another_is_late_all_the_same():
    plan = small_plan(small_step("before"), limited(30, "known", start=Start(after=("before",))))
    run = advance(activated(plan), DAY)
    assert told(run, "step.opened", "step") == ["before"]
    assert told(run, "step.late", "step", "at") == [("a", 30)]


def test_a_step_that_is_not_called_for_is_not_late():
    by_level = small_plan(limited(30, "known", from_level=LevelNumber.II))
    by_fact = small_plan(limited(30, "known", start=Start(when=at_least("injured", 1))))
    for plan in (by_level, by_fact):
        assert told(advance(activated(plan), DAY), "step.late", "at") == []
    run = do(advance(activated(by_level), START + minutes(50)), RaiseLevel(LevelNumber.I, "worse"), after=60)
    assert told(run, "step.late", "at") == [60]
    assert told(learn(activated(by_fact), "injured", 1, after=40), "step.late", "at") == [40]


def test_a_late_step_climbs_from_owner_to_superior():
    run = advance(activated(small_plan(limited(late=LADDER))), DAY)
    assert told(run, "step.climbed", "index", "to", "at") == [
        (0, "owner", 10),
        (1, "deputy", 15),
        (2, "commander", 20),
        (3, "superior", 30),
    ]
    assert messages(run, "purpose", "to", "holder") == [
        ("reminder", "operations", "town/fire-chief"),
        ("climb", "operations", "town/fire-deputy"),
        ("climb", "commander", "town/mayor"),
        ("climb", "agency:city", "agency:city"),
    ]
    assert "15 分钟" not in messages(run, "body")[0]["zh"]
    assert "10 min late" in messages(run, "body")[2]["en"]


def test_climbing_stops_when_the_step_is_done():
    run = advance(activated(small_plan(limited(late=LADDER))), START + minutes(16))
    run = advance(do(run, FinishStep("a"), after=17), DAY)
    assert told(run, "step.climbed", "to") == ["owner", "deputy"]


def test_a_deputy_who_took_over_is_not_asked_twice():
    run = do(activated(small_plan(limited(late=LADDER[1:2]))), HandOver("operations", "town/fire-deputy"))
    assert messages(advance(run, DAY), "to", "holder")[-1] == ("operations", "agency:county-fire")


def test_without_a_superior_the_commander_is_told():
    run = advance(activated(small_plan(limited(late=LADDER[3:]), superior="")), DAY)
    assert messages(run, "to", "holder") == [("commander", "town/mayor")]


def test_without_a_deputy_the_commander_is_told():
    run = advance(activated(small_plan(limited(late=LADDER[1:2], owner="commander"))), DAY)
    assert messages(run, "to", "holder") == [("commander", "town/mayor")]


def test_where_nobody_fills_the_owners_post_the_commander_is_reminded():
    run = advance(activated(small_plan(limited(late=LADDER[:1])), posts={"operations": ""}), DAY)
    assert messages(run, "purpose", "to", "holder") == [("reminder", "commander", "town/mayor")]


def test_nothing_of_the_response_becomes_late_after_the_end():
    run = do(activated(small_plan(limited(late=LADDER))), EndResponse("over"), after=5)
    assert told(advance(run, DAY), "step.late", "at") == []
    assert next_due(run) is None


def test_the_next_due_is_the_next_thing_that_time_brings():
    run = activated(small_plan(limited(late=LADDER), small_step("b", start=Start(delay=minutes(3)))))
    assert next_due(run) == START + minutes(3)
    run = advance(run, START + minutes(3))
    assert next_due(run) == START + minutes(10)
    assert next_due(advance(run, START + minutes(10))) == START + minutes(15)
    assert next_due(advance(run, DAY)) is None


def test_an_act_that_comes_in_late_takes_place_when_the_run_is_now():
    run = advance(activated(small_plan(limited())), START + minutes(12))
    run = do(run, FinishStep("a"), after=3)
    assert told(run, "step.finished", "at") == [12]
