"""The map: what lies in the box that is looked at, whatever else there is; layers; closed roads; who sees what."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from tests.growth import assert_queries_do_not_grow
from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.records.models import Incident, Organisation, RoadClosure, Site, Team, Vehicle
from youbei.records.reports.city_map import MOST_MARKS

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
NEAR = "119.0,34.0,119.6,35.0"


def unit(code: str, parent: Organisation, lat: float, lon: float) -> Organisation:
    values = {"code": code, "name_zh": code, "kind": "rescue", "parent": parent.code, "lat": lat, "lon": lon}
    return save("organisation", **values)


def save(name: str, **values: Any) -> Any:
    return save_record(register=content.registers()[name], values=values, by=None, now=NOW)


def plant(home: Organisation, prefix: str, number: int, lat: float, lon: float) -> None:
    Team.objects.bulk_create(
        Team(
            code=f"{prefix}{n}",
            name_zh=f"{prefix}{n}",
            kind="volunteer",
            turn_out_s=60,
            lat=lat + n % 20 / 1000,
            lon=lon + n // 20 / 1000,
            organisation=home,
            org_path=home.path,
        )
        for n in range(number)
    )


def asked(browser: Client, query: str = "") -> dict[str, Any]:
    answer = browser.get(f"/map/data.json?{query}")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def names(data: dict[str, Any], layer: str) -> list[str]:
    return [one["properties"]["name"] for one in data["features"] if one["properties"]["layer"] == layer]


def test_a_box_has_what_lies_in_it_and_nothing_else(browser: Client, town: Organisation) -> None:
    plant(town, "near", 3, 34.5, 119.2)
    plant(town, "far", 3, 36.5, 117.0)
    gone = Team.objects.get(code="near2")
    gone.retired_at = NOW
    gone.save()

    assert names(asked(browser, f"bbox={NEAR}"), "team") == ["near0", "near1"]
    assert len(names(asked(browser), "team")) == 5


def test_a_mark_opens_its_record_and_a_vehicle_says_since_when(browser: Client, town: Organisation) -> None:
    row = Vehicle.objects.create(
        code="v1", name_zh="指挥车", kind="command", plate="苏G12345", organisation=town, org_path=town.path,
        lat=34.6, lon=119.2, placed_at=NOW,
    )  # fmt: skip
    (mark,) = [one["properties"] for one in asked(browser)["features"] if one["properties"]["layer"] == "vehicle"]

    assert mark["address"] == f"/registers/vehicle/{row.pk}/"
    assert mark["note"] == "苏G12345 · place reported 11-27 16:00"
    assert browser.get(mark["address"]).status_code == 200


def test_too_many_are_shown_as_units_whose_numbers_open_exactly_these(browser: Client, town: Organisation) -> None:
    stations = [unit(f"station-{n}", town, 34.2 + n / 10, 119.2) for n in range(5)]
    for number, station in enumerate(stations):
        plant(station, f"s{number}-", 100 + number, 34.2 + number / 10, 119.2)
    data = asked(browser, f"bbox={NEAR}&layers=team")
    heaps = {one["properties"]["name"]: one["properties"] for one in data["features"]}

    assert {name: heap["number"] for name, heap in heaps.items()} == {f"station-{n}": 100 + n for n in range(5)}
    assert heaps["station-3"]["note"] == "Teams: 103"
    page = browser.get(heaps["station-3"]["address"]).content.decode()
    assert {code.partition("-")[0] for code in re.findall(r"s\d-\d+", page)} == {"s3"}
    assert data["crowded"] == []
    # One of them looked at alone: few enough to be shown one by one.
    assert len(names(asked(browser, "bbox=119.1,34.49,119.3,34.53&layers=team"), "team")) == 103


def test_where_no_unit_has_a_place_some_are_shown_and_it_is_said(browser: Client, town: Organisation) -> None:
    Organisation.objects.update(lat=None, lon=None)
    plant(town, "many", MOST_MARKS + 5, 34.5, 119.2)
    data = asked(browser, "layers=team")

    assert len(names(data, "team")) == MOST_MARKS
    assert data["crowded"] == ["Teams"]
    assert "Too many to show here: zoom in." in browser.get("/map/").content.decode()


def test_layers_are_left_out_by_the_address(browser: Client, town: Organisation) -> None:
    plant(town, "one", 1, 34.5, 119.2)
    Site.objects.create(
        code="hall", kind="shelter", name_zh="礼堂", organisation=town, org_path=town.path, lat=34.5, lon=119.2
    )
    assert names(asked(browser, "layers=site"), "team") == []
    assert "礼堂" in names(asked(browser, "layers=site"), "site")
    page = browser.get("/map/?layers=site").content.decode()
    assert 'href="/map/?layers=team,site"' in page
    assert "one0" not in page
    assert browser.get("/map/?layers=").status_code == 200


def test_closed_roads_lie_on_the_map(browser: Client, town: Organisation) -> None:
    known = {"occurred_at": NOW, "known_at": NOW, "reported_at": NOW, "source": "call", "entered_by": "officer"}
    where = {"organisation": town, "org_path": town.path, "lat": 34.5, "lon": 119.2}
    incident = Incident.objects.create(
        number="I-1", title="塌方", category="natural", kind="landslide", **known, **where
    )
    RoadClosure.objects.create(
        incident=incident, area=[[34.5, 119.2], [34.6, 119.2], [34.6, 119.3]], reason="塌方阻断", closed_at=NOW
    )
    (closed,) = [one for one in asked(browser)["features"] if one["properties"]["layer"] == "closed"]

    assert closed["geometry"]["coordinates"][0][0] == closed["geometry"]["coordinates"][0][-1] == [119.2, 34.5]
    assert "塌方阻断" in browser.get("/map/").content.decode()


@pytest.mark.parametrize("wrong", ["1,2,3", "a,b,c,d", "0,50,10,40", "0,91,0,95", "nan,0,1,1", "1,2,3,4,5"])
def test_a_box_that_is_none_is_refused_in_words(browser: Client, wrong: str) -> None:
    answer = browser.get("/map/data.json", {"bbox": wrong})

    assert answer.status_code == 400
    assert "bbox" in answer.content.decode()


def test_a_stranger_and_a_neighbour_see_nothing_of_it(stranger: Any, town: Organisation) -> None:
    plant(town, "many", MOST_MARKS + 5, 34.5, 119.2)
    elsewhere = Organisation.objects.create(
        code="far", kind="government", name_zh="远县", path="/9/", lat=34.5, lon=119.2
    )
    neighbour = client_of(user_with(Role.REGISTRAR, elsewhere, name="neighbour", language="en"))
    stations = [unit(f"station-{n}", town, 34.2 + n / 10, 119.2) for n in range(5)]

    assert asked(neighbour, f"bbox={NEAR}")["features"] == []
    page = neighbour.get("/map/").content.decode()
    assert not any(station.code in page for station in stations)
    assert client_of(stranger).get("/map/data.json").status_code in (302, 403)


def test_more_records_ask_the_database_no_more_often(town: Organisation) -> None:
    numbers = iter(range(100))
    user = user_with(Role.REGISTRAR, town, name="reader", language="en")

    def show() -> None:
        assert client_of(user).get(f"/map/data.json?bbox={NEAR}").status_code == 200

    assert_queries_do_not_grow(show, lambda: plant(town, f"p{next(numbers)}-", 50, 34.5, 119.2))


def test_the_same_over_the_api(browser: Client, town: Organisation, officer: Any) -> None:
    plant(town, "near", 2, 34.5, 119.2)
    found = browser.get("/api/map", {"bbox": NEAR, "layers": "team"}).json()

    assert [one["name"]["zh"] for one in found["teams"]] == ["near0", "near1"]
    assert found["sites"] == []
    assert browser.get("/api/map", {"bbox": "x"}).status_code == 400


def test_decimal_places_do_not_lose_a_record_on_the_edge(browser: Client, town: Organisation) -> None:
    plant(town, "edge", 1, 34.525, 119.2)  # between two stripes
    assert names(asked(browser, "bbox=119.2,34.525,119.2,34.525"), "team") == ["edge0"]


ZONE = {"type": "Polygon", "coordinates": [[[119.2, 34.6], [119.3, 34.6], [119.3, 34.7], [119.2, 34.6]]]}
DYKE = {"type": "LineString", "coordinates": [[119.2, 34.6], [119.4, 34.65]]}


def test_how_far_a_place_reaches_lies_on_the_map(browser: Client, town: Organisation) -> None:
    flood = {"code": "flood", "name_zh": "行洪区", "organisation": town.code, "lat": 34.63, "lon": 119.25}
    hazard = save("hazard_point", **flood, geometry=ZONE)
    dyke = {"code": "dyke", "name_zh": "海堤", "organisation": town.code, "kind": "berth", "lat": 34.62, "lon": 119.3}
    save("site", **dyke, geometry=DYKE)
    data = asked(browser, f"bbox={NEAR}")
    found = {one["properties"]["name"]: one for one in data["features"] if one["properties"]["layer"] == "extent"}
    assert found["行洪区"]["geometry"] == ZONE
    assert found["海堤"]["geometry"] == DYKE
    assert found["行洪区"]["properties"]["address"] == f"/registers/hazard_point/{hazard.pk}/"
    assert names(asked(browser, f"bbox={NEAR}&layers=site"), "extent") == ["海堤"]
    page = browser.get("/map/").content.decode()
    assert re.search(r'<path class="extent extent-hazard" d="M[^"]+Z"><title>行洪区', page)
    assert re.search(r'<path class="extent extent-site is-line" d="M[^"Z]+"><title>海堤', page)
    hazard.retired_at = NOW
    hazard.save()
    assert names(asked(browser), "extent") == ["海堤"]


def test_an_outline_of_very_many_points_does_not_make_the_map_heavy(browser: Client, town: Organisation) -> None:
    ring = [[119 + n / 100_000, 34.5 + (n % 2) / 1_000_000] for n in range(15_000)] + [[119.1, 34.0]]
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    for number in range(4):
        place = {"code": f"s{number}", "name_zh": "区", "organisation": town.code, "lat": 34.63, "lon": 119.25}
        row = save("site", **place, kind="shelter")
        Site.objects.filter(pk=row.pk).update(geometry=shape)
    found = [one for one in asked(browser)["features"] if one["properties"]["layer"] == "extent"]
    assert len(found) == 4
    assert sum(len(one["geometry"]["coordinates"][0]) for one in found) <= 20_000


def test_an_area_lies_on_the_map_although_its_point_is_off_the_screen(browser: Client, town: Organisation) -> None:
    far = {"organisation": town.code, "lat": 38.0, "lon": 122.0}
    save("hazard_point", code="flood", name_zh="行洪区", **far, geometry=ZONE)
    save("site", code="dyke", name_zh="海堤", kind="berth", **far, geometry=DYKE)
    nowhere = save("hazard_point", code="cloud", name_zh="扩散区", organisation=town.code, geometry=ZONE)
    assert nowhere.lat is None
    inside = asked(browser, "bbox=119.25,34.62,119.26,34.63")
    assert sorted(names(inside, "extent")) == ["扩散区", "行洪区"]
    beside = asked(browser, "bbox=119.201,34.69,119.21,34.7")  # in the box around the zone, and not in the zone
    assert names(beside, "extent") == []
    assert names(asked(browser, "bbox=119.35,34.6,119.4,34.7"), "extent") == ["海堤"]
    save("hazard_point", code="fire", name_zh="火场", **far)
    assert browser.get("/map/").status_code == 200
