"""Nearest-idle dispatch in a square: how long it takes until somebody is there, how often all are out.

Calls come at random and anywhere; the nearest free team goes, else the one that is free first, first come first
served. What is measured, blocks and intervals are as in `queueing.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from youbei.engine.draws import Purpose
from youbei.engine.simulation.chance import key
from youbei.engine.simulation.instructions import WIDTH
from youbei.engine.simulation.loops import Floats, Ints, floats, ints, no_floats, words
from youbei.engine.simulation.nearest_loop import (
    BUSY,
    CHUNK,
    KINDS,
    RESPONSE,
    SUMS,
    WAIT,
    WAITED,
    WINDOW,
    dispatch_block,
)
from youbei.engine.simulation.queue_model import BadModel
from youbei.engine.simulation.queueing import MOST_CALLS, ratio, share, within
from youbei.engine.simulation.statistics import Estimate

# More in a cell make longer looks, fewer make more empty cells; measured between 1 and 4.
TEAMS_IN_CELL = 1.5
BLOCKS = 20
# Assumption: after so many calls to a team the empty beginning no longer shows; the busiest measured systems need less.
CALLS_TO_A_TEAM = 30


@dataclass(frozen=True, slots=True)
class NearestModel:
    """Teams at places (east, north) in a square; calls in a unit of time; lengths and speed in units that fit."""

    teams: tuple[tuple[float, float], ...]
    side: float
    rate: float
    speed: float
    on_scene: float


@dataclass(frozen=True, slots=True)
class NearestResult:
    """`workload` is the mean share of the teams' time that they are away; `response` the mean from call to arrival.

    is_cancelled: whether it was stopped before all calls that were asked for.
    """

    calls: int
    teams: int
    seed: int
    is_cancelled: bool
    workload: Estimate
    p_wait: Estimate
    mean_wait: Estimate
    response: Estimate

    def as_data(self) -> dict[str, Any]:
        """Return JSON values."""
        measures = {
            "workload": self.workload,
            "p_wait": self.p_wait,
            "mean_wait": self.mean_wait,
            "response": self.response,
        }
        return {
            **{name: one.value for name, one in measures.items()},
            "ci95": {name: [one.low, one.high] for name, one in measures.items()},
            "calls": self.calls,
            "teams": self.teams,
            "seed": self.seed,
            "is_cancelled": self.is_cancelled,
        }


@dataclass(frozen=True, slots=True)
class Grid:
    """Teams cell by cell, row by row: where each cell begins, and where the teams stand, with some places to spare."""

    starts: Ints
    x: Floats
    y: Floats
    cell: float

    def all_free(self) -> Floats:
        """Return when each team is free, at the beginning."""
        return floats([0.0] * (len(self.x) - WIDTH) + [math.inf] * WIDTH)


def demand_model(model: NearestModel, calls: int) -> None:
    """Refuse what never comes to rest or is no system."""
    numbers = (model.side, model.rate, model.speed, model.on_scene)
    if not model.teams or not all(0 < number < math.inf for number in numbers):
        raise BadModel(
            zh="须至少有一支队伍，边长、呼叫率、速度和现场时间须大于零。",
            en="There must be a team, and side, rate, speed and time on scene must be above zero.",
        )
    if any(not (0 <= x <= model.side and 0 <= y <= model.side) for x, y in model.teams):
        raise BadModel(zh="队伍须在方形区域之内。", en="The teams must stand inside the square.")
    if model.rate * model.on_scene >= len(model.teams):
        raise BadModel(
            zh="呼叫多于队伍所能处置的，等待会无限增长。请增加队伍或降低呼叫率。",
            en="More calls come than the teams can serve: waits would grow without end. Add teams or lower the rate.",
        )
    if not BLOCKS <= calls <= MOST_CALLS:
        raise BadModel(
            zh=f"呼叫数须在 {BLOCKS} 到 {MOST_CALLS:,} 之间，收到的是 {calls}。",
            en=f"The number of calls must be from {BLOCKS} to {MOST_CALLS:,}, not {calls}.",
        )


def grid_of(model: NearestModel) -> Grid:
    side = max(1, math.floor(math.sqrt(len(model.teams) / TEAMS_IN_CELL)))
    cell = model.side / side

    def place(team: tuple[float, float]) -> int:
        column, row = (max(0, min(side - 1, math.floor(one / cell))) for one in team)
        return row * side + column

    ordered = sorted(model.teams, key=place)
    counts = [0] * (side * side)
    for team in ordered:
        counts[place(team)] += 1
    x, y = ([team[axis] for team in ordered] + [0.0] * WIDTH for axis in (0, 1))
    return Grid(ints((side, *accumulate(counts, initial=0))), floats(x), floats(y), cell)


def simulate_nearest(
    model: NearestModel,
    *,
    calls: int,
    seed: int,
    spread: Callable[..., Iterable[Sequence[float]]] = map,
    go_on: Callable[[int], bool] | None = None,
) -> NearestResult:
    """Measure `calls` calls, in a fixed number of blocks that any threads may share.

    go_on is told after each block how many are done, and stops the work by returning False.
    """
    demand_model(model, calls)
    grid = grid_of(model)
    own = [calls // BLOCKS + (number < calls % BLOCKS) for number in range(BLOCKS)]
    blocks: list[Sequence[float]] = []
    for block in spread(lambda number: one_block(model, grid, number, own[number], seed), range(BLOCKS)):
        blocks.append(block)
        if go_on is not None and not go_on(sum(own[: len(blocks)])) and len(blocks) > 1:
            break
    own = own[: len(blocks)]
    columns = list(zip(*blocks, strict=True))
    windows = [window * len(model.teams) for window in columns[WINDOW]]
    return NearestResult(
        calls=sum(own),
        teams=len(model.teams),
        seed=seed,
        is_cancelled=len(own) < BLOCKS,
        workload=within(ratio(columns[BUSY], windows), 0.0, 1.0),
        p_wait=share([round(waited) for waited in columns[WAITED]], own),
        mean_wait=within(ratio(columns[WAIT], own), 0.0, math.inf),
        response=within(ratio(columns[RESPONSE], own), 0.0, math.inf),
    )


def block_plan(number: int, calls: int, seed: int, *, warm_up: int) -> tuple[int, ...]:
    """Return keys of the draws and numbers of calls of one block."""
    keys = (
        key(seed, number, Purpose.CALL_GAP),
        key(seed, number, Purpose.CALL_PLACE, 0),
        key(seed, number, Purpose.CALL_PLACE, 1),
        key(seed, number, Purpose.SERVICE),
    )
    return (*keys, warm_up, warm_up + calls, CHUNK)


def one_block(model: NearestModel, grid: Grid, number: int, calls: int, seed: int) -> Sequence[float]:
    """Simulate one block from an empty beginning; return its sums."""
    sums = no_floats(SUMS)
    plan = block_plan(number, calls, seed, warm_up=CALLS_TO_A_TEAM * len(model.teams))
    scale = (1 / model.rate, model.on_scene, model.speed, model.side, grid.cell)
    draws = no_floats(KINDS * CHUNK)
    dispatch_block(words(plan), words((0,)), floats(scale), grid.starts, draws, grid.x, grid.y, grid.all_free(), sums)
    return [float(one) for one in sums]
