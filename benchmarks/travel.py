"""Travel times on large road networks against scipy's Dijkstra, on the same graph, equal in every cell.

Where pandana is installed (a contraction-hierarchy engine in C++; no part of this project needs it) it is asked for the
same matrix.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.dispatch_instance import province
from benchmarks.result import Result, most_megabytes
from youbei.engine.travel.graph import Graph, Ints, Longs
from youbei.engine.travel.search import UNREACHED, Workspace, many_to_many, to_all, within

SIDES = (320, 1010)
TURNS = 5
BOUND_TENTHS = 9000
MATRIX = (20, 500)
# An outside engine prepares a network before it answers, for a minute and more where it is large: it is not asked then.
OUTSIDE_SIDE = 320
NOWHERE_NEAR = 1e6


def run() -> Result:
    rows = []
    for side in SIDES:
        land = province(side)
        graph, workspace = land.graph, Workspace(land.graph)
        arrays = (graph.weight.astype(np.float64), graph.head, graph.first)
        roads = csr_array(arrays, shape=(graph.nodes, graph.nodes))
        sources = np.linspace(0, graph.nodes - 1, TURNS, dtype=np.int64)
        to_all(graph, int(sources[0]), workspace=workspace)
        targets = np.linspace(0, graph.nodes - 1, MATRIX[1], dtype=np.int64)
        origins = np.linspace(1, graph.nodes - 2, MATRIX[0], dtype=np.int64)
        asked = Asked(graph, workspace, roads, origins, targets)
        name = f"{graph.nodes:,}"
        rows.append(compared(name, "one to all", sources, asked.ours_all, asked.peer_all, check_all))
        rows.append(compared(name, "all within 15 min", sources, asked.ours_near, asked.peer_near, check_within))
        question = f"{MATRIX[0]} to {MATRIX[1]}"
        rows.append(compared(name, question, sources[:1], asked.ours_matrix, asked.peer_matrix, check_all))
        if find_spec("pandana") is not None and side <= OUTSIDE_SIDE:
            with aside():
                rows += outside(name, question, asked)
    return Result(
        "Travel times against scipy",
        "Seconds to travel on a drawn road network (arcs in whole tenths of a second), the same graph for both.",
        "2.5 times faster bounded, 3 times to all.",
        ("nodes", "question", "Youbei ms", "scipy ms", "ratio (above 1: faster)"),
        tuple(rows),
        "Medians over five sources, milliseconds of the processor. Asserted in the same run: every cell is equal. Most "
        "memory of the process with the larger network, both ways of asking and what they found: "
        f"{most_megabytes():,.0f} MB. A row of scipy takes {SIDES[-1] ** 2 * 8 / 1e6:.0f} MB; ours are searched one "
        "after the other in the same arrays, and keep the places that were asked for. pandana answers "
        "pairs out of a hierarchy, on all processors; preparing that is not in its milliseconds, and a closed road "
        "asks for a new one. Ours needs none.",
    )


def outside(name: str, question: str, asked: Asked) -> list[tuple[str, ...]]:
    """Ask pandana for the matrix, all pairs at once; equal in every cell, and its preparation is told apart."""
    import pandana
    import pandas

    graph = asked.graph
    tail = np.repeat(np.arange(graph.nodes), np.diff(graph.first))
    began = time.process_time()
    network = pandana.Network(
        pandas.Series(graph.lon),
        pandas.Series(graph.lat),
        pandas.Series(tail),
        pandas.Series(graph.head),
        pandas.DataFrame({"time": graph.weight.astype(np.float64)}),
        twoway=False,
    )
    prepared = time.process_time() - began
    from_node = np.repeat(asked.origins, len(asked.targets))
    to_node = np.tile(asked.targets, len(asked.origins))

    def theirs(_source: int) -> Ints:
        found = network.shortest_path_lengths(from_node, to_node, imp_name="time")
        return np.array(found).reshape(len(asked.origins), len(asked.targets))

    nodes, _, ours, peer, ratio = compared(name, question, [0], asked.ours_matrix, theirs, check_outside)
    return [
        (nodes, f"{question}, against pandana {pandana.__version__} (prepared in {prepared:.1f} s)", ours, peer, ratio)
    ]


@contextmanager
def aside() -> Iterator[None]:
    """Let what is written to standard output below Python go to standard error: our result is alone there."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def check_outside(found: np.ndarray, known: np.ndarray) -> None:
    """Pandana says of what cannot be reached that it is very far; it counts in thousandths."""
    reached = found != UNREACHED
    assert np.array_equal(found[reached], np.rint(known[reached]))
    assert (known[~reached] > NOWHERE_NEAR).all()


class Asked:
    """The same questions to both."""

    def __init__(self, graph: Graph, workspace: Workspace, roads: csr_array, origins: Longs, targets: Longs) -> None:
        self.graph, self.workspace, self.roads = graph, workspace, roads
        self.origins, self.targets = origins, targets

    def ours_all(self, source: int) -> Ints:
        return to_all(self.graph, source, workspace=self.workspace)

    def peer_all(self, source: int) -> np.ndarray:
        return dijkstra(self.roads, indices=source)

    def ours_near(self, source: int) -> tuple[Ints, Ints]:
        return within(self.graph, source, BOUND_TENTHS, workspace=self.workspace)

    def peer_near(self, source: int) -> np.ndarray:
        return dijkstra(self.roads, indices=source, limit=BOUND_TENTHS)

    def ours_matrix(self, _source: int) -> Ints:
        return many_to_many(self.graph, self.origins, self.targets, workspace=self.workspace)

    def peer_matrix(self, _source: int) -> np.ndarray:
        return dijkstra(self.roads, indices=self.origins)[:, self.targets]


def compared(
    nodes: str, question: str, sources: object, ours: Callable, peer: Callable, check: Callable
) -> tuple[str, ...]:
    mine, theirs = [], []
    for source in sources:  # type: ignore[attr-defined]
        began = time.process_time()
        found = ours(int(source))
        mine.append(time.process_time() - began)
        began = time.process_time()
        known = peer(int(source))
        theirs.append(time.process_time() - began)
        check(found, known)
    my_ms, their_ms = statistics.median(mine) * 1000, statistics.median(theirs) * 1000
    return nodes, question, f"{my_ms:.2f}", f"{their_ms:.1f}", f"{their_ms / my_ms:.1f}"


def check_all(found: np.ndarray, known: np.ndarray) -> None:
    assert np.array_equal(np.where(found == UNREACHED, np.inf, found), known)


def check_within(found: tuple[np.ndarray, np.ndarray], known: np.ndarray) -> None:
    nodes, times = found
    assert np.array_equal(np.sort(nodes), np.flatnonzero(np.isfinite(known)))
    assert np.array_equal(times.astype(np.float64), known[nodes])
