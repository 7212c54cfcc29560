"""Shapes are read from what people have, must hold on the ground, and are as large as they say."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.places import EARTH_RADIUS_M, Point
from youbei.engine.shape_text import read_shape, write_points
from youbei.engine.shapes import (
    ShapeRefused,
    area_m2,
    away_m,
    crossing,
    holds,
    length_m,
    outside,
    positions_of,
    thinned,
)

SQUARE = "34.60, 119.20\n34.60, 119.21\n34.61, 119.21\n34.61, 119.20"
BOW_TIE = "34.60, 119.20\n34.61, 119.21\n34.60, 119.21\n34.61, 119.20"
DEGREE_M = math.pi / 180 * EARTH_RADIUS_M


def test_points_line_by_line_make_a_closed_area() -> None:
    shape = read_shape(SQUARE)
    assert shape["type"] == "Polygon"
    assert shape["coordinates"][0][0] == shape["coordinates"][0][-1] == [119.20, 34.60]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("34.6，119.2", "Point"),
        ("34.6 119.2\n34.7 119.3", "LineString"),
        ("line\n34.6,119.2\n34.7,119.3\n34.6,119.4", "LineString"),
        ("线：\n34.6,119.2\n34.7,119.3\n34.6,119.4", "LineString"),
        ("34.6,119.2；34.7,119.3；34.6,119.4", "Polygon"),
        ('{"type":"Feature","geometry":{"type":"Point","coordinates":[119.2,34.6]},"properties":{}}', "Point"),
        ("<Placemark><Point><coordinates>119.2,34.6,0</coordinates></Point></Placemark>", "Point"),
        (
            "<Polygon><outerBoundaryIs><LinearRing><coordinates>119,34 120,34 120,35 119,34</coordinates></LinearRing>"
            "</outerBoundaryIs></Polygon>",
            "Polygon",
        ),
    ],
)
def test_what_people_have_is_read(text: str, kind: str) -> None:
    assert read_shape(text)["type"] == kind


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("here and there", "one point a line"),
        ("119.2, 34.6\n119.3, 34.6\n119.3, 34.7", "wrong way round"),
        ("34.6, 119.2\n34.7, x\n34.6, 119.4", "Point 2"),
        (BOW_TIE, "crosses itself"),
        ("area\n34.6, 119.2\n34.7, 119.3", "too few"),
        ('{"type":"Polygon","coordinates":[[[119,34],[120,34],[120,35],[119,35]]]}', "not closed"),
        ('{"type":"Polygon","coordinates":[[119,34],[120,34]]}', "cannot be read"),
        ('{"type":"Polygon","coordinates":[[[119,34],[120,34],[119.5,34],[119,34]]]}', "crosses itself"),
        ("<kml></kml>", "cannot be read"),
    ],
)
def test_what_does_not_hold_is_refused_with_a_sentence(text: str, says: str) -> None:
    with pytest.raises(ShapeRefused) as refused:
        read_shape(text)
    assert says in refused.value.text.en
    assert refused.value.text.zh


def test_the_area_is_that_of_the_ground() -> None:
    degree = read_shape("0, 0\n0, 1\n1, 1\n1, 0")
    between = EARTH_RADIUS_M**2 * math.radians(1) * math.sin(math.radians(1))
    assert area_m2(degree) == pytest.approx(between, rel=1e-3)
    assert length_m(read_shape("0, 0\n1, 0")) == pytest.approx(DEGREE_M, rel=1e-9)
    hole = json.dumps(
        {
            "type": "Polygon",
            "coordinates": [
                [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]],
                [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75], [0.25, 0.25]],
            ],
        }
    )
    assert area_m2(read_shape(hole)) == pytest.approx(between * 0.75, rel=1e-3)
    assert not holds(read_shape(hole), Point(0.5, 0.5))
    assert holds(read_shape(hole), Point(0.1, 0.5))
    assert outside(read_shape("0.4, 0.4\n0.4, 0.6\n0.6, 0.6\n0.6, 0.4"), read_shape(hole)) == 4
    assert outside(read_shape("0.1, 0.1\n0.1, 0.2\n0.2, 0.5"), read_shape(hole)) == 0


@given(
    st.integers(3, 40),
    st.floats(-60, 60),
    st.floats(-170, 170),
    st.floats(0.001, 0.2),
    st.lists(st.floats(0.3, 1.0), min_size=40, max_size=40),
)
def test_a_star_around_a_point_never_crosses_itself_and_holds_its_middle(
    corners: int, lat: float, lon: float, size: float, reaches: list[float]
) -> None:
    ring = []
    for number in range(corners):
        angle, reach = 2 * math.pi * number / corners, size * reaches[number]
        ring.append([lon + reach * math.cos(angle), lat + reach * math.sin(angle)])
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    assert crossing(shape["coordinates"][0]) is None
    if corners > 4:
        assert holds(shape, Point(lat, lon))
    assert 0 < area_m2(shape) <= (2 * size * DEGREE_M) ** 2
    assert read_shape(write_points(shape))["type"] == "Polygon"


@given(st.integers(4, 30), st.data())
def test_a_ring_with_two_corners_swapped_across_crosses_itself(corners: int, data: st.DataObject) -> None:
    ring = [
        [math.cos(2 * math.pi * number / corners), math.sin(2 * math.pi * number / corners)]
        for number in range(corners)
    ]
    first = data.draw(st.integers(0, corners - 2))
    ring[first], ring[first + 1] = ring[first + 1], ring[first]
    assert crossing([*ring, ring[0]]) is not None


@pytest.mark.parametrize(
    ("text", "kind", "first"),
    [
        ("POINT (119.2 34.6)", "Point", 119.2),
        ("point z(119.2 34.6 12)", "Point", 119.2),
        ("SRID=4490;LINESTRING(119.2 34.6, 119.3 34.7)", "LineString", [119.2, 34.6]),
        ("POLYGON((119 34,120 34,120 35,119 34),(119.4 34.1,119.6 34.1,119.6 34.2,119.4 34.1))", "Polygon", None),
        ("MULTIPOLYGON(((119 34,120 34,120 35,119 34)),((121 34,122 34,122 35,121 34)))", "MultiPolygon", None),
        ("MULTIPOINT(119 34, 120 35)", "MultiPoint", [119, 34]),
        ("MULTIPOINT((119 34), (120 35))", "MultiPoint", [119, 34]),
        ("MULTILINESTRING((119 34,120 34),(119 35,120 35.5))", "MultiLineString", None),
    ],
)
def test_well_known_text_is_read(text: str, kind: str, first: object) -> None:
    shape = read_shape(text)
    assert shape["type"] == kind
    assert first is None or shape["coordinates"][0] == first


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("POLYGON((34 119,35 119,35 120,34 119))", "longitude comes first"),
        ("POLYGON((119 34,120 34,120 35))", "not closed"),
        ("SRID=3857;POINT(13269000 4110000)", "SRID=3857"),
        ("POINT(119)", "longitude comes first"),
        ("POINT EMPTY", "cannot be read"),
        ("POLYGON((119 34,120 34", "cannot be read"),
        ("POLYGON(()", "cannot be read"),
        ("POINT(nan nan)", "longitude comes first"),
        ("MULTIPOINT((),())", "cannot be read"),
        ("POLYGON((1 2,3 4),5 6)", "cannot be read"),
        ("POLYGON" + "(" * 5000 + "1 2" + ")" * 5000, "cannot be read"),
    ],
)
def test_wrong_well_known_text_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(ShapeRefused, match=said):
        read_shape(text)


def test_the_way_to_a_shape_is_that_to_its_edge() -> None:
    square = read_shape(SQUARE)
    assert away_m(square, Point(34.605, 119.205)) == 0
    assert away_m(square, Point(34.62, 119.205)) == pytest.approx(0.01 * DEGREE_M, rel=1e-3)
    assert away_m(read_shape("line\n34.6,119.2\n34.6,119.4"), Point(34.61, 119.3)) == pytest.approx(
        0.01 * DEGREE_M, rel=1e-3
    )
    assert away_m(read_shape("34.6,119.2"), Point(34.61, 119.2)) == pytest.approx(0.01 * DEGREE_M, rel=1e-3)


@given(st.integers(5, 3000), st.integers(1, 4), st.integers(8, 500))
def test_a_thinned_area_is_an_area_with_no_more_points_than_may_be(points: int, parts: int, most: int) -> None:
    circle = [
        [119 + math.cos(2 * math.pi * n / points) / 100, 34 + math.sin(2 * math.pi * n / points) / 100]
        for n in range(points)
    ]
    shape = {"type": "MultiPolygon", "coordinates": [[[*circle, circle[0]]]] * parts}
    found = thinned(shape, most)
    assert len(list(positions_of(found))) <= max(most + 2 * parts, 6 * parts)
    assert all(part[0][0] == part[0][-1] and len(part[0]) >= 4 for part in found["coordinates"])
