"""Calls: the activation and each task after it reach those who have to act."""

from __future__ import annotations

from dataclasses import replace

from tests.engine.running import EXERCISE, SIMULATED, activated, at_least, calls, do, learn, messages

from youbei.engine.conditions import Always
from youbei.engine.plans.model import Deadline, Level, LevelNumber, Start, Tell
from youbei.engine.run import advance
from youbei.engine.run.commands import FinishStep, HandOver
from youbei.engine.text import Text
from youbei.testing import START, minutes, small_plan, small_step, words

IV, III, II = LevelNumber.IV, LevelNumber.III, LevelNumber.II
DAY = START + minutes(1440)


def chain(**changes: object):
    """Return a plan in which `b` follows `a`."""
    return small_plan(small_step("a"), small_step("b", start=Start(after=("a",)), **changes))


def test_activation_tells_everyone_at_a_post_that_the_level_calls():
    plan = small_plan(small_step("a"), levels=(Level(IV, Always(), measures=words("close the road")),))
    posts = tuple(replace(post, from_level=III) if post.id == "commander" else post for post in plan.posts)
    run = activated(replace(plan, posts=posts), incident="2026-7")
    assert calls(run, "purpose", "to", "holder", "step") == [("level", "operations", "town/fire-chief", None)]
    body = calls(run, "body")[0]
    assert calls(run, "subject")[0] == {"zh": "启动四级响应：small", "en": "Level IV response: small"}
    assert body["en"].split("\n") == [
        "Incident: 2026-7.",
        "Your post: operations.",
        "close the road",
        "In force from now until the level is changed or the response is ended.",
        "Your tasks:",
        "1. a.",
    ]
    assert body["zh"].startswith("突发事件：2026-7。\n您担任：operations。")


def test_who_fills_two_posts_is_told_once():
    run = activated(chain(), posts={"operations": "town/mayor"})
    assert calls(run, "to", "holder") == [("commander", "town/mayor")]
    assert "Your post: commander, operations." in calls(run, "body")[0]["en"]


def test_a_vacant_post_is_told_nothing():
    run = do(activated(chain(), posts={"operations": ""}), FinishStep("a"))
    assert calls(run, "to") == ["commander"]
    assert messages(run, "to") == []


def test_what_opens_with_the_activation_stands_in_its_message_with_its_deadline():
    plan = small_plan(
        small_step("a", within=Deadline(minutes(90))),
        small_step("b"),
        small_step("c", start=Start(delay=minutes(5))),
        small_step("d", within=Deadline(minutes(5), since="known")),
    )
    run = activated(plan, known_at=START - minutes(10))
    assert messages(run, "purpose") == []
    lines = dict(calls(run, "to", "body"))["operations"]["en"].split("\n")
    assert lines[-3:] == ["1. a. Due within 1 h 30 min.", "2. b.", "3. d. Due now."]
    assert "Your tasks" not in dict(calls(run, "to", "body"))["commander"]["en"]


def test_the_owner_of_a_step_that_opens_at_activation_is_told_although_the_level_does_not_call_the_post():
    plan = chain()
    posts = tuple(replace(post, from_level=II) for post in plan.posts)
    assert calls(activated(replace(plan, posts=posts)), "to") == ["operations"]


def test_an_opened_step_reaches_who_holds_its_post():
    card = Text("戴好面罩", "Wear your mask")
    run = do(activated(chain(card=card, within=Deadline(minutes(20)))), FinishStep("a"), after=3)
    assert messages(run, "purpose", "to", "holder", "step", "at") == [("task", "operations", "town/fire-chief", "b", 3)]
    assert messages(run, "subject", "body") == [
        (
            {"zh": "任务：b", "en": "Task: b"},
            {"zh": "限 20 分钟内完成。\n戴好面罩", "en": "Due within 20 min.\nWear your mask"},
        )
    ]


def test_a_step_that_tells_its_own_post_does_not_tell_it_twice():
    run = do(activated(chain(tells=(Tell("operations", words("go")),))), FinishStep("a"))
    assert messages(run, "purpose", "body") == [("tell", {"zh": "go", "en": "go"})]


def test_a_step_that_opens_later_at_the_instant_of_activation_is_told_by_itself():
    plan = small_plan(small_step("a"), small_step("treat", start=Start(when=at_least("injured", 1))))
    run = learn(activated(plan), "injured", 1)
    assert messages(run, "purpose", "step", "at") == [("task", "treat", 0)]


def test_posts_that_the_engine_plays_are_told_nothing():
    assert calls(activated(chain(), mode=SIMULATED), "to") == []
    assert messages(advance(activated(chain(), mode=SIMULATED), DAY), "purpose") == ["end"]
    run = advance(activated(chain(), mode=EXERCISE, autoplay=frozenset({"operations"})), DAY)
    assert calls(run, "to") == ["commander"]
    assert messages(run, "purpose") == ["end"]


def test_who_takes_over_a_post_is_told_what_is_open_there():
    run = do(activated(chain()), HandOver("operations", "person:7", "gate 2 is shut"), after=5)
    assert messages(run, "holder", "body")[0][1]["en"] == "gate 2 is shut\nYour tasks:\n1. a."
