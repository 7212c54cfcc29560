"""A problem on a road network: its legs are the network's times."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.dispatch_instance import province
from tests.engine.dispatch.test_causes import PUMP, TOWN

from youbei.engine.dispatch.solve import solve
from youbei.engine.dispatch.ways import legs_on_roads
from youbei.engine.travel.graph import with_closed
from youbei.engine.travel.search import Workspace, to_all

LAND = province(30)
NODES = {"base": 37, "site": 801, "far": 888}


def test_legs_are_the_times_of_the_network_in_whole_seconds() -> None:
    workspace = Workspace(LAND.graph)
    legs = list(legs_on_roads(LAND.reverse, NODES, ["site"], workspace=workspace))
    times = to_all(LAND.reverse, NODES["site"], workspace=workspace)
    assert [(leg.origin, leg.seconds) for leg in legs] == [
        (name, -(-int(times[NODES[name]]) // 10)) for name in ("base", "far")
    ]
    near = list(legs_on_roads(LAND.reverse, NODES, ["site"], limit_s=1, workspace=workspace))
    assert [leg.seconds for leg in near] == [None, None]


def test_a_closed_network_leaves_nobody_a_way() -> None:
    workspace = Workspace(LAND.graph)
    closed = with_closed(LAND.reverse, arcs=range(LAND.graph.arcs))
    for roads, is_sent in ((LAND.reverse, True), (closed, False)):
        legs = tuple(legs_on_roads(roads, {"base": 37, "site": 801}, ["site"], workspace=workspace))
        answer = solve(replace(TOWN, units=(PUMP,), legs=legs))
        assert bool(answer.plan.sends) is is_sent
