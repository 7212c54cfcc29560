"""Claims about roads: shortest times are shortest, routes take as long as they say, the nearest node is the nearest."""

from __future__ import annotations

import csv
import io
import math
import zipfile
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.places import Point, StraightLine, distance_m
from youbei.engine.roads import INFINITY, SEARCHES_KEPT, BadRoads, RoadGraph, RoadTravel

HERE = Point(30.0, 120.0)
Edge = tuple[int, int, float]
offsets = st.floats(-0.2, 0.2, allow_nan=False)
points = st.builds(lambda lat, lon: Point(30 + lat, 120 + lon), offsets, offsets)


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[Point], list[Edge]]:
    nodes = draw(st.lists(points, min_size=1, max_size=12))
    ends = st.integers(0, len(nodes) - 1)
    return nodes, draw(st.lists(st.tuples(ends, ends, st.integers(0, 50).map(float)), max_size=40))


def bellman_ford(count: int, edges: list[Edge], destination: int) -> list[float]:
    """Find the times to a node by relaxing every edge until nothing changes: slow, and plainly right."""
    seconds = [INFINITY] * count
    seconds[destination] = 0.0
    changed = True
    while changed:
        changed = False
        for tail, head, takes in edges:
            if seconds[head] + takes < seconds[tail]:
                seconds[tail] = seconds[head] + takes
                changed = True
    return seconds


@given(network=networks())
def test_shortest_times_are_those_of_the_plain_method(network: tuple[list[Point], list[Edge]]) -> None:
    nodes, edges = network
    graph = RoadGraph(nodes, edges)
    for destination in range(len(nodes)):
        assert list(graph.search_to(destination).seconds) == bellman_ford(len(nodes), edges, destination)


@given(network=networks(), origins=st.lists(points, max_size=4), to=points, minutes=st.integers(0, 60))
def test_a_search_with_a_limit_finds_the_journeys_of_a_full_one_that_keep_it(
    network: tuple[list[Point], list[Edge]], origins: list[Point], to: Point, minutes: int
) -> None:
    graph, limit = RoadGraph(*network), timedelta(minutes=minutes)
    travel = RoadTravel(graph)
    found = travel.within(origins, to, limit=limit)
    full = graph.search_to(travel.nearest(to)[0]).seconds
    for origin, journey in zip(origins, found, strict=True):
        is_reached = full[travel.nearest(origin)[0]] < INFINITY
        asked = travel(origin, to)
        assert journey == (asked if is_reached and asked <= limit else None)


@given(network=networks())
def test_a_way_takes_as_long_as_the_search_says(network: tuple[list[Point], list[Edge]]) -> None:
    nodes, edges = network
    graph = RoadGraph(nodes, edges)
    shortest: dict[tuple[int, int], float] = {}
    for tail, head, takes in edges:
        shortest[tail, head] = min(takes, shortest.get((tail, head), INFINITY))
    search = graph.search_to(0)
    for start in range(len(nodes)):
        if math.isfinite(search.seconds[start]):
            way = [start]
            while way[-1] != 0:
                way.append(search.onward[way[-1]])
            assert sum(shortest[leg] for leg in pairwise(way)) == pytest.approx(search.seconds[start])


@given(nodes=st.lists(points, min_size=1, max_size=60), point=st.one_of(points, st.builds(Point, offsets, offsets)))
def test_the_nearest_node_is_the_nearest(nodes: list[Point], point: Point) -> None:
    finder = RoadGraph(nodes, []).finder
    x, y = finder.metres(point)
    distances = [math.hypot(x - to_x, y - to_y) for to_x, to_y in map(finder.metres, nodes)]
    number, there_m = finder.nearest(point)
    assert there_m == min(distances)
    assert number == distances.index(there_m)
    assert not finder.is_beyond(point, there_m)


def test_distances_to_the_nearest_node_are_metres() -> None:
    nodes = [Point(30.0, 120.0), Point(30.1, 120.1)]
    point = Point(30.001, 120.002)
    assert RoadGraph(nodes, []).finder.nearest(point)[1] == pytest.approx(distance_m(nodes[0], point), rel=1e-3)


def town() -> RoadGraph:
    """A square of four corners with one slow and one fast way round, and a fifth corner that no road reaches."""
    corners = [Point(30.0, 120.0), Point(30.0, 120.02), Point(30.02, 120.02), Point(30.02, 120.0), Point(30.5, 120.5)]
    return RoadGraph(corners, [(0, 1, 60), (1, 2, 60), (0, 3, 300), (3, 2, 300)], is_two_way=True)


def test_the_faster_way_is_driven_and_shown() -> None:
    graph = town()
    travel = RoadTravel(graph)
    start, end = graph.nodes[0], graph.nodes[2]
    assert travel(start, end) == timedelta(seconds=120)
    assert travel.route(start, end) == (start, start, graph.nodes[1], end, end)


def test_the_way_to_and_from_the_road_is_counted() -> None:
    travel = RoadTravel(town())
    off = Point(29.999, 120.0)
    extra = distance_m(off, Point(30.0, 120.0)) * travel.off_road.detour / travel.off_road.speed_m_s
    assert travel(off, Point(30.02, 120.02)) == timedelta(seconds=round(120 + extra))


def test_where_no_road_leads_the_straight_line_is_the_estimate() -> None:
    graph = town()
    travel = RoadTravel(graph)
    assert travel(graph.nodes[0], graph.nodes[4]) == StraightLine()(graph.nodes[0], graph.nodes[4])
    assert travel.route(graph.nodes[0], graph.nodes[4]) == (graph.nodes[0], graph.nodes[4])


def test_two_places_at_one_corner_are_a_straight_line_apart() -> None:
    travel = RoadTravel(town())
    a, b = Point(30.0001, 120.0), Point(29.9999, 120.0)
    assert travel(a, b) == StraightLine()(a, b)
    assert travel(a, a) == timedelta(0)


def test_searches_are_kept_and_old_ones_forgotten() -> None:
    nodes = [Point(30 + i / 1000, 120.0) for i in range(SEARCHES_KEPT + 10)]
    travel = RoadTravel(RoadGraph(nodes, [(i, i + 1, 1.0) for i in range(len(nodes) - 1)], is_two_way=True))
    first = travel.search(0)
    assert travel.search(0) is first
    for node in nodes:
        travel(nodes[0], node)
    assert len(travel.searches) == SEARCHES_KEPT


@pytest.mark.parametrize(
    ("edge", "sentence"),
    [((0, 9, 1.0), "nodes are numbered 0 to 0"), ((0, 0, -1.0), "must be zero or more"), ((0, 0, math.nan), "nan")],
)
def test_an_edge_that_cannot_be_is_refused(edge: Edge, sentence: str) -> None:
    with pytest.raises(BadRoads, match=sentence):
        RoadGraph([HERE], [edge])


def test_a_network_without_nodes_is_refused() -> None:
    with pytest.raises(BadRoads, match="no nodes"):
        RoadGraph([], [])


def test_stored_roads_can_be_driven_both_ways() -> None:
    graph = RoadGraph.from_data({"nodes": [[30.0, 120.0], [30.01, 120.0]], "edges": [[0, 1, 45, "main"]]})
    assert RoadTravel(graph)(graph.nodes[1], graph.nodes[0]) == timedelta(seconds=45)


@pytest.mark.parametrize("data", [{}, {"nodes": [[1]], "edges": []}, {"nodes": [[30, 120]], "edges": [[0, "x", 1]]}])
def test_road_data_that_are_incomplete_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(BadRoads, match="incomplete"):
        RoadGraph.from_data(data)


@pytest.mark.outside_data
def test_a_real_road_network_gives_the_times_of_the_plain_method(outside_data: Callable[[str], Path]) -> None:
    archive = zipfile.ZipFile(outside_data("roads/jemss-manhattan/roads.zip"))

    def rows(name: str) -> list[list[str]]:
        return list(csv.reader(io.TextIOWrapper(archive.open(name), encoding="utf-8")))

    nodes = [Point(float(row[2]), float(row[1])) for row in rows("nodes.csv")[2:] if len(row) > 3 and row[0]]
    edges = [
        (int(float(row[1])) - 1, int(float(row[2])) - 1, float(row[3]) * 86400)
        for row in rows("arcs.csv")[6:]
        if len(row) > 4 and row[0]
    ]
    assert (len(nodes), len(edges)) == (16_811, 24_437)
    search = RoadGraph(nodes, edges).search_to(4321)
    plain = bellman_ford(len(nodes), edges, 4321)
    assert all(math.isfinite(seconds) for seconds in search.seconds)  # one strongly connected part
    assert list(search.seconds) == pytest.approx(plain, abs=1e-6)
