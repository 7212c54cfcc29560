"""Turns that are forbidden: nodes are doubled where one is, so that a search never takes one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from youbei.engine.travel.graph import BadGraph, Graph, Longs, build


def with_turns_banned(graph: Graph, bans: Iterable[tuple[int, int]]) -> tuple[Graph, Longs]:
    """Return the graph without the turns (from arc, to arc), and for each of its arcs the arc it was.

    Each arc that a ban begins with now leads to a copy of its end, from which the arcs that may not follow are
    missing. An arc leads to its head; a ban's second arc leaves there.
    """
    if len(graph.copies):
        raise BadGraph(
            zh="该路网已处理过禁止转弯。请一次给出全部禁令。",
            en="Turns are banned in this network already. Give all the bans at once.",
        )
    banned: dict[int, set[int]] = defaultdict(set)
    for came, goes in bans:
        check_turn(graph, came, goes)
        banned[came].add(goes)
    tails, heads = graph.tail.astype(np.int64), graph.head.astype(np.int64)
    more_tails: list[int] = []
    more: list[int] = []
    copies: list[int] = []
    for came in sorted(banned):
        at, copy = int(graph.head[came]), graph.nodes + len(copies)
        copies.append(at)
        allowed = [arc for arc in range(graph.first[at], graph.first[at + 1]) if arc not in banned[came]]
        more.extend(allowed)
        more_tails.extend([copy] * len(allowed))
    return joined(graph, tails, heads, sorted(banned), more_tails, more, copies)


def joined(
    graph: Graph, tails: Longs, heads: Longs, came: list[int], more_tails: list[int], more: list[int], copies: list[int]
) -> tuple[Graph, Longs]:
    """Put the copies and their arcs behind the rest. An arc that leaves a copy keeps the end that the ban gave it."""
    heads[came] = graph.nodes + np.arange(len(came))
    copied, was = np.asarray(copies, np.int32), np.concatenate([np.arange(graph.arcs), np.asarray(more, np.int64)])
    doubled, order = build(
        np.concatenate([tails, np.asarray(more_tails, np.int64)]),
        heads[was],
        graph.weight[was],
        lat=beside(graph.lat, copied),
        lon=beside(graph.lon, copied),
        copies=copied,
    )
    return doubled, was[order]


def beside(degrees: ArrayLike, copies: Longs | ArrayLike) -> ArrayLike:
    values = np.asarray(degrees, np.float64)
    return np.concatenate([values, values[np.asarray(copies, np.int64)]])


def check_turn(graph: Graph, came: int, goes: int) -> None:
    arcs = graph.arcs
    if not (0 <= came < arcs and 0 <= goes < arcs):
        raise BadGraph(
            zh=f"禁止转弯 {came}→{goes} 所指的路不存在；编号为 0 到 {arcs - 1}。",
            en=f"The banned turn {came} to {goes} names an arc that there is not; arcs are numbered 0 to {arcs - 1}.",
        )
    at = int(graph.head[came])
    if not graph.first[at] <= goes < graph.first[at + 1]:
        raise BadGraph(
            zh=f"禁止转弯 {came}→{goes} 的两条路不相接：第一条通到节点 {at}，第二条不从那里出发。",
            en=f"The arcs of the banned turn {came} to {goes} do not meet: the first leads to node {at}, "
            "from which the second does not leave.",
        )
