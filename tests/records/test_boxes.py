"""What lies in a box: its edges, the date line, and the same cost whatever lies outside."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.growth import steps
from youbei.engine.boxes import middle_of, read_boxes
from youbei.engine.cells import Box
from youbei.records.models import Organisation, Site, Team
from youbei.records.registers.boxes import some_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)


@pytest.fixture
def home() -> Organisation:
    return Organisation.objects.create(id=1, code="province", name_zh="省", kind="government", path="/1/")


def plant(home: Organisation, first: int, last: int) -> None:
    """Plant teams on a line to the east, ten to a degree."""
    Team.objects.bulk_create(
        Team(
            code=f"t{n}",
            name_zh=f"队{n}",
            kind="volunteer",
            turn_out_s=60,
            lat=30 + n % 10 / 10,
            lon=(n // 10) / 10 - 60,
            organisation=home,
            org_path=home.path,
        )
        for n in range(first, last)
    )


def codes(*boxes: Box) -> list[str]:
    return sorted(row.code for row in some_in(Site.objects.all(), ["/"], boxes, 100))


def test_the_edge_is_inside_and_what_is_retired_is_not(home: Organisation) -> None:
    stands = {"organisation": home, "org_path": home.path, "kind": "shelter", "name_zh": "点"}
    Site.objects.create(code="corner", lat=30, lon=120, **stands)
    Site.objects.create(code="middle", lat=30.5, lon=120.5, **stands)
    Site.objects.create(code="north", lat=31.01, lon=120.5, **stands)
    Site.objects.create(code="gone", lat=30.5, lon=120.5, retired_at=NOW, **stands)

    assert codes(Box(south=30, west=120, north=31, east=121)) == ["corner", "middle"]


def test_a_box_may_cross_the_date_line(home: Organisation) -> None:
    stands = {"organisation": home, "org_path": home.path, "kind": "shelter", "name_zh": "点"}
    for code, lon in (("west", 179.5), ("east", -179.5), ("far", 0)):
        Site.objects.create(code=code, lat=-17, lon=lon, **stands)
    across = read_boxes("179,-18,-179,-16")

    assert codes(*across) == ["east", "west"]
    assert middle_of(across) == (-17, 180)
    assert middle_of(read_boxes("10,0,20,2")) == (1, 15)


@pytest.mark.sqlite  # of tables as small as these PostgreSQL reads all, whatever is asked
@pytest.mark.parametrize("path", ["/", "/1/"])
def test_what_lies_outside_costs_nothing(home: Organisation, path: str) -> None:
    box = Box(south=30, west=-60, north=30.3, east=-59.5)
    plant(home, 0, 3000)

    def asked() -> list[int]:
        return [row.pk for row in some_in(Team.objects.all(), [path], (box,), 300)]

    few, found = steps(asked), set(asked())
    plant(home, 3000, 12000)  # to the east, and none of these in the box

    assert set(asked()) == found
    assert len(found) == 24
    assert steps(asked) < few + 300
