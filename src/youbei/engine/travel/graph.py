"""A road network as flat arrays: the arcs that leave each node lie beside one another."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from youbei.engine.errors import Refused

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

# The weight of an arc that nobody can drive.
CLOSED = -1
# Assumption: nothing on one stretch of road, ferries included, takes longer than a day (in tenths of a second).
LONGEST = 864_000
NO_COPIES: Ints = np.empty(0, np.int32)


class BadGraph(Refused):
    """Refuse arrays that make no road network."""

    status = 422


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and one-way arcs; the arcs of node i are `first[i]` to `first[i + 1]`.

    `weight` is the time in tenths of a second, at least 1, or CLOSED. The last `len(copies)` nodes stand where the
    nodes of `copies` stand: who has come by a way from which a turn is forbidden is at the copy, which lacks that turn.
    Searches start at a node and all its copies, and answer for it with the first of them that is reached, so that
    nobody else need know of copies; numbers of nodes in questions and answers are always below `places`.
    """

    first: Longs
    head: Ints
    weight: Ints
    lat: Floats
    lon: Floats
    copies: Ints = field(default_factory=lambda: NO_COPIES)

    @property
    def nodes(self) -> int:
        return len(self.first) - 1

    @property
    def places(self) -> int:
        """How many nodes there are, copies left out."""
        return self.nodes - len(self.copies)

    @property
    def arcs(self) -> int:
        return len(self.head)

    @property
    def tail(self) -> Ints:
        """The node that each arc leaves."""
        return np.repeat(np.arange(self.nodes, dtype=np.int32), np.diff(self.first))

    @property
    def longest(self) -> int:
        """The greatest weight of an arc."""
        return int(self.weight.max(initial=1))


def build(
    tail: ArrayLike, head: ArrayLike, weight: ArrayLike, *, lat: ArrayLike, lon: ArrayLike, copies: ArrayLike = ()
) -> tuple[Graph, Longs]:
    """Return the graph of these arcs, and for each of its arcs the position it had in what was given."""
    tails, heads, weights = np.asarray(tail, np.int64), np.asarray(head, np.int64), np.asarray(weight, np.int64)
    lats, lons, copied = np.asarray(lat, np.float64), np.asarray(lon, np.float64), np.asarray(copies, np.int32)
    check_places(lats, lons, copied)
    check_arcs(tails, heads, weights, count=len(lats))
    order = np.argsort(tails, kind="stable")
    first = np.zeros(len(lats) + 1, np.int64)
    np.cumsum(np.bincount(tails, minlength=len(lats)), out=first[1:])
    return Graph(first, heads[order].astype(np.int32), weights[order].astype(np.int32), lats, lons, copied), order


def check_places(lat: Floats, lon: Floats, copies: Ints) -> None:
    if not len(lat):
        raise BadGraph(zh="路网没有节点。请至少给一个。", en="The road network has no nodes. Give at least one.")
    if len(lat) != len(lon):
        raise BadGraph(
            zh=f"节点有 {len(lat)} 个纬度、{len(lon)} 个经度；两者须一样多。",
            en=f"The nodes have {len(lat)} latitudes and {len(lon)} longitudes; give as many of each.",
        )
    wrong = np.flatnonzero(~((np.abs(lat) <= 90) & (np.abs(lon) <= 180)))
    if len(wrong):
        at = int(wrong[0])
        raise BadGraph(
            zh=f"节点 {at} 的坐标 {lat[at]}, {lon[at]} 不在地球上；须为 WGS 84 度数。",
            en=f"Node {at} at {lat[at]}, {lon[at]} is not on Earth; give degrees of WGS 84.",
        )
    places = len(lat) - len(copies)
    if len(copies) and (places <= 0 or copies.min() < 0 or copies.max() >= places):
        raise BadGraph(
            zh=f"节点的副本须指向 0 到 {places - 1} 之间的节点。",
            en=f"A copy of a node must name a node from 0 to {places - 1}.",
        )


def check_arcs(tail: Longs, head: Longs, weight: Longs, *, count: int) -> None:
    if not len(tail) == len(head) == len(weight):
        raise BadGraph(
            zh=f"道路有 {len(tail)} 个起点、{len(head)} 个终点、{len(weight)} 个时间；三者须一样多。",
            en=f"The arcs have {len(tail)} tails, {len(head)} heads and {len(weight)} times; give as many of each.",
        )
    wrong = np.flatnonzero((tail < 0) | (tail >= count) | (head < 0) | (head >= count))
    if len(wrong):
        at = int(wrong[0])
        raise BadGraph(
            zh=f"第 {at} 条路连接的节点 {tail[at]}–{head[at]} 不存在；节点编号为 0 到 {count - 1}。",
            en=f"Arc {at} joins nodes {tail[at]} and {head[at]}; nodes are numbered 0 to {count - 1}.",
        )
    wrong = np.flatnonzero((weight != CLOSED) & ((weight < 1) | (weight > LONGEST)))
    if len(wrong):
        at = int(wrong[0])
        raise BadGraph(
            zh=f"第 {at} 条路的行驶时间是 {weight[at]}（十分之一秒）；须为 1 到 {LONGEST}，封闭写作 {CLOSED}。",
            en=f"Arc {at} takes {weight[at]} tenths of a second; give 1 to {LONGEST}, or {CLOSED} where it is closed.",
        )


def reverse(graph: Graph) -> Graph:
    """Return the graph with every arc turned round: a search in it goes backwards, from everywhere to one node."""
    turned, _ = reverse_with_arcs(graph)
    return turned


def reverse_with_arcs(graph: Graph) -> tuple[Graph, Longs]:
    """Return the graph turned round, and for each of its arcs the number of the arc it was."""
    order = np.argsort(graph.head, kind="stable")
    first = np.zeros(graph.nodes + 1, np.int64)
    np.cumsum(np.bincount(graph.head, minlength=graph.nodes), out=first[1:])
    return replace(graph, first=first, head=graph.tail[order], weight=graph.weight[order]), order


def with_closed(graph: Graph, *, arcs: ArrayLike, factor: float | None = None) -> Graph:
    """Return the graph with these arcs closed or, given a factor of at least 1, so many times slower.

    Arcs keep their numbers. A closed arc stays closed however it is slowed; no time is ever made shorter.
    """
    if factor is not None and not factor >= 1:
        raise BadGraph(
            zh=f"放慢的倍数是 {factor}；须不小于 1。要封闭道路，请不给倍数。",
            en=f"The factor is {factor}; it must be at least 1. To close the arcs, give no factor.",
        )
    chosen = np.unique(np.asarray(arcs, np.int64))
    if len(chosen) and (chosen[0] < 0 or chosen[-1] >= graph.arcs):
        wrong = int(chosen[0] if chosen[0] < 0 else chosen[-1])
        raise BadGraph(
            zh=f"没有编号为 {wrong} 的路；编号为 0 到 {graph.arcs - 1}。",
            en=f"There is no arc {wrong}; arcs are numbered 0 to {graph.arcs - 1}.",
        )
    weight = graph.weight.copy()
    if factor is None:
        weight[chosen] = CLOSED
    else:
        before = weight[chosen]
        slowed = np.minimum(np.ceil(before * min(factor, float(LONGEST))), LONGEST).astype(np.int32)
        weight[chosen] = np.where(before == CLOSED, CLOSED, slowed)
    return replace(graph, weight=weight)
