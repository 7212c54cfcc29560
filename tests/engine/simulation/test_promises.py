"""Claims about when promises break: needs that come short are told by night and day as steps that are late."""

from __future__ import annotations

from dataclasses import replace

import pytest

from youbei.engine.places import Point
from youbei.engine.plans.model import Duration, Need, Plan, Scenario
from youbei.engine.resources import Stock, Team, World
from youbei.engine.simulation.ensemble import Setup, gathered, set_up
from youbei.engine.simulation.promises import broken_promises
from youbei.engine.simulation.report_day import plainly_worse
from youbei.engine.simulation.result import promises_of
from youbei.engine.text import Text
from youbei.engine.troubles import Failure, OffHours, Troubles
from youbei.testing import minutes, small_plan, small_step, words

HERE = Point(30.0, 120.0)
RUNS = 600


def plan_of_needs() -> Plan:
    """Steps without deadlines: nothing of it can be late, all of it can be short."""
    crew, foam = Need("crew", capability="fire", count=1), Need("foam", item="foam", quantity=5.0)
    return small_plan(
        small_step("hold", takes=Duration(likely=minutes(5)), needs=(crew,)),
        small_step("cover", takes=Duration(likely=minutes(5)), needs=(foam,)),
    )


def thin_at_night() -> Setup:
    troubles = Troubles(night=OffHours(strength=0.5), failures=(Failure("maker", "海新厂", frozenset({"lot"}), 0.3),))
    world = World(
        (Team("t", "T", frozenset({"fire"}), HERE, minutes(5)),),
        stock=(Stock("lot", "foam", 8.0, HERE),),
        sites={"incident": HERE},
        troubles=troubles,
    )
    return set_up(plan_of_needs(), world, Scenario("q", words("q")), seed=3)


@pytest.mark.parametrize("is_compiled", [True, False])
def test_a_need_says_when_it_is_short_more_often_than_otherwise(is_compiled: bool) -> None:
    setup = thin_at_night()
    found, _ = gathered(setup if is_compiled else replace(setup, program=None), runs=RUNS)
    by_subject = {one.subject: one.text for one in broken_promises(found)}
    night = next(one for one in found.conditions if one.name == "night")
    crew = next(one for one in night.needs if one[0] == "hold/crew")
    assert abs(crew[1].share - 0.5) < 0.1
    assert (crew[2].count, crew[2].of + crew[1].of) == (0, RUNS)
    assert f"; at night it is {crew[1].share:.0%} ± " in by_subject["hold/crew"].en
    assert "otherwise 0% ± " in by_subject["hold/crew"].en
    assert f"；夜间为 {crew[1].share:.0%} ± " in by_subject["hold/crew"].zh
    assert "without 海新厂 it is 100% ± " in by_subject["cover/foam"].en
    assert (night.short.of, night.short_otherwise.of) == (night.met.count, RUNS - night.met.count)


def test_the_kernel_counts_short_needs_by_condition_as_the_reference_does() -> None:
    setup = thin_at_night()
    fast, slow = (gathered(one, runs=300)[0] for one in (setup, replace(setup, program=None)))
    assert fast.conditions == slow.conditions
    assert fast.report.any_short == slow.report.any_short
    assert any(one.short.count for one in fast.conditions)


def test_page_and_file_get_the_conditions_of_short_needs_with_both_intervals() -> None:
    found, _ = gathered(thin_at_night(), runs=RUNS)
    crew = next(one for one in promises_of(found, {"fire": Text("消防", "Fire crew")}) if one["subject"] == "hold/crew")
    worst = crew["under"][0]
    assert worst["label"] == {"zh": "夜间", "en": "at night"}
    assert worst["broken"]["low"] > worst["otherwise"]["high"]
    assert crew["low"] < crew["share"] < crew["high"]
    assert [one["name"] for one in plainly_worse(found.as_data())] == ["failure:maker", "night"]
