"""Journeys on a large network, for those who ask with points and expect `RoadTravel`."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

import numpy as np

from youbei.engine.places import Point
from youbei.engine.roads import INFINITY, NOWHERE, Search
from youbei.engine.travel.graph import Graph, reverse_with_arcs
from youbei.engine.travel.search import NO_LIMIT, UNREACHED, Workspace, coverage, started
from youbei.engine.travel.snap import NOWHERE as NO_NODE
from youbei.engine.travel.snap import cells, snap
from youbei.engine.travel.spread import NONE

TENTHS = 10


class Nodes(Sequence[Point]):
    """The places of the nodes, made one by one when asked for."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def __len__(self) -> int:
        return self.graph.nodes

    def __getitem__(self, node: int) -> Point:  # type: ignore[override]
        return Point(float(self.graph.lat[node]), float(self.graph.lon[node]))

    def __iter__(self) -> Iterator[Point]:
        return (self[node] for node in range(len(self)))


class Finder:
    """Find the node nearest to a point."""

    def __init__(self, graph: Graph) -> None:
        self.cells = cells(graph)

    def nearest(self, point: Point) -> tuple[int, float]:
        nodes, metres = snap(self.cells, point.lat, point.lon)
        return int(nodes[0]), float(metres[0])

    def is_beyond(self, point: Point, metres: float) -> bool:
        """Say whether no node is so near; far outside a network that is seen at once, and the nearest found late."""
        nodes, _ = snap(self.cells, point.lat, point.lon, beyond_m=metres)
        return bool(nodes[0] == NO_NODE)


class FastRoads:
    """A graph that `RoadTravel` can search: compiled, and with turns that are forbidden. One thread at a time."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.turned, _ = reverse_with_arcs(graph)
        self.tail = self.turned.tail
        self.workspace = Workspace(self.turned)
        self.nodes: Sequence[Point] = Nodes(graph)
        self.finder = Finder(graph)

    def search_from(self, sources: Sequence[int], starts: Sequence[float]) -> Sequence[float]:
        """Return for each node the seconds until the first source is there, each leaving after its `starts`."""
        seconds = np.full(self.graph.places, INFINITY)
        if len(sources):
            leaves = np.full(self.graph.places, np.iinfo(np.int32).max, np.int32)
            np.minimum.at(leaves, np.asarray(sources), np.ceil(np.asarray(starts) * TENTHS).astype(np.int32))
            nodes = np.unique(np.asarray(sources, np.int32))
            times = coverage(self.graph, nodes, starts=leaves[nodes], workspace=Workspace(self.graph))
            reached = times[: self.graph.places] != UNREACHED
            seconds[reached] = times[: self.graph.places][reached] / TENTHS
        return array("d", seconds.tobytes())

    def search_to(self, destination: int, limit_s: float = INFINITY) -> Search:
        """Return the shortest times and ways to one node from every node that is no farther than the limit."""
        work = self.workspace
        sources, starts = started(self.turned, destination)
        limit = NO_LIMIT if limit_s == INFINITY else min(NO_LIMIT, int(limit_s * TENTHS))
        _, touched = work.run(self.turned, sources, starts, limit=limit)
        reached = work.time != UNREACHED
        seconds = np.full(self.graph.nodes, INFINITY)
        seconds[reached] = work.time[reached] / TENTHS
        onward = np.full(self.graph.nodes, NOWHERE, np.int64)
        came = np.flatnonzero(reached & (np.where(reached, work.came, NONE) != NONE))
        onward[came] = self.tail[work.came[came]]
        onward[np.isin(onward, sources)] = destination
        work.clear(touched)
        return Search(array("d", seconds.tobytes()), array("q", onward.tobytes()))
