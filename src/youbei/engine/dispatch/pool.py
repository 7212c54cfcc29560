"""Very many units as columns, and who of them is near an incident: found outwards from it, no farther than matters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from youbei.engine.travel.graph import Graph
from youbei.engine.travel.search import NO_LIMIT, Workspace, started, taken, within

Ints = NDArray[np.int64]
Small = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Able:
    """Which units have one capability, where they stand, in degrees, and when they can leave."""

    unit: Small
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    ready: Small


@dataclass(frozen=True, slots=True)
class Pool:
    """Units that may be sent. Times are tenths of a second.

    node: where each stands. ready: when each can leave. The skills of unit u are `first[u]` to `first[u + 1]`, each a
    capability (a number from 0) and the people of the crew who have it. `node_first`, `node_unit`: who stands where.
    able: where those are who have each capability, for a first guess of how far to look.
    """

    node: Small
    ready: Small
    first: Ints
    capability: Small
    crew: Small
    node_first: Ints
    node_unit: Small
    is_held: NDArray[np.bool_]
    able: tuple[Able, ...]
    earliest: int

    @property
    def units(self) -> int:
        return len(self.node)


def make_pool(
    graph: Graph, *, node: ArrayLike, ready: ArrayLike, first: ArrayLike, capability: ArrayLike, crew: ArrayLike
) -> Pool:
    """Return a pool from columns; leave out beforehand whoever cannot be sent."""
    stands = np.asarray(node, np.int32)
    leaves = np.asarray(ready, np.int32)
    counts = np.bincount(stands, minlength=graph.nodes)
    node_first = np.zeros(graph.nodes + 1, np.int64)
    np.cumsum(counts, out=node_first[1:])
    order = np.argsort(stands, kind="stable").astype(np.int32)
    starts, skills = np.asarray(first, np.int64), np.asarray(capability, np.int32)
    of_unit = np.repeat(np.arange(len(stands), dtype=np.int32), np.diff(starts))
    able = tuple(able_of(graph, stands, leaves, of_unit[skills == one]) for one in range(skills.max(initial=-1) + 1))
    earliest = int(leaves.min()) if len(leaves) else 0
    return Pool(
        stands,
        leaves,
        starts,
        skills,
        np.asarray(crew, np.int32),
        node_first,
        order,
        counts > 0,
        able,
        earliest,
    )


def able_of(graph: Graph, stands: Small, leaves: Small, units: Small) -> Able:
    nodes = stands[units]
    return Able(units, graph.lat[nodes], graph.lon[nodes], leaves[units])


def spread_out(first: Ints, rows: NDArray[np.integer]) -> tuple[Ints, Ints]:
    """Return the positions that some rows hold in a list of lists, and for each position which of the rows it is of."""
    starts = first[rows]
    lengths = first[np.asarray(rows, np.int64) + 1] - starts
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    of_row = np.repeat(np.arange(len(rows)), lengths)
    return np.arange(total) + np.repeat(starts - (ends - lengths), lengths), of_row


@dataclass(frozen=True, slots=True)
class Near:
    """Who was found near an incident: units and arrivals, and the horizon before which nobody was overlooked.

    `nodes`: how many nodes of the roads were passed. `is_all`: there is nobody else who could arrive by the latest.
    """

    unit: Small
    arrival: Ints
    horizon: int
    is_all: bool
    nodes: int


def near(pool: Pool, reverse: Graph, source: int, radius: int, *, most: int, workspace: Workspace) -> Near:
    """Return the units within a radius of travel of a node (in the graph turned round), who arrive by `most`."""
    is_all = radius >= most - pool.earliest
    reach = min(radius, max(0, most - pool.earliest), NO_LIMIT)
    nodes, times = within(reverse, source, reach, workspace=workspace)
    passed = len(nodes)
    # Whoever is left to find stands beyond an arc that leads out of what was passed: none does where none is so long.
    is_all = is_all or (passed > 0 and int(times[-1]) + reverse.longest <= reach)
    return found_at(pool, nodes, times, reach, most=most, is_all=is_all)


def near_as_far_as(pool: Pool, reverse: Graph, source: int, units: Ints, *, most: int, workspace: Workspace) -> Near:
    """Return the units round a node as far as the farthest of some units, or all there are where one has no way."""
    reach = min(max(0, most - pool.earliest), NO_LIMIT)
    wanted = np.zeros(reverse.nodes, np.int32)
    wanted[started(reverse, np.unique(pool.node[units]))[0]] = 1
    enough = int(wanted.sum())
    sources = started(reverse, source)
    nodes, times = taken(
        reverse, workspace, workspace.run(reverse, *sources, limit=reach, wanted=wanted, enough=enough)
    )
    is_all = int(wanted[nodes].sum()) < enough
    return found_at(pool, nodes, times, reach if is_all else int(times[-1]), most=most, is_all=is_all)


def found_at(pool: Pool, nodes: Small, times: Small, reach: int, *, most: int, is_all: bool) -> Near:
    """Return the units that stand at nodes whose times are known."""
    passed = len(nodes)
    held = pool.is_held[nodes]
    nodes, times = nodes[held], times[held]
    at, of_row = spread_out(pool.node_first, nodes)
    unit = pool.node_unit[at]
    arrival = times[of_row].astype(np.int64) + pool.ready[unit]
    in_time = arrival <= most
    return Near(unit[in_time], arrival[in_time], reach + pool.earliest, is_all, passed)


@dataclass(frozen=True, slots=True)
class Skilled:
    """The units near an incident by what it needs: for each entry the need, the unit, its arrival and its crew."""

    need: Ints
    unit: Ints
    arrival: Ints
    crew: Ints


def skilled(pool: Pool, found: Near, needs: Ints, capabilities: Ints) -> Skilled:
    """Return who of those near has a capability that is needed; each capability is needed once at most here."""
    need_of = np.full(int(max(pool.capability.max(initial=0), capabilities.max(initial=0))) + 1, -1, np.int64)
    need_of[capabilities] = needs
    at, of_row = spread_out(pool.first, found.unit)
    need = need_of[pool.capability[at]]
    wanted = need >= 0
    at, of_row, need = at[wanted], of_row[wanted], need[wanted]
    return Skilled(need, found.unit[of_row].astype(np.int64), found.arrival[of_row], pool.crew[at].astype(np.int64))
