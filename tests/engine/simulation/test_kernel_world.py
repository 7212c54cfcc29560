"""Claims about the compiled run in a day as it may be: the same troubles and calls, the same record, in every case."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.simulation.test_kernel import (
    SCENARIOS,
    SEEDS,
    assert_alike,
    busy_plans,
    rich_plans,
    rich_worlds,
)

from youbei.engine.demand import Demand, Stream
from youbei.engine.places import Point
from youbei.engine.plans.model import Holder, HolderKind, Plan, Scenario
from youbei.engine.resources import Stock, Team, World
from youbei.engine.simulation.ensemble import Setup, run_part
from youbei.engine.simulation.loops import IS_COMPILED
from youbei.engine.simulation.parts import Part
from youbei.engine.simulation.plan_compile import compile_plan
from youbei.engine.simulation.plan_memory import MOST_CALLS
from youbei.engine.simulation.replicate import first_level, informed
from youbei.engine.troubles import Closure, Failure, OffHours, Shift, Troubles, Unreachable
from youbei.testing import SPANS, minutes, plans, words

QUIET = Scenario("quiet", words("quiet"))
CHANCES = st.sampled_from([0.0, 0.3, 1.0])
PLACES = st.builds(Point, st.sampled_from([30.0, 30.01, 30.1, 30.2]), st.sampled_from([120.0, 120.05]))
OFF = st.builds(OffHours, st.sampled_from([1.0, 0.7, 1.33, 2.5]), st.sampled_from([1.0, 0.5, 0.0]))
CAPABILITIES = st.sampled_from(["fire", "medical", "divers"])
HOURS = st.sampled_from([0.0, 5.5, 8.1, 12.0, 23.99, 24.0])
WEIGHTS = st.sampled_from([(1.0,) * 24, tuple(2.0 if hour % 2 else 0.0 for hour in range(24))])
MONTHS = st.sampled_from([(1.0,) * 12, tuple(2.0 if month < 6 else 0.0 for month in range(12))])


@st.composite
def troubles_in(draw: st.DrawFn, world: World, posts: tuple[str, ...]) -> Troubles:
    teams = [team.id for team in world.teams]
    every = [*teams, *(lot.id for lot in world.stock), "nobody"]
    some = st.lists(st.sampled_from(every), min_size=1, max_size=4).map(frozenset)
    radius, factor = st.sampled_from([10.0, 3_000.0, 1e6]), st.sampled_from([None, 1.0, 1.7, 30.0])
    closures = st.builds(Closure, st.sampled_from("abc"), st.just(""), PLACES, radius, CHANCES, factor)
    failures = st.builds(Failure, st.sampled_from("abc"), st.just(""), some, CHANCES)
    away = st.builds(Unreachable, st.sampled_from([*posts, "nobody"]), CHANCES, SPANS, SPANS)
    who = st.lists(st.sampled_from([*teams, "nobody"]), min_size=1, max_size=4).map(frozenset)
    shifts = st.builds(Shift, who, HOURS, HOURS)
    return Troubles(
        hour=draw(st.none() | HOURS),
        month=draw(st.none() | st.integers(1, 12)),
        night=draw(OFF),
        holiday=draw(OFF),
        holiday_share=draw(CHANCES),
        off_road=draw(CHANCES),
        off_road_of=draw(st.dictionaries(st.sampled_from(every), CHANCES, max_size=2)),
        unreachable=tuple(draw(st.lists(away, max_size=3, unique_by=lambda one: one.post))),
        closures=tuple(draw(st.lists(closures, max_size=3, unique_by=lambda one: one.id))),
        failures=tuple(draw(st.lists(failures, max_size=2, unique_by=lambda one: one.id))),
        shifts=tuple(draw(st.lists(shifts, max_size=3))),
    )


@st.composite
def demands(draw: st.DrawFn) -> Demand:
    stream = st.builds(
        Stream,
        st.sampled_from(["fire", "rescue"]),
        st.sampled_from("abc"),
        PLACES,
        CAPABILITIES,
        st.sampled_from([0.2, 3.0, 40.0]),
        st.sampled_from([timedelta(0), minutes(20), timedelta(hours=3)]),
        st.integers(1, 3),
        st.sampled_from([1.0, 1.6]),
        WEIGHTS,
        MONTHS,
    )
    lengths = st.sampled_from([timedelta(0), minutes(90), timedelta(hours=5)])
    streams = tuple(draw(st.lists(stream, max_size=3, unique_by=lambda one: one.id)))
    return Demand(streams, draw(st.sampled_from([timedelta(0), minutes(2)])), minutes(15), draw(lengths), draw(lengths))


def with_deputies(plan: Plan) -> Plan:
    """Let the first post have a deputy."""
    if not plan.posts:
        return plan
    first = replace(plan.posts[0], deputies=(Holder(HolderKind.OFFICE, "town/deputy"),))
    return replace(plan, posts=(first, *plan.posts[1:]))


def owners(plan: Plan) -> tuple[str, ...]:
    return tuple(dict.fromkeys(step.owner for step in plan.steps))


SOME = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=4_000, deadline=None, suppress_health_check=list(HealthCheck))

SCARCE = World(
    teams=(
        Team("both", "", frozenset({"fire", "medical"}), Point(30.0, 120.0), minutes(1)),
        Team("fire", "", frozenset({"fire"}), Point(30.01, 120.0), minutes(2)),
        Team("medics", "", frozenset({"medical"}), Point(30.02, 120.0), minutes(1)),
    ),
    stock=(Stock("near", "foam", 0.7, Point(30.0, 120.0)), Stock("far", "foam", 1.1, Point(30.1, 120.0), minutes(3))),
    sites={"incident": Point(30.0, 120.01)},
)


def hold_to_the_run(plan: Plan, world: World, scenario: Scenario, seed: int, data: st.DataObject) -> None:
    plan = with_deputies(plan)
    world = replace(world, troubles=data.draw(troubles_in(world, owners(plan))), demand=data.draw(demands()))
    assert_alike(plan, world, scenario, None, seed)


@SOME
@given(plan=rich_plans(), world=rich_worlds(), scenario=SCENARIOS, seed=SEEDS, data=st.data())
def test_the_kernel_is_the_run_on_any_day(
    plan: Plan, world: World, scenario: Scenario, seed: int, data: st.DataObject
) -> None:
    hold_to_the_run(plan, world, scenario, seed, data)


@SOME
@given(plan=busy_plans(), seed=SEEDS, data=st.data())
def test_the_kernel_is_the_run_where_plan_and_every_day_want_the_same_teams(
    plan: Plan, seed: int, data: st.DataObject
) -> None:
    hold_to_the_run(plan, SCARCE, QUIET, seed, data)


@pytest.mark.long
@MANY
@given(
    plan=st.one_of(plans(), rich_plans(), busy_plans()),
    world=rich_worlds(),
    scenario=SCENARIOS,
    seed=SEEDS,
    data=st.data(),
)
def test_the_kernel_is_the_run_on_thousands_of_days(
    plan: Plan, world: World, scenario: Scenario, seed: int, data: st.DataObject
) -> None:
    hold_to_the_run(plan, world, scenario, seed, data)


def both_ways(plan: Plan, world: World, seed: int, *, most_calls: int | None = None) -> tuple[Part, Part]:
    """Return four runs by the kernel and by the reference, be there ever so many calls."""
    level = first_level(plan, informed(plan, world, QUIET, seed=seed, number=0))
    program = compile_plan(plan, world, QUIET, level=level)
    if most_calls is not None:
        program.m[MOST_CALLS] = min(program.m[MOST_CALLS], most_calls)
    setup = Setup(plan, world, QUIET, level, seed, program)
    return run_part(setup, range(4)), run_part(replace(setup, program=None), range(4))


@pytest.mark.skipif(not IS_COMPILED, reason="the extra `solve` is not installed")
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=st.one_of(busy_plans(), rich_plans()), demand=demands(), seed=SEEDS, data=st.data())
def test_teams_are_out_and_away_as_long_as_in_the_run(
    plan: Plan, demand: Demand, seed: int, data: st.DataObject
) -> None:
    plan = with_deputies(plan)
    world = replace(SCARCE, demand=demand, troubles=data.draw(troubles_in(SCARCE, owners(plan))))
    compiled, plain = both_ways(plan, world, seed)
    assert +compiled.out == +plain.out
    assert +compiled.out_squares == +plain.out_squares
    assert +compiled.away == +plain.away
    assert +compiled.away_squares == +plain.away_squares
    assert +compiled.away_by_length == +plain.away_by_length


@pytest.mark.skipif(not IS_COMPILED, reason="the extra `solve` is not installed")
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=busy_plans(), demand=demands(), seed=SEEDS)
def test_where_there_was_no_room_for_all_calls_teams_are_counted_once(plan: Plan, demand: Demand, seed: int) -> None:
    compiled, plain = both_ways(plan, replace(SCARCE, demand=demand), seed, most_calls=3)
    assert (+compiled.away, +compiled.away_squares) == (+plain.away, +plain.away_squares)
    assert (+compiled.out, compiled.service) == (+plain.out, plain.service)


WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
from tests.engine.simulation import test_kernel_world as claims
assert not claims.IS_COMPILED
claims.test_the_kernel_is_the_run_on_any_day()
claims.test_the_kernel_is_the_run_where_plan_and_every_day_want_the_same_teams()
"""


@pytest.mark.skipif(not IS_COMPILED, reason="without the extra `solve` the claims above say it")
def test_plain_python_gives_the_same_and_no_loop_leaves_its_tables() -> None:
    """Compiled loops do not check where they read and write; plain Python does."""
    script = f"import sys; sys.path[:] = {json.dumps(sys.path)}\n{WITHOUT_NUMBA}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
