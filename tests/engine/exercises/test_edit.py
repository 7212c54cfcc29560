"""Injects are put, copied, taken out and adapted one at a time, and the script stays whole."""

from __future__ import annotations

import pytest
from tests.engine.exercises.story import CALL, EXPECTS, PLAN, exercise

from youbei.engine.exercises.edit import EditRefused, adapted, copied, put_inject, take_inject
from youbei.engine.exercises.read import ExerciseUnreadable
from youbei.engine.exercises.write import exercise_to_data

WAITS = """
[[injects]]
id = "later"
kind = "message"
title = "later"
sender = "a"
to = "operations"
text = "b"
at = {after = ["call"], when = {any = [{elapsed = "action:close:late", atleast = "PT1M"},
  {fact = "leaking", eq = true}]}}
"""


def data_of(inject: str, *parts: str) -> dict:
    return next(one for one in exercise_to_data(exercise(*parts))["injects"] if one["id"] == inject)


def test_an_inject_is_added_at_the_end_and_replaced_in_its_place():
    script = exercise(CALL + EXPECTS, WAITS)
    new = put_inject(script, data_of("call", CALL) | {"id": "third"})
    assert [one.id for one in new.injects] == ["call", "later", "third"]
    changed = put_inject(new, data_of("call", CALL) | {"title": "other"}, instead_of="call")
    assert [one.id for one in changed.injects] == ["call", "later", "third"]
    assert changed.injects[0].title.en == "other"


def test_a_name_that_is_taken_is_refused():
    with pytest.raises(ExerciseUnreadable, match="call"):
        put_inject(exercise(CALL), data_of("call", CALL))


def test_what_others_wait_for_is_not_taken_out():
    script = exercise(CALL + EXPECTS, WAITS)
    with pytest.raises(EditRefused, match="later"):
        take_inject(script, "call")
    assert [one.id for one in take_inject(script, "later").injects] == ["call"]


def test_a_copy_has_names_of_its_own_and_its_conditions_follow_them():
    script = exercise(CALL + EXPECTS, WAITS)
    data = data_of("call", CALL + EXPECTS)
    data["at"] = {"when": {"count": "actions_met", "eq": 0, "among": ["close"]}}
    copy = copied(data, script)
    assert copy["id"] == "call-2"
    assert copy["expects"][0]["id"] == "close-2"
    assert copy["at"]["when"]["among"] == ["close-2"]


def test_what_the_plan_does_not_have_is_left_out_of_an_adapted_one_and_said():
    foreign = exercise(CALL + EXPECTS.replace('"s0"', '"gone"').replace('who = "operations"', 'who = "nobody"'), WAITS)
    home = exercise()
    data, lost = adapted(foreign.inject("call"), home, PLAN, to="commander")
    assert "step" not in data["expects"][0]
    assert "who" not in data["expects"][0]
    assert len(lost) == 2
    later, lost = adapted(foreign.inject("later"), home, PLAN, to="commander")
    assert "when" not in later["at"]
    assert later["at"]["after"] == []
    assert len(lost) == 2
    put_inject(put_inject(home, data), later)


def test_a_post_that_the_plan_does_not_have_is_sent_elsewhere():
    foreign = exercise(CALL.replace('to = "operations"', 'to = "harbour-master"'))
    data, lost = adapted(foreign.inject("call"), exercise(), PLAN, to="commander")
    assert data["to"] == "commander"
    assert "harbour-master" in lost[0].en
