"""The difference of two versions names what changed, where, and how it reads before and after."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from plan_samples import SAMPLE, plans

from youbei.engine.plans.difference import ChangeKind, difference
from youbei.engine.plans.model import Deadline, Plan, Step
from youbei.engine.plans.read import read_plan
from youbei.engine.text import Text

PLAN = read_plan(SAMPLE)


def with_step(step: Step) -> Plan:
    return replace(PLAN, steps=tuple(step if one.id == step.id else one for one in PLAN.steps))


def test_a_plan_does_not_differ_from_itself_in_another_order() -> None:
    assert difference(PLAN, PLAN) == ()
    assert difference(PLAN, replace(PLAN, steps=PLAN.steps[::-1], posts=PLAN.posts[::-1])) == ()


def test_a_changed_deadline_is_shown_before_and_after() -> None:
    step = replace(PLAN.step("isolate"), within=Deadline(timedelta(minutes=15)))
    (change,) = difference(PLAN, with_step(step))
    assert change.place == "steps.isolate.within"
    assert change.kind is ChangeKind.CHANGED
    assert change.before == '{limit = "PT10M", since = "opened"}'
    assert change.after == '{limit = "PT15M", since = "opened"}'
    assert change.summary == Text(
        zh="步骤“切断泄漏源”：改动within（时限）。", en='Step "Isolate the leak": within changed.'
    )


def test_what_was_left_out_before_is_added() -> None:
    (change,) = difference(PLAN, with_step(replace(PLAN.step("isolate"), card=Text("戴面罩。", "Masks on."))))
    assert (change.place, change.kind, change.before) == ("steps.isolate.card", ChangeKind.ADDED, "")


def test_a_new_step_and_a_removed_post_are_one_change_each() -> None:
    new = replace(PLAN, posts=PLAN.posts[:1], steps=(*PLAN.steps, Step("count", Text("清点", "Count"), "commander")))
    changes = {change.place: change for change in difference(PLAN, new)}
    assert set(changes) == {"posts.ops", "steps.count"}
    assert changes["posts.ops"].summary.zh == "删去岗位“抢险组”。"
    assert changes["steps.count"].kind is ChangeKind.ADDED
    assert 'id = "count"' in changes["steps.count"].after


def test_a_chapter_is_compared_by_paragraph() -> None:
    chapter = replace(PLAN.chapters[0], body=Text(zh="第一段。\n\n改过的第二段。\n\n第三段。", en="One paragraph."))
    (change,) = difference(PLAN, replace(PLAN, chapters=(chapter,)))
    assert change.place == "chapters.7.1.body.zh[1]"
    assert change.before == "第二段。"
    assert change.after == "改过的第二段。\n\n第三段。"
    assert change.summary.en == 'Clause "Scope": paragraph 2 changed (Chinese).'


def test_the_head_of_a_plan_is_compared_too() -> None:
    (change,) = difference(PLAN, replace(PLAN, version="2026.2"))
    assert (change.place, change.before, change.after) == ("version", '"2026.1"', '"2026.2"')


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=50)
@given(plans, plans)
def test_what_is_added_one_way_is_removed_the_other_way(old: Plan, new: Plan) -> None:
    swap = {ChangeKind.ADDED: ChangeKind.REMOVED, ChangeKind.REMOVED: ChangeKind.ADDED}
    there, back = difference(old, new), difference(new, old)
    outside = [(c.place, c.kind) for c in there if ".body." not in c.place]
    assert sorted(outside) == sorted((c.place, swap.get(c.kind, c.kind)) for c in back if ".body." not in c.place)
    assert difference(old, old) == ()
