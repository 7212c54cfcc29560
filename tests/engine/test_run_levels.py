"""Levels: what the facts call for, who decides, and what is not known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.engine.running import SIMULATED, activated, at_least, do, learn, messages, told

from youbei.engine.conditions import Always, Elapsed
from youbei.engine.events import Actor
from youbei.engine.plans.model import Level, LevelNumber, Start
from youbei.engine.run import advance
from youbei.engine.run.acts_command import LevelNotHigher, LevelNotLower, WrongPost
from youbei.engine.run.acts_opening import UnknownLevel
from youbei.engine.run.commands import EndResponse, FinishStep, LowerLevel, RaiseLevel
from youbei.engine.run.guards import ReasonMissing
from youbei.testing import COMMANDER, OFFICER, START, minutes, small_plan, small_step, words

I, II, III, IV = LevelNumber
OPERATIONS = Actor("user:9", "行动组", frozenset({"operations"}))


def plan_with(*levels: Level, **changes):
    return small_plan(small_step("a"), levels=levels, **changes)


def by_deaths(**changes):
    """Return a plan with four levels by the number of deaths; II is raised automatically."""
    return plan_with(
        Level(IV, Always()),
        Level(III, at_least("deaths", 3)),
        Level(II, at_least("deaths", 10), is_automatic=True),
        Level(I, at_least("deaths", 30)),
        **changes,
    )


def test_a_level_is_raised_at_once_where_the_plan_says_so():
    run = learn(activated(by_deaths()), "deaths", 12, after=4)
    assert told(run, "level.raised", "level", "was", "is_automatic", "at") == [(2, 4, True, 4)]
    assert run.state.level is II


def test_a_level_is_else_proposed_to_the_commander():
    run = learn(activated(by_deaths()), "deaths", 5, after=4)
    assert told(run, "level.proposed", "level", "was", "is_lower_bound") == [(3, 4, False)]
    assert messages(run, "purpose", "to") == [("level", "commander")]
    assert (run.state.level, run.state.proposed_level) == (IV, III)


def test_a_proposal_is_made_once_until_it_changes():
    run = learn(learn(activated(by_deaths()), "deaths", 5), "deaths", 6)
    assert told(run, "level.proposed", "level") == [3]
    run = learn(run, "deaths", 35)
    assert told(run, "level.proposed", "level") == [3, 1]


def test_a_proposal_is_taken_back_when_the_facts_no_longer_call_for_it():
    run = learn(learn(activated(by_deaths()), "deaths", 5), "deaths", 1)
    assert told(run, "level.proposed", "level", "was") == [(3, 4), (4, 4)]
    assert run.state.proposed_level is None
    assert told(learn(run, "deaths", 5), "level.proposed", "level") == [3, 4, 3]


def test_a_grade_from_incomplete_facts_is_a_lower_bound_and_says_what_is_missing():
    plan = plan_with(
        Level(IV, Always()),
        Level(III, at_least("injured", 10)),
        Level(II, at_least("deaths", 3)),
        Level(I, at_least("deaths", 10)),
    )
    run = learn(activated(plan), "injured", 20)
    assert told(run, "level.proposed", "level", "is_lower_bound", "unknown") == [(3, True, ["deaths"])]
    assert "至少" in messages(run, "body")[0]["zh"]
    known = learn(learn(activated(plan), "deaths", 0), "injured", 20)
    assert told(known, "level.proposed", "level", "is_lower_bound", "unknown") == [(3, False, [])]


def test_what_is_unknown_raises_nothing():
    run = activated(plan_with(Level(IV, Always()), Level(I, at_least("deaths", 30), is_automatic=True)))
    assert run.state.level is IV
    assert told(run, "level.proposed", "level") == []


def test_the_most_severe_level_that_holds_counts():
    run = activated(plan_with(Level(III, Always()), Level(I, Always(), is_automatic=True)), level=III)
    assert run.state.level is I


def test_time_alone_raises_a_level_at_its_instant():
    plan = plan_with(Level(IV, Always()), Level(II, Elapsed("known", minutes(120)), is_automatic=True))
    run = advance(activated(plan, known_at=START - minutes(30)), START + minutes(1000))
    assert told(run, "level.raised", "level", "at") == [(2, 90)]


def test_everybody_at_a_post_that_the_level_calls_is_told_once():
    plan = by_deaths()
    posts = tuple(replace(post, from_level=II) if post.id == "operations" else post for post in plan.posts)
    run = do(activated(replace(plan, posts=posts)), RaiseLevel(III, "worse"))
    assert messages(run, "to") == ["commander"]
    run = do(run, RaiseLevel(II, "worse"))
    assert messages(run, "to") == ["commander", "commander", "operations"]


def test_a_person_may_raise_above_what_the_facts_say():
    run = do(activated(by_deaths()), RaiseLevel(II, "I do not like the wind"), by=OFFICER)
    assert told(run, "level.raised", "level", "is_automatic", "reason") == [(2, False, "I do not like the wind")]


def test_a_level_is_not_raised_to_where_it_is():
    for level in (III, IV):
        with pytest.raises(LevelNotHigher):
            do(activated(by_deaths(), level=III), RaiseLevel(level))


def test_a_level_that_the_plan_does_not_have_is_refused():
    with pytest.raises(UnknownLevel, match="IV"):
        do(activated(plan_with(Level(IV, Always()))), RaiseLevel(II))


def test_only_the_posts_that_the_level_names_lower_it():
    plan = plan_with(Level(IV, Always()), Level(III, Always(), may_lower=("operations",)))
    run = activated(plan, level=III)
    with pytest.raises(WrongPost) as refused:
        do(run, LowerLevel(IV, "over"), by=COMMANDER)
    assert "operations" in refused.value.text.zh
    assert refused.value.status == 403
    assert do(run, LowerLevel(IV, "over"), by=OPERATIONS).state.level is IV


def test_where_the_level_names_nobody_the_commander_lowers_it():
    run = activated(by_deaths(), level=III)
    with pytest.raises(WrongPost):
        do(run, LowerLevel(IV, "over"), by=OPERATIONS)
    assert do(run, LowerLevel(IV, "over"), by=COMMANDER).state.level is IV


def test_lowering_needs_a_reason_and_a_lower_level():
    run = activated(by_deaths(), level=III)
    with pytest.raises(ReasonMissing):
        do(run, LowerLevel(IV, "  "))
    with pytest.raises(LevelNotLower):
        do(run, LowerLevel(II, "over"))


def test_what_a_person_lowered_is_not_raised_again_for_the_same_facts():
    run = learn(activated(by_deaths()), "deaths", 12)
    run = do(run, LowerLevel(IV, "they are safe"), after=5)
    assert run.state.level is IV
    run = learn(run, "deaths", 13, after=6)
    assert run.state.level is IV
    assert told(run, "level.raised", "level") == [2]
    run = learn(learn(run, "deaths", 1, after=7), "deaths", 12, after=8)
    assert told(run, "level.raised", "level", "at") == [(2, 0), (2, 8)]


def test_a_played_commander_follows_a_proposal_at_once():
    run = learn(activated(by_deaths(), mode=SIMULATED), "deaths", 5)
    assert told(run, "level.proposed", "level") == [3]
    assert told(run, "level.raised", "level", "is_automatic") == [(3, False)]


def test_the_moment_of_a_level_is_when_it_or_a_worse_one_was_reached():
    plan = small_plan(
        small_step("three", start=Start(since="level:3", delay=minutes(10))),
        small_step("two", start=Start(since="level:II", delay=minutes(10))),
        levels=by_deaths().levels,
    )
    run = do(activated(plan), RaiseLevel(II, "worse"), after=5)
    run = do(run, RaiseLevel(I, "worse"), after=9)
    assert told(advance(run, START + minutes(99)), "step.opened", "step", "at") == [("three", 15), ("two", 15)]
    run = do(run, LowerLevel(III, "better"), after=10)
    assert told(advance(run, START + minutes(99)), "step.opened", "step", "at") == [("three", 15)]


def test_nothing_is_graded_after_the_end():
    run = do(activated(by_deaths()), FinishStep("a"))
    run = learn(do(run, EndResponse("over")), "deaths", 12, after=5)
    assert told(run, "level.raised", "level") == []


def test_raising_makes_a_proposal_to_end_void():
    plan = by_deaths(end=replace(small_plan().end, when=at_least("safe", 1)))
    run = learn(activated(plan), "safe", 1)
    assert run.state.is_end_proposed
    run = learn(learn(run, "safe", 0), "deaths", 12)
    assert not run.state.is_end_proposed
    assert told(learn(run, "safe", 1, after=9), "end.proposed", "at") == [0, 9]


def test_measures_of_the_level_are_told():
    plan = plan_with(Level(IV, Always()), Level(II, at_least("deaths", 1), measures=words("evacuate 500 m")))
    run = do(activated(plan), RaiseLevel(II, "worse"))
    assert "evacuate 500 m" in messages(run, "body")[0]["en"]
