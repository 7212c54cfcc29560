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
from youbei.engine.simulation.nearest import NearestModel, block_plan, grid_of
from youbei.engine.simulation.nearest_loop import FIELDS, RESPONSE, dispatch_block
from youbei.engine.simulation.plan_compile import compile_plan
from youbei.engine.simulation.plan_rows import run_rows
from youbei.engine.simulation.queue_loop import WAIT, serve_block
from youbei.engine.text import Text

ROUNDS = 5
SEED = 2026
SERVERS, LOAD = 10, 0.9
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
    sums = np.zeros(4)
    keys = (key(SEED, 0, Purpose.CALL_GAP), 0, key(SEED, 0, Purpose.SERVICE), 0, 0, calls)
    serve_block(
        np.array(keys, dtype=np.uint64),
        1 / (LOAD * SERVERS),
        1.0,
        True,
        np.array([2.0]),
        np.arange(SERVERS),
        np.zeros(SERVERS),
        np.zeros(SERVERS),
        np.zeros(SERVERS, dtype=np.int64),
        sums,
    )
    return float(sums[WAIT])


def units(state: int, count: int) -> np.ndarray:
    """Return the draws that a key gives for 0, 1, 2, ..., as `Draws.uniform` does."""
    word = (np.arange(count, dtype=np.uint64) ^ np.uint64(state)) + np.uint64(GOLDEN_GAMMA)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(MIX_1)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(MIX_2)
    return (((word ^ (word >> np.uint64(31))) >> np.uint64(12)) + 0.5) * 2.0**-52


def lengths(purpose: Purpose, calls: int, mean: float) -> np.ndarray:
    return -np.log(units(key(SEED, 0, purpose), calls)) * mean


def service_systems() -> list[Row]:
    """M/M/c in calls per second; waits must agree."""
    gaps = lengths(Purpose.CALL_GAP, PEER_CALLS, 1 / (LOAD * SERVERS)).tolist()
    services = lengths(Purpose.SERVICE, PEER_CALLS, 1.0).tolist()
    truth = serve(PEER_CALLS)
    for style in (mmc_processes, mmc_callbacks):
        assert abs(style(gaps, services, SERVERS) - truth) < 1e-6 * truth, "SimPy serves other calls"
    own, usual, lean = in_turns(
        lambda: serve(KERNEL_CALLS),
        lambda: mmc_processes(gaps, services, SERVERS),
        lambda: mmc_callbacks(gaps, services, SERVERS),
    )
    rate, title = KERNEL_CALLS / own, f"M/M/{SERVERS}, load {LOAD}: calls/s"
    rows = [
        row(title, rate, "SimPy, processes", PEER_CALLS / usual, ">= 200"),
        row(title, rate, "SimPy, bare callbacks", PEER_CALLS / lean, ">= 200"),
    ]
    return [*rows, *ciw_row(title), *c_row(title)]


def ciw_row(title: str) -> list[Row]:
    if find_spec("ciw") is None:
        return []
    import ciw

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(LOAD * SERVERS)],
        service_distributions=[ciw.dists.Exponential(1.0)],
        number_of_servers=[SERVERS],
    )
    own, peer = in_turns(
        lambda: serve(KERNEL_CALLS),
        lambda: ciw.Simulation(network).simulate_until_max_customers(PEER_CALLS // 2, method="Finish"),
    )
    return [row(title, KERNEL_CALLS / own, "Ciw", PEER_CALLS // 2 / peer, ">= 400")]


def c_row(title: str) -> list[Row]:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "loop.so"
        source = str(HERE / "queue_loop.c")
        command = [compiler, "-O3", "-march=native", "-shared", "-fPIC", "-o", str(library), source, "-lm"]
        if subprocess.run(command, check=False).returncode:
            return []
        in_c = ctypes.CDLL(str(library)).serve
        in_c.restype = None

        def serve_in_c() -> float:
            sums, sent = np.zeros(4), np.zeros(SERVERS, dtype=np.int64)
            free, busy, preference = np.zeros(SERVERS), np.zeros(SERVERS), np.arange(SERVERS)
            keys = (key(SEED, 0, Purpose.CALL_GAP), key(SEED, 0, Purpose.SERVICE))
            arrays = (ctypes.c_void_p(one.ctypes.data) for one in (preference, free, busy, sent, sums))
            in_c(
                *(ctypes.c_uint64(one) for one in (*keys, KERNEL_CALLS)),
                *(ctypes.c_double(one) for one in (1 / (LOAD * SERVERS), 1.0)),
                ctypes.c_int64(SERVERS),
                *arrays,
            )
            return float(sums[WAIT])

        # The compiler may join a product and a sum, which numba does not: the last digits may differ.
        truth = serve(KERNEL_CALLS)
        assert abs(serve_in_c() - truth) < 1e-6 * truth, "C serves other calls"
        own, peer = in_turns(lambda: serve(KERNEL_CALLS), serve_in_c)
        return [row(title, KERNEL_CALLS / own, "the same loop in C", KERNEL_CALLS / peer, ">= 0.83")]


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
        dispatch_block(plan, counting, scale, grid.starts, np.array(grid.teams), sums)
        return float(sums[RESPONSE])

    plan = block_plan(0, calls, SEED, warm_up=0)
    draws = [units(state, calls) for state in plan[:4]]
    gaps, scenes = -np.log(draws[0]) / model.rate, -np.log(draws[3]) * model.on_scene
    asked = list(zip(gaps.tolist(), draws[1].tolist(), draws[2].tolist(), scenes.tolist(), strict=True))
    x, y = np.array(grid.teams[0::FIELDS]), np.array(grid.teams[1::FIELDS])

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
            "cost that does not grow with the teams; plans 50 times SimPy on a core."
        ),
        columns=("what", "Youbei", "peer", "peer's", "ratio (above 1: faster)", "goal"),
        rows=(*service_systems(), *fleets(), *plans()),
        note=(
            "Same draws on both sides, made beforehand for SimPy; asserted in the same run: the same sum of waits, the "
            "same sum of response times, every step finished at the same millisecond, with as many events. Peers are "
            "timed in turns by processor time, medians of five. Compilation is not counted. The limit: the same loop "
            "in C is hardly faster, so 200 times SimPy is reached against the way SimPy is written, with processes, "
            "and not against its bare queue of events, where C itself would be some 50 times as fast on a core."
        ),
    )
