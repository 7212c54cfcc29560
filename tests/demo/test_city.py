"""The ground of the demo city."""

from __future__ import annotations

from youbei.demo.areas import areas
from youbei.demo.city import BRIDGES_KM, is_land, point, river_y, roads
from youbei.engine.places import Point, distance_m


def test_every_crossing_can_be_reached_from_every_other() -> None:
    nodes, edges = roads()
    reach: dict[int, list[int]] = {number: [] for number in range(len(nodes))}
    for a, b, _, _ in edges:
        reach[a].append(b)
        reach[b].append(a)
    seen, queue = {0}, [0]
    while queue:
        for near in reach[queue.pop()]:
            if near not in seen:
                seen.add(near)
                queue.append(near)
    assert len(seen) == len(nodes)
    assert 600 <= len(nodes) <= 1500


def test_only_the_bridges_cross_the_river() -> None:
    nodes, edges = roads()
    origin = point(0, 0)
    east = point(1, 0).lon - origin.lon
    north = point(0, 1).lat - origin.lat
    crossing = set()
    for a, b, _, _ in edges:
        (x1, y1), (x2, y2) = (
            ((lon - origin.lon) / east, (lat - origin.lat) / north) for lat, lon in (nodes[a], nodes[b])
        )
        if (y1 - river_y(x1)) * (y2 - river_y(x2)) < 0:
            crossing.add(round((x1 + x2) / 2))
    assert crossing == {round(x) for x in BRIDGES_KM}


def test_no_road_lies_in_the_sea() -> None:
    assert is_land(10, 5)
    assert not is_land(23, 5)
    assert not is_land(8, river_y(8))


def test_a_road_takes_at_least_as_long_as_its_straight_line_at_full_speed() -> None:
    nodes, edges = roads()
    for a, b, seconds, _ in edges:
        length = distance_m(Point(*nodes[a]), Point(*nodes[b]))
        assert seconds >= length / 22.0 - 1


def test_the_city_is_the_same_each_time() -> None:
    first = roads()
    roads.cache_clear()
    assert roads() == first


def test_every_area_is_a_closed_ring_with_both_names() -> None:
    features = areas()["features"]
    assert {"sea", "land", "water", "district", "industrial", "port"} <= {
        feature["properties"]["kind"] for feature in features
    }
    for feature in features:
        ring = feature["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1]
        assert feature["properties"]["zh"]
        assert feature["properties"]["en"]
