"""Instances of dispatch: a province of roads, teams clustered on towns, and storms of incidents; from fixed seeds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from youbei.engine.dispatch.places import Wants
from youbei.engine.dispatch.pool import Pool, make_pool
from youbei.engine.travel.graph import Graph, build, reverse
from youbei.engine.travel.network import along_curve

CELL_M = 250.0
CAPABILITIES = 32
TENTHS = 10
HOURS_4 = 4 * 3600 * TENTHS


@dataclass(frozen=True, slots=True)
class Province:
    """A square of so many nodes a side: the roads, and the roads turned round; the number of the node at each corner.

    Corners are counted row by row, nodes as in every network that is read: along a curve that keeps neighbours close.
    """

    side: int
    graph: Graph
    reverse: Graph
    number: NDArray[np.int64]


def province(side: int, seed: int = 1) -> Province:
    """Return a jittered grid: every 4th, 16th and 64th road faster, 12 % of local roads gone, 10 % one-way."""
    rng = np.random.default_rng(seed)
    number = np.arange(side * side).reshape(side, side)
    x = (np.arange(side) * CELL_M)[None, :] + rng.uniform(-80, 80, (side, side))
    y = (np.arange(side) * CELL_M)[:, None] + rng.uniform(-80, 80, (side, side))
    line = np.arange(side)
    speed = np.where(line % 64 == 0, 110, np.where(line % 16 == 0, 70, np.where(line % 4 == 0, 45, 28))) / 3.6
    across = (number[:, :-1].ravel(), number[:, 1:].ravel(), np.repeat(speed, side - 1))
    along = (number[:-1, :].ravel(), number[1:, :].ravel(), np.tile(speed, side - 1))
    tail = np.concatenate([across[0], along[0]])
    head = np.concatenate([across[1], along[1]])
    pace = np.concatenate([across[2], along[2]])
    keep = (pace > 28 / 3.6 + 0.1) | (rng.random(len(tail)) > 0.12)
    tail, head, pace = tail[keep], head[keep], pace[keep]
    xs, ys = x.ravel(), y.ravel()
    metres = np.hypot(xs[tail] - xs[head], ys[tail] - ys[head])
    weight = np.maximum(1, np.round(metres / pace * TENTHS)).astype(np.int64)
    both = rng.random(len(tail)) > 0.10
    tails = np.concatenate([tail, head[both]])
    heads = np.concatenate([head, tail[both]])
    lat, lon = 30 + ys / 111_320, 110 + xs / 96_000
    corners = along_curve(lat, lon)
    node = np.empty(len(corners), np.int64)
    node[corners] = np.arange(len(corners))
    times = np.concatenate([weight, weight[both]])
    graph, _ = build(node[tails], node[heads], times, lat=lat[corners], lon=lon[corners])
    return Province(side, graph, reverse(graph), node)


def teams(land: Province, count: int, seed: int = 2) -> Pool:
    """Return teams clustered on 60 towns: 1 to 3 of 32 capabilities (Zipf 0.7), 1 to 8 people for each."""
    rng = np.random.default_rng(seed)
    town = rng.uniform(0, land.side, (60, 2))
    which = rng.choice(60, count, p=(weights := rng.pareto(1.5, 60) + 0.2) / weights.sum())
    scattered = rng.random(count) < 0.15
    spot = np.where(scattered[:, None], rng.uniform(0, land.side, (count, 2)), rng.normal(town[which], land.side / 40))
    at = np.clip(spot.astype(np.int64), 0, land.side - 1)
    ready = rng.integers(60, 600, count) * TENTHS
    lent = rng.random(count) < 0.5
    # Half of the teams are another's, who agreed in seven of ten cases; 85 % of all are fit to be sent.
    can_go = (rng.random(count) < 0.85) & (~lent | (rng.random(count) < 0.7))
    share = 1 / np.arange(1, CAPABILITIES + 1) ** 0.7
    skills = rng.integers(1, 4, count)
    drawn = rng.random((count, CAPABILITIES)) ** (1 / share)
    best = np.sort(np.argsort(-drawn, axis=1)[:, :3], axis=1)
    keep = np.arange(3)[None, :] < skills[:, None]
    crew = rng.integers(1, 9, (count, 3))
    chosen = np.flatnonzero(can_go)
    lengths = skills[chosen]
    first = np.concatenate([[0], np.cumsum(lengths)])
    return make_pool(
        land.graph,
        node=land.number[at[chosen, 1] * land.side + at[chosen, 0]],
        ready=ready[chosen],
        first=first,
        capability=best[chosen][keep[chosen]],
        crew=crew[chosen][keep[chosen]],
    )


def storm(
    land: Province, incidents: int, *, counts: tuple[int, int], kinds: tuple[int, int] = (3, 6), seed: int = 3
) -> Wants:
    """Return incidents in a window of 40 % by 40 %, each needing some capabilities so many times."""
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0.1, 0.5, 2) * land.side
    spot = (corner + rng.uniform(0, 0.4 * land.side, (incidents, 2))).astype(np.int64)
    needed = [rng.choice(CAPABILITIES, rng.integers(kinds[0], kinds[1] + 1), replace=False) for _ in range(incidents)]
    incident = np.repeat(np.arange(incidents), [len(one) for one in needed])
    count = rng.integers(counts[0], counts[1] + 1, len(incident))
    weight = rng.integers(1, 6, incidents)
    return Wants(
        land.number[spot[:, 1] * land.side + spot[:, 0]],
        weight,
        incident,
        np.sort(np.concatenate(needed)) if incidents == 1 else np.concatenate(needed),
        count,
        10_000 * weight[incident],
        HOURS_4,
    )


Array = NDArray[np.int64]
