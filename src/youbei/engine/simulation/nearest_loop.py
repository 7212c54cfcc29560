"""The loop of nearest-idle dispatch: who goes is found on a grid, ring by ring, at the same cost for any number.

As in `queue_loop.py` no list of events is needed: a call that waits takes the team that is free first.
"""

from __future__ import annotations

import math

from youbei.engine.simulation.chance import exponential, uniform
from youbei.engine.simulation.loops import Floats, Ints, Words, loop, part, stage

# Places in `plan`: keys of the draws, then numbers of calls.
GAP, EAST, NORTH, SCENE, MEASURED, LAST, PLAN_LENGTH = range(7)
# Places in `scale`.
MEAN_GAP, MEAN_SCENE, SPEED, SIDE, CELL = range(5)
# Places in `sums`.
WINDOW, WAIT, WAITED, RESPONSE, BUSY = range(5)
# The first place of `grid` is how many cells there are to a side; where the teams of each begin follows.
FIRST_CELL = 1
# What `teams` holds of each, side by side as they are looked at together: where it stands, and when it is free.
X, Y, FREE, FIELDS = range(4)


@loop
def dispatch_block(plan: Words, counting: Words, scale: Floats, grid: Ints, teams: Floats, sums: Floats) -> None:
    """Let calls come anywhere in a square and be served; sum up what the measured ones met.

    counting: the first call. grid, teams: the teams cell by cell, all free. A team is away for the way there, the time
    on scene and the way back.
    """
    now = begin = 0.0
    for call in range(counting[0], plan[LAST]):
        now += scale[MEAN_GAP] * exponential(plan[GAP], call)
        is_measured = call >= plan[MEASURED]
        if call == plan[MEASURED]:
            begin = now
        east, north = scale[SIDE] * uniform(plan[EAST], call), scale[SIDE] * uniform(plan[NORTH], call)
        team = nearest_free(scale, grid, teams, now, east, north)
        if team < 0:
            team = first_free(teams)
        wait = max(teams[team + FREE] - now, 0.0)
        way = math.sqrt((teams[team + X] - east) ** 2 + (teams[team + Y] - north) ** 2) / scale[SPEED]
        away = 2 * way + scale[MEAN_SCENE] * exponential(plan[SCENE], call)
        teams[team + FREE] = now + wait + away
        if is_measured:
            sums[WAIT] += wait
            sums[WAITED] += wait > 0.0
            sums[RESPONSE] += wait + way
            sums[BUSY] += away
    now += scale[MEAN_GAP] * exponential(plan[GAP], plan[LAST])
    sums[WINDOW] = now - begin


@stage
def nearest_free(scale: Floats, grid: Ints, teams: Floats, now: float, east: float, north: float) -> int:
    """Return where the nearest free team lies in `teams`, of two as near the first; -1 where none is free."""
    side, cell = grid[0], scale[CELL]
    column = max(0, min(side - 1, math.floor(east / cell)))
    row = max(0, min(side - 1, math.floor(north / cell)))
    # Who stands outside the cell is at least so far.
    border = min(east - column * cell, (column + 1) * cell - east, north - row * cell, (row + 1) * cell - north)
    best = -1
    for ring in range(side):
        if best >= 0:
            reach = border + (ring - 1) * cell
            if reach > 0 and squared(teams, best, east, north) <= reach * reach:
                break
        left, right = max(0, column - ring), min(side - 1, column + ring)
        for at in range(max(0, row - ring), min(side - 1, row + ring) + 1):
            first = FIRST_CELL + at * side
            if at in (row - ring, row + ring):
                best = nearer(teams, grid[first + left], grid[first + right + 1], now, east, north, best)
            else:
                if left == column - ring:
                    best = nearer(teams, grid[first + left], grid[first + left + 1], now, east, north, best)
                if right == column + ring:
                    best = nearer(teams, grid[first + right], grid[first + right + 1], now, east, north, best)
    return best


@part
def squared(teams: Floats, at: int, east: float, north: float) -> float:
    return (teams[at + X] - east) ** 2 + (teams[at + Y] - north) ** 2


@part
def nearer(teams: Floats, first: int, last: int, now: float, east: float, north: float, best: int) -> int:
    """Return the nearest of the free teams that lie from first to before last, and the best found before."""
    least = squared(teams, best, east, north) if best >= 0 else math.inf
    for at in range(first, last, FIELDS):
        if teams[at + FREE] <= now:
            far = squared(teams, at, east, north)
            if far < least or (far == least and at < best):
                best, least = at, far
    return best


@stage
def first_free(teams: Floats) -> int:
    best = 0
    for at in range(FIELDS, len(teams), FIELDS):
        if teams[at + FREE] < teams[best + FREE]:
            best = at
    return best
