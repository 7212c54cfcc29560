"""Claims about how calls of every day were served: by place and hour, the same however it is added up, and covered."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from youbei.engine.demand import Demand, Stream
from youbei.engine.places import Point
from youbei.engine.plans.model import Deadline, Duration, LevelNumber, Need, Scenario
from youbei.engine.resources import Team, World
from youbei.engine.simulation.ensemble import Ensemble, Setup, run_part, set_up, simulate_many
from youbei.engine.simulation.everyday import Call
from youbei.engine.simulation.loops import IS_COMPILED
from youbei.engine.simulation.promises import broken_promises
from youbei.engine.simulation.service import OF_CELL, Groups, ServiceTally, add_calls, add_group, service_of
from youbei.engine.simulation.simulate import BadSimulation
from youbei.engine.troubles import OffHours, Troubles
from youbei.testing import minutes, small_plan, small_step, words

if IS_COMPILED:
    import numpy as np

    from youbei.engine.simulation.plan_tally import add_cells

HERE, FAR = Point(30.0, 120.0), Point(30.3, 120.0)
QUIET = Scenario("quiet", words("quiet"))


def stream(place: str, point: Point, **changes: Any) -> Stream:
    return replace(Stream("fire", place, point, "fire", 6.0, minutes(30), spread=1.5), **changes)


DEMAND = Demand((stream("centre", HERE), stream("far", FAR, per_day=3.0)), handling=minutes(2))


def setup(demand: Demand = DEMAND, **troubles: Any) -> Setup:
    teams = tuple(Team(f"t{number}", "", frozenset({"fire"}), HERE, minutes(1 + number)) for number in range(3))
    crew = Need("crew", capability="fire", count=2)
    plan = small_plan(small_step("hold", takes=Duration(likely=minutes(40)), needs=(crew,)))
    world = World(teams, sites={"incident": HERE}, demand=demand, troubles=Troubles(**troubles))
    return set_up(plan, world, QUIET, seed=3, level=LevelNumber.IV)


def found(runs: int, **changes: Any) -> Ensemble:
    return simulate_many(setup(**changes), runs=runs)


@pytest.mark.skipif(not IS_COMPILED, reason="the extra `solve` is not installed")
def test_added_up_by_column_it_is_as_added_up_one_by_one() -> None:
    compiled = setup(night=OffHours(2.0, 0.5))
    assert compiled.program is not None
    own, plain = run_part(compiled, range(3, 33)), run_part(replace(compiled, program=None), range(3, 33))
    assert own.service == plain.service
    assert (own.out, own.met, own.late_when, own.tried_when) == (
        *(plain.out, plain.met),
        *(plain.late_when, plain.tried_when),
    )
    parts = [run_part(compiled, range(3, 10)), run_part(compiled, range(10, 33))]
    parts[0].merge(parts[1])
    assert parts[0].service == own.service


def test_far_places_are_served_later_and_it_says_how_late() -> None:
    service = found(60).service
    assert service is not None
    centre, far = service.places
    assert (centre.name, far.name) == ("centre", "far")
    assert far.mean.low > centre.mean.high
    assert abs(centre.calls / 60 - 6) < 1.5
    assert centre.in_time.value > 0.5 > far.in_time.value
    for one in service.places:
        assert one.mean.low < one.mean.value < one.mean.high
        assert one.p90.low <= one.p90.value <= one.p90.high
    assert sum(cell.calls for cell in service.cells) == centre.calls + far.calls
    assert sum(hour.calls for hour in service.hours) == centre.calls + far.calls
    assert service.points == {"centre": HERE, "far": FAR}
    assert sum(one.everyday for one in found(60).busy) > 0.1


def test_numbers_by_hand() -> None:
    """Three calls in two replications: 10 s and 20 s in the first, 90 s and one that nobody went to in the second."""
    groups, tally = Groups(Demand((stream("a", HERE),), within=timedelta(seconds=30))), ServiceTally()
    add_calls(tally, groups, [Call(0, 0, 0, 10_000_000), Call(0, 7_200_000_000, 0, 20_000_000)], 3_600_000)
    add_calls(tally, groups, [Call(0, 0, 0, 90_000_000), Call(0, 1)], 23 * 3_600_000)
    service = service_of(tally, groups)
    assert service is not None
    (one,) = service.places
    assert (one.calls, one.unserved, one.mean.value) == (4, 0.25, 40.0)
    assert math.isclose(one.in_time.value, 2 / 3)
    # Deviations of those nobody went to from the share: 0 - 2/4 and 1 - 2/4; the interval of two replications is all.
    assert (one.unserved_low, one.unserved_high) == (0.0, 1.0)
    assert one.unserved_high < 0.25 + 12.706 * math.sqrt(2 * 0.5) / 4
    assert (one.per_day.value, one.per_day.low, one.per_day.high) == (2.0, 2.0, 2.0)
    # Deviations of the sums from the ratio: 30 - 2 x 40 = -50 and 90 - 40 = 50; t of one degree of freedom.
    assert math.isclose(one.mean.high - 40, 12.706 * math.sqrt(2 * (50**2 + 50**2)) / 3, rel_tol=1e-3)
    assert {(cell.hour, cell.calls, cell.runs) for cell in service.cells} == {(1, 1, 1), (3, 1, 1), (23, 2, 1)}
    assert all(math.isnan(cell.low) and math.isnan(cell.high) for cell in service.cells)


def test_an_hour_of_a_place_by_hand() -> None:
    """Twenty replications, two calls of 10 s in one, one of 40 s in the next: mean 20 s. Five more have none."""
    groups, tally = Groups(Demand((stream("a", HERE),))), ServiceTally()
    for run in range(20):
        served = [Call(0, 0, 0, 10_000_000)] * 2 if run % 2 else [Call(0, 0, 0, 40_000_000)]
        add_calls(tally, groups, served, 0)
    for _ in range(5):
        add_calls(tally, groups, [Call(0, 7_200_000_000, 0, 1_000_000)], 0)
    service = service_of(tally, groups)
    assert service is not None
    cell = next(one for one in service.cells if one.hour == 0)
    assert (cell.calls, cell.runs, cell.mean) == (30, 20, 20.0)
    # Sums of times less the mean for each call: -20 and 20; twenty replications have any part in it.
    half = 2.093 * math.sqrt(20 * 20**2 * 20 / 19) / 30
    assert (cell.low, cell.high) == (pytest.approx(20 - half), pytest.approx(20 + half))


def test_intervals_of_hours_of_places_cover() -> None:
    """Few days have a call in the hour, days are good or bad as a whole, and times are skewed."""
    hits = cells = 0
    true = 450.0 * math.exp(0.3**2 / 2)
    for trial in range(500):
        chance, groups, tally = Random(trial), Groups(Demand((stream("a", HERE),))), ServiceTally()
        for _ in range(200):
            day = chance.choice((300, 600)) * 1_000_000
            count = chance.choices((0, 1, 2, 3), (70, 20, 8, 2))[0]
            calls = [Call(0, 0, 0, round(day * chance.lognormvariate(0, 0.3))) for _ in range(count)]
            add_calls(tally, groups, calls, 0)
        service = service_of(tally, groups)
        assert service is not None
        for cell in service.cells:
            assert cell.runs >= 20
            cells += 1
            hits += cell.low <= true <= cell.high
    assert cells == 500
    assert 0.92 * cells <= hits <= 0.98 * cells


def test_shares_of_calls_and_calls_a_day_cover() -> None:
    in_time = unserved = a_day = 0
    for trial in range(400):
        chance, groups, tally = Random(trial), Groups(Demand((stream("a", HERE),))), ServiceTally()
        for _ in range(60):
            good = chance.random() < 0.5
            calls = [
                Call(0, 0)
                if chance.random() < (0.1 if good else 0.3)
                else Call(0, 0, 0, (600 if chance.random() < (0.9 if good else 0.5) else 2_000) * 1_000_000)
                for _ in range(chance.choice((0, 2, 4, 10)))
            ]
            add_calls(tally, groups, calls, 0)
        service = service_of(tally, groups)
        assert service is not None
        (one,) = service.places
        # Of a good day 0.9 are served, nine of ten of them in time; of a bad one 0.7, and half of them.
        in_time += one.in_time.low <= (0.9 * 0.9 + 0.7 * 0.5) / 1.6 <= one.in_time.high
        unserved += one.unserved_low <= 0.2 <= one.unserved_high
        a_day += one.per_day.low <= 4.0 <= one.per_day.high
    for hits in (in_time, unserved, a_day):
        assert 0.91 * 400 <= hits <= 0.985 * 400


def test_one_replication_tells_no_interval() -> None:
    groups, tally = Groups(Demand((stream("a", HERE),))), ServiceTally()
    add_calls(tally, groups, [Call(0, 0, 0, 10_000_000), Call(0, 1, 0, 90_000_000_000)], 0)
    service = service_of(tally, groups)
    assert service is not None
    (one,) = service.places
    for figure in (one.mean, one.p90, one.in_time, one.per_day):
        assert not math.isnan(figure.value)
        assert math.isnan(figure.low)
        assert math.isnan(figure.high)


@pytest.mark.skipif(not IS_COMPILED, reason="the extra `solve` is not installed")
def test_very_long_waits_are_added_up_to_the_last_digit() -> None:
    """A thousand calls that wait for days: squares of their sums are longer than 64 bits, and than floats hold."""
    run = np.zeros(4_000, dtype=np.int64)
    times = 2_000_000 + np.arange(4_000, dtype=np.int64) % 3
    ones = np.ones_like(times)
    own, plain = ServiceTally(), ServiceTally()
    add_cells(own, run, run, (ones, 0 * ones, ones, times, times * times, ones))
    sums = [4_000, 0, 4_000, int(times.sum()), int((times * times).sum()), 4_000]
    add_group(plain, 0, sums, kept=OF_CELL)
    assert own.sums == plain.sums
    assert max(own.sums.values()) > 2**63


def test_intervals_cover_although_calls_of_a_day_hang_together() -> None:
    """Days are good or bad as a whole: an interval that took calls for independent would miss far more often."""
    hits = 0
    for trial in range(300):
        chance, groups, tally = Random(trial), Groups(Demand((stream("a", HERE),))), ServiceTally()
        for _ in range(40):
            day = chance.choice((200, 600)) * 1_000_000
            calls = [Call(0, 0, 0, day + chance.randint(0, 100_000_000)) for _ in range(chance.randint(3, 9))]
            add_calls(tally, groups, calls, 0)
        service = service_of(tally, groups)
        assert service is not None
        (one,) = service.places
        hits += one.mean.low <= 450.0 <= one.mean.high
    assert 0.91 * 300 <= hits <= 0.985 * 300


def test_what_happened_tells_the_runs_apart() -> None:
    by_name = {one.name: one for one in found(200, night=OffHours(slower=20.0)).conditions}
    assert abs(by_name["night"].met.share - 1 / 3) < 0.1
    assert "holiday" not in by_name


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"per_day": 200.0}, "without end"),
        ({"per_day": math.nan}, "make no sense"),
        ({"per_day": -1.0}, "make no sense"),
        ({"hours": (1.0,)}, "make no sense"),
        ({"on_scene": timedelta(days=-1)}, "make no sense"),
    ],
)
def test_a_day_that_never_comes_to_rest_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadSimulation) as refused:
        setup(Demand((stream("a", HERE, **change),)))
    assert says in refused.value.text.en
    assert refused.value.text.zh.endswith("。")


def test_calls_at_no_rate_are_no_calls() -> None:
    service = found(5, demand=Demand((stream("a", HERE, per_day=0.0),))).service
    assert service is not None
    assert service.places[0].calls == 0
    assert math.isnan(service.places[0].mean.value)


def test_a_broken_promise_says_when_it_is_worse() -> None:
    crew = Need("crew", capability="fire", count=1)
    plan = small_plan(
        small_step("hold", takes=Duration(likely=minutes(1)), needs=(crew,), within=Deadline(minutes(15)))
    )
    teams = (Team("t", "", frozenset({"fire"}), HERE, minutes(5)),)
    world = World(teams, sites={"incident": HERE}, troubles=Troubles(night=OffHours(slower=4.0)))
    ensemble = simulate_many(set_up(plan, world, QUIET, seed=1), runs=300)
    (promise,) = broken_promises(ensemble)
    assert "; at night it is 100%" in promise.text.en
    assert "otherwise 0%" in promise.text.en
    assert "；夜间为 100%" in promise.text.zh


def test_what_was_found_is_json() -> None:
    said = json.loads(json.dumps(found(6).as_data(), allow_nan=False))
    assert said["service"]["places"][0]["name"] == "centre"
    assert said["service"]["points"]["far"] == {"lat": 30.3, "lon": 120.0}
    assert {"team", "label", "label_en", "share", "low", "high", "everyday", "everyday_low", "everyday_high"} == set(
        said["busy"][0]
    )
