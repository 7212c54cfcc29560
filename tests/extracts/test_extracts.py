"""Claims about reading roads: real extracts give the networks that others found, tables are read in both forms."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from youbei.content import driving
from youbei.engine.places import Point, distance_m
from youbei.engine.travel.graph import Graph
from youbei.engine.travel.network import Network, NoRoads, network, packed, unpacked, with_sirens
from youbei.engine.travel.search import UNREACHED, Workspace, many_to_many, to_all
from youbei.extracts.osm import BadExtract, cut, read_extract
from youbei.extracts.tables import BadTables, read_tables

ROADS = Path(__file__).parents[3] / "shared" / "data" / "roads"
outside = pytest.mark.skipif(not ROADS.is_dir(), reason="../shared/data/roads is not there")

SMALL = """<osm version="0.6">
<node id="1" lat="30" lon="120"/><node id="2" lat="30" lon="120.01"/><node id="3" lat="30" lon="120.02"/>
<node id="4" lat="30.01" lon="120.01"/>
<node id="5" lat="30.005" lon="120.01"><tag k="barrier" v="BARRIER"/></node>
<way id="11"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>
<way id="12"><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="maxspeed" v="50"/></way>
<way id="13"><nd ref="2"/><nd ref="5"/><nd ref="4"/><tag k="highway" v="residential"/></way>
<way id="14"><nd ref="4"/><nd ref="3"/><tag k="highway" v="footway"/></way>
<relation id="21"><member type="way" ref="11" role="from"/><member type="node" ref="2" role="via"/>
<member type="way" ref="12" role="to"/><tag k="type" v="restriction"/>
<tag k="restriction" v="no_right_turn"/></relation>
</osm>"""


def small(tmp_path: Path, barrier: str) -> Network:
    path = tmp_path / "small.osm"
    path.write_text(SMALL.replace("BARRIER", barrier))
    return network(cut(read_extract(path, driving())))


def test_a_bollard_stops_and_a_gate_does_not(tmp_path: Path) -> None:
    assert small(tmp_path, "gate").graph.places == 4
    shut = small(tmp_path, "bollard")
    assert not np.isclose(shut.graph.lat, 30.01).any()


def test_a_forbidden_turn_leaves_a_copy_and_the_limit_sets_the_speed(tmp_path: Path) -> None:
    made = small(tmp_path, "gate")
    assert len(made.graph.copies) == 1
    fifty = [arc for arc in range(made.graph.arcs) if made.kinds[made.kind[arc]] == "residential"]
    speeds = made.metres[fifty] / made.graph.weight[fifty] * 36
    assert np.isclose(speeds, 40, rtol=0.01).any()
    assert (made.siren <= made.graph.weight).all()


def test_a_network_survives_being_packed(tmp_path: Path) -> None:
    made = small(tmp_path, "gate")
    again = unpacked(packed(made), kinds=made.kinds, left_out=made.left_out)
    assert packed(again) == packed(made)


@outside
@pytest.mark.outside_data
@pytest.mark.parametrize(
    ("name", "nodes", "arcs"),
    [
        ("andorra.osm.pbf", 1700, 3384),
        ("monaco.osm.pbf", 2081, 4012),
        ("liechtenstein-latest.osm.pbf", 3410, 7595),
        ("Helsinki.osm.pbf", 887, 1522),
    ],
)
def test_real_extracts_have_the_size_that_others_found(name: str, nodes: int, arcs: int) -> None:
    graph = network(cut(read_extract(ROADS / name, driving()))).graph
    assert graph.places == pytest.approx(nodes, rel=0.02)
    assert graph.arcs == pytest.approx(arcs, rel=0.02)


@outside
@pytest.mark.outside_data
def test_the_table_form_of_jemss_is_read_and_its_matrix_is_that_of_scipy(tmp_path: Path) -> None:
    with zipfile.ZipFile(ROADS / "jemss-manhattan" / "roads.zip") as archive:
        archive.extractall(tmp_path)
    made = network(read_tables(tmp_path / "nodes.csv", tmp_path / "arcs.csv"))
    graph = made.graph
    assert (graph.places, graph.arcs) == (16_811, 24_437)
    some = np.arange(0, 16_811, 1681)
    sparse = csr_matrix((graph.weight, graph.head, graph.first), (graph.nodes, graph.nodes))
    peer = dijkstra(sparse, indices=some)[:, some]
    ours = many_to_many(graph, some, some, workspace=Workspace(graph))
    assert (ours == np.where(np.isinf(peer), UNREACHED, peer)).all()


def test_faulty_files_are_refused_with_sentences(tmp_path: Path) -> None:
    broken, nodes, arcs = tmp_path / "x.osm.pbf", tmp_path / "n.csv", tmp_path / "a.csv"
    broken.write_bytes(b"no such thing")
    with pytest.raises(BadExtract, match="no complete extract"):
        read_extract(broken, driving())
    nodes.write_text("id,lat,lon\n1,30,120\n2,30,121\n")
    arcs.write_text("from,to,seconds\n1,9,5\n")
    with pytest.raises(BadTables, match=r"Line 2 of a\.csv"):
        read_tables(nodes, arcs)
    arcs.write_text("a,b\n")
    with pytest.raises(BadTables, match="no header"):
        read_tables(nodes, arcs)
    arcs.write_text("from,to,seconds\n")
    with pytest.raises(NoRoads, match="no road"):
        network(read_tables(nodes, arcs))
    arcs.write_text("from,to,seconds\n1,2,5\n")
    with pytest.raises(NoRoads, match="there and back"):
        network(read_tables(nodes, arcs))


@pytest.mark.parametrize(
    ("nodes", "arcs", "says"),
    [
        ("id,lat,lon\n,30,120\n", "from,to,seconds\n1,1,5\n", r"Line 2 of n\.csv is wrong: a cell is empty"),
        ("id,lat,lon\n1,,120\n", "from,to,seconds\n1,1,5\n", r"Line 2 of n\.csv is wrong: a cell is empty"),
        ("id,lat,lon\n1,30,120\n1,31,120\n", "from,to,seconds\n1,1,5\n", "stands above already"),
        ("id,lat,lon\n1,30,120\n", "from,to,seconds\n,1,5\n", r"Line 2 of a\.csv is wrong: a cell is empty"),
        ("id,lat,lon\n1,30,120\n", "from,to,seconds\n1,1,inf\n", "no driving time"),
        ("id,lat,lon\n1,30,120\n", "from,to,seconds,siren_seconds\n1,1,5,-5\n", "no driving time"),
    ],
)
def test_cells_that_are_empty_doubled_or_endless_are_named(tmp_path: Path, nodes: str, arcs: str, says: str) -> None:
    (tmp_path / "n.csv").write_text(nodes)
    (tmp_path / "a.csv").write_text(arcs)
    with pytest.raises(BadTables, match=says):
        read_tables(tmp_path / "n.csv", tmp_path / "a.csv")


ISLAND = """<osm version="0.6">
<node id="1" lat="30" lon="120"/><node id="2" lat="30" lon="120.01"/><node id="3" lat="30" lon="120.02"/>
<node id="4" lat="30" lon="120.05"/><node id="5" lat="30" lon="120.06"/><node id="6" lat="30.003" lon="120.015"/>
<node id="7" lat="30" lon="120.09"/>
<way id="11"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>
<way id="12"><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/><tag k="oneway" v="ONEWAY"/></way>
<way id="13"><nd ref="3"/><nd ref="6"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="oneway" v="ONEWAY"/></way>
<way id="14"><nd ref="3"/><nd ref="4"/><tag k="route" v="ferry"/><tag k="duration" v="00:20"/></way>
<way id="15"><nd ref="4"/><nd ref="5"/><tag k="route" v="ferry"/></way>
<way id="16"><nd ref="5"/><nd ref="7"/><tag k="route" v="ferry"/><tag k="motor_vehicle" v="no"/></way>
</osm>"""


def seconds_between(made: Network, graph: Graph, *pairs: tuple[float, float]) -> list[float]:
    """Return the seconds from one longitude to another, on the parallel of 30 degrees."""

    def at(lon: float) -> int:
        return int(np.flatnonzero(np.isclose(made.graph.lat, 30) & np.isclose(made.graph.lon, lon))[0])

    workspace = Workspace(graph)
    return [float(to_all(graph, at(tail), workspace=workspace)[at(head)]) / 10 for tail, head in pairs]


@pytest.mark.parametrize(("sign", "there", "back"), [("yes", "short", "long"), ("-1", "long", "short")])
def test_one_way_roads_are_driven_one_way(tmp_path: Path, sign: str, there: str, back: str) -> None:
    path = tmp_path / "island.osm"
    path.write_text(ISLAND.replace("ONEWAY", sign))
    made = network(cut(read_extract(path, driving())))
    one, other = seconds_between(made, made.graph, (120.01, 120.02), (120.02, 120.01))
    lengths = {"short": min(one, other), "long": max(one, other)}
    assert lengths["long"] > 1.15 * lengths["short"]
    assert (one, other) == (lengths[there], lengths[back])


def test_a_ferry_takes_its_time_with_and_without_a_siren_and_one_for_walkers_is_none(tmp_path: Path) -> None:
    path = tmp_path / "island.osm"
    path.write_text(ISLAND.replace("ONEWAY", "no"))
    made = network(cut(read_extract(path, driving())))
    assert not np.isclose(made.graph.lon, 120.09).any()
    siren = with_sirens(made)
    for graph in (made.graph, siren):
        timed, back, untimed = seconds_between(made, graph, (120.02, 120.05), (120.05, 120.02), (120.05, 120.06))
        assert timed == back == pytest.approx(1200, abs=0.2)
        metres = distance_m(Point(30, 120.05), Point(30, 120.06))
        assert untimed == pytest.approx(metres / driving().ferry * 3.6, abs=0.2)
    (usual,), (fast,) = (seconds_between(made, graph, (120.0, 120.01)) for graph in (made.graph, siren))
    assert usual == pytest.approx(fast * driving().siren_factor, rel=0.01)


def test_tables_may_say_what_a_siren_saves(tmp_path: Path) -> None:
    (tmp_path / "nodes.csv").write_text("id,lat,lon\n1,30,120\n2,30,120.01\n")
    (tmp_path / "arcs.csv").write_text("from,to,seconds,siren_seconds\n1,2,60,40\n2,1,70,\n")
    made = network(read_tables(tmp_path / "nodes.csv", tmp_path / "arcs.csv"))
    pairs = ((120.0, 120.01), (120.01, 120.0))
    assert seconds_between(made, made.graph, *pairs) == [60, 70]
    assert seconds_between(made, with_sirens(made), *pairs) == [40, 70]
