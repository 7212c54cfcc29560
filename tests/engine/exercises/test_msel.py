"""Claims about injects: when they come, when they do not, and what is expected after them."""

from __future__ import annotations

import pytest
from tests.engine.exercises.story import CALL, DIRECTOR, EXPECTS, PLAN, do, exercise, of_kind, started, told

from youbei.engine.clock import Mode
from youbei.engine.errors import Refused
from youbei.engine.exercises.msel import script_of
from youbei.engine.plans.model import LevelNumber
from youbei.engine.run import advance, new_run
from youbei.engine.run.commands import (
    Activate,
    ConfirmAction,
    EndExercise,
    FailInject,
    FinishStep,
    FireInject,
    HoldInject,
    Improvise,
    Observe,
    ReleaseInject,
    SkipInject,
    StartExercise,
)
from youbei.testing import START, minutes

SECOND = CALL.replace('id = "call"', 'id = "second"')
NUDGE = CALL.replace('id = "call"', 'id = "nudge"')


def test_an_inject_by_the_clock_comes_when_the_clock_of_the_scenario_shows_it():
    run = started('[start]\nclock = "23:50"\n' + CALL + 'at = {clock = "00:20"}\n')
    assert told(advance(run, START + minutes(60)), "inject.fired") == [("inject.fired", "call", 30.0)]


def test_an_inject_by_offset_counts_from_its_moment():
    run = started(CALL + SECOND + 'at = {since = "inject:call:fired", delay = "PT7M"}\n')
    assert told(advance(run, START + minutes(60)), "inject.fired") == [
        ("inject.fired", "call", 0.0),
        ("inject.fired", "second", 7.0),
    ]


def test_an_inject_brings_its_facts_and_its_message_to_who_will_fill_the_post():
    run = started(CALL)
    fact, message = of_kind(run, "fact.added", "message.queued")
    assert (fact.data["key"], fact.data["value"], fact.data["source"], fact.by.id) == (
        "leaking", True, "call", "controller",
    )  # fmt: skip
    assert (message.data["purpose"], message.data["holder"]) == ("inject", "town/fire-chief")
    assert message.data["subject"] == {"zh": "来电：居民", "en": "Call: Resident"}


def test_a_contingency_comes_when_the_players_have_not_acted():
    silent = 'type = "contingency"\nat = {when = {elapsed = "acted", atleast = "PT10M"}}\n'
    run = do(started(NUDGE + silent), Activate(LevelNumber.IV), after=2)
    run = do(run, FinishStep("s0"), after=8)
    assert told(advance(run, START + minutes(60)), "inject.fired") == [("inject.fired", "nudge", 18.0)]


def test_a_contingency_without_a_condition_waits_for_a_controller():
    run = advance(started(CALL + 'type = "contingency"\n'), START + minutes(60))
    assert of_kind(run, "inject.fired") == []
    run = do(run, FireInject("call"), after=61, by=DIRECTOR)
    assert [event.data["is_by_hand"] for event in of_kind(run, "inject.fired")] == [True]


def test_conditions_nest_over_what_was_done_and_what_was_not():
    when = (
        'at = {when = {all = [{not = {count = "actions_met", gte = 1}}, {any = [{fact = "leaking", eq = true}, '
        '{fact = "injured", gte = 1}]}, {count = "actions_late", gte = 1}]}}\n'
    )
    run = started(CALL + EXPECTS + NUDGE + when)
    assert told(advance(run, START + minutes(60)), "inject.fired")[1] == ("inject.fired", "nudge", 10.0)


def test_an_inject_that_is_no_longer_needed_is_skipped_with_all_that_follows_it():
    text = (
        CALL + 'at = {delay = "PT5M", unless = {fact = "leaking", eq = false}}\n' + SECOND + 'at = {after = ["call"]}\n'
    )
    run = started('[start]\nfacts = [{key = "leaking", value = false}]\n' + text)
    assert [event.data["inject"] for event in of_kind(run, "inject.skipped")] == ["call", "second"]


def test_an_action_done_in_time_is_met_and_one_done_later_is_met_late():
    run = do(started(CALL + EXPECTS), Activate(LevelNumber.IV), after=1)
    in_time = do(run, FinishStep("s0"), after=9)
    assert [event.data["is_late"] for event in of_kind(in_time, "action.met")] == [False]
    late = do(run, FinishStep("s0"), after=12)
    assert told(late, "action.late", "action.met") == [("action.late", "close", 10.0), ("action.met", "close", 12.0)]
    assert of_kind(late, "action.met")[0].data["is_late"] is True


def test_what_is_never_done_is_missed_at_endex_and_what_never_came_is_skipped():
    run = started(CALL + EXPECTS + SECOND + 'at = {delay = "PT3H"}\n')
    run = do(run, EndExercise("time"), after=30, by=DIRECTOR)
    assert told(run, "action.missed", "inject.skipped") == [
        ("action.missed", "close", 30.0),
        ("inject.skipped", "second", 30.0),
    ]
    assert run.state.pending == {}


def test_an_inject_that_did_not_reach_the_players_asks_nothing_of_them():
    run = do(started(CALL + EXPECTS), FailInject("call", "no line"), after=2, by=DIRECTOR)
    run = do(advance(run, START + minutes(30)), EndExercise("time"), after=30, by=DIRECTOR)
    assert of_kind(run, "action.late", "action.missed") == []


def test_an_inject_held_back_comes_once_it_is_released():
    run = do(started(CALL + 'at = {delay = "PT5M"}\n'), HoldInject("call"), after=1, by=DIRECTOR)
    assert of_kind(advance(run, START + minutes(20)), "inject.fired") == []
    run = do(run, ReleaseInject("call"), after=9, by=DIRECTOR)
    assert told(run, "inject.fired") == [("inject.fired", "call", 9.0)]


def test_an_evaluator_confirms_what_no_log_shows():
    observed = 'expects = [{id = "mask", title = "masks on", within = "PT5M"}]\n'
    run = do(started(CALL + observed), ConfirmAction("mask", "seen at the gate"), after=4, by=DIRECTOR)
    assert of_kind(run, "action.met")[0].data["note"] == "seen at the gate"
    with pytest.raises(Refused, match="expected now"):
        do(run, ConfirmAction("mask"), after=5, by=DIRECTOR)


def test_a_controller_brings_what_the_script_does_not_hold():
    run = do(started(CALL), Improvise("wind turns", {"injured": 3}), after=4, by=DIRECTOR)
    assert run.state.facts["injured"].value == 3
    assert [event.data["inject"] for event in of_kind(run, "inject.fired")] == ["call", "improvised-1"]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (StartExercise(), "exercise-started"),
        (FireInject("call"), "inject-stands"),
        (FireInject("nothing"), "unknown-inject"),
        (SkipInject("later", ""), "reason-missing"),
        (ReleaseInject("later"), "inject-stands"),
        (Observe("o", "", "?"), "nothing-observed"),
        (Improvise("nothing"), "nothing-observed"),
    ],
)
def test_what_is_out_of_place_is_refused_with_a_reason(command, reason):
    run = started(CALL + SECOND.replace("second", "later") + 'at = {delay = "PT1H"}\n')
    with pytest.raises(Refused) as refused:
        do(run, command, after=1, by=DIRECTOR)
    assert refused.value.code == reason
    assert refused.value.text.zh


def test_after_endex_only_notes_are_left():
    run = do(started(CALL), EndExercise("time"), after=5, by=DIRECTOR)
    with pytest.raises(Refused, match="is over"):
        do(run, Activate(LevelNumber.IV), after=6)
    assert of_kind(do(run, Observe("o", "good", "80"), after=6, by=DIRECTOR), "observation.recorded")


def test_a_real_run_follows_no_script():
    with pytest.raises(ValueError, match="no script"):
        new_run(PLAN, stream="run:1", mode=Mode.REAL, script=script_of(exercise(CALL)))
