"""What has an outline is found by it: wherever its point is, once, and only where it does reach."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from tests.growth import steps
from youbei import content
from youbei.actions.access import create_user
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.engine.cells import Box
from youbei.engine.shapes import meets
from youbei.records import extents
from youbei.records.models import Extent, HazardPoint, Organisation, Site, User
from youbei.records.registers import outlined
from youbei.records.registers.boxes import some_in
from youbei.records.registers.filters import ALL, Filters
from youbei.records.registers.placed import BoxWalk, PlacedWalk
from youbei.records.triggers import missing

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
SITE, HAZARD = content.registers()["site"], content.registers()["hazard_point"]
HERE = Box(119.0, 34.0, 119.5, 34.5)
# A corner in HERE, and the point far to the north of it.
REACHES = [[119.4, 34.4], [119.9, 34.4], [119.9, 36.0], [119.4, 36.0]]
# Its extent holds HERE, but the two arms of it pass by to the south and to the east.
PASSES = [[118, 33], [121, 33], [121, 36], [120, 36], [120, 33.5], [118, 33.5]]
# Holds HERE whole: none of its edges and none of its corners is inside.
AROUND = [[118, 33], [121, 33], [121, 36], [118, 36]]


def area(corners: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}


@pytest.fixture
def home() -> Organisation:
    return Organisation.objects.create(id=1, code="province", name_zh="省", kind="government", path="/1/")


@pytest.fixture
def user(home: Organisation) -> User:
    return create_user(by=None, now=NOW, username="reader", grants=((Role.REGISTRAR, home),))


def site(home: Organisation, code: str, lat: float = 36.0, lon: float = 119.9, **more: Any) -> Site:
    stands = {"organisation": home, "org_path": home.path, "name_zh": code, "kind": "shelter"}
    return Site.objects.create(code=code, lat=lat, lon=lon, **{**stands, **more})


def pages(user: User, box: Box = HERE, size: int = 2, register: Any = SITE, filters: Filters = ALL) -> list[str]:
    walk = BoxWalk(register, user, filters, NOW, (box,))
    page, found = walk.next_page("", size), []
    while True:
        found += [row.code for row in page.rows]
        if page.next_cursor is None:
            return found
        page = walk.next_page(page.next_cursor, size)


def on_map(home: Organisation, box: Box = HERE) -> list[str]:
    return sorted(row.code for row in some_in(Site.objects.all(), [home.path], (box,), 100))


def test_an_area_is_found_where_it_reaches_and_not_where_its_extent_does(home: Organisation, user: User) -> None:
    site(home, "reaches", geometry=area(REACHES))
    site(home, "passes", geometry=area(PASSES))
    site(home, "around", geometry=area(AROUND))
    site(home, "point", lat=34.1, lon=119.1)
    site(home, "beyond")
    site(home, "line", geometry={"type": "LineString", "coordinates": [[118.9, 34.4], [119.1, 34.6]]})
    site(home, "corner", geometry={"type": "LineString", "coordinates": [[118.9, 34.5], [119.0, 34.6]]})
    site(home, "gone", geometry=area(REACHES), retired_at=NOW)
    assert sorted(pages(user)) == on_map(home) == ["around", "line", "point", "reaches"]


def test_the_outline_says_where_an_area_is_on_a_layer_and_the_map_has_its_mark_besides(
    home: Organisation, user: User
) -> None:
    site(home, "marked-here", lat=34.1, lon=119.1, geometry=area([[110, 30], [111, 30], [111, 31]]))
    assert pages(user) == []
    assert on_map(home) == ["marked-here"]


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_pages_have_each_once(home: Organisation, user: User, size: int) -> None:
    for n in range(11):
        site(home, f"area-{n}", geometry=area(REACHES if n % 2 else PASSES), lat=34.1, lon=119.1)
        site(home, f"point-{n}", lat=34.2, lon=119.2)
    found = pages(user, size=size)
    assert len(found) == len(set(found)) == 5 + 11
    shelters = pages(user, size=size, filters=Filters(words={"kind": "hospital"}))
    assert shelters == []


def test_pages_have_each_once_where_more_overlap_than_are_tried(
    home: Organisation, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlined, "MOST_TRIED", 4)
    monkeypatch.setattr(outlined, "AT_ONCE", 2)
    monkeypatch.setattr(outlined, "MOST_POINTS", 8)
    for n in range(23):
        site(home, f"area-{n}", geometry=area([REACHES, PASSES, AROUND][n % 3]))
    site(home, "point", lat=34.2, lon=119.2)
    found = pages(user, size=5)
    assert len(found) == len(set(found))
    assert set(found) == {"point", *(f"area-{n}" for n in range(23) if n % 3 != 1)}


def test_a_neighbour_is_not_shown_an_area_that_reaches_here(home: Organisation) -> None:
    other = Organisation.objects.create(id=2, code="other", name_zh="邻", kind="government", path="/2/")
    neighbour = create_user(by=None, now=NOW, username="neighbour", grants=((Role.REGISTRAR, other),))
    site(home, "reaches", geometry=area(REACHES))
    assert pages(neighbour) == []
    assert on_map(other) == []


def test_what_is_moved_or_loses_its_outline_is_found_where_it_is_then(home: Organisation, user: User) -> None:
    row = site(home, "park", geometry=area(REACHES))
    save_record(register=SITE, values={"geometry": area(PASSES)}, by=None, now=NOW, pk=row.pk)
    assert pages(user) == []
    Site.objects.filter(pk=row.pk).update(geometry=area(AROUND))
    assert pages(user) == ["park"]
    save_record(register=SITE, values={"geometry": None}, by=None, now=NOW, pk=row.pk)
    assert pages(user) == []
    assert not Extent.objects.exists()
    Site.objects.filter(pk=row.pk).update(lat=34.1, lon=119.1)
    assert pages(user) == ["park"]
    Site.objects.filter(pk=row.pk).update(geometry=area(PASSES))
    Site.objects.filter(pk=row.pk).delete()
    assert not Extent.objects.exists()


def test_an_area_without_a_point_is_on_the_layer(home: Organisation, user: User) -> None:
    HazardPoint.objects.bulk_create(
        HazardPoint(code=code, name_zh=code, organisation=home, org_path=home.path, geometry=shape)
        for code, shape in (("flood", area(REACHES)), ("nowhere", None))
    )
    assert pages(user, register=HAZARD) == ["flood"]
    assert [row.code for row in PlacedWalk(HAZARD, user, ALL, NOW).next_page("", 5).rows] == ["flood"]


@pytest.mark.parametrize(
    ("shape", "extent"),
    [
        ({"type": "Point", "coordinates": [119, 34]}, (119, 34, 119, 34)),
        ({"type": "MultiPoint", "coordinates": [[119, 34, 8], [118.5, 35, 900]]}, (118.5, 34, 119, 35)),
        ({"type": "LineString", "coordinates": [[119, 34], [120, 33]]}, (119, 33, 120, 34)),
        ({"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]], [[-5, 6], [7, 8]]]}, (-5, 2, 7, 8)),
        (area(REACHES), (119.4, 34.4, 119.9, 36.0)),
        ({"type": "MultiPolygon", "coordinates": [area(REACHES)["coordinates"], area(AROUND)["coordinates"]]},
         (118, 33, 121, 36)),
    ],
    ids=lambda one: one["type"] if isinstance(one, dict) else "",
)  # fmt: skip
def test_the_database_reckons_the_extent_of_every_kind(
    home: Organisation, shape: dict[str, Any], extent: tuple[float, ...]
) -> None:
    row = site(home, "one", geometry=shape)
    asked = Extent.objects.filter(model="site", record_id=row.pk).values_list("west", "south", "east", "north")
    assert asked.get() == extent
    breadth = Extent.objects.get().breadth
    assert extent[2] - extent[0] <= extents.BREADTHS[breadth]
    assert not breadth or extent[2] - extent[0] > extents.BREADTHS[breadth - 1]


@pytest.mark.parametrize("nothing", [None, {}, {"type": "Polygon", "coordinates": []}, [], "x"])
def test_what_is_no_outline_has_no_extent_and_stops_nobody(home: Organisation, user: User, nothing: Any) -> None:
    site(home, "odd", lat=34.1, lon=119.1, geometry=nothing)
    assert not Extent.objects.exists()
    assert pages(user) == ["odd"]


def test_outlines_of_before_are_reckoned_in_batches(home: Organisation, user: User) -> None:
    for n in range(7):
        site(home, f"area-{n}", geometry=area(REACHES))
    before = list(Extent.objects.order_by("record_id").values_list("record_id", "breadth", "west", "north"))
    Extent.objects.all().delete()
    assert pages(user) == []
    extents.fill(connection, at_once=3)
    assert list(Extent.objects.order_by("record_id").values_list("record_id", "breadth", "west", "north")) == before


def test_a_trigger_that_is_gone_is_missed(home: Organisation) -> None:
    assert missing(connection) == []
    extents.remove(connection)
    assert len(missing(connection)) == 3 * len(extents.OUTLINED)


@pytest.mark.sqlite  # of tables as small as these PostgreSQL reads all, whatever is asked
def test_outlines_elsewhere_cost_nothing(home: Organisation, user: User) -> None:
    def plant(first: int, last: int) -> None:
        Site.objects.bulk_create(
            Site(code=f"s{n}", name_zh="园", kind="shelter", lat=10, lon=n / 100 - 170, organisation=home,
                 org_path=home.path, geometry=area([[n / 100 - 170, 9], [n / 100 - 169.99, 9], [n / 100 - 170, 11]]))
            for n in range(first, last)
        )  # fmt: skip

    def asked() -> list[str]:
        return pages(user, size=50)

    site(home, "reaches", geometry=area(REACHES))
    plant(0, 1500)
    few = steps(asked)
    plant(1500, 12000)
    assert asked() == ["reaches"]
    assert steps(asked) < few + 300


@pytest.mark.parametrize(
    ("shape", "is_met"),
    [
        (area(AROUND), True),
        (area(PASSES), False),
        ({"type": "Polygon", "coordinates": [[*AROUND, AROUND[0]],
          [[118.5, 33.5], [120, 33.5], [120, 35], [118.5, 35], [118.5, 33.5]]]}, False),
        ({"type": "LineString", "coordinates": [[118, 34.2], [121, 34.3]]}, True),
        ({"type": "LineString", "coordinates": [[119.25, 33], [119.25, 36]]}, True),
        ({"type": "LineString", "coordinates": [[118.8, 34.3], [119.2, 34.8]]}, False),
        ({"type": "LineString", "coordinates": [[118.8, 34.5], [119.2, 34.5]]}, True),
        ({"type": "MultiPoint", "coordinates": [[118, 34.2], [121, 34.3]]}, False),
        ({"type": "Point", "coordinates": [119.5, 34.5]}, True),
    ],
)  # fmt: skip
def test_a_shape_meets_a_box_where_they_have_a_point_in_common(shape: dict[str, Any], is_met: bool) -> None:
    assert meets(shape, HERE) is is_met
