"""A rehearsal says what would be sent to whom, what is met, and what never comes and why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.engine.exercises.story import CALL, EXPECTS, PLAN, exercise

from youbei import content
from youbei.engine.exercises.model import Exercise
from youbei.engine.exercises.read import read_exercise
from youbei.engine.exercises.rehearsal import Rehearsal, rehearsed
from youbei.engine.plans.model import Plan, Scenario
from youbei.engine.plans.read import read_plan
from youbei.engine.simulation.plenty import plenty
from youbei.engine.text import Text

NEVER = """
[[injects]]
id = "never"
kind = "message"
title = "never"
sender = "a"
to = "operations"
text = "b"
at = {when = {fact = "no_such", eq = true}}
expects = [{id = "nothing", title = "nothing", within = "PT5M"}]

[[injects]]
id = "by-hand"
kind = "message"
type = "contingency"
title = "by hand"
sender = "a"
to = "operations"
text = "b"
"""


def played(script: Exercise, plan: Plan = PLAN, *, inject: str = "", seed: int | None = None) -> Rehearsal:
    world = plenty(plan, plan.scenarios[0] if plan.scenarios else Scenario("", Text()))
    return rehearsed(script, plan, world=world, inject=inject, seed=seed)


def test_it_says_what_is_sent_to_whom_and_what_becomes_known():
    found = played(exercise(CALL, EXPECTS))
    (call,) = found.came
    assert call.after == timedelta(0)
    assert [(one.to, one.body.en) for one in call.sent] == [("operations", "There is a smell of ammonia.")]
    assert call.facts == (("leaking", True),)
    assert (found.met, found.late, found.missed) == (1, 0, 0)


def test_what_never_comes_is_named_with_why_and_its_actions_are_not_tested():
    found = played(exercise(CALL, NEVER))
    never = {one.id: one for one in found.never}
    assert "conditions did not hold" in never["never"].why.en
    assert "by hand" in never["by-hand"].why.en
    assert found.not_tested == 1


def test_one_inject_is_rehearsed_alone_at_startex():
    found = played(exercise(CALL, NEVER), inject="never")
    assert [one.id for one in found.came] == ["never"]
    assert found.came[0].after == timedelta(0)
    with pytest.raises(KeyError):
        played(exercise(CALL), inject="other")


def test_the_same_seed_gives_the_same_rehearsal():
    script = exercise(CALL, EXPECTS)
    assert played(script, seed=7) == played(script, seed=7)


def test_every_exercise_of_the_library_is_rehearsed_in_full():
    plans = {plan.id: plan for plan in map(read_plan, content.plan_texts().values())}
    for text in content.exercise_texts().values():
        script = read_exercise(text)
        found = played(script, plans[script.plan])
        assert found.came
        assert len(found.came) + len(found.never) == len(script.injects)
