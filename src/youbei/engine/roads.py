"""A road network, and travel times along it.

The graph is held as arrays. Searches run backwards from the destination, for the usual question is "how long does each
of these teams need to the incident?"; each search is kept, so the next team costs a look-up.
"""

from __future__ import annotations

import heapq
import math
from array import array
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from youbei.engine.closures import Closure, touches
from youbei.engine.errors import Refused
from youbei.engine.places import EARTH_RADIUS_M, Point, StraightLine

INFINITY = math.inf
NOWHERE = -1
# Assumption: a couple of hundred incidents and sites are asked about again and again; older searches are forgotten.
SEARCHES_KEPT = 256
POINTS_KEPT = 200_000
# Assumption: four nodes to a cell keep both the cells and the search in them small.
NODES_PER_CELL = 4


class BadRoads(Refused):
    """Refuse arrays that make no road network."""

    status = 422


@dataclass(frozen=True, slots=True)
class Search:
    """Hold what a search to one node found: seconds from each node, and the next node on the way from each."""

    seconds: array[float]
    onward: array[int]


class RoadGraph:
    """A network of nodes and directed edges with travel times in seconds.

    `edges` are (from, to, seconds); with `is_two_way` each can be driven both ways. Nodes are numbered by position.
    """

    def __init__(
        self,
        nodes: Sequence[Point],
        edges: Iterable[tuple[int, int, float]],
        *,
        is_two_way: bool = False,
        closures: Sequence[Closure] = (),
    ) -> None:
        if not nodes:
            raise BadRoads(zh="路网没有节点。请至少给一个。", en="The road network has no nodes. Give at least one.")
        self.nodes = tuple(nodes)
        incoming: list[list[tuple[int, float]]] = [[] for _ in self.nodes]
        for position, (tail, head, seconds) in enumerate(edges):
            self.check_edge(position, tail, head, seconds)
            if closures:
                seconds = self.slowed(tail, head, seconds, closures)
            incoming[head].append((tail, seconds))
            if is_two_way:
                incoming[tail].append((head, seconds))
        self.incoming = tuple(tuple(into) for into in incoming)
        self.finder = NodeFinder(self.nodes)

    def slowed(self, tail: int, head: int, seconds: float, closures: Sequence[Closure]) -> float:
        """Return the time of an edge as closures leave it; infinite where it is closed."""
        line = (self.nodes[tail], self.nodes[head])
        for one in closures:
            if touches(one.area, line):
                seconds = INFINITY if one.factor is None else seconds * one.factor
        return seconds

    @classmethod
    def from_data(cls, data: Mapping[str, Any], *, closures: Sequence[Closure] = ()) -> RoadGraph:
        """Read `{nodes: [[lat, lon]], edges: [[from, to, seconds, ...]]}`; the edges can be driven both ways."""
        try:
            nodes = [Point(float(lat), float(lon)) for lat, lon in data["nodes"]]
            edges = [(int(edge[0]), int(edge[1]), float(edge[2])) for edge in data["edges"]]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise BadRoads(
                zh=f"路网数据不完整：{error!r}。节点写作 [纬度, 经度]，道路写作 [起点, 终点, 秒]。",
                en=f"The road data are incomplete: {error!r}. Nodes are [lat, lon], edges [from, to, seconds].",
            ) from None
        return cls(nodes, edges, is_two_way=True, closures=closures)

    def check_edge(self, position: int, tail: int, head: int, seconds: float) -> None:
        count = len(self.nodes)
        if not (0 <= tail < count and 0 <= head < count):
            raise BadRoads(
                zh=f"第 {position} 条路连接的节点 {tail}–{head} 不存在；节点编号为 0 到 {count - 1}。",
                en=f"Edge {position} joins nodes {tail} and {head}; nodes are numbered 0 to {count - 1}.",
            )
        if not (math.isfinite(seconds) and seconds >= 0):
            raise BadRoads(
                zh=f"第 {position} 条路的行驶时间是 {seconds} 秒；须为不小于零的数。",
                en=f"Edge {position} takes {seconds} seconds; the time must be zero or more.",
            )

    def search_to(self, destination: int, limit_s: float = INFINITY) -> Search:
        """Return the shortest times and ways to one node from every node that is no farther than the limit.

        Dijkstra (1959), with a binary heap.
        """
        seconds = array("d", [INFINITY]) * len(self.nodes)
        onward = array("l", [NOWHERE]) * len(self.nodes)
        seconds[destination] = 0.0
        heap = [(0.0, destination)]
        incoming = self.incoming
        while heap:
            so_far, node = heapq.heappop(heap)
            if so_far > seconds[node]:
                continue
            for tail, takes in incoming[node]:
                total = so_far + takes
                if total < seconds[tail] and total <= limit_s:
                    seconds[tail] = total
                    onward[tail] = node
                    heapq.heappush(heap, (total, tail))
        return Search(seconds, onward)

    def search_from(self, sources: Sequence[int], starts: Sequence[float]) -> Sequence[float]:
        """Return for each node the seconds until the first source is there, each leaving after its `starts`."""
        outgoing: list[list[tuple[int, float]]] = [[] for _ in self.nodes]
        for head, into in enumerate(self.incoming):
            for tail, takes in into:
                outgoing[tail].append((head, takes))
        seconds = array("d", [INFINITY]) * len(self.nodes)
        heap: list[tuple[float, int]] = []
        for node, start in zip(sources, starts, strict=True):
            if start < seconds[node]:
                seconds[node] = start
                heap.append((start, node))
        heapq.heapify(heap)
        while heap:
            so_far, node = heapq.heappop(heap)
            if so_far > seconds[node]:
                continue
            for head, takes in outgoing[node]:
                if so_far + takes < seconds[head]:
                    seconds[head] = so_far + takes
                    heapq.heappush(heap, (so_far + takes, head))
        return seconds


class NodeFinder:
    """Find the node nearest to a point: nodes sorted into square cells, searched ring by ring."""

    def __init__(self, nodes: Sequence[Point]) -> None:
        self.south = min(node.lat for node in nodes)
        self.west = min(node.lon for node in nodes)
        north, east = max(node.lat for node in nodes), max(node.lon for node in nodes)
        # Over the size of a province, metres per degree of longitude at the middle latitude are exact enough.
        self.lat_m = math.radians(EARTH_RADIUS_M)
        self.lon_m = self.lat_m * max(0.01, math.cos(math.radians((self.south + north) / 2)))
        self.width_m = (east - self.west) * self.lon_m
        self.height_m = (north - self.south) * self.lat_m
        area = max(self.width_m, 1.0) * max(self.height_m, 1.0)
        self.cell_m = max(1.0, math.sqrt(area * NODES_PER_CELL / len(nodes)))
        self.places = [self.metres(node) for node in nodes]
        self.cells: dict[tuple[int, int], list[int]] = {}
        for number, (x, y) in enumerate(self.places):
            self.cells.setdefault((int(x // self.cell_m), int(y // self.cell_m)), []).append(number)
        self.columns = int(self.width_m // self.cell_m)
        self.rows = int(self.height_m // self.cell_m)

    def metres(self, point: Point) -> tuple[float, float]:
        return (point.lon - self.west) * self.lon_m, (point.lat - self.south) * self.lat_m

    def nearest(self, point: Point) -> tuple[int, float]:
        """Return the number of the nearest node and its distance in metres; of equals the lowest number."""
        x, y = self.metres(point)
        column, row = int(x // self.cell_m), int(y // self.cell_m)
        # From the first to the last ring that touches the grid, or until no farther one can hold a nearer node.
        first = max(0, -column, column - self.columns, -row, row - self.rows)
        last = max(column, self.columns - column, row, self.rows - row)
        best, best_m = NOWHERE, INFINITY
        for ring in range(first, last + 1):
            if (ring - 1) * self.cell_m > best_m:
                break
            for number in self.on_ring(column, row, ring):
                to_x, to_y = self.places[number]
                there_m = math.hypot(x - to_x, y - to_y)
                if (there_m, number) < (best_m, best):
                    best, best_m = number, there_m
        return best, best_m

    def is_beyond(self, point: Point, metres: float) -> bool:
        """Say whether all nodes are surely farther than so many metres: the point lies so far outside of all."""
        x, y = self.metres(point)
        return math.hypot(max(-x, x - self.width_m, 0.0), max(-y, y - self.height_m, 0.0)) > metres + 1.0

    def on_ring(self, column: int, row: int, ring: int) -> Iterable[int]:
        """Yield the nodes in the cells at exactly `ring` cells from a cell."""
        left, right = max(0, column - ring), min(self.columns, column + ring)
        for at_row in range(max(0, row - ring), min(self.rows, row + ring) + 1):
            is_whole = abs(at_row - row) == ring
            columns = range(left, right + 1) if is_whole else (column - ring, column + ring)
            for at_column in columns:
                yield from self.cells.get((at_column, at_row), ())


class NearestNode(Protocol):
    """Find the node nearest to a point."""

    def nearest(self, point: Point) -> tuple[int, float]: ...

    def is_beyond(self, point: Point, metres: float) -> bool: ...


class Roads(Protocol):
    """What journeys need of a network: `RoadGraph`, or one that searches faster."""

    @property
    def nodes(self) -> Sequence[Point]: ...

    @property
    def finder(self) -> NearestNode: ...

    def search_to(self, destination: int, limit_s: float = INFINITY) -> Search: ...

    def search_from(self, sources: Sequence[int], starts: Sequence[float]) -> Sequence[float]: ...


class RoadTravel:
    """Answer travel times along the roads; from and to the nearest node it is the straight line.

    A place that no road reaches is answered by the straight line all the way, with `off_road`'s detour; one that only
    closures cut off never sooner than `before` them.
    """

    def __init__(
        self,
        graph: Roads,
        *,
        off_road: StraightLine | None = None,
        searches_kept: int = SEARCHES_KEPT,
        before: RoadTravel | None = None,
    ) -> None:
        self.before = before
        self.graph = graph
        self.searches_kept = searches_kept
        self.off_road = off_road or StraightLine()
        self.searches: OrderedDict[int, Search] = OrderedDict()
        self.found: dict[Point, tuple[int, float]] = {}
        self.beside: dict[tuple[Point, float], bool] = {}

    def __call__(self, origin: Point, destination: Point) -> timedelta:
        start, to_start_m = self.nearest(origin)
        end, to_end_m = self.nearest(destination)
        on_road = self.search(end).seconds[start]
        straight = self.off_road(origin, destination)
        if start != end and on_road == INFINITY and self.before is not None:
            return max(straight, self.before(origin, destination))
        if start == end or on_road == INFINITY:
            return straight
        return self.with_ends(on_road, to_start_m + to_end_m)

    def with_ends(self, on_road_s: float, beside_m: float) -> timedelta:
        """Return a journey along roads together with the metres from and to them."""
        return timedelta(seconds=round(on_road_s + beside_m * self.off_road.detour / self.off_road.speed_m_s))

    def within(self, origins: Sequence[Point], destination: Point, *, limit: timedelta) -> tuple[timedelta | None, ...]:
        """Return the journeys to one place that take no longer than the limit, else None; nothing is remembered.

        A search that looks no farther than the limit is quick on a network of any size.
        """
        end, to_end_m = self.nearest(destination)
        seconds = self.graph.search_to(end, limit.total_seconds()).seconds
        found: list[timedelta | None] = []
        for origin in origins:
            start, to_start_m = self.nearest(origin)
            on_road = seconds[start]
            journey = None if on_road == INFINITY else self.with_ends(on_road, to_start_m + to_end_m)
            if start == end:
                journey = self.off_road(origin, destination)
            found.append(journey if journey is not None and journey <= limit else None)
        return tuple(found)

    def reached_from(self, origins: Iterable[tuple[Point, float]], *, beside_m: float) -> Sequence[float]:
        """Return for each node the seconds until the first of the origins is there, each with the time until it leaves.

        Who stands farther than `beside_m` from the nearest node is left out.
        """
        nodes, starts = [], []
        for origin, leaves_after_s in origins:
            node, metres = self.nearest(origin)
            if metres <= beside_m:
                nodes.append(node)
                starts.append(leaves_after_s + metres * self.off_road.detour / self.off_road.speed_m_s)
        return self.graph.search_from(nodes, starts)

    def route(self, origin: Point, destination: Point) -> tuple[Point, ...]:
        """Return the way as points, both ends included; a straight line where no road leads there."""
        node, _ = self.nearest(origin)
        end, _ = self.nearest(destination)
        onward = self.search(end).onward
        if node != end and onward[node] == NOWHERE:
            return (origin, destination)
        way = [origin, self.graph.nodes[node]]
        while node != end:
            node = onward[node]
            way.append(self.graph.nodes[node])
        return (*way, destination)

    def nearest(self, point: Point) -> tuple[int, float]:
        found = self.found.get(point)
        if found is None:
            if len(self.found) >= POINTS_KEPT:
                self.found.clear()
            found = self.found[point] = self.graph.finder.nearest(point)
        return found

    def is_beside(self, point: Point, metres: float) -> bool:
        """Say whether a node lies within so many metres of a point."""
        known = self.beside.get((point, metres))
        if known is None:
            if len(self.beside) >= POINTS_KEPT:
                self.beside.clear()
            is_far = point not in self.found and self.graph.finder.is_beyond(point, metres)
            known = self.beside[point, metres] = not is_far and self.nearest(point)[1] <= metres
        return known

    def search(self, destination: int) -> Search:
        """Return the search to a node, made at most once while it is remembered."""
        search = self.searches.get(destination)
        if search is None:
            search = self.searches[destination] = self.graph.search_to(destination)
            while len(self.searches) > self.searches_kept:
                self.searches.popitem(last=False)
        return search
