"""Claims about searches: they agree with the plain method and with scipy, bounded or not, forwards and backwards."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from engine.travel.networks import Drawn, networks, plain
from youbei.engine.places import Point
from youbei.engine.roads import RoadGraph
from youbei.engine.travel.graph import BadGraph, Graph, build, reverse, reverse_with_arcs, with_closed
from youbei.engine.travel.journeys import FastRoads
from youbei.engine.travel.search import (
    UNREACHED,
    NoSuchNode,
    Workspace,
    coverage,
    many_to_many,
    nearest_k,
    route,
    to_all,
    within,
)


@given(network=networks())
def test_times_are_those_of_the_plain_method(network: Drawn) -> None:
    graph = network.graph()
    workspace = Workspace(graph)
    for source in range(graph.nodes):
        assert to_all(graph, source, workspace=workspace).tolist() == plain(graph, source)


@given(network=networks())
def test_a_backward_search_gives_the_column_of_the_matrix(network: Drawn) -> None:
    graph = network.graph()
    workspace, turned, everywhere = Workspace(graph), reverse(graph), range(graph.nodes)
    matrix = many_to_many(graph, everywhere, everywhere, workspace=workspace)
    for target in everywhere:
        assert to_all(turned, target, workspace=workspace).tolist() == matrix[:, target].tolist()


@given(network=networks(), limit=st.integers(0, 200), start=st.integers(0, 100))
def test_a_bounded_search_finds_all_within_the_limit_in_order_of_time(network: Drawn, limit: int, start: int) -> None:
    graph = network.graph()
    workspace = Workspace(graph)
    for source in range(graph.nodes):
        nodes, times = within(graph, source, limit, workspace=workspace, start=start)
        expected = {n: t + start for n, t in enumerate(plain(graph, source)) if t + start <= limit}
        assert dict(zip(nodes.tolist(), times.tolist(), strict=True)) == expected
        assert len(nodes) == len(expected)
        assert times.tolist() == sorted(times.tolist())


@given(network=networks(), data=st.data())
def test_coverage_is_the_earliest_of_the_single_searches(network: Drawn, data: st.DataObject) -> None:
    graph = network.graph()
    ends = st.integers(0, graph.nodes - 1)
    starts = data.draw(st.dictionaries(ends, st.integers(0, 3000), min_size=1))
    limit = data.draw(st.integers(0, 3100))
    times = coverage(graph, list(starts), starts=list(starts.values()), limit=limit, workspace=Workspace(graph))
    for node in range(graph.nodes):
        first = min(start + plain(graph, source)[node] for source, start in starts.items())
        assert times[node] == (first if first <= limit else UNREACHED)


@given(network=networks(), data=st.data())
def test_the_nearest_that_hold_enough_are_found_with_all_that_are_as_near(network: Drawn, data: st.DataObject) -> None:
    graph = network.graph()
    size = graph.nodes
    held = np.array(data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size)), np.int32)
    k = data.draw(st.integers(1, 10))
    nodes, times = nearest_k(graph, 0, held, k, workspace=Workspace(graph))
    reached = sorted((t, n) for n, t in enumerate(plain(graph, 0)) if t != UNREACHED and held[n])
    got = 0
    expected = []
    for time, node in reached:
        if got >= k and time > expected[-1][0]:
            break
        got += int(held[node])
        expected.append((time, node))
    assert sorted(zip(times.tolist(), nodes.tolist(), strict=True)) == expected


@given(network=networks())
def test_a_way_takes_as_long_as_it_says_and_its_arcs_follow_each_other(network: Drawn) -> None:
    graph = network.graph()
    workspace = Workspace(graph)
    for target in range(graph.nodes):
        found = route(graph, 0, target, workspace=workspace)
        shortest = plain(graph, 0)[target]
        if found is None:
            assert shortest == UNREACHED
            continue
        time, arcs = found
        assert time == shortest == graph.weight[arcs].sum()
        stops = [0, *graph.head[arcs].tolist()]
        assert graph.tail[arcs].tolist() == stops[:-1]
        assert stops[-1] == target


@given(network=networks(), data=st.data(), factor=st.none() | st.floats(1, 1e9))
def test_closing_or_slowing_arcs_never_makes_anything_faster(
    network: Drawn, data: st.DataObject, factor: float | None
) -> None:
    graph = network.graph()
    arcs = data.draw(st.lists(st.integers(0, graph.arcs - 1))) if graph.arcs else []
    worse = with_closed(graph, arcs=arcs, factor=factor)
    everywhere = range(graph.nodes)
    before = many_to_many(graph, everywhere, everywhere, workspace=Workspace(graph))
    after = many_to_many(worse, everywhere, everywhere, workspace=Workspace(worse))
    assert (after >= before).all()
    assert after.tolist() == [plain(worse, node) for node in everywhere]


@given(network=networks())
def test_turning_a_graph_round_twice_gives_the_same_roads(network: Drawn) -> None:
    graph = network.graph()
    turned, arcs = reverse_with_arcs(graph)
    assert turned.head.tolist() == graph.tail[arcs].tolist()
    assert turned.tail.tolist() == graph.head[arcs].tolist()
    again = reverse(turned)

    def roads(of: Graph) -> list[tuple[int, ...]]:
        return sorted(zip(of.tail.tolist(), of.head.tolist(), of.weight.tolist(), strict=True))

    assert roads(again) == roads(graph)


def grid(side: int, *, seed: int = 7) -> Graph:
    """Draw a town: streets on a grid, a tenth of them one-way, times at random."""
    draw = np.random.default_rng(seed)
    node = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [np.c_[node[:, :-1].ravel(), node[:, 1:].ravel()], np.c_[node[:-1].ravel(), node[1:].ravel()]]
    )
    both = draw.random(len(pairs)) > 0.1
    tail = np.concatenate([pairs[:, 0], pairs[both, 1]])
    head = np.concatenate([pairs[:, 1], pairs[both, 0]])
    weight = draw.integers(50, 400, len(tail))
    graph, _ = build(tail, head, weight, lat=30 + node.ravel() // side * 0.002, lon=120 + node.ravel() % side * 0.002)
    return graph


def test_the_matrix_equals_that_of_scipy() -> None:
    graph = grid(60)
    sources, targets = np.arange(0, 3600, 97), np.arange(11, 3600, 61)
    matrix = many_to_many(graph, sources, targets, workspace=Workspace(graph))
    sparse = csr_matrix((graph.weight, graph.head, graph.first), (graph.nodes, graph.nodes))
    peer = dijkstra(sparse, indices=sources)[:, targets]
    assert (matrix == np.where(np.isinf(peer), UNREACHED, peer)).all()


def test_a_workspace_leaves_nothing_behind() -> None:
    graph = grid(20)
    workspace = Workspace(graph)
    fresh = to_all(graph, 5, workspace=Workspace(graph)).tolist()
    within(graph, 7, 300, workspace=workspace)
    nearest_k(graph, 9, np.ones(400, np.int32), 3, workspace=workspace)
    route(graph, 1, 399, workspace=workspace)
    assert to_all(graph, 5, workspace=workspace).tolist() == fresh
    assert (workspace.ring == -1).all()
    assert (workspace.time == UNREACHED).all()


def test_a_workspace_widens_for_slower_roads() -> None:
    graph = grid(5)
    workspace = Workspace(graph)
    slow = with_closed(graph, arcs=range(graph.arcs), factor=1000)
    times = to_all(graph, 0, workspace=workspace)
    assert to_all(slow, 0, workspace=workspace).tolist() == (times * 1000).tolist()


@pytest.mark.parametrize(
    ("arcs", "says"),
    [
        ([(0, 9, 5)], "joins nodes 0 and 9"),
        ([(0, 1, 0)], "takes 0 tenths"),
        ([(0, 1, 864_001)], "takes 864001 tenths"),
    ],
)
def test_arcs_that_make_no_network_are_refused_with_a_sentence(arcs: list[tuple[int, int, int]], says: str) -> None:
    tail, head, weight = zip(*arcs, strict=True)
    with pytest.raises(BadGraph) as refused:
        build(tail, head, weight, lat=[30, 30], lon=[120, 120.1])
    assert says in refused.value.text.en
    assert refused.value.text.zh


def test_places_off_the_earth_and_no_places_are_refused() -> None:
    with pytest.raises(BadGraph, match="not on Earth"):
        build([], [], [], lat=[30, float("nan")], lon=[120, 120])
    with pytest.raises(BadGraph, match="no nodes"):
        build([], [], [], lat=[], lon=[])


def test_a_node_or_an_arc_that_there_is_not_is_refused() -> None:
    graph = grid(3)
    with pytest.raises(NoSuchNode, match="no node 9"):
        to_all(graph, 9, workspace=Workspace(graph))
    with pytest.raises(BadGraph, match="no arc 99"):
        with_closed(graph, arcs=[99])
    with pytest.raises(BadGraph, match="at least 1"):
        with_closed(graph, arcs=[0], factor=0.5)


@given(network=networks(), data=st.data())
def test_the_fast_roads_say_who_is_first_from_many_places_as_the_plain_ones_do(
    network: Drawn, data: st.DataObject
) -> None:
    graph = network.graph()
    at = data.draw(st.lists(st.integers(0, graph.nodes - 1), min_size=1, max_size=5))
    starts = [float(data.draw(st.integers(0, 300))) for _ in at]
    nodes = [Point(float(lat), float(lon)) for lat, lon in zip(graph.lat, graph.lon, strict=True)]
    edges = (
        (tail, int(graph.head[arc]), float(graph.weight[arc]) / 10)
        for tail in range(graph.nodes)
        for arc in range(int(graph.first[tail]), int(graph.first[tail + 1]))
    )
    fast = FastRoads(graph).search_from(at, starts)
    assert list(fast) == pytest.approx(list(RoadGraph(nodes, edges).search_from(at, starts)))


@pytest.mark.parametrize("metres", [0.0, 500.0, 3000.0, 60_000.0])
def test_a_point_is_beyond_the_fast_roads_where_the_nearest_node_is_farther(metres: float) -> None:
    graph, _ = build([0, 1, 1, 2], [1, 0, 2, 1], [5, 5, 5, 5], lat=[30.0, 30.01, 30.3], lon=[120.0, 120.02, 120.1])
    finder = FastRoads(graph).finder
    for north in range(-20, 21):
        point = Point(30.15 + north / 20, 120.0 + north * north / 100)
        assert finder.is_beyond(point, metres) == (finder.nearest(point)[1] > metres)
