"""The loop of nearest-idle dispatch: who goes is found on a grid, ring by ring, at the same cost for any number.

As in `queue_loop.py` no list of events is needed: a call that waits takes the team that is free first.
"""

from __future__ import annotations

import math

from youbei.engine.simulation.chance import exponential, length_at, mix, unit
from youbei.engine.simulation.instructions import WIDTH, fetch
from youbei.engine.simulation.loops import IS_COMPILED, Floats, Ints, Words, loop, part, stage

# Places in `plan`: keys of the draws, then numbers of calls and CHUNK.
GAP, EAST, NORTH, SCENE, MEASURED, LAST, STEPS = range(7)
# How many calls are drawn in one go; the four kinds of draws lie one after the other.
CHUNK = 64
KINDS = 4
# So many calls ahead the teams about them are fetched into the near memory of the processor, where all of them do not
# fit into it: more teams than these.
AHEAD = 4
NEAR = 20_000
# Places in `scale`.
MEAN_GAP, MEAN_SCENE, SPEED, SIDE, CELL, SCALE = range(6)
# Places in `sums`.
WINDOW, WAIT, WAITED, RESPONSE, BUSY, SUMS = range(6)
# The first place of `grid` is how many cells there are to a side; where the teams of each begin follows.
FIRST_CELL = 1

if IS_COMPILED:
    from youbei.engine.simulation.nearest_lanes import nearest_in_rows
else:

    def nearest_in_rows(
        x: Floats,
        y: Floats,
        free: Floats,
        firsts: tuple[int, int, int],
        lasts: tuple[int, int, int],
        now: float,
        east: float,
        north: float,
    ) -> int:
        """Return the nearest of the first free teams of three rows, of two as near the first; -1 where none is."""
        best = -1
        for first, last in zip(firsts, lasts, strict=True):
            best = nearer(x, y, free, first, min(last, first + WIDTH), now, east, north, best)
        return best


@loop
def dispatch_block(
    plan: Words,
    counting: Words,
    scale: Floats,
    grid: Ints,
    draws: Floats,
    x: Floats,
    y: Floats,
    free: Floats,
    sums: Floats,
) -> None:
    """Let calls come anywhere in a square and be served; sum up what the measured ones met.

    counting: the first call. grid, x, y: the teams cell by cell, with WIDTH places to spare, free: when each is free,
    all 0 and infinite beyond. draws: room for KINDS x CHUNK. A team is away for the way there, the time on scene and
    the way back.
    """
    now = begin = 0.0
    is_large = len(free) > NEAR
    at = CHUNK - 1
    for call in range(counting[0], plan[LAST]):
        at += 1
        if at == CHUNK:
            at = 0
            draw(plan, scale, call, draws)
        now += draws[GAP * CHUNK + at]
        is_measured = call >= plan[MEASURED]
        if call == plan[MEASURED]:
            begin = now
        if is_large and at < CHUNK - AHEAD:
            fetch_about(scale, grid, x, y, free, draws[EAST * CHUNK + at + AHEAD], draws[NORTH * CHUNK + at + AHEAD])
        east, north = draws[EAST * CHUNK + at], draws[NORTH * CHUNK + at]
        team = nearest_free(scale, grid, x, y, free, now, east, north)
        if team < 0:
            team = first_free(free)
        wait = max(free[team] - now, 0.0)
        way = math.sqrt(squared(x, y, team, east, north)) / scale[SPEED]
        away = 2 * way + draws[SCENE * CHUNK + at]
        free[team] = now + wait + away
        if is_measured:
            sums[WAIT] += wait
            sums[WAITED] += wait > 0.0
            sums[RESPONSE] += wait + way
            sums[BUSY] += away
    now += scale[MEAN_GAP] * exponential(plan[GAP], plan[LAST])
    sums[WINDOW] = now - begin


@stage
def draw(plan: Words, scale: Floats, call: int, draws: Floats) -> None:
    """Draw what the next calls are; in loops without choices, of which a compiler does several turns at once."""
    gap, scene, side = scale[MEAN_GAP], scale[MEAN_SCENE], scale[SIDE]
    gap_key, scene_key, east_key, north_key = plan[GAP], plan[SCENE], plan[EAST], plan[NORTH]
    end = call + plan[STEPS]
    for at, step in enumerate(range(call, end)):
        draws[GAP * CHUNK + at] = gap * length_at(gap_key ^ step)
    for at, step in enumerate(range(call, end)):
        draws[SCENE * CHUNK + at] = scene * length_at(scene_key ^ step)
    for at, step in enumerate(range(call, end)):
        draws[EAST * CHUNK + at] = side * unit(mix(east_key ^ step))
    for at, step in enumerate(range(call, end)):
        draws[NORTH * CHUNK + at] = side * unit(mix(north_key ^ step))


@part
def cell_at(scale: Floats, side: int, value: float) -> int:
    return max(0, min(side - 1, math.floor(value / scale[CELL])))


@part
def row_about(grid: Ints, column: int, row: int) -> tuple[int, int]:
    """Return where the teams begin and end in the cells of a row about a column; nothing outside the grid."""
    side = grid[0]
    first = FIRST_CELL + max(0, min(side - 1, row)) * side
    begins, ends = grid[first + max(0, column - 1)], grid[first + min(side - 1, column + 1) + 1]
    return (begins, ends) if 0 <= row < side else (begins, begins)


@stage
def fetch_about(scale: Floats, grid: Ints, x: Floats, y: Floats, free: Floats, east: float, north: float) -> None:
    """Ask for the teams in the cell of a place and in those about it."""
    column, row = cell_at(scale, grid[0], east), cell_at(scale, grid[0], north)
    for at in range(row - 1, row + 2):
        first, _ = row_about(grid, column, at)
        fetch(free, first)
        fetch(free, first + WIDTH - 1)
        fetch(x, first)
        fetch(x, first + WIDTH - 1)
        fetch(y, first)
        fetch(y, first + WIDTH - 1)


@stage
def nearest_free(
    scale: Floats, grid: Ints, x: Floats, y: Floats, free: Floats, now: float, east: float, north: float
) -> int:
    """Return the nearest free team, of two as near the first; -1 where none is free."""
    side, cell = grid[0], scale[CELL]
    column, row = cell_at(scale, side, east), cell_at(scale, side, north)
    # Nearly always somebody free stands in the cell or in those about it.
    first_0, last_0 = row_about(grid, column, row - 1)
    first_1, last_1 = row_about(grid, column, row)
    first_2, last_2 = row_about(grid, column, row + 1)
    firsts, lasts = (first_0, first_1, first_2), (last_0, last_1, last_2)
    best: int = nearest_in_rows(x, y, free, firsts, lasts, now, east, north)
    if max(last_0 - first_0, last_1 - first_1, last_2 - first_2) > WIDTH:
        best = nearer(x, y, free, first_0 + WIDTH, last_0, now, east, north, best)
        best = nearer(x, y, free, first_1 + WIDTH, last_1, now, east, north, best)
        best = nearer(x, y, free, first_2 + WIDTH, last_2, now, east, north, best)
    # Who stands outside the cell is at least so far.
    border = min(east - column * cell, (column + 1) * cell - east, north - row * cell, (row + 1) * cell - north)
    for ring in range(2, side):
        if best >= 0:
            reach = border + (ring - 1) * cell
            if reach > 0 and squared(x, y, best, east, north) <= reach * reach:
                break
        left, right = max(0, column - ring), min(side - 1, column + ring)
        for at in range(max(0, row - ring), min(side - 1, row + ring) + 1):
            first = FIRST_CELL + at * side
            if at in (row - ring, row + ring):
                best = nearer(x, y, free, grid[first + left], grid[first + right + 1], now, east, north, best)
            else:
                if left == column - ring:
                    best = nearer(x, y, free, grid[first + left], grid[first + left + 1], now, east, north, best)
                if right == column + ring:
                    best = nearer(x, y, free, grid[first + right], grid[first + right + 1], now, east, north, best)
    return best


@part
def squared(x: Floats, y: Floats, at: int, east: float, north: float) -> float:
    across, up = x[at] - east, y[at] - north
    return across * across + up * up


@part
def nearer(
    x: Floats, y: Floats, free: Floats, first: int, last: int, now: float, east: float, north: float, best: int
) -> int:
    """Return the nearest of the free teams from first to before last, and the best found before."""
    least = squared(x, y, best, east, north) if best >= 0 else math.inf
    for at in range(first, last):
        if free[at] <= now:
            far = squared(x, y, at, east, north)
            if far < least or (far == least and at < best):
                best, least = at, far
    return best


@stage
def first_free(free: Floats) -> int:
    best = 0
    for at in range(1, len(free)):
        if free[at] < free[best]:
            best = at
    return best
