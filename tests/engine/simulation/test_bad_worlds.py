"""Claims about what cannot go well: it is refused with a sentence, or comes to rest and is reported. Nothing hangs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from youbei.engine.demand import Demand, Stream
from youbei.engine.places import Point
from youbei.engine.plans.model import Deadline, Duration, Need, Plan, Scenario, Start
from youbei.engine.resources import Team, World
from youbei.engine.roads import RoadGraph, RoadTravel
from youbei.engine.simulation.ensemble import Ensemble, set_up, simulate_many
from youbei.engine.simulation.promises import broken_promises
from youbei.engine.simulation.simulate import BadSimulation
from youbei.engine.troubles import Closure, Troubles
from youbei.testing import minutes, small_plan, small_step, words

HERE, OVER_THERE = Point(30.0, 120.0), Point(30.2, 120.0)
QUIET = Scenario("quiet", words("quiet"))
CREW = Need("crew", capability="fire", count=1)
PLAN = small_plan(small_step("hold", takes=Duration(likely=minutes(5)), needs=(CREW,), within=Deadline(minutes(60))))
TEAM = Team("t", "Team T", frozenset({"fire"}), OVER_THERE, minutes(1))


def found(plan: Plan, world: World, runs: int = 12) -> Ensemble:
    return simulate_many(set_up(plan, replace(world, sites={"incident": HERE}), QUIET, seed=1), runs=runs)


def test_steps_that_wait_for_each_other_wait_for_ever_and_the_runs_end() -> None:
    circle = small_plan(
        small_step("a", start=Start(after=("b",))),
        small_step("b", start=Start(after=("a",)), within=Deadline(minutes(5), since="activation")),
        small_step("c", start=Start(after=("nobody",))),
    )
    report = found(circle, World()).report
    assert [step.opened.count for step in report.steps] == [0, 0, 0]
    assert report.steps[1].late is not None
    assert report.steps[1].late.share == 1


def test_what_nobody_can_do_is_short_in_every_run() -> None:
    ensemble = found(PLAN, World())
    assert ensemble.report.needs[0].short.share == 1
    assert {one.subject for one in broken_promises(ensemble)} == {"hold", "hold/crew"}


def test_a_place_that_is_cut_off_is_never_reached() -> None:
    all_around = Closure("flood", "the flood", HERE, 5_000.0, 1.0)
    ensemble = found(PLAN, World((TEAM,), troubles=Troubles(closures=(all_around,))))
    assert ensemble.report.needs[0].met.share == 0
    assert ensemble.first_arrival.count == 0


def test_roads_that_do_not_meet_are_passed_over_by_the_straight_line() -> None:
    nodes = [Point(30.0, 120.0), Point(30.01, 120.0), Point(30.19, 120.0), Point(30.2, 120.0)]
    apart = RoadTravel(RoadGraph(nodes, [(0, 1, 60.0), (2, 3, 60.0)]))
    assert found(PLAN, World((TEAM,), travel=apart)).report.needs[0].met.share == 1


@pytest.mark.parametrize("length", [timedelta.max, timedelta(days=400), timedelta(seconds=-1)])
def test_a_way_that_takes_for_ever_is_refused(length: timedelta) -> None:
    with pytest.raises(BadSimulation, match="Team T takes less than nothing or more than a year"):
        found(PLAN, World((TEAM,), travel=lambda origin, destination: length))
    with pytest.raises(BadSimulation, match="Check where it stands"):
        found(PLAN, World((replace(TEAM, turn_out=length),)))


def test_a_day_barely_served_ends_with_its_calls() -> None:
    """On scene alone the team would manage; with the ways it does not, and the line grows until no more calls come."""
    calls = Stream("fire", "here", HERE, "fire", 200.0, minutes(6))
    ensemble = found(PLAN, World((TEAM,), demand=Demand((calls,), lasts=timedelta(days=2))))
    assert ensemble.service is not None
    assert ensemble.service.places[0].mean.value > 3600
    assert ensemble.report.runs == 12
