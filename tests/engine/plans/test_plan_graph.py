"""The step graph: layers, circles, earliest times and the chain that decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei import testing
from youbei.engine.plans.graph import Case, Edge, EdgeKind, critical_path, cycles, edges, layers, times
from youbei.engine.plans.model import Duration, DurationShape, Phase, Plan, Start, Step
from youbei.engine.text import Text


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def step(step_id: str, start: Start | None = None, takes: float = 1, phase: Phase = Phase.RESPONSE) -> Step:
    return Step(step_id, Text("步", "step"), "commander", start=start or Start(), takes=Duration(likely=minutes(takes)),
                phase=phase)  # fmt: skip


def plan(*steps: Step) -> Plan:
    return testing.small_plan(*steps)


def test_steps_stand_one_layer_behind_the_last_they_wait_for() -> None:
    found = layers(plan(step("c", Start(after=("a", "b"))), step("a"), step("b", Start(after=("a",))), step("d")))
    assert found == (("a", "d"), ("b",), ("c",))


def test_times_follow_the_slowest_of_all_and_the_fastest_of_any() -> None:
    given_plan = plan(
        step("fast", takes=2),
        step("slow", takes=10),
        step("all", Start(after=("fast", "slow"))),
        step("any", Start(after_any=("fast", "slow"))),
        step("later", Start(after=("fast",), since="step:fast:opened", delay=minutes(5))),
        step("tidy", phase=Phase.RECOVERY),
    )
    found = times(given_plan, Case.LIKELY)
    assert {name: one.opens for name, one in found.items()} == {
        "fast": minutes(0),
        "slow": minutes(0),
        "all": minutes(10),
        "any": minutes(2),
        "later": minutes(5),
        "tidy": minutes(11),
    }
    assert critical_path(given_plan, Case.LIKELY) == ("slow", "all")
    assert critical_path(given_plan, Case.LIKELY, "later") == ("fast", "later")


@pytest.mark.parametrize(
    ("takes", "best"),
    [
        (Duration(likely=minutes(4)), minutes(4)),
        (Duration(DurationShape.TRIANGULAR, minutes(4), minutes(1), minutes(9)), minutes(1)),
        (Duration(DurationShape.LOGNORMAL, minutes(10), spread=2.0), timedelta(seconds=192)),
    ],
)
def test_at_best_a_step_takes_the_least_that_its_author_gives(takes: Duration, best: timedelta) -> None:
    only = Step("a", Text("步", "step"), "commander", takes=takes)
    assert times(plan(only), Case.BEST)["a"].finishes == best


def test_a_circle_is_shown_and_what_stands_behind_it_has_no_time() -> None:
    given_plan = plan(
        step("a", Start(after=("c",))),
        step("b", Start(after=("a",))),
        step("c", Start(after=("b",))),
        step("d", Start(after=("c",))),
        step("e"),
    )
    assert cycles(given_plan) == (("a", "b", "c"),)
    assert set(times(given_plan, Case.BEST)) == {"e"}
    assert layers(given_plan) == (("e",), ("a", "b", "c", "d"))


def test_a_circle_with_another_way_in_is_none() -> None:
    given_plan = plan(step("a", Start(after_any=("b", "c"))), step("b", Start(after=("a",))), step("c"))
    assert cycles(given_plan) == ()
    assert times(given_plan, Case.LIKELY)["b"].opens == minutes(2)


def test_edges_name_how_a_step_waits() -> None:
    given_plan = plan(step("a"), step("b", Start(after=("a", "gone"), since="step:a:finished", delay=minutes(1))))
    assert edges(given_plan) == (Edge("a", "b", EdgeKind.ALL), Edge("a", "b", EdgeKind.MOMENT))


@given(testing.plans(), st.sampled_from(Case))
def test_every_step_has_one_layer_and_opens_after_what_it_waits_for(generated: Plan, case: Case) -> None:
    found = times(generated, case)
    placed = [name for layer in layers(generated) for name in layer]
    assert sorted(placed) == sorted(one.id for one in generated.steps)
    for edge in edges(generated):
        if edge.kind is EdgeKind.ALL and edge.after in found:
            assert found[edge.before].finishes <= found[edge.after].opens
