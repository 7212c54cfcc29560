"""The compiled simulations against SimPy, Ciw and the same loop in C, where they are there."""

from __future__ import annotations

import ctypes
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.peer_simpy_queues import Fleet, mmc_callbacks, mmc_processes
from benchmarks.reference_engine import generated_plan, generated_world, with_simpy
from benchmarks.result import Result
from youbei.engine.draws import GOLDEN_GAMMA, MIX_1, MIX_2, Purpose
from youbei.engine.plans.model import LevelNumber, Scenario
from youbei.engine.simulation.chance import key
from youbei.engine.simulation.lanes import LANES
from youbei.engine.simulation.nearest import NearestModel, block_plan, grid_of
from youbei.engine.simulation.nearest_loop import KINDS, RESPONSE, dispatch_block
from youbei.engine.simulation.plan_compile import compile_plan
from youbei.engine.simulation.plan_rows import run_rows
from youbei.engine.simulation.queue_lanes import serve_lanes
from youbei.engine.simulation.queue_loop import CHUNK, SUMS, WAIT, serve_block
from youbei.engine.text import Text

ROUNDS = 5
SEED = 2026
SERVERS, LOAD = 10, 0.9
TITLE = f"M/M/{SERVERS}, load {LOAD}"
KERNEL_CALLS, PEER_CALLS = 2_000_000, 40_000
FLEETS = ((10, 20_000), (100, 20_000), (1_000, 15_000), (10_000, 8_000), (100_000, 1_500))
KERNEL_DISPATCHES = 1_000_000
PLANS = ((20, 50, 40), (60, 200, 16), (200, 1_000, 6))
HERE = Path(__file__).parent
Row = tuple[str, ...]


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time: all of these work on one thread, and others may be busy on the machine."""
    start = time.process_time()
    work()
    return time.process_time() - start


def in_turns(*works: Callable[[], object]) -> list[float]:
    """Time each in turn, several times; return the medians."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for own, work in zip(taken, works, strict=True):
            own.append(seconds(work))
    return [statistics.median(own) for own in taken]


def row(question: str, own: float, peer: str, rate: float, goal: str) -> Row:
    ratio = own / rate
    return (question, f"{own:,.0f}", peer, f"{rate:,.0f}", f"{ratio:,.2f}" if ratio < 10 else f"{ratio:,.0f}", goal)


def serve(calls: int) -> float:
    """Serve calls with the kernel from an empty beginning; return the sum of the waits."""
    sums = np.zeros(SUMS)
    keys = (key(SEED, 0, Purpose.CALL_GAP), 0, key(SEED, 0, Purpose.SERVICE), 0, 0, calls, CHUNK)
    serve_block(
        np.array(keys, dtype=np.uint64),
        1 / (LOAD * SERVERS),
        1.0,
        True,
        np.array([2.0]),
        np.arange(SERVERS),
        *(np.zeros(CHUNK) for _ in range(2)),
        *(np.zeros(SERVERS) for _ in range(2)),
        np.zeros(SERVERS, dtype=np.int64),
        sums,
    )
    return float(sums[WAIT])


def side_by_side(calls: int, first: int = 0) -> np.ndarray:
    """Serve as many calls in each lane, from an empty beginning and in runs of their own; return the sums of waits."""
    sums = np.zeros(SUMS * LANES)
    serve_lanes(
        np.array([0, calls, 0]),
        lane_keys(first),
        np.array([0, calls, CHUNK], dtype=np.uint64),
        1 / (LOAD * SERVERS),
        1.0,
        True,
        np.zeros(CHUNK * LANES, dtype=np.uint64),
        *(np.zeros(CHUNK * LANES) for _ in range(2)),
        *(np.zeros(LANES) for _ in range(2)),
        np.ones(LANES),
        *(np.zeros(SERVERS * LANES) for _ in range(3)),
        sums,
    )
    return sums[WAIT * LANES :][:LANES]


def lane_keys(first: int = 0) -> np.ndarray:
    runs, purposes = range(first, first + LANES), (Purpose.CALL_GAP, Purpose.SERVICE)
    return np.array([key(SEED, run, purpose) for purpose in purposes for run in runs], dtype=np.uint64)


def units(state: int, count: int) -> np.ndarray:
    """Return the draws that a key gives for 0, 1, 2, ..., as `Draws.uniform` does."""
    word = (np.arange(count, dtype=np.uint64) ^ np.uint64(state)) + np.uint64(GOLDEN_GAMMA)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(MIX_1)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(MIX_2)
    return (((word ^ (word >> np.uint64(31))) >> np.uint64(12)) + 0.5) * 2.0**-52


def lengths(purpose: Purpose, calls: int, mean: float, lane: int = 0) -> np.ndarray:
    return -np.log(units(key(SEED, lane, purpose), calls)) * mean


def drawn(lane: int) -> tuple[list[float], list[float]]:
    """Return the gaps and the service times of the calls of a lane."""
    gaps = lengths(Purpose.CALL_GAP, PEER_CALLS, 1 / (LOAD * SERVERS), lane)
    return gaps.tolist(), lengths(Purpose.SERVICE, PEER_CALLS, 1.0, lane).tolist()


def service_systems() -> list[Row]:
    """M/M/c in calls per second; waits must agree."""
    alone, beside = serve(PEER_CALLS), side_by_side(PEER_CALLS)
    assert alone == beside[0], "a run beside others is another"
    for style in (mmc_processes, mmc_callbacks):
        for lane in (0, LANES - 1):
            assert abs(style(*drawn(lane), SERVERS) - beside[lane]) < 1e-6 * beside[lane], "SimPy serves other calls"
    gaps, services = drawn(0)
    one, many, usual, lean = in_turns(
        lambda: serve(KERNEL_CALLS),
        lambda: side_by_side(KERNEL_CALLS // LANES),
        lambda: mmc_processes(gaps, services, SERVERS),
        lambda: mmc_callbacks(gaps, services, SERVERS),
    )
    rates = {"one run": KERNEL_CALLS / one, f"{LANES} runs": KERNEL_CALLS / many}
    peers = {"SimPy, processes": (PEER_CALLS / usual, ">= 200"), "SimPy, bare callbacks": (PEER_CALLS / lean, "")}
    rows = [
        row(f"{TITLE}, {runs}: calls/s", rate, peer, of_peer, goal)
        for runs, rate in rates.items()
        for peer, (of_peer, goal) in peers.items()
    ]
    return [*rows, *ciw_row(), *c_rows()]


def ciw_row() -> list[Row]:
    if find_spec("ciw") is None:
        return []
    import ciw

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(LOAD * SERVERS)],
        service_distributions=[ciw.dists.Exponential(1.0)],
        number_of_servers=[SERVERS],
    )
    own, peer = in_turns(
        lambda: side_by_side(KERNEL_CALLS // LANES),
        lambda: ciw.Simulation(network).simulate_until_max_customers(PEER_CALLS // 2, method="Finish"),
    )
    return [row(f"{TITLE}, {LANES} runs: calls/s", KERNEL_CALLS / own, "Ciw", PEER_CALLS // 2 / peer, ">= 400")]


def c_rows() -> list[Row]:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return []
    with tempfile.TemporaryDirectory() as folder:

        def built(name: str) -> Callable[..., None] | None:
            library = Path(folder) / f"{name}.so"
            # Products and sums are not joined, as in numba: then all digits are the same.
            options = ["-O3", "-march=native", "-ffp-contract=off", "-Wno-psabi", "-shared", "-fPIC"]
            command = [compiler, *options, "-o", str(library), str(HERE / f"{name}.c"), "-lm"]
            if subprocess.run(command, check=False).returncode:
                return None
            loop = ctypes.CDLL(str(library)).serve
            loop.restype = None
            return loop

        one, many = built("queue_loop"), built("queue_lanes")
        return [*(c_row_of_one(one) if one else []), *(c_row_of_many(many) if many else [])]


def pointers(*arrays: np.ndarray) -> list[ctypes.c_void_p]:
    return [ctypes.c_void_p(one.ctypes.data) for one in arrays]


def c_row_of_one(loop: Callable[..., None]) -> list[Row]:
    def serve_in_c(calls: int) -> float:
        sums, sent = np.zeros(4), np.zeros(SERVERS, dtype=np.int64)
        arrays = (np.arange(SERVERS), np.zeros(SERVERS), np.zeros(SERVERS), sent, sums)
        keys = (key(SEED, 0, Purpose.CALL_GAP), key(SEED, 0, Purpose.SERVICE))
        means = (ctypes.c_double(1 / (LOAD * SERVERS)), ctypes.c_double(1.0))
        loop(*(ctypes.c_uint64(one) for one in (*keys, calls)), *means, ctypes.c_int64(SERVERS), *pointers(*arrays))
        return float(sums[WAIT])

    # The C library has another logarithm: the last digits may differ.
    truth = serve(PEER_CALLS)
    assert abs(serve_in_c(PEER_CALLS) - truth) < 1e-6 * truth, "C serves other calls"
    own, peer = in_turns(lambda: serve(KERNEL_CALLS), lambda: serve_in_c(KERNEL_CALLS))
    return [row(f"{TITLE}, one run: calls/s", KERNEL_CALLS / own, "C", KERNEL_CALLS / peer, ">= 0.83")]


def c_row_of_many(loop: Callable[..., None]) -> list[Row]:
    def serve_in_c(calls: int) -> np.ndarray:
        tables, waits = [np.zeros(SERVERS * LANES) for _ in range(3)], np.zeros(2 * LANES)
        means = (ctypes.c_double(1 / (LOAD * SERVERS)), ctypes.c_double(1.0))
        keys = lane_keys()
        loop(*pointers(keys), ctypes.c_uint64(calls), *means, ctypes.c_int64(SERVERS), *pointers(*tables, waits))
        return waits[:LANES]

    assert (serve_in_c(PEER_CALLS) == side_by_side(PEER_CALLS)).all(), "C serves other calls"
    each = KERNEL_CALLS // LANES
    own, peer = in_turns(lambda: side_by_side(each), lambda: serve_in_c(each))
    return [row(f"{TITLE}, {LANES} runs: calls/s", KERNEL_CALLS / own, "C", KERNEL_CALLS / peer, ">= 0.83")]


def fleets() -> list[Row]:
    """Nearest-idle dispatch in dispatches per second; the sums of the response times must agree."""
    return [one for teams, calls in FLEETS for one in fleet(teams, calls)]


def fleet(teams: int, calls: int) -> list[Row]:
    chance = Random(teams)
    places = tuple((chance.random(), chance.random()) for _ in range(teams))
    model = NearestModel(places, side=1.0, rate=0.6 * teams, speed=4.0, on_scene=0.95)
    grid = grid_of(model)
    many = KERNEL_DISPATCHES

    def with_kernel(count: int) -> float:
        sums = np.zeros(5)
        plan = np.array(block_plan(0, count, SEED, warm_up=0), dtype=np.uint64)
        scale = np.array([1 / model.rate, model.on_scene, model.speed, model.side, grid.cell])
        counting = np.zeros(1, dtype=np.uint64)
        draws = np.zeros(KINDS * CHUNK)
        dispatch_block(plan, counting, scale, grid.starts, draws, grid.x, grid.y, grid.all_free(), sums)
        return float(sums[RESPONSE])

    plan = block_plan(0, calls, SEED, warm_up=0)
    draws = [units(state, calls) for state in plan[:4]]
    gaps, scenes = -np.log(draws[0]) / model.rate, -np.log(draws[3]) * model.on_scene
    asked = list(zip(gaps.tolist(), draws[1].tolist(), draws[2].tolist(), scenes.tolist(), strict=True))
    x, y = np.array(grid.x[:teams]), np.array(grid.y[:teams])

    def with_peer(*, with_numpy: bool) -> float:
        return Fleet(x, y, model.speed, with_numpy=with_numpy).run(asked)

    # Looking at each team one by one is hopeless for many; for few it is the faster of the two.
    ways = {"numpy": True} if teams > 1_000 else {"numpy": True, "min": False}
    truth = with_kernel(calls)
    for way in ways.values():
        assert abs(with_peer(with_numpy=way) - truth) < 1e-6 * truth, "SimPy sends other teams"
    own, *peers = in_turns(
        lambda: with_kernel(many), *(lambda way=way: with_peer(with_numpy=way) for way in ways.values())
    )
    best = min(peers)
    name = f"SimPy, {list(ways)[peers.index(best)]}"
    goal = ">= 100" if teams >= 10_000 else ""
    return [row(f"nearest idle of {teams:,} teams: dispatches/s", many / own, name, calls / best, goal)]


def plans() -> list[Row]:
    """The step network with teams and deadlines in runs per second and core; finish times must be the same."""
    return [plan_row(*size) for size in PLANS]


def plan_row(steps: int, teams: int, runs: int) -> Row:
    chance = Random(steps)
    plan, world = generated_plan(steps, chance), generated_world(teams, chance)
    program = compile_plan(plan, world, Scenario("quiet", Text("平静", "Quiet")), level=LevelNumber.IV)
    found = run_rows(program, range(runs), seed=SEED)
    for number, response in enumerate(with_simpy(plan, world, runs)):
        record = found.replication(number)
        finished = dict(zip((step.id for step in plan.steps), record.finished, strict=True))
        assert finished == response.finished, "the two disagree about when steps were finished"
        assert record.events == len(response.log), "the logs differ"
    many = 100 * runs
    own, peer = in_turns(lambda: run_rows(program, range(many), seed=SEED), lambda: with_simpy(plan, world, runs))
    question = f"plan of {steps} steps, {teams:,} teams, {record.events:,} events: runs/s"
    return row(question, many / own, "SimPy", runs / peer, ">= 50")


def run() -> Result:
    return Result(
        title="Simulation kernels",
        question=(
            "How many calls, dispatches or whole runs per second the compiled loops make on one thread, against "
            "SimPy 4 (the better of two ways of writing it), Ciw where it is installed, and the same loop in C."
        ),
        goal=(
            "M/M/c 200 times SimPy and within 1.2 of C; nearest idle 100 times SimPy from 10,000 teams on, at a "
            "cost that does not grow with the teams; plans 50 times SimPy on a core. On both cores: `simulation_scale`."
        ),
        columns=("what", "Youbei", "peer", "peer's", "ratio (above 1: faster)", "goal"),
        rows=(*service_systems(), *fleets(), *plans()),
        note=(
            "Same draws on both sides, made beforehand for SimPy; asserted in the same run: the same sum of waits, the "
            "same sum of response times, every step finished at the same millisecond, with as many events. Peers are "
            "timed in turns by processor time, medians of five. Compilation is not counted. A service system is always "
            "measured in blocks that are runs of their own; sixteen of them go side by side, one to a lane of the "
            "processor, and each is to the bit what it is alone (asserted). Both loops in C do the same in the same "
            "order; that of sixteen runs is left to the compiler to do several lanes at once."
        ),
    )
