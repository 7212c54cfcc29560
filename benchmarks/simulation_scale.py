"""The compiled simulations on two cores, over a province and a year, and in memory."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec
from random import Random

import numpy as np

from benchmarks.peer_simpy_queues import mmc_callbacks, mmc_processes
from benchmarks.reference_engine import CAPABILITIES, generated_plan, generated_world, with_simpy
from benchmarks.result import Result
from benchmarks.simulation import LOAD, SEED, SERVERS, TITLE, lengths, seconds, side_by_side
from youbei.engine.demand import Demand, Stream
from youbei.engine.draws import Purpose
from youbei.engine.places import Point
from youbei.engine.plans.model import LevelNumber, Scenario
from youbei.engine.resources import World
from youbei.engine.simulation.ensemble import set_up, simulate_many
from youbei.engine.simulation.lanes import LANES
from youbei.engine.simulation.nearest import NearestModel, block_plan, grid_of
from youbei.engine.simulation.nearest_loop import CHUNK, KINDS, RESPONSE, WAITED, dispatch_block
from youbei.engine.simulation.plan_compile import compile_plan
from youbei.engine.simulation.plan_rows import run_rows
from youbei.engine.simulation.replicate import replicate
from youbei.engine.text import Text
from youbei.engine.troubles import Closure, OffHours, Troubles

CORES = 2
ROUNDS = 5
CALLS, PEER_CALLS = 2_000_000, 20_000
PLANS = ((20, 50, 40), (60, 200, 16), (200, 1_000, 6))
QUIET = Scenario("quiet", Text("平静", "Quiet"))
Row = tuple[str, ...]


def on_both(work: Callable[[int], object]) -> float:
    """Return how long the same work on each of two cores takes at once, by the processor time of both threads.

    On a machine with nothing else to do that is the time on the wall: the threads wait for nothing.
    """
    taken = []
    with ThreadPoolExecutor(CORES) as pool:
        for _ in range(ROUNDS):
            start = time.process_time()
            list(pool.map(work, range(CORES)))
            taken.append((time.process_time() - start) / CORES)
    return statistics.median(taken)


def row(question: str, own: float, peer: str, rate: float, goal: str) -> Row:
    ratio = own / rate
    return (question, f"{own:,.0f}", peer, f"{rate:,.0f}", f"{ratio:,.2f}" if ratio < 10 else f"{ratio:,.0f}", goal)


def serve(core: int) -> None:
    side_by_side(CALLS // LANES, core * LANES)


def service_systems() -> list[Row]:
    gaps = lengths(Purpose.CALL_GAP, PEER_CALLS, 1 / (LOAD * SERVERS)).tolist()
    services = lengths(Purpose.SERVICE, PEER_CALLS, 1.0).tolist()
    serve(0)
    own, title = CORES * CALLS / on_both(serve), f"{TITLE}, {LANES} runs on each of two cores: calls/s"
    peers: list[tuple[str, Callable[[], object], str]] = [
        ("SimPy, processes", lambda: mmc_processes(gaps, services, SERVERS), ">= 200"),
        ("SimPy, bare callbacks", lambda: mmc_callbacks(gaps, services, SERVERS), ">= 200"),
    ]
    if find_spec("ciw") is not None:
        peers.append(("Ciw", with_ciw, ">= 400"))
    return [row(title, own, name, PEER_CALLS / median(work), goal) for name, work, goal in peers]


def median(work: Callable[[], object]) -> float:
    return statistics.median(seconds(work) for _ in range(ROUNDS))


def with_ciw() -> None:
    import ciw

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(LOAD * SERVERS)],
        service_distributions=[ciw.dists.Exponential(1.0)],
        number_of_servers=[SERVERS],
    )
    ciw.Simulation(network).simulate_until_max_customers(PEER_CALLS, method="Finish")


def plans() -> list[Row]:
    return [plan_row(*size) for size in PLANS]


def plan_row(steps: int, teams: int, runs: int) -> Row:
    chance = Random(steps)
    plan, world = generated_plan(steps, chance), generated_world(teams, chance)
    program = compile_plan(plan, world, QUIET, level=LevelNumber.IV)
    for number, response in enumerate(with_simpy(plan, world, runs)):
        record = run_rows(program, range(number, number + 1), seed=SEED).replication(0)
        finished = dict(zip((step.id for step in plan.steps), record.finished, strict=True))
        assert finished == response.finished, "the two disagree about when steps were finished"
    many = 100 * runs
    own = on_both(lambda core: run_rows(program, range(core * many, (core + 1) * many), seed=SEED))
    peer = median(lambda: with_simpy(plan, world, runs))
    question = f"plan of {steps} steps, {teams:,} teams, both cores: runs/s"
    return row(question, CORES * many / own, "SimPy", runs / peer, ">= 100")


def any_day(world: World) -> World:
    """Return the world with troubles, and about a hundred calls of every day."""
    chance = Random(7)
    streams = tuple(
        Stream(
            "call",
            str(number),
            Point(30 + chance.uniform(-0.3, 0.3), 120 + chance.uniform(-0.3, 0.3)),
            CAPABILITIES[number % len(CAPABILITIES)],
            100 / 24,
            timedelta(minutes=40),
            spread=1.6,
        )
        for number in range(24)
    )
    troubles = Troubles(
        night=OffHours(1.3, 0.8),
        holiday_share=0.3,
        holiday=OffHours(1.1, 0.8),
        off_road=0.05,
        closures=(Closure("bridge", "", Point(30.05, 120.0), 2_000.0, 0.2, 2.0),),
    )
    demand = Demand(streams, warm_up=timedelta(hours=6), lasts=timedelta(hours=18))
    return replace(world, troubles=troubles, demand=demand)


def days() -> list[Row]:
    chance = Random(60)
    plan, world = generated_plan(60, chance), any_day(generated_world(200, chance))
    program = compile_plan(plan, world, QUIET, level=LevelNumber.IV)
    level, runs = LevelNumber.IV, 1_000
    record = run_rows(program, range(3), seed=SEED).replication(2)
    assert record == replicate(plan, world, QUIET, seed=SEED, number=2, level=level), "another day than the reference's"
    own = median(lambda: run_rows(program, range(runs), seed=SEED))
    plain = median(lambda: [replicate(plan, world, QUIET, seed=SEED, number=one, level=level) for one in range(2)])
    question = "plan of 60 steps, 200 teams, on any day with 100 calls: runs/s"
    return [row(question, runs / own, "the reference engine", 2 / plain, "")]


def province() -> list[Row]:
    """A year of a province: 100,000 teams, a million calls, the nearest free team to each."""
    chance, teams, calls = Random(1), 100_000, 1_000_000
    places = tuple((400 * chance.random(), 400 * chance.random()) for _ in range(teams))
    # Kilometres and hours: 400 km square, 40 km/h, an hour on scene.
    model = NearestModel(places, side=400.0, rate=calls / (365 * 24), speed=40.0, on_scene=1.0)
    start = time.perf_counter()
    grid = grid_of(model)
    sums = np.zeros(5)
    plan = np.array(block_plan(0, calls, SEED, warm_up=0), dtype=np.uint64)
    scale = np.array([1 / model.rate, model.on_scene, model.speed, model.side, grid.cell])
    draws = np.zeros(KINDS * CHUNK)
    dispatch_block(plan, np.zeros(1, dtype=np.uint64), scale, grid.starts, draws, grid.x, grid.y, grid.all_free(), sums)
    taken = time.perf_counter() - start
    assert sums[WAITED] == 0
    assert 0 < sums[RESPONSE] / calls < 1
    return [("a province for a year: 100,000 teams, 1,000,000 incidents: s", f"{taken:.1f}", "", "", "", "minutes")]


def memory() -> list[Row]:
    """Peak memory after many replications, and after five times as many."""
    chance = Random(60)
    plan, world = generated_plan(60, chance), generated_world(200, chance)
    setup = set_up(plan, world, QUIET, seed=SEED, level=LevelNumber.IV)
    peaks = []
    for runs in (20_000, 100_000):
        simulate_many(setup, runs=runs)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    grown = f"{peaks[1] - peaks[0]:+,.0f}"
    question = "peak memory after 20,000 and 100,000 runs of 60 steps: MB"
    return [(question, " and ".join(f"{peak:,.0f}" for peak in peaks), "", "", grown, "flat")]


def run() -> Result:
    return Result(
        title="Simulation on two cores, over a province, in memory",
        question=(
            "What the compiled loops do on both cores of a machine against SimPy 4 and Ciw on one, which is all they "
            "use; a year of a province; what an ensemble holds in memory; and a plan in a day as it may be, with "
            "troubles and the incidents of every day."
        ),
        goal=(
            "Two cores: plans 100 times SimPy, M/M/c 200 times the better SimPy and 400 times Ciw. A province in "
            "minutes. Memory that does not grow with the number of replications."
        ),
        columns=("what", "Youbei", "peer", "peer's", "ratio (above 1: faster)", "goal"),
        rows=(*service_systems(), *plans(), *days(), *province(), *memory()),
        note=(
            "Two threads at once, by the processor time of both, halved, which is the time on the wall of a machine "
            "with nothing else to do; peers by processor time; medians of five. Asserted in the same run: plans finish "
            "every step at the same millisecond, the day as it may be is the reference's record. SimPy with bare "
            "callbacks is not the way to write a model: no processes, no resources, its queue of events alone; it "
            "is listed as a floor. Memory holds the program, its libraries and the peers."
        ),
    )
