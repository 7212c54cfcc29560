"""How a run begins, ends, recovers and is assessed; facts all the while."""

from __future__ import annotations

import pytest
from tests.engine.running import (
    EXERCISE,
    REAL,
    SIMULATED,
    activated,
    at_least,
    do,
    events,
    is_true,
    learn,
    messages,
    told,
)

from youbei.engine.clock import Mode
from youbei.engine.conditions import Always
from youbei.engine.events import Actor
from youbei.engine.plans.model import End, Level, LevelNumber, Link, Phase, Start
from youbei.engine.run import ALL, act, advance, new_run
from youbei.engine.run.acts_command import (
    AlreadyAssessed,
    NotEnded,
    PostUnchanged,
    TextMissing,
    UnknownRating,
    WrongPost,
)
from youbei.engine.run.acts_opening import AlreadyActivated, FactNotYetKnown, FactUnknown, UnknownLevel, UnknownPost
from youbei.engine.run.acts_steps import StepDone, StepNotDone, StepNotOpen, StepStarted, UnknownStep
from youbei.engine.run.commands import (
    Activate,
    AddFact,
    Assess,
    Deviate,
    EndResponse,
    FinishStep,
    HandOver,
    RaiseLevel,
    ReopenStep,
    SkipStep,
    StartStep,
)
from youbei.engine.run.guards import ReasonMissing, RunNotActive
from youbei.engine.run.state import RunPhase
from youbei.testing import COMMANDER, OFFICER, START, minutes, small_plan, small_step

DAY = START + minutes(1440)
II, IV = LevelNumber.II, LevelNumber.IV
CLEAN = small_step("clean", phase=Phase.RECOVERY)


def test_activation_states_what_the_run_stands_on():
    run = activated(small_plan(small_step("a")), digest="abc", incident="incident:7", known_at=START - minutes(3))
    assert dict(events(run, "plan.activated")[0].data) == {
        "plan": "small",
        "version": "1",
        "digest": "abc",
        "level": 4,
        "reason": "",
        "incident": "incident:7",
        "known_at": "2026-11-22T07:57:00.000000Z",
        "occurred_at": None,
    }


def test_facts_known_before_activation_count_at_once():
    plan = small_plan(small_step("a", start=Start(when=is_true("leaking"))))
    run = new_run(plan, stream="run:1", mode=REAL)
    run = act(run, AddFact("leaking", True, "phone", START - minutes(9)), at=START - minutes(5), by=OFFICER)
    assert [event.kind for event in run.log] == ["fact.added"]
    run = act(run, Activate(IV), at=START, by=OFFICER)
    assert told(run, "step.opened", "step") == ["a"]


def test_a_fact_is_added_corrected_and_withdrawn():
    run = activated(small_plan(small_step("a")))
    for value in (3, 3, 5, None):
        run = learn(run, "injured", value)
    kinds = [event.kind for event in run.log if event.kind.startswith("fact.")]
    assert kinds == ["fact.added", "fact.added", "fact.corrected", "fact.withdrawn"]
    assert run.state.facts == {}


def test_the_last_statement_counts_whenever_it_was_learnt():
    run = do(activated(small_plan(small_step("a"))), AddFact("injured", 5, "phone", START + minutes(2)), after=2)
    run = do(run, AddFact("injured", 2, "phone", START), after=3)
    assert run.state.facts["injured"].value == 2


def test_a_linked_plan_is_proposed_once():
    plan = small_plan(small_step("a"), links=(Link("city", "superior", at_least("injured", 3)),))
    run = learn(learn(learn(activated(plan), "injured", 3, after=2), "injured", 0), "injured", 4)
    assert told(run, "plan.proposed", "plan", "relation", "at") == [("city", "superior", 2)]


def test_the_end_is_proposed_when_its_condition_holds_and_decided_by_a_person():
    plan = small_plan(small_step("a"), end=End(is_true("safe"), by=("operations",)))
    run = learn(activated(plan), "safe", True, after=20)
    assert told(run, "end.proposed", "at") == [20]
    assert messages(run, "purpose", "to") == [("end", "operations")]
    assert advance(run, DAY).state.phase is RunPhase.ACTIVE


def test_a_plan_without_an_end_condition_is_at_its_end_when_all_called_for_is_done():
    plan = small_plan(
        small_step("a"), small_step("b", start=Start(delay=minutes(30))), small_step("c", from_level=II), CLEAN
    )
    run = do(activated(plan), FinishStep("a"))
    assert told(run, "end.proposed", "at") == []
    run = do(advance(run, START + minutes(30)), SkipStep("b", "no"), after=35)
    assert told(run, "end.proposed", "at") == [35]


def test_the_end_is_decided_by_the_posts_of_plan_and_level():
    plan = small_plan(
        small_step("a"),
        end=End(Always(), by=("operations",)),
        levels=(Level(IV, Always(), may_end=("commander",)),),
    )
    for post in ("operations", "commander"):
        by = Actor("user:5", "x", frozenset({post}))
        assert do(activated(plan), EndResponse("over"), by=by).state.phase is RunPhase.ENDED
    with pytest.raises(WrongPost):
        do(activated(plan), EndResponse("over"), by=OFFICER)
    with pytest.raises(ReasonMissing):
        do(activated(plan), EndResponse(""))


def test_everybody_is_told_of_the_end():
    run = do(activated(small_plan(small_step("a"))), EndResponse("fire is out"))
    assert messages(run, "purpose", "holder") == [("end", "town/mayor"), ("end", "town/fire-chief")]


def test_recovery_begins_at_the_end_and_finishes_when_all_called_for_is_done():
    plan = small_plan(
        small_step("a"), CLEAN, small_step("repay", phase=Phase.RECOVERY, start=Start(since="ended", delay=minutes(60)))
    )
    run = do(activated(plan), EndResponse("over"), after=10)
    assert told(run, "step.opened", "step", "at") == [("a", 0), ("clean", 10)]
    run = do(run, FinishStep("clean"), after=20)
    assert told(run, "recovery.finished", "at") == []
    run = do(advance(run, START + minutes(70)), FinishStep("repay"), after=80)
    assert told(run, "step.opened", "step", "at")[-1] == ("repay", 70)
    assert told(run, "recovery.finished", "at") == [80]


def test_recovery_that_nothing_calls_for_is_finished_at_once():
    plan = small_plan(small_step("a"), small_step("b", phase=Phase.RECOVERY, start=Start(when=is_true("spill"))))
    assert told(do(activated(plan), EndResponse("over"), after=10), "recovery.finished", "at") == [10]
    assert told(do(activated(small_plan(small_step("a"))), EndResponse("over")), "recovery.finished", "at") == []


def test_a_run_is_assessed_while_recovery_goes_on():
    run = do(activated(small_plan(small_step("a"), CLEAN)), EndResponse("over"), after=5)
    run = do(run, Assess("S", "slow call"), after=60)
    assert run.state.phase is RunPhase.ASSESSED
    assert told(run, "run.assessed", "rating", "text") == [("S", "slow call")]
    run = do(run, FinishStep("clean"), after=90)
    assert told(run, "recovery.finished", "at") == [90]


def test_facts_are_still_corrected_after_the_end():
    run = learn(do(activated(small_plan(small_step("a"))), EndResponse("over")), "deaths", 1, after=600)
    assert run.state.facts["deaths"].value == 1


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (Activate(IV), AlreadyActivated),
        (StartStep("x"), UnknownStep),
        (StartStep("later"), StepNotOpen),
        (FinishStep("later"), StepNotOpen),
        (FinishStep("done"), StepNotOpen),
        (StartStep("begun"), StepStarted),
        (SkipStep("a", " "), ReasonMissing),
        (SkipStep("done", "why"), StepDone),
        (ReopenStep("a", "why"), StepNotDone),
        (ReopenStep("done", ""), ReasonMissing),
        (HandOver("mayor", "person:7"), UnknownPost),
        (HandOver("operations", ""), PostUnchanged),
        (HandOver("operations", "town/fire-chief"), PostUnchanged),
        (Deviate("", "by boat"), TextMissing),
        (Deviate("a", ""), TextMissing),
        (AddFact("injured", None, "phone", START), FactUnknown),
        (AddFact("injured", 1, "phone", START + minutes(9)), FactNotYetKnown),
        (Assess("P", ""), NotEnded),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence_in_both_languages(command, refusal):
    plan = small_plan(
        small_step("a"), small_step("begun"), small_step("done"), small_step("later", start=Start(after=("a",)))
    )
    run = do(do(activated(plan), StartStep("begun")), FinishStep("done"))
    before = run.state.copy()
    with pytest.raises(refusal) as refused:
        do(run, command, after=1)
    assert refused.value.text.zh.endswith("。")
    assert refused.value.text.en.endswith(".")
    assert run.state == before


@pytest.mark.parametrize(
    "command",
    [
        RaiseLevel(II),
        StartStep("a"),
        FinishStep("a"),
        HandOver("operations", "x"),
        Deviate("a", "b"),
        EndResponse("x"),
        Assess("P", ""),
    ],
)
def test_before_activation_only_facts_are_taken(command):
    run = new_run(small_plan(small_step("a")), stream="run:1", mode=REAL)
    with pytest.raises(RunNotActive):
        act(run, command, at=START, by=COMMANDER)


@pytest.mark.parametrize(
    "command",
    [RaiseLevel(II), StartStep("a"), FinishStep("a"), SkipStep("wait", "x"), ReopenStep("done", "x"), EndResponse("x")],
)
def test_after_the_end_the_response_is_over(command):
    plan = small_plan(small_step("a"), small_step("done"), small_step("wait", start=Start(after=("a",))), CLEAN)
    run = do(do(activated(plan), FinishStep("done")), EndResponse("over"), after=5)
    with pytest.raises(RunNotActive):
        do(run, command, after=6)


def test_a_run_is_assessed_once_and_with_a_known_rating():
    run = do(activated(small_plan(small_step("a"))), EndResponse("over"))
    with pytest.raises(UnknownRating):
        do(run, Assess("good", ""))
    with pytest.raises(AlreadyAssessed):
        do(do(run, Assess("P", "")), Assess("P", ""))


def test_activation_refuses_levels_and_posts_that_the_plan_does_not_have():
    plan = small_plan(small_step("a"), levels=(Level(IV, Always()),))
    with pytest.raises(UnknownLevel):
        activated(plan, level=II)
    with pytest.raises(UnknownPost):
        activated(plan, posts={"mayor": "person:1"})


def test_a_real_run_plays_nobody():
    with pytest.raises(ValueError, match="real"):
        new_run(small_plan(), stream="run:1", mode=Mode.REAL, autoplay=ALL)


def test_an_exercise_plays_only_the_posts_it_is_told_to():
    plan = small_plan(small_step("a"), small_step("b", owner="commander"))
    run = advance(activated(plan, mode=EXERCISE, autoplay=frozenset({"operations"})), DAY)
    assert told(run, "step.finished", "step") == ["a"]
    assert told(advance(activated(plan, mode=SIMULATED), DAY), "step.finished", "step") == ["a", "b"]


def test_every_event_bears_stream_mode_and_number():
    run = activated(small_plan(small_step("a")), mode=EXERCISE)
    assert [(event.stream, event.seq, event.mode) for event in run.log] == [
        ("run:1", number, EXERCISE) for number in range(1, len(run.log) + 1)
    ]
