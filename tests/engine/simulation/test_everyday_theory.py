"""Claims about calls of every day: they are served as theory says, and as models written by hand for SimPy and Ciw."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from statistics import NormalDist, fmean, stdev
from typing import Any

import pytest

from youbei.engine.demand import Demand, Stream
from youbei.engine.draws import TRAVEL_SPREAD, Draws, Purpose
from youbei.engine.places import Point
from youbei.engine.plans.model import Duration, LevelNumber, Scenario
from youbei.engine.resources import Team, World
from youbei.engine.simulation.everyday import Call
from youbei.engine.simulation.loops import IS_COMPILED
from youbei.engine.simulation.plan_compile import compile_plan
from youbei.engine.simulation.plan_rows import run_rows
from youbei.engine.troubles import Troubles
from youbei.testing import minutes, small_plan, small_step, words

compiled_only = pytest.mark.skipif(not IS_COMPILED, reason="the extra `solve` is not installed")
HERE = Point(30.0, 120.0)
QUIET = Scenario("quiet", words("quiet"))
DAY_MS, MS = 86_400_000, 1_000
PLAN = small_plan(small_step("only", takes=Duration(likely=minutes(1))))


def crew(name: str, base: Point = HERE, turn_out: float = 0.0) -> Team:
    return Team(name, name, frozenset({"fire"}), base, minutes(turn_out))


def stream(**changes: Any) -> Stream:
    return replace(Stream("fire", "centre", HERE, "fire", 24.0, minutes(30), spread=1.8), **changes)


def world_of(demand: Demand, *teams: Team) -> World:
    return World(teams, sites={"incident": HERE}, demand=demand, troubles=Troubles(hour=0.0, month=1))


def calls_of(world: World, runs: int, seed: int = 5) -> list[tuple[Call, ...]]:
    program = compile_plan(PLAN, world, QUIET, level=LevelNumber.IV)
    rows = run_rows(program, range(runs), seed=seed)
    return [rows.calls_of(number) for number in range(runs)]


def mean_waits(found: list[tuple[Call, ...]]) -> tuple[float, float]:
    """Return the mean wait in hours and its standard error: a ratio of sums over the runs."""
    sums = [(len(calls), sum((call.wait or 0) / 3.6e9 for call in calls)) for calls in found]
    count, total = map(sum, zip(*sums, strict=True))
    mean = total / count
    squares = sum((waits - mean * calls) ** 2 for calls, waits in sums)
    return mean, math.sqrt(squares * len(sums) / (len(sums) - 1)) / count


# --- theory -----------------------------------------------------------------------------------------------------------


@compiled_only
def test_one_team_is_waited_for_as_pollaczek_and_khinchine_say() -> None:
    """Source: Kleinrock, Queueing Systems I, 1975, 5.7: the mean wait is rate x E(S**2) / (2 (1 - load))."""
    one = stream(per_day=20.0)
    log_spread = math.log(1.8)
    mean, square = 0.5 * math.exp(log_spread**2 / 2), 0.25 * math.exp(2 * log_spread**2)
    rate = 20 / 24
    truth = rate * square / (2 * (1 - rate * mean))
    demand = Demand((one,), warm_up=timedelta(days=3), lasts=timedelta(days=20))
    found, error = mean_waits(calls_of(world_of(demand, crew("t")), 200))
    assert abs(found - truth) < 3 * error
    assert error < 0.03 * truth


@compiled_only
def test_an_empty_beginning_would_show_and_is_left_out() -> None:
    demand = Demand((stream(per_day=34.0),), warm_up=timedelta(days=4), lasts=timedelta(hours=6))
    steady, error = mean_waits(calls_of(world_of(demand, crew("t")), 1500))
    cold, cold_error = mean_waits(calls_of(world_of(replace(demand, warm_up=timedelta(0)), crew("t")), 1500))
    later = Demand(demand.streams, warm_up=timedelta(days=4), lasts=timedelta(days=6))
    truth, truth_error = mean_waits(calls_of(world_of(later, crew("t")), 400))
    assert abs(steady - truth) < 3.5 * math.hypot(error, truth_error)
    assert cold < truth - 4 * math.hypot(cold_error, truth_error)


# --- models written by hand -------------------------------------------------------------------------------------------


TOWN = (crew("a", turn_out=2), crew("b", Point(30.1, 120.0), 1), crew("c", Point(30.0, 120.1), 3))
STREAMS = (
    stream(per_day=16.0, on_scene=minutes(50)),
    stream(
        *(),
        place="north",
        point=Point(30.12, 120.02),
        per_day=9.0,
        count=2,
        hours=tuple(1.5 if hour < 12 else 0.5 for hour in range(24)),
    ),
)
TOWNS_DEMAND = Demand(STREAMS, handling=minutes(2), warm_up=timedelta(0), lasts=timedelta(days=3))


def arrivals(draws: Draws) -> Iterator[tuple[int, Stream, int]]:
    """Yield number, stream and time in microseconds of each call, thinned to its hour."""
    peaks = [one.per_day * max(one.hours) for one in STREAMS]
    came = number = 0
    while True:
        u = draws.uniform(Purpose.EVERYDAY_GAP, number)
        came += MS * math.floor(-math.log(u) * (86_400 / sum(peaks)) * 1000 + 0.5)
        if came > 3 * DAY_MS * MS:
            return
        which = int(draws.uniform(Purpose.EVERYDAY_STREAM, number) * sum(peaks) >= peaks[0])
        share = STREAMS[which].hours[came // MS % DAY_MS // 3_600_000] / max(STREAMS[which].hours)
        if draws.uniform(Purpose.EVERYDAY_HOUR, number) < share:
            yield number, STREAMS[which], came
        number += 1


class Town:
    """Three teams and calls at two places in SimPy: the nearest free team goes, else calls wait, first come first."""

    def __init__(self, world: World, number: int) -> None:
        import simpy

        self.env, self.world, self.draws = simpy.Environment(), world, Draws(5, number)
        self.free = {team.id: team for team in world.teams}
        self.waiting: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        for call, kind, came in arrivals(self.draws):
            self.env.process(self.receive({"number": call, "stream": kind, "came": came, "there": []}))
        self.env.run()

    def receive(self, call: dict[str, Any]) -> Iterator[Any]:
        yield self.env.timeout(call["came"])
        self.calls.append(call)
        yield self.env.timeout(120_000_000)
        call["left"], call["sent"] = call["stream"].count, 0
        self.waiting.append(call)
        self.dispatch()

    def dispatch(self) -> None:
        for call in self.waiting:
            while call["left"] and self.free:
                team = min(self.free.values(), key=lambda team: self.usual(team, call["stream"]))
                del self.free[team.id]
                self.env.process(self.go(team, call, call["sent"]))
                call["left"], call["sent"] = call["left"] - 1, call["sent"] + 1
        self.waiting = [call for call in self.waiting if call["left"]]

    def usual(self, team: Team, kind: Stream) -> timedelta:
        return team.turn_out + self.world.travel(team.base, kind.point)

    def go(self, team: Team, call: dict[str, Any], unit: int) -> Iterator[Any]:
        kind, normal = call["stream"], NormalDist()
        u = self.draws.uniform(Purpose.EVERYDAY_TRAVEL, call["number"], unit)
        usual = self.world.travel(team.base, kind.point).total_seconds()
        way = MS * math.floor(usual * math.exp(math.log(TRAVEL_SPREAD) * normal.inv_cdf(u)) * 1000 + 0.5)
        u = self.draws.uniform(Purpose.EVERYDAY_SCENE, call["number"])
        stays = kind.on_scene.total_seconds() * math.exp(math.log(kind.spread) * normal.inv_cdf(u))
        yield self.env.timeout(team.turn_out // timedelta(microseconds=1) + way)
        call["there"].append(self.env.now)
        yield self.env.timeout(MS * math.floor(stays * 1000 + 0.5) + way)
        self.free[team.id] = team
        self.dispatch()


def test_a_model_written_for_simpy_serves_every_call_at_the_same_instant() -> None:
    pytest.importorskip("simpy")
    world = world_of(TOWNS_DEMAND, *TOWN)
    for number, found in enumerate(calls_of(world, 6)):
        by_hand = Town(world, number).calls
        assert len(found) == len(by_hand) > 40
        for own, call in zip(found, by_hand, strict=True):
            assert (own.at, own.response) == (call["came"], min(call["there"]) - call["came"])


@compiled_only
def test_a_model_written_for_ciw_waits_as_long() -> None:
    """Three teams at one place: poisson calls, service is turn-out, the way, the time there and the way back."""
    ciw = pytest.importorskip("ciw")
    far = Point(30.08, 120.0)
    demand = Demand((stream(per_day=48.0, point=far),), warm_up=timedelta(days=2), lasts=timedelta(days=20))
    world = world_of(demand, *(crew(name, turn_out=2) for name in "abc"))
    own, own_error = mean_waits(calls_of(world, 80))
    way = world.travel(HERE, far).total_seconds() / 3600

    class Service(ciw.dists.Distribution):  # type: ignore[misc]
        def sample(self, t: Any = None, ind: Any = None) -> float:
            there = way * random.lognormvariate(0, math.log(TRAVEL_SPREAD))
            return 2 / 60 + 2 * there + 0.5 * random.lognormvariate(0, math.log(1.8))

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(2.0)],
        service_distributions=[Service()],
        number_of_servers=[3],
    )
    means = []
    for trial in range(20):
        ciw.seed(trial)
        simulation = ciw.Simulation(network)
        simulation.simulate_until_max_time(22 * 24)
        records = [one.waiting_time for one in simulation.get_all_records() if one.arrival_date > 48]
        means.append(fmean(records))
    peer, peer_error = fmean(means), stdev(means) / math.sqrt(len(means))
    assert abs(own - peer) < 3 * math.hypot(own_error, peer_error)
    assert own_error < 0.05 * own
