"""Steps: when they open, how they are done, what follows."""

from __future__ import annotations

import pytest
from tests.engine.running import SIMULATED, activated, at_least, do, events, is_true, learn, messages, told

from youbei.engine.conditions import AllOf, Compare, Count, Elapsed, Op, Quantity
from youbei.engine.plans.model import Deadline, Done, LevelNumber, Need, Phase, ReportUp, Start, Tell
from youbei.engine.run import advance
from youbei.engine.run.commands import Deviate, FinishStep, HandOver, RaiseLevel, ReopenStep, SkipStep, StartStep
from youbei.engine.run.state import StepStatus
from youbei.testing import COMMANDER, OFFICER, START, minutes, small_plan, small_step, small_world, words

DAY = START + minutes(1440)


def status(run, step: str) -> StepStatus:
    return run.state.steps[step].status


def test_a_step_without_conditions_opens_on_activation():
    run = activated(small_plan(small_step("alarm")))
    assert told(run, "step.opened", "step", "owner", "due_at") == [("alarm", "operations", None)]


def test_steps_open_in_the_order_of_the_plan():
    run = activated(small_plan(small_step("b"), small_step("a"), small_step("c")))
    assert told(run, "step.opened", "step") == ["b", "a", "c"]


def test_a_step_waits_for_every_step_before_it():
    plan = small_plan(small_step("a"), small_step("b"), small_step("c", start=Start(after=("a", "b"))))
    run = do(activated(plan), FinishStep("a"))
    assert status(run, "c") is StepStatus.WAITING
    run = do(run, FinishStep("b"), after=3)
    assert told(run, "step.opened", "step", "at")[-1] == ("c", 3)


def test_one_of_several_steps_is_enough_where_the_plan_says_so():
    plan = small_plan(small_step("a"), small_step("b"), small_step("c", start=Start(after_any=("a", "b"))))
    assert status(do(activated(plan), FinishStep("b")), "c") is StepStatus.OPEN


def test_a_skipped_step_counts_as_finished_for_those_after_it():
    plan = small_plan(
        small_step("a"),
        small_step("b", start=Start(after=("a",))),
        small_step("c", start=Start(since="step:a:finished", delay=minutes(5))),
    )
    run = do(activated(plan), SkipStep("a", "not needed"), after=1)
    assert status(run, "a") is StepStatus.SKIPPED
    assert status(run, "b") is StepStatus.OPEN
    assert told(advance(run, DAY), "step.opened", "step", "at")[-1] == ("c", 6)


def test_a_step_opens_at_the_instant_its_condition_becomes_true():
    plan = small_plan(small_step("treat", start=Start(when=at_least("injured", 1))))
    run = activated(plan)
    run = learn(run, "injured", 0, after=1)
    assert status(run, "treat") is StepStatus.WAITING
    run = learn(run, "injured", 2, after=7)
    assert told(run, "step.opened", "step", "at") == [("treat", 7)]


def test_an_unknown_condition_opens_nothing():
    plan = small_plan(small_step("calm", start=Start(when=Compare("injured", Op.LT, 1))))
    assert status(activated(plan), "calm") is StepStatus.WAITING


def test_a_step_that_opened_stays_open_when_its_condition_becomes_false():
    plan = small_plan(small_step("treat", start=Start(when=at_least("injured", 1))))
    run = learn(learn(activated(plan), "injured", 1), "injured", None)
    assert status(run, "treat") is StepStatus.OPEN


def test_a_delay_counts_from_its_moment():
    plan = small_plan(
        small_step("first"),
        small_step("ten", start=Start(delay=minutes(10))),
        small_step("after", start=Start(since="step:first:finished", delay=minutes(4))),
        small_step("known", start=Start(since="known", delay=minutes(15))),
    )
    run = activated(plan, known_at=START - minutes(5))
    run = advance(do(run, FinishStep("first"), after=2), DAY)
    assert told(run, "step.opened", "step", "at") == [("first", 0), ("after", 6), ("ten", 10), ("known", 10)]


def test_what_comes_due_at_one_instant_opens_in_the_order_of_the_plan():
    plan = small_plan(
        small_step("z", start=Start(since="known", delay=minutes(15))),
        small_step("b", start=Start(delay=minutes(10))),
        small_step("a", start=Start(when=Elapsed("occurred", minutes(30)))),
    )
    run = advance(activated(plan, known_at=START - minutes(5), occurred_at=START - minutes(20)), DAY)
    assert told(run, "step.opened", "step", "at") == [("z", 10), ("b", 10), ("a", 10)]


def test_a_step_that_counts_from_a_moment_that_never_comes_never_opens():
    plan = small_plan(small_step("a", start=Start(since="occurred")))
    assert status(advance(activated(plan), DAY), "a") is StepStatus.WAITING
    assert status(activated(plan, occurred_at=START - minutes(1)), "a") is StepStatus.OPEN


def test_a_step_of_a_higher_level_opens_when_that_level_is_reached():
    plan = small_plan(small_step("a", from_level=LevelNumber.II), small_step("b", from_level=LevelNumber.III))
    run = activated(plan, level=LevelNumber.III)
    assert told(run, "step.opened", "step") == ["b"]
    run = do(run, RaiseLevel(LevelNumber.I, "worse"), after=5)
    assert told(run, "step.opened", "step", "at") == [("b", 0), ("a", 5)]


def test_conditions_are_looked_at_again_exactly_when_time_makes_them_true():
    late_and_alone = AllOf((Elapsed("activation", minutes(30)), Count(Quantity.STEPS_FINISHED, Op.LT, 1, ("a",))))
    plan = small_plan(small_step("a"), small_step("b", start=Start(when=late_and_alone)))
    run = advance(activated(plan), DAY)
    assert told(run, "step.opened", "step", "at")[-1] == ("b", 30)
    run = advance(do(activated(plan), FinishStep("a"), after=29), DAY)
    assert told(run, "step.opened", "step") == ["a"]


def test_opening_tells_whom_the_plan_names():
    tells = (Tell("operations", words("go")), Tell("public", words("beware")), Tell("agency:fire", words("come")))
    run = activated(small_plan(small_step("a", tells=tells)))
    assert messages(run, "message", "purpose", "to", "holder", "step") == [
        (1, "tell", "operations", "town/fire-chief", "a"),
        (2, "tell", "public", "public", "a"),
        (3, "tell", "agency:fire", "agency:fire", "a"),
    ]
    assert messages(run, "body")[0] == {"zh": "go", "en": "go"}


def test_finishing_reports_upward_with_the_rule_that_asks_for_it():
    step = small_step("a", reports=(ReportUp("agency:city", words("done"), "cn.report"),))
    run = do(activated(small_plan(step)), FinishStep("a", "all clear"))
    assert messages(run, "purpose", "to", "rule")[0] == ("report", "agency:city", "cn.report")
    assert told(run, "step.finished", "note") == ["all clear"]


def test_finishing_an_open_step_starts_it_too():
    run = do(activated(small_plan(small_step("a"))), FinishStep("a"), after=2)
    assert told(run, "step.started", "at") == [2]
    assert {event.by for event in run.log if event.kind in ("step.started", "step.finished")} == {COMMANDER}


def test_a_step_is_done_by_condition_when_the_facts_say_so():
    step = small_step("evacuate", done=Done.CONDITION, done_when=is_true("empty"))
    run = learn(activated(small_plan(step)), "empty", True, after=8)
    assert told(run, "step.finished", "step", "at") == [("evacuate", 8)]
    assert events(run, "step.finished")[0].by.id == "youbei"


def test_a_step_that_waits_for_its_needs_is_done_when_all_arrived():
    step = small_step("rescue", done=Done.NEEDS_ARRIVED, needs=(Need("crew", capability="fire", count=2),))
    run = advance(activated(small_plan(step), mode=SIMULATED, world=small_world(2)), DAY)
    assert told(run, "need.met", "need", "at") == [("rescue/crew", 12)]
    assert told(run, "step.finished", "step", "at") == [("rescue", 12)]


def test_a_person_may_finish_what_is_done_by_condition():
    step = small_step("evacuate", done=Done.CONDITION, done_when=is_true("empty"))
    assert status(do(activated(small_plan(step)), FinishStep("evacuate")), "evacuate") is StepStatus.FINISHED


def test_a_reopened_step_is_open_again_and_its_owner_is_told_why():
    run = do(activated(small_plan(small_step("a"), small_step("b", start=Start(after=("a",))))), FinishStep("a"))
    run = do(run, ReopenStep("a", "the fire is back"), after=10)
    assert status(run, "a") is StepStatus.OPEN
    assert status(run, "b") is StepStatus.OPEN
    assert run.state.steps["a"].times_opened == 2
    assert messages(run, "purpose", "to", "holder", "step") == [
        ("task", "operations", "town/fire-chief", "b"),
        ("tell", "operations", "town/fire-chief", "a"),
    ]
    assert "the fire is back" in messages(run, "body")[1]["en"]
    run = do(run, FinishStep("a"), after=12)
    assert told(run, "step.opened", "step") == ["a", "b"]


def test_a_reopened_step_has_its_time_again():
    run = do(activated(small_plan(small_step("a", within=Deadline(minutes(10))))), FinishStep("a"), after=9)
    run = do(run, ReopenStep("a", "again"), after=30)
    assert run.state.steps["a"].due_at == START + minutes(40)
    assert told(advance(run, DAY), "step.late", "at") == [40]


def test_a_started_step_is_under_way():
    run = do(activated(small_plan(small_step("a"))), StartStep("a"), after=1, by=OFFICER)
    assert status(run, "a") is StepStatus.STARTED
    assert run.state.steps["a"].started_at == START + minutes(1)


def test_a_played_step_starts_at_once_and_takes_its_time():
    run = advance(activated(small_plan(small_step("a")), mode=SIMULATED), DAY)
    assert told(run, "step.started", "at") == [0]
    assert told(run, "step.finished", "at") == [5]


def test_a_played_owner_does_not_call_done_what_the_facts_deny():
    step = small_step("evacuate", done=Done.CONDITION, done_when=is_true("empty"))
    run = activated(small_plan(step), mode=SIMULATED)
    assert told(advance(run, DAY), "step.finished", "at") == [5]
    denied = learn(run, "empty", False, after=1)
    assert told(advance(denied, DAY), "step.finished", "at") == []
    assert told(advance(learn(denied, "empty", True, after=40), DAY), "step.finished", "at") == [40]
    assert told(advance(learn(denied, "empty", None, after=40), DAY), "step.finished", "at") == [40]
    early = learn(learn(activated(small_plan(step), mode=SIMULATED), "empty", False), "empty", None, after=2)
    assert told(advance(early, DAY), "step.finished", "at") == [5]


def test_posts_are_filled_as_said_else_as_planned():
    plan = small_plan(small_step("a"))
    assert told(activated(plan), "post.filled", "post", "holder") == [
        ("commander", "town/mayor"),
        ("operations", "town/fire-chief"),
    ]
    run = activated(plan, posts={"commander": "person:7", "operations": ""})
    assert run.state.posts == {"commander": "person:7"}


def test_a_post_is_handed_over_with_a_briefing():
    run = do(activated(small_plan(small_step("a"))), HandOver("operations", "person:7", "gate 2 is shut"), after=5)
    assert told(run, "post.handed_over", "post", "was", "holder", "briefing") == [
        ("operations", "town/fire-chief", "person:7", "gate 2 is shut")
    ]
    assert messages(run, "to", "holder") == [("operations", "person:7")]
    assert run.state.posts["operations"] == "person:7"


def test_a_post_that_nobody_filled_is_filled_by_hand_over():
    run = activated(small_plan(small_step("a")), posts={"operations": ""})
    run = do(run, HandOver("operations", "person:7"))
    assert told(run, "post.filled", "post", "holder")[-1] == ("operations", "person:7")


def test_a_deviation_is_kept_in_the_log():
    run = do(activated(small_plan(small_step("a"))), Deviate("a", "by boat instead"), after=2)
    assert told(run, "deviation.recorded", "subject", "text", "at") == [("a", "by boat instead", 2)]


def test_recovery_steps_wait_for_the_end():
    run = activated(small_plan(small_step("a"), small_step("clean", phase=Phase.RECOVERY)))
    assert told(advance(run, DAY), "step.opened", "step") == ["a"]


@pytest.mark.parametrize("loop", [("a", "b"), ("a", "a")])
def test_a_plan_that_goes_round_in_a_circle_stands_still_but_does_not_hang(loop):
    one, other = loop
    plan = small_plan(small_step("a", start=Start(after=(other,))), small_step("b", start=Start(after=(one,))))
    assert told(advance(activated(plan), DAY), "step.opened", "step") == []
