"""Claims about the compiled run: it is the run, event by event, for generated plans, worlds, facts and draws."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from youbei.engine.places import Point
from youbei.engine.plans.model import (
    Climb,
    ClimbTo,
    Deadline,
    Duration,
    DurationShape,
    LevelNumber,
    Need,
    Plan,
    Scenario,
    ScenarioFact,
    Start,
)
from youbei.engine.resources import Stock, Team, World
from youbei.engine.simulation.loops import IS_COMPILED
from youbei.engine.simulation.parts import add, empty_part
from youbei.engine.simulation.plan_compile import compile_plan
from youbei.engine.simulation.plan_rows import run_rows
from youbei.engine.simulation.replicate import at_scenario, first_level, informed, replicate
from youbei.testing import FACTS, SPANS, VALUES, minutes, plans, small_plan, small_step, words, worlds

if IS_COMPILED:
    from youbei.engine.simulation.plan_tally import part_of

SCENARIOS = st.builds(
    Scenario,
    st.just("generated"),
    st.just(words("generated")),
    st.lists(st.builds(ScenarioFact, SPANS, st.sampled_from(FACTS), VALUES), max_size=6).map(tuple),
    st.sampled_from([None, Point(30.01, 120.02)]),
)
SHAPES = st.sampled_from(
    [
        Duration(DurationShape.LOGNORMAL, minutes(4), spread=1.6),
        Duration(DurationShape.TRIANGULAR, minutes(3), minutes(1), minutes(9)),
        Duration(DurationShape.TRIANGULAR, minutes(2), minutes(2), minutes(2)),
        Duration(likely=timedelta(seconds=2.5)),
    ]
)
NEEDS = st.lists(
    st.one_of(
        st.builds(Need, st.just("x"), st.sampled_from(["fire", "medical"]), st.integers(0, 4)),
        st.builds(
            Need,
            st.just("x"),
            item=st.sampled_from(["foam", "sand", "nothing"]),
            quantity=st.sampled_from([0.0, 0.3, 1.0, 2.75, 40.0]),
            place=st.sampled_from(["incident", "site-a", "nowhere"]),
        ),
    ),
    max_size=3,
).map(lambda needs: tuple(replace(need, id=f"need-{place}") for place, need in enumerate(needs)))


@st.composite
def rich_plans(draw: st.DrawFn) -> Plan:
    """Generate a plan whose steps need several things, and take random times."""
    plan = draw(plans())
    steps = tuple(replace(step, takes=draw(SHAPES), needs=draw(NEEDS)) for step in plan.steps)
    return replace(plan, steps=steps)


PLACES = st.builds(Point, st.sampled_from([30.0, 30.01, 30.2]), st.sampled_from([120.0, 120.05]))


@st.composite
def rich_worlds(draw: st.DrawFn) -> World:
    skills = st.sampled_from([frozenset({"fire"}), frozenset({"medical"}), frozenset({"fire", "medical"})])
    teams = tuple(
        Team(f"team-{number}", "", draw(skills), draw(PLACES), draw(SPANS), draw(st.booleans()))
        for number in range(draw(st.integers(0, 5)))
    )
    stock = tuple(
        Stock(
            f"lot-{number}",
            draw(st.sampled_from(["foam", "sand"])),
            draw(st.sampled_from([0.1, 0.7, 3.0])),
            draw(PLACES),
        )
        for number in range(draw(st.integers(0, 4)))
    )
    return World(teams=teams, stock=stock, sites={"incident": Point(30.0, 120.0), "site-a": Point(30.1, 120.1)})


def assert_alike(plan: Plan, world: World, scenario: Scenario, level: LevelNumber | None, seed: int) -> None:
    """Hold the kernel to the reference, record by record, when it begins anywhere and in one block or two."""
    level = level or first_level(plan, informed(plan, world, scenario, seed=seed, number=0))
    if scenario.place is not None:
        world = replace(world, sites={**world.sites, "incident": scenario.place})
    program = compile_plan(plan, world, scenario, level=level)
    whole = run_rows(program, range(3, 6), seed=seed)
    parts = [run_rows(program, range(3, 4), seed=seed), run_rows(program, range(4, 6), seed=seed)]
    found = [whole.replication(row) for row in range(3)]
    assert found == [part.replication(row) for part in parts for row in range(len(part.numbers))]
    for number, one in zip(range(3, 6), found, strict=True):
        assert one == replicate(plan, world, scenario, seed=seed, number=number, level=level)


ALL = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
SEEDS = st.sampled_from([0, 1, -5, 2**64 - 1])


@ALL
@given(plan=plans(), world=worlds(), scenario=SCENARIOS, seed=SEEDS, data=st.data())
def test_the_kernel_is_the_run(plan: Plan, world: World, scenario: Scenario, seed: int, data: st.DataObject) -> None:
    level = data.draw(st.sampled_from([None, *(level.number for level in plan.levels)]))
    assert_alike(plan, world, scenario, level, seed)


@ALL
@given(plan=rich_plans(), world=rich_worlds(), scenario=SCENARIOS, seed=SEEDS)
def test_the_kernel_is_the_run_where_much_is_needed(plan: Plan, world: World, scenario: Scenario, seed: int) -> None:
    assert_alike(plan, world, scenario, None, seed)


@pytest.mark.skipif(not IS_COMPILED, reason="the extra `solve` is not installed")
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=rich_plans(), world=rich_worlds(), scenario=SCENARIOS)
def test_rows_added_up_by_column_are_rows_added_up_one_by_one(plan: Plan, world: World, scenario: Scenario) -> None:
    level = first_level(plan, informed(plan, world, scenario, seed=1, number=0))
    program = compile_plan(plan, at_scenario(world, scenario), scenario, level=level)
    rows = run_rows(program, range(8), seed=1)
    one_by_one = empty_part(plan)
    for row in range(8):
        add(one_by_one, plan, rows.replication(row))
    found = part_of(rows)
    assert found.tally.report(scenario, seed=1).as_data() == one_by_one.tally.report(scenario, seed=1).as_data()
    assert (found.first_arrival, found.full_strength) == (one_by_one.first_arrival, one_by_one.full_strength)
    assert (found.contained, found.causes) == (one_by_one.contained, one_by_one.causes)


@st.composite
def busy_plans(draw: st.DrawFn) -> Plan:
    """Generate steps that open at once, or after one another, and want the same few teams and lots."""
    count = draw(st.integers(2, 6))
    return small_plan(
        *(
            small_step(
                f"s{position}",
                takes=draw(SHAPES),
                start=Start(after=(f"s{position - 1}",) if position and draw(st.booleans()) else ()),
                within=draw(st.sampled_from([None, Deadline(minutes(6)), Deadline(minutes(9), since="activation")])),
                needs=draw(SCARCE),
                late=(Climb(minutes(1), ClimbTo.COMMANDER),),
            )
            for position in range(count)
        )
    )


SCARCE = st.sampled_from(
    [
        (Need("crew", capability="fire", count=1),),
        (Need("crew", capability="fire", count=2), Need("medics", capability="medical", count=1)),
        (Need("medics", capability="medical", count=2), Need("foam", item="foam", quantity=0.4)),
        (Need("foam", item="foam", quantity=1.3), Need("crew", capability="fire", count=1)),
        (),
    ]
)
SCARCE_WORLD = World(
    teams=(
        Team("both", "", frozenset({"fire", "medical"}), Point(30.0, 120.0), minutes(1)),
        Team("fire", "", frozenset({"fire"}), Point(30.01, 120.0), minutes(2)),
        Team("medics", "", frozenset({"medical"}), Point(30.02, 120.0), minutes(1)),
    ),
    stock=(Stock("near", "foam", 0.7, Point(30.0, 120.0)), Stock("far", "foam", 1.1, Point(30.1, 120.0), minutes(3))),
    sites={"incident": Point(30.0, 120.01)},
)


@ALL
@given(plan=busy_plans(), seed=SEEDS)
def test_the_kernel_is_the_run_where_steps_wait_for_each_others_teams(plan: Plan, seed: int) -> None:
    assert_alike(plan, SCARCE_WORLD, Scenario("quiet", words("quiet")), LevelNumber.IV, seed)
