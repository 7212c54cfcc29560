"""Claims about nearest-idle dispatch: whoever goes is the nearest, as a model written by hand for SimPy has it."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from youbei.engine.draws import Draws, Purpose
from youbei.engine.simulation.loops import IS_COMPILED, floats, no_floats, words
from youbei.engine.simulation.nearest import NearestModel, block_plan, grid_of, simulate_nearest
from youbei.engine.simulation.nearest_loop import BUSY, CHUNK, KINDS, RESPONSE, SUMS, dispatch_block
from youbei.engine.simulation.queue_model import BadModel

COORDINATES = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0])
TEAMS = st.lists(st.tuples(COORDINATES, COORDINATES), min_size=1, max_size=40).map(tuple)


def scattered(teams: int, **changes: Any) -> NearestModel:
    chance = Random(teams)
    places = tuple((chance.random(), chance.random()) for _ in range(teams))
    model = {"side": 1.0, "rate": 0.6 * teams, "speed": 4.0, "on_scene": 0.9}
    return NearestModel(places, **{**model, **changes})


def served(model: NearestModel, calls: int, seed: int) -> list[float]:
    """Serve calls with the kernel from an empty beginning; return its sums."""
    grid, sums = grid_of(model), no_floats(SUMS)
    scale = floats((1 / model.rate, model.on_scene, model.speed, model.side, grid.cell))
    plan = words(block_plan(0, calls, seed, warm_up=0))
    draws = no_floats(KINDS * CHUNK)
    dispatch_block(plan, words((0,)), scale, grid.starts, draws, grid.x, grid.y, grid.all_free(), sums)
    return [float(one) for one in sums]


@given(TEAMS, st.floats(0.3, 3.0), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_the_nearest_free_team_goes_and_calls_wait_their_turn(
    teams: tuple[tuple[float, float], ...], load: float, seed: int
) -> None:
    """Hold the loop to a search through every team, also where all are out, and where teams share a place."""
    model = NearestModel(teams, side=1.0, rate=load * len(teams), speed=2.0, on_scene=0.8)
    grid = grid_of(model)
    places = list(zip(grid.x, grid.y, strict=True))[: len(teams)]
    draws, free, now, response, busy = Draws(seed, 0), [0.0] * len(teams), 0.0, 0.0, 0.0
    for call in range(60):
        now -= math.log(draws.uniform(Purpose.CALL_GAP, call)) * (1 / model.rate)
        east, north = (draws.uniform(Purpose.CALL_PLACE, axis, call) for axis in (0, 1))
        far = [(x - east) ** 2 + (y - north) ** 2 for x, y in places]
        idle = [team for team, until in enumerate(free) if until <= now]
        team = min(idle, key=lambda one: far[one]) if idle else min(range(len(free)), key=lambda one: free[one])
        start, way = max(now, free[team]), math.sqrt(far[team]) / model.speed
        away = 2 * way - math.log(draws.uniform(Purpose.SERVICE, call)) * model.on_scene
        free[team], response, busy = start + away, response + start - now + way, busy + away
    sums = served(model, 60, seed)
    assert math.isclose(sums[RESPONSE], response, rel_tol=1e-9)
    assert math.isclose(sums[BUSY], busy, rel_tol=1e-9)


@pytest.mark.parametrize(("teams", "calls"), [(3, 3_000), (60, 3_000), (900, 3_000)])
def test_a_model_written_for_simpy_finds_the_same(teams: int, calls: int) -> None:
    pytest.importorskip("simpy")
    np = pytest.importorskip("numpy")
    from benchmarks.peer_simpy_queues import Fleet

    model, draws = scattered(teams), Draws(5, 0)
    asked = [
        (
            -math.log(draws.uniform(Purpose.CALL_GAP, call)) / model.rate,
            draws.uniform(Purpose.CALL_PLACE, 0, call),
            draws.uniform(Purpose.CALL_PLACE, 1, call),
            -math.log(draws.uniform(Purpose.SERVICE, call)) * model.on_scene,
        )
        for call in range(calls)
    ]
    grid = grid_of(model)
    fleet = Fleet(np.array(grid.x[:teams]), np.array(grid.y[:teams]), model.speed, with_numpy=teams > 100)
    assert math.isclose(fleet.run(asked), served(model, calls, 5)[RESPONSE], rel_tol=1e-9)


@pytest.mark.skipif(not IS_COMPILED, reason="the extra `solve` is not installed")
def test_where_the_way_is_nothing_it_is_erlangs() -> None:
    found = simulate_nearest(scattered(10, rate=9.0, on_scene=1.0, speed=1e9), calls=400_000, seed=2)
    # Erlang C of ten servers at nine.
    assert abs(found.p_wait.value - 0.66873152) <= 2 * (found.p_wait.high - found.p_wait.value)
    assert abs(found.workload.value - 0.9) <= 2 * (found.workload.high - found.workload.value)


def test_threads_do_not_show() -> None:
    model = scattered(12)
    with ThreadPoolExecutor(3) as pool:
        threaded = simulate_nearest(model, calls=2_000, seed=1, spread=pool.map)
    assert threaded == simulate_nearest(model, calls=2_000, seed=1)


WITHOUT_NUMBA = """
import json, sys
sys.modules["numba"] = sys.modules["numpy"] = None
from tests.engine.simulation.test_nearest import scattered, served
print(json.dumps(served(scattered(25), 2_000, 9)))
"""


@pytest.mark.skipif(not IS_COMPILED, reason="the extra `solve` is not installed")
def test_plain_python_gives_the_same_to_the_last_bit() -> None:
    path = json.dumps(sys.path)
    command = [sys.executable, "-c", f"import sys; sys.path[:] = {path}\n{WITHOUT_NUMBA}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(said.stdout) == served(scattered(25), 2_000, 9)


@pytest.mark.parametrize(
    "change",
    [
        {"rate": 0.0},
        {"rate": math.inf},
        {"rate": 1e6},
        {"speed": 0.0},
        {"on_scene": -1.0},
        {"side": math.nan},
        {"side": 0.1},
    ],
)
def test_what_is_no_system_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(BadModel):
        simulate_nearest(scattered(5, **change), calls=1_000, seed=1)


def test_a_fleet_of_none_is_refused() -> None:
    with pytest.raises(BadModel):
        simulate_nearest(NearestModel((), 1.0, 1.0, 1.0, 1.0), calls=1_000, seed=1)
