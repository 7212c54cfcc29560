"""Shortest times on a graph, in tenths of a second.

The questions of dispatch run backwards: "from every unit to this incident" is a search from the incident in the graph
turned round (`reverse`). Times are whole numbers, so nodes wait in buckets, one for each tenth of a second.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from youbei.engine.errors import Refused
from youbei.engine.travel.graph import Graph, Ints
from youbei.engine.travel.spread import NONE, forget, spread, unwind

# What is said of a node that cannot be reached: later than everything.
UNREACHED = int(np.iinfo(np.int32).max)
NO_LIMIT = UNREACHED - 1
ENOUGH = np.int64(np.iinfo(np.int64).max)


class NoSuchNode(Refused):
    """Refuse a node that the network does not have."""

    status = 422


class Workspace:
    """The arrays that searches in one graph use again and again. One thread, one workspace.

    It serves every graph with as many nodes, arcs and no longer arcs: a graph, its reverse, the same with arcs closed.
    """

    def __init__(self, graph: Graph) -> None:
        self.nodes = graph.nodes
        self.time = np.full(graph.nodes, UNREACHED, np.int32)
        self.came = np.empty(graph.nodes, np.int64)
        self.touched = np.empty(graph.nodes, np.int32)
        self.order = np.empty(graph.nodes, np.int32)
        self.entry_node = np.empty(graph.arcs + graph.nodes + 1, np.int32)
        self.entry_next = np.empty(graph.arcs + graph.nodes + 1, np.int32)
        self.nothing_wanted = np.empty(0, np.int32)
        self.ring = np.empty(0, np.int32)
        self.widen(graph.longest)

    def widen(self, longest: int) -> None:
        """Have a bucket for every time that can wait: as many as the longest arc has tenths, and one."""
        size = 1 << int(longest).bit_length()
        if len(self.ring) < size:
            self.ring = np.full(size, NONE, np.int32)

    def run(
        self,
        graph: Graph,
        sources: Ints,
        starts: Ints,
        *,
        limit: int = NO_LIMIT,
        wanted: Ints | None = None,
        enough: int = int(ENOUGH),
    ) -> tuple[int, int]:
        """Search; return how many nodes were settled (they are in `order`) and how many touched.

        With `wanted`, a number for each node, stop when the settled nodes have `enough` together and no other node is
        as near as the last. The caller takes what it needs and calls `clear`.
        """
        self.widen(graph.longest)
        wanted = self.nothing_wanted if wanted is None else wanted
        settled, touched = spread(
            (graph.first, graph.head, graph.weight),
            (self.time, self.came, self.touched, self.order),
            (self.ring, self.entry_node, self.entry_next),
            (sources, starts),
            (wanted, enough),
            limit,
        )
        return int(settled), int(touched)

    def clear(self, touched: int) -> None:
        forget(self.time, self.touched, touched)


def checked(graph: Graph, nodes: ArrayLike) -> Ints:
    """Return the nodes as an array, or refuse one that there is not."""
    asked = np.atleast_1d(np.asarray(nodes, np.int64))
    wrong = asked[(asked < 0) | (asked >= graph.places)]
    if len(wrong):
        raise NoSuchNode(
            zh=f"路网没有节点 {wrong[0]}；节点编号为 0 到 {graph.places - 1}。",
            en=f"The network has no node {wrong[0]}; nodes are numbered 0 to {graph.places - 1}.",
        )
    return asked.astype(np.int32)


def started(graph: Graph, nodes: ArrayLike, starts: ArrayLike = 0) -> tuple[Ints, Ints]:
    """Return where a search starts, copies included, and the time it has there."""
    sources = checked(graph, nodes)
    times = np.broadcast_to(np.asarray(starts, np.int32), sources.shape)
    if len(graph.copies):
        for copy in np.flatnonzero(np.isin(graph.copies, sources)):
            at = np.flatnonzero(sources == graph.copies[copy])
            sources = np.append(sources, np.full(len(at), graph.places + copy, np.int32))
            times = np.append(times, times[at])
    return np.ascontiguousarray(sources), np.ascontiguousarray(times)


def folded(graph: Graph, time: Ints) -> Ints:
    """Return a time for each place from a time for each node: the earliest of it and its copies."""
    if not len(graph.copies):
        return time
    places = time[: graph.places].copy()
    np.minimum.at(places, graph.copies, time[graph.places :])
    return places


def to_all(graph: Graph, source: int, *, workspace: Workspace) -> Ints:
    """Return the time from a node to each; UNREACHED where no road leads."""
    return coverage(graph, [source], workspace=workspace)


def coverage(
    graph: Graph, sources: ArrayLike, *, workspace: Workspace, starts: ArrayLike = 0, limit: int = NO_LIMIT
) -> Ints:
    """Return for each node the time from the source that is there first; UNREACHED beyond the limit.

    `starts` is the time that a source has before it leaves, one for all or one for each. In the graph turned round
    it is the time to the nearest.
    """
    _, touched = workspace.run(graph, *started(graph, sources, starts), limit=limit)
    times = folded(graph, workspace.time.copy())
    workspace.clear(touched)
    return times


def within(graph: Graph, source: int, limit: int, *, workspace: Workspace, start: int = 0) -> tuple[Ints, Ints]:
    """Return the nodes whose time is at most the limit, the nearest first, and their times. `start` counts."""
    return taken(graph, workspace, workspace.run(graph, *started(graph, source, start), limit=min(limit, NO_LIMIT)))


def nearest_k(
    graph: Graph, source: int, wanted: Ints, k: int, *, workspace: Workspace, limit: int = NO_LIMIT, start: int = 0
) -> tuple[Ints, Ints]:
    """Return the nearest nodes that hold at least k of what is wanted, nearest first, and their times.

    `wanted` says how many there are at each node. All nodes as near as the last are among them; fewer than k are found
    where there are no more within the limit.
    """
    counts = np.concatenate([wanted, wanted[graph.copies]]).astype(np.int32)
    sources, enough = started(graph, source, start), k
    while True:
        found = workspace.run(graph, *sources, limit=min(limit, NO_LIMIT), wanted=counts, enough=enough)
        nodes, times = taken(graph, workspace, found)
        held = counts[nodes] > 0
        nodes, times = nodes[held], times[held]
        got = np.cumsum(counts[nodes])
        if len(got) and got[-1] >= k:
            near = times <= times[np.searchsorted(got, k)]
            return nodes[near], times[near]
        # A place reached at several of its copies was counted several times: look farther.
        if not len(graph.copies) or enough > counts.sum():
            return nodes, times
        enough *= 2


def taken(graph: Graph, workspace: Workspace, found: tuple[int, int]) -> tuple[Ints, Ints]:
    """Take the settled nodes and their times out of the workspace, each place once, and clear it."""
    settled, touched = found
    nodes = workspace.order[:settled].copy()
    times = workspace.time[nodes]
    workspace.clear(touched)
    if len(graph.copies) and settled:
        copies = nodes >= graph.places
        nodes[copies] = graph.copies[nodes[copies] - graph.places]
        _, once = np.unique(nodes, return_index=True)
        once.sort()
        nodes, times = nodes[once], times[once]
    return nodes, times


def many_to_many(
    graph: Graph, sources: ArrayLike, targets: ArrayLike, *, workspace: Workspace, limit: int = NO_LIMIT
) -> Ints:
    """Return the times from each source (a row) to each target (a column); UNREACHED beyond the limit.

    Each search stops when it has reached every target. Give the shorter list as the sources: of the graph turned
    round, where the targets are fewer.
    """
    rows, columns = checked(graph, sources), checked(graph, targets)
    times = np.empty((len(rows), len(columns)), np.int32)
    wanted = np.zeros(graph.nodes, np.int32)
    wanted[started(graph, columns)[0]] = 1
    enough = int(wanted.sum())
    for row, source in enumerate(rows):
        _, touched = workspace.run(graph, *started(graph, source), limit=limit, wanted=wanted, enough=enough)
        times[row] = folded(graph, workspace.time)[columns]
        workspace.clear(touched)
    return times


def route(graph: Graph, source: int, target: int, *, workspace: Workspace) -> tuple[int, Ints] | None:
    """Return the time from one node to another and the arcs of the way in order; None where no road leads there."""
    ends, _ = started(graph, target)
    wanted = np.zeros(graph.nodes, np.int32)
    wanted[ends] = 1
    sources, starts = started(graph, source)
    _, touched = workspace.run(graph, sources, starts, wanted=wanted, enough=1)
    end = ends[np.argmin(workspace.time[ends])]
    time = int(workspace.time[end])
    arcs = unwind(graph.first, workspace.came, end) if time != UNREACHED else None
    workspace.clear(touched)
    return None if arcs is None else (time, arcs)
