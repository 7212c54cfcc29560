"""Claims about the nearest road: it is the nearest, and where there is none near, that is said."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.places import Point, distance_m
from youbei.engine.travel.graph import build
from youbei.engine.travel.snap import NOWHERE, cells, snap

spots = st.builds(Point, st.floats(29, 31), st.floats(119, 121))
anywhere = st.builds(Point, st.floats(-80, 80), st.floats(40, 170))


@given(nodes=st.lists(spots, min_size=1, max_size=60), points=st.lists(spots | anywhere, min_size=1, max_size=10))
def test_the_nearest_node_is_found(nodes: list[Point], points: list[Point]) -> None:
    graph, _ = build([], [], [], lat=[n.lat for n in nodes], lon=[n.lon for n in nodes])
    found, metres = snap(cells(graph), [p.lat for p in points], [p.lon for p in points])
    for point, node, away in zip(points, found.tolist(), metres.tolist(), strict=True):
        nearest = min(distance_m(point, other) for other in nodes)
        assert math.isclose(away, nearest, rel_tol=1e-9, abs_tol=1e-3)
        assert math.isclose(distance_m(point, nodes[node]), nearest, rel_tol=1e-9, abs_tol=1e-3)


def test_a_place_far_from_every_road_is_said_to_be() -> None:
    graph, _ = build([], [], [], lat=[30.0], lon=[120.0])
    found, metres = snap(cells(graph), [30.001, 30.1], [120.0, 120.0], beyond_m=500)
    assert found.tolist() == [0, NOWHERE]
    assert 111 < metres[0] < 112
    assert metres[1] == math.inf
