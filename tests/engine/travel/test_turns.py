"""Claims about forbidden turns: no way takes one, everything else is as it was, and nobody sees the copies."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.travel.networks import Drawn, networks
from youbei.engine.travel.graph import BadGraph, Graph, build, reverse
from youbei.engine.travel.search import UNREACHED, Workspace, many_to_many, nearest_k, route, to_all, within
from youbei.engine.travel.snap import cells, snap
from youbei.engine.travel.turns import with_turns_banned


def turns(graph: Graph) -> list[tuple[int, int]]:
    return [
        (arc, onward)
        for arc in range(graph.arcs)
        for onward in range(graph.first[graph.head[arc]], graph.first[graph.head[arc] + 1])
    ]


def by_arcs(graph: Graph, source: int, bans: set[tuple[int, int]]) -> list[int]:
    """Find the times from a node, arc after arc instead of node after node: slow, and plainly right."""
    at_end = {arc: UNREACHED for arc in range(graph.arcs)}
    for arc in range(graph.first[source], graph.first[source + 1]):
        at_end[arc] = int(graph.weight[arc])
    changed = True
    while changed:
        changed = False
        for arc, onward in turns(graph):
            if (arc, onward) in bans or at_end[arc] == UNREACHED:
                continue
            arrives = at_end[arc] + int(graph.weight[onward])
            if arrives < at_end[onward]:
                at_end[onward] = arrives
                changed = True
    times = [UNREACHED] * graph.nodes
    for arc, arrives in at_end.items():
        times[graph.head[arc]] = min(times[graph.head[arc]], arrives)
    times[source] = 0
    return times


@given(network=networks(), data=st.data())
def test_times_are_those_of_ways_that_take_no_forbidden_turn(network: Drawn, data: st.DataObject) -> None:
    graph = network.graph()
    every = turns(graph)
    bans = set(data.draw(st.lists(st.sampled_from(every)))) if every else set()
    banned, arcs = with_turns_banned(graph, bans)
    workspace, everywhere = Workspace(banned), range(graph.nodes)
    expected = [by_arcs(graph, source, bans) for source in everywhere]
    assert many_to_many(banned, everywhere, everywhere, workspace=workspace).tolist() == expected
    turned = reverse(banned)
    for target in everywhere:
        column = [row[target] for row in expected]
        assert to_all(turned, target, workspace=workspace).tolist() == column
        nodes, times = within(turned, target, 90, workspace=workspace)
        near = {n: t for n, t in enumerate(column) if t <= 90}
        assert dict(zip(nodes.tolist(), times.tolist(), strict=True)) == near
        assert len(nodes) == len(near)
        held = np.ones(graph.nodes, np.int32)
        for way in (turned, banned):
            nodes, times = nearest_k(way, target, held, 3, workspace=workspace)
            all_times = sorted(t for t in (column if way is turned else expected[target]) if t != UNREACHED)
            third = all_times[min(2, len(all_times) - 1)]
            assert times.tolist() == [t for t in all_times if t <= third]
    for target in everywhere:
        found = route(banned, 0, target, workspace=workspace)
        if found is None:
            assert expected[0][target] == UNREACHED
        else:
            way = arcs[found[1]].tolist()
            assert found[0] == expected[0][target] == graph.weight[way].sum()
            assert not bans & set(itertools.pairwise(way))


def crossing() -> Graph:
    graph, _ = build(
        [0, 1, 1, 2], [1, 2, 3, 1], [10, 10, 10, 10], lat=[30, 30, 30, 30.1], lon=[120, 120.1, 120.2, 120.1]
    )
    return graph


def test_a_driver_goes_on_and_turns_back_where_the_turn_is_forbidden() -> None:
    graph = crossing()
    banned, _ = with_turns_banned(graph, [(0, 2)])
    assert to_all(graph, 0, workspace=Workspace(graph)).tolist() == [0, 10, 20, 20]
    assert to_all(banned, 0, workspace=Workspace(banned)).tolist() == [0, 10, 20, 40]


def test_a_place_never_snaps_to_a_copy() -> None:
    banned, _ = with_turns_banned(crossing(), [(0, 2)])
    assert banned.nodes == 5
    nodes, _ = snap(cells(banned), banned.lat, banned.lon)
    assert nodes.tolist() == [0, 1, 2, 3, 1]


def test_turns_that_are_none_are_refused() -> None:
    graph = crossing()
    with pytest.raises(BadGraph, match="do not meet"):
        with_turns_banned(graph, [(1, 0)])
    with pytest.raises(BadGraph, match="names an arc"):
        with_turns_banned(graph, [(0, 44)])
    banned, _ = with_turns_banned(graph, [(0, 2)])
    with pytest.raises(BadGraph, match="already"):
        with_turns_banned(banned, [(0, 2)])
