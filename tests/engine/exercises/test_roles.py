"""Claims about played roles, failing resources and closed roads, and about exercises that run by themselves."""

from __future__ import annotations

import pytest
from tests.engine.exercises.story import CALL, DIRECTOR, EXPECTS, PLAN, do, exercise, of_kind, started

from youbei.engine.clock import Mode
from youbei.engine.exercises.msel import played_posts
from youbei.engine.exercises.rehearse import lone_inject, moment_by_moment, rehearsal, rehearse
from youbei.engine.log import GENESIS, chain
from youbei.engine.plans.model import LevelNumber, Need
from youbei.engine.run import advance
from youbei.engine.run.commands import Activate, Assign, Improvise
from youbei.testing import START, minutes, small_plan, small_step, small_world

ROLE = """
[[roles]]
id = "fire"
title = {zh = "消防", en = "Fire service"}
plays = ["operations"]
begins_in = {likely = "PT3M", source = "assumption"}
"""
REACTION = """
[[roles.reactions]]
id = "react"
when = {fact = "leaking", eq = true}
delay = {likely = "PT4M", source = "assumption"}
does = [{activate = "IV"}, {finish = "s1"}, {fact = "injured", value = 2}, {finish = "nothing"}]
"""
NEEDY = small_plan(small_step("s0", needs=(Need("crew", capability="fire", count=1),)), small_step("s1"))
CLOSED = """
[[injects]]
id = "road"
kind = "road_closed"
title = "road"
at = {delay = "PT5M"}
road = "Bridge"
delay = "PT20M"
"""
FAILURE = """
[[injects]]
id = "engine"
kind = "resource_failure"
title = "engine"
at = {delay = "PT5M"}
capability = "fire"
"""


def test_a_played_role_acts_after_its_delay_and_what_is_refused_changes_nothing():
    run = advance(started(CALL + ROLE + REACTION), START + minutes(30))
    acted = of_kind(run, "role.acted")[0]
    assert (acted.at - START, acted.data["refused"], acted.by.id) == (minutes(4), ["unknown-step"], "role:fire")
    assert run.state.steps["s1"].finished_at == START + minutes(4)
    assert run.state.facts["injured"].value == 2


def test_a_played_post_begins_a_step_after_it_has_reacted():
    text = CALL + ROLE
    run = started(text, autoplay=played_posts(exercise(text)))
    run = advance(do(run, Activate(LevelNumber.IV), after=1), START + minutes(30))
    step = run.state.steps["s0"]
    assert (step.opened_at, step.started_at) == (START + minutes(1), START + minutes(4))
    assert step.finished_at == START + minutes(9)


def test_a_team_that_fails_on_the_way_leaves_and_another_is_sent():
    run = started(
        CALL + FAILURE, plan=NEEDY, autoplay=frozenset({"operations"}), world=small_world(teams=2), mode=Mode.EXERCISE
    )
    run = advance(do(run, Activate(LevelNumber.IV), after=0), START + minutes(60))
    first, second = of_kind(run, "resource.assigned")
    assert of_kind(run, "resource.failed")[0].data["resource"] == first.data["resource"]
    assert second.data["resource"] != first.data["resource"]
    assert second.at == START + minutes(5)
    assert of_kind(run, "need.met")


def test_where_the_last_team_fails_the_need_is_short():
    run = started(CALL + FAILURE, plan=NEEDY, autoplay=frozenset({"operations"}), world=small_world(teams=1))
    run = advance(do(run, Activate(LevelNumber.IV), after=0), START + minutes(60))
    assert [event.at for event in of_kind(run, "need.short")] == [START + minutes(5)]


def test_a_closed_road_delays_what_is_on_the_way_and_what_leaves_later():
    run = started(CALL + CLOSED, plan=NEEDY, autoplay=frozenset({"operations"}), world=small_world())
    run = advance(do(run, Activate(LevelNumber.IV), after=0), START + minutes(60))
    assert [event.at for event in of_kind(run, "resource.arrived")] == [START + minutes(32)]


def test_a_closed_road_says_when_a_team_that_people_sent_may_be_expected():
    run = do(started(CALL + CLOSED, plan=NEEDY), Activate(LevelNumber.IV), after=0)
    run = do(run, Assign("a1", "s0/crew", "team:1", "Engine", 1, minutes(12)), after=1)
    assert advance(run, START + minutes(6)).state.assignments["a1"].expected_at == START + minutes(33)


def test_a_rehearsal_leaves_nothing_to_do_for_people_and_nothing_leaves_the_building():
    run = rehearse(exercise(CALL, EXPECTS), PLAN, at=START)
    assert run.state.script.is_over
    assert run.mode is Mode.SIMULATED
    assert [event.data["is_late"] for event in of_kind(run, "action.met")] == [False]


def test_a_rehearsal_that_is_repeated_is_the_same_byte_for_byte():
    def lines(seed):
        run = rehearse(exercise(CALL, EXPECTS, ROLE), PLAN, at=START, world=small_world(), seed=seed)
        return [entry.hash for entry in chain(run.log, after=0, head=GENESIS, recorded_at=START)]

    assert lines(3) == lines(3)


def test_a_rehearsal_watched_moment_by_moment_is_the_rehearsal():
    found = exercise(CALL, EXPECTS)
    *_, last = moment_by_moment(rehearsal(found, PLAN, at=START), START + found.end.at_most)
    whole = rehearse(found, PLAN, at=START)
    assert [event.comparable() for event in last.log] == [event.comparable() for event in whole.log]


def test_one_inject_is_rehearsed_at_once_and_alone():
    later = CALL.replace('id = "call"', 'id = "later"') + 'at = {delay = "PT2H", after = ["call"]}\n'
    alone = lone_inject(exercise(CALL, later), "later")
    run = rehearse(alone, PLAN, at=START)
    assert [(event.data["inject"], event.at) for event in of_kind(run, "inject.fired")] == [("later", START)]
    with pytest.raises(KeyError):
        lone_inject(exercise(CALL), "nothing")


def test_an_improvised_inject_with_words_alone_reaches_its_post():
    run = do(started(CALL), Improvise("call again", {}, "operations", PLAN.title, PLAN.title), after=2, by=DIRECTOR)
    assert of_kind(run, "message.queued")[-1].data["holder"] == "town/fire-chief"
