"""Claims about what only one of two sides comes to: it is said with counts, and never dropped."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from youbei.engine.places import Point
from youbei.engine.plans.model import Deadline, Duration, Need, Plan, Scenario, Start
from youbei.engine.resources import Team, World
from youbei.engine.simulation.compare import Comparison, Pair, Reach, compare_setups
from youbei.engine.simulation.ensemble import set_up
from youbei.engine.simulation.verdict import reach_words
from youbei.engine.troubles import Troubles
from youbei.testing import minutes, small_plan, small_step, words

HERE = Point(30.0, 120.0)
QUIET = Scenario("q", words("q"))


def plan() -> Plan:
    crew = Need("crew", capability="fire", count=1)
    return small_plan(
        small_step("hold", takes=Duration(likely=minutes(5)), needs=(crew,)),
        small_step(
            "report", takes=Duration(likely=minutes(1)), within=Deadline(minutes(20)), start=Start(after=("hold",))
        ),
    )


def world(chance_off_road: float) -> World:
    team = Team("t", "T", frozenset({"fire"}), HERE, minutes(5))
    return World((team,), sites={"incident": HERE}, troubles=Troubles(off_road=chance_off_road))


def compared(first: World, second: World, other: Plan | None = None, runs: int = 400) -> Comparison:
    return compare_setups(
        set_up(plan(), first, QUIET, seed=1), set_up(other or plan(), second, QUIET, seed=1), runs=runs
    )


def reach(found: Comparison, measure: str) -> Reach:
    return next(one for one in found.reaches if one.measure == measure)


def test_what_the_second_never_reaches_is_said_with_counts() -> None:
    found = compared(world(0.0), world(1.0))
    one = reach(found, "contained")
    assert (one.first, one.second, one.runs, one.is_plain) == (400, 0, 400, True)
    assert "contained" not in {each.measure for each in found.differences}
    # Of a step that is never reached it is not said that it is always in time; it is said once, of the step.
    assert "report/late" not in {each.measure for each in (*found.differences, *found.reaches)}
    said = reach_words(one, (plan(), plan()))
    assert said.en == (
        "“All steps of the response done”: the second never reaches it (0 of 400 runs; the first in 400)."
    )
    assert said.zh == "“响应任务全部完成”后者从未达到（400 次中 0 次；前者 400 次）。"
    back = reach_words(reach(compared(world(1.0), world(0.0)), "contained"), (plan(), plan()))
    assert "the first never reaches it (0 of 400 runs; the second in 400)" in back.en


def test_what_one_reaches_less_often_has_a_paired_interval() -> None:
    """Both meet the same luck: whoever is off the road with chance 0.2 is so with chance 0.6 too."""
    found = compared(world(0.2), world(0.6))
    one = reach(found, "hold/finished")
    assert one.first is not None
    assert one.second is not None
    assert abs(one.first / one.runs - 0.8) < 0.06
    assert abs(one.second / one.runs - 0.4) < 0.08
    assert one.low is not None
    assert one.high is not None
    assert one.low < -0.4 < one.high
    assert next(each for each in found.differences if each.measure == "hold/finished").runs == one.second
    data = next(each for each in found.as_data()["reaches"] if each["measure"] == "hold/finished")
    assert (data["first"], data["second"], data["is_plain"]) == (one.first, one.second, True)
    assert "of 400 runs in " in reach_words(one, (plan(), plan())).en


def test_each_side_has_an_interval_of_its_own() -> None:
    """By hand: 1, 3, 2 deviate by 1, and 2, 2, 5 by the root of 3; t of two degrees of freedom is 4.303."""
    pair = Pair()
    for first, second in ((1.0, 2.0), (3.0, 2.0), (2.0, 5.0)):
        pair.add(first, second)
    found = pair.difference("broken")
    assert (found.first_half, found.second_half) == pytest.approx((4.303 / math.sqrt(3), 4.303), rel=1e-3)
    assert found.numbers == "2.00 ± 2.48 → 3.00 ± 4.30"
    one = Pair()
    one.add(1.0, 2.0)
    assert one.difference("broken").numbers == "1.00 → 2.00"


def test_what_both_always_reach_is_not_spoken_of() -> None:
    assert compared(world(0.0), world(0.0)).reaches == ()


def test_a_step_that_one_plan_does_not_have_is_named() -> None:
    one_step = replace(plan(), steps=plan().steps[:1])
    found = compared(world(0.0), world(0.0), other=one_step)
    assert [each.measure for each in found.reaches] == ["report/finished"]
    assert "the plan of the second has no such step" in reach_words(found.reaches[0], (plan(), one_step)).en
    free = replace(plan(), steps=(plan().steps[0], replace(plan().steps[1], within=None)))
    found = compared(world(0.0), world(0.0), other=free)
    assert [each.measure for each in found.reaches] == ["report/late"]
    assert "the second sets no deadline for it" in reach_words(found.reaches[0], (plan(), free)).en
