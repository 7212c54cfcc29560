"""Layers for the maps of others, as OGC API - Features has them (OGC 17-069r4)."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import jsonschema
import pytest
import schemathesis

from api.callers import Answer, Caller, make_caller
from api.town import REPORT
from youbei.actions import clock
from youbei.actions.registers.save import save_record
from youbei.actions.roads import close_roads
from youbei.api.features.answers import CRS84
from youbei.engine.access import Role
from youbei.engine.places import Point
from youbei.engine.registers.register import Register
from youbei.records.log import verify_log
from youbei.records.models import Incident, LogEntry, Organisation, Site, Team
from youbei.records.registers.tables import register_called

ROOT = "/features"
TEAMS = f"{ROOT}/collections/team/items"
POSITION = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3}
RING = {"type": "array", "items": POSITION, "minItems": 4}
LINK = {"type": "object", "required": ["href", "rel", "type"], "properties": {"href": {"pattern": "^http://"}}}


def geometry(kind: str, coordinates: dict[str, Any]) -> dict[str, Any]:
    said = {"type": {"const": kind}, "coordinates": coordinates}
    return {"type": "object", "required": list(said), "properties": said, "additionalProperties": False}


FEATURE = {
    "type": "object",
    "required": ["type", "id", "geometry", "properties"],
    "properties": {
        "type": {"const": "Feature"},
        "geometry": {"oneOf": [geometry("Point", POSITION), geometry("Polygon", {"type": "array", "items": RING})]},
        "properties": {"type": "object"},
    },
}
# RFC 7946, 3.3, and featureCollectionGeoJSON of the standard.
COLLECTION = {
    "type": "object",
    "required": ["type", "features", "links", "timeStamp", "numberReturned"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": FEATURE},
        "links": {"type": "array", "items": LINK},
        "timeStamp": {"type": "string", "format": "date-time"},
        "numberReturned": {"type": "integer", "minimum": 0},
        "numberMatched": {"type": "integer", "minimum": 0},
    },
}


@pytest.fixture
def registrar(city: Organisation) -> Caller:
    return make_caller("registrar", Role.ADMINISTRATOR, city)


def enter(register: Register | str, **values: Any) -> Any:
    named = register_called(register) if isinstance(register, str) else register
    return save_record(register=named, values=values, by=None, now=clock.now())


def teams(home: Organisation, count: int, **said: Any) -> None:
    for n in range(count):
        enter(
            "team",
            **{
                "code": f"{home.code}-t{n}",
                "name_zh": f"第{n}队",
                "kind": "professional" if n % 2 else "volunteer",
                "organisation": home.code,
                "strength": 10 + n,
                "turn_out_min": 5,
                "lat": 34 + n / 100,
                "lon": 119 + n / 100,
                **said,
            },
        )


def items(caller: Caller, layer: str = "team", **asked: Any) -> Any:
    answer = caller.get(f"{ROOT}/collections/{layer}/items?{urlencode(asked)}")
    assert answer.status == 200, answer.body
    jsonschema.validate(answer.body, COLLECTION, cls=jsonschema.Draft202012Validator)
    return answer.body


def follow(caller: Caller, link: dict[str, str]) -> Answer:
    parts = urlsplit(link["href"])
    assert parts.netloc == "testserver"
    return caller.get(f"{parts.path.removeprefix('/api')}?{parts.query}" if parts.query else parts.path[4:])


def links(document: Any) -> dict[str, dict[str, str]]:
    return {one["rel"]: one for one in document["links"]}


def test_from_the_landing_page_every_link_leads_to_what_it_says(admin: Caller, city: Organisation) -> None:
    teams(city, 3)
    seen, open_ = set(), [admin.get(ROOT).body]
    while open_:
        document = open_.pop()
        below = [one for part in document.get("collections", ()) for one in part["links"]]
        for one in [*document["links"], *below]:
            if one["href"] in seen or one["rel"] == "alternate":
                continue
            seen.add(one["href"])
            answer = follow(admin, one)
            assert answer.status == 200, one
            assert answer.headers["Content-Type"] == one["type"], one
            if "links" in answer.body:
                open_.append(answer.body)
    assert {urlsplit(one).path for one in seen} >= {
        f"/api{ROOT}{path}" for path in ("", "/conformance", "/openapi", "/collections", "/collections/team/items")
    }


def test_the_conformance_classes_are_those_of_the_standard(admin: Caller) -> None:
    answer = admin.get(f"{ROOT}/conformance")
    assert answer.body == {
        "conformsTo": [
            f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson", "oas30")
        ]
    }


def test_the_description_is_openapi_3_and_names_every_layer(admin: Caller) -> None:
    answer = admin.get(f"{ROOT}/openapi")
    assert answer.headers["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert answer.body["openapi"].startswith("3.0")
    read = schemathesis.openapi.from_dict(answer.body)
    named = {result.ok().path for result in read.get_all_operations()}
    listed = {one["id"] for one in admin.get(f"{ROOT}/collections").body["collections"]}
    assert named >= {f"/collections/{name}/items" for name in listed}
    assert {"team", "site", "lot", "organisation", "hazard_point", "open_incident", "closed_road"} <= listed
    limit = next(
        one for one in answer.body["paths"]["/collections/team/items"]["get"]["parameters"] if one["name"] == "limit"
    )
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}


def test_a_layer_says_how_its_numbers_are_meant(admin: Caller, city: Organisation) -> None:
    teams(city, 1)
    described = admin.get(f"{ROOT}/collections/team").body
    assert described["crs"] == [CRS84]
    assert described["itemType"] == "feature"
    assert {"kind", "unit", "freshness"} <= set(described["parameters"])
    answer = admin.get(TEAMS)
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert answer.headers["Content-Crs"] == f"<{CRS84}>"


def test_all_pages_together_have_each_team_once(admin: Caller, city: Organisation) -> None:
    teams(city, 11)
    for asked in ({}, {"bbox": "118,33,120,35"}, {"kind": "volunteer"}):
        page, found = items(admin, limit=3, **asked), []
        while True:
            assert page["numberReturned"] == len(page["features"]) <= 3
            found += [one["id"] for one in page["features"]]
            if "next" not in links(page):
                break
            page = follow(admin, links(page)["next"]).body
        wanted = Team.objects.filter(kind="volunteer") if "kind" in asked else Team.objects.all()
        assert sorted(found) == sorted(wanted.values_list("pk", flat=True))


def test_how_many_match_is_said_where_it_is_known(admin: Caller, city: Organisation) -> None:
    teams(city, 4)
    assert items(admin)["numberMatched"] == 4
    assert items(admin, limit=2)["numberMatched"] == 4
    assert items(admin, bbox="118,33,120,35")["numberMatched"] == 4
    assert "numberMatched" not in items(admin, limit=2, bbox="118,33,120,35")
    assert "numberMatched" not in items(admin, limit=1, kind="volunteer")


def test_a_team_is_a_point_with_what_its_list_says(admin: Caller, city: Organisation) -> None:
    teams(city, 1)
    (one,) = items(admin)["features"]
    assert one["geometry"] == {"type": "Point", "coordinates": [119.0, 34.0]}
    said = one["properties"]
    assert said["name"] == "第0队"
    assert (said["kind"], said["kind_title"]) == ("volunteer", "Volunteer")
    assert (said["organisation"], said["organisation_name"]) == ("haizhou", "Haizhou")
    assert (said["strength"], said["turn_out_min"], said["freshness"]) == (10, 5.0, "fresh")
    alone = admin.get(f"{TEAMS}/{one['id']}")
    assert alone.headers["Content-Type"] == "application/geo+json"
    jsonschema.validate(alone.body, FEATURE)
    assert {name: alone.body[name] for name in one} == one
    assert links(alone.body)["alternate"]["href"] == f"http://testserver/registers/team/{one['id']}/"
    assert links(alone.body)["collection"]["href"].endswith("/collections/team")


def test_a_lot_stands_where_it_lies(admin: Caller, city: Organisation) -> None:
    enter("site", code="store", name_zh="库", kind="store", organisation="haizhou", lat=34.5, lon=119.5)
    enter("item", code="boots", name_zh="雨靴", unit_zh="双")
    enter("lot", code="boots-1", item="boots", site="store", organisation="haizhou", quantity="12.5")
    (one,) = items(admin, "lot", bbox="119.4,34.4,119.6,34.6")["features"]
    assert one["geometry"]["coordinates"] == [119.5, 34.5]
    assert one["properties"]["quantity"] == 12.5
    assert one["properties"]["site_name"] == "库"
    assert items(admin, "lot", bbox="119.51,34.4,119.6,34.6")["features"] == []


def test_what_has_an_outline_stands_with_it(admin: Caller, city: Organisation) -> None:
    ring = [[119.0, 34.0], [119.1, 34.0], [119.1, 34.1], [119.0, 34.0]]
    place = {"code": "park", "name_zh": "园", "kind": "shelter", "organisation": "haizhou", "lat": 34.05, "lon": 119.05}
    enter("site", **place, geometry={"type": "Polygon", "coordinates": [ring]})
    (one,) = items(admin, "site", bbox="119,34,119.2,34.2")["features"]
    assert one["geometry"] == {"type": "Polygon", "coordinates": [ring]}
    jsonschema.validate(admin.get(f"{ROOT}/collections/site/items/{one['id']}").body, FEATURE)


def test_a_box_finds_an_area_that_reaches_into_it_and_numbers_agree_over_pages(
    admin: Caller, city: Organisation
) -> None:
    place = {"name_zh": "园", "kind": "shelter", "organisation": "haizhou", "lat": 35.5, "lon": 119.9}
    reaches = [[119.1, 34.1], [120.0, 35.4], [120.0, 35.6], [119.1, 34.1]]
    passes = [[118.9, 33.9], [119.9, 33.9], [119.9, 34.9], [119.3, 33.95], [118.9, 33.9]]
    for n in range(3):
        enter("site", code=f"r{n}", **place, geometry={"type": "Polygon", "coordinates": [reaches]})
        enter("site", code=f"p{n}", **place, geometry={"type": "Polygon", "coordinates": [passes]})
        enter("site", code=f"q{n}", **{**place, "lat": 34.15, "lon": 119.15})
    box = "119,34,119.2,34.2"
    whole = items(admin, "site", bbox=box)
    assert sorted(one["properties"]["code"] for one in whole["features"]) == ["q0", "q1", "q2", "r0", "r1", "r2"]
    assert whole["numberMatched"] == whole["numberReturned"] == 6
    page = items(admin, "site", bbox=box, limit=2)
    found = list(page["features"])
    while "next" in links(page):
        page = admin.get(links(page)["next"]["href"].removeprefix("http://testserver/api")).body
        assert page["numberReturned"] == len(page["features"])
        found += page["features"]
    assert [one["id"] for one in found] == [one["id"] for one in whole["features"]]


def test_what_has_no_place_is_on_no_layer(admin: Caller, city: Organisation) -> None:
    assert items(admin, "organisation")["features"] == []
    enter("organisation", code="school", name_zh="校", kind="school", parent="haizhou", lat=34, lon=119)
    (one,) = items(admin, "organisation")["features"]
    assert one["properties"]["code"] == "school"
    city.refresh_from_db()
    assert admin.get(f"{ROOT}/collections/organisation/items/{city.pk}").status == 404


def test_personal_values_are_on_no_layer(admin: Caller, city: Organisation) -> None:
    enter(
        "expert", code="li", name_zh="李雷", organisation="haizhou", specialties=["fire"], phone="13812345678",
        email="li@example.org", lat=34, lon=119,
    )  # fmt: skip
    (one,) = items(admin, "expert")["features"]
    assert not {"phone", "email"} & set(one["properties"])
    assert one["properties"]["specialties"] == ["fire"]


@pytest.mark.parametrize(
    ("bbox", "inside"),
    [
        ("119,34,119.5,34.5", {"here"}),
        ("119,34,-50,119.5,34.5,9000", {"here"}),
        ("119.25,34.25,119.25,34.25", {"here"}),
        ("119.26,34,119.5,34.5", set()),
        ("179,-20,-179,-10", {"fiji-west", "fiji-east"}),
        ("179,-20,181,-10", {"fiji-west", "fiji-east"}),
        ("-181,-20,-179,-10", {"fiji-west", "fiji-east"}),
        ("179,-20,180,-10", {"fiji-west"}),
        ("-180,-90,180,90", {"here", "fiji-west", "fiji-east"}),
        ("-400,-100,400,100", {"here", "fiji-west", "fiji-east"}),
        ("1.19e2,34,119.5,+34.5", {"here"}),
    ],
)
def test_a_box_holds_what_lies_in_it_also_across_the_antimeridian(
    admin: Caller, city: Organisation, bbox: str, inside: set[str]
) -> None:
    for code, lat, lon in (("here", 34.25, 119.25), ("fiji-west", -17, 179.9), ("fiji-east", -17, -179.9)):
        enter("site", code=code, name_zh=code, kind="store", organisation="haizhou", lat=lat, lon=lon)
    assert {one["properties"]["code"] for one in items(admin, "site", bbox=bbox)["features"]} == inside


@pytest.mark.parametrize(
    "asked",
    [
        "bbox=abc",
        "bbox=",
        "bbox=1,2,3",
        "bbox=1,2,3,4,5",
        "bbox=1,2,3,nan",
        "bbox=1,2,3,inf",
        "bbox=1,2,3,1e999",
        "bbox=1,5,3,4",
        "bbox=1,95,3,97",
        "bbox=1,2,9,3,4,8",
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=1.5",
        "limit=",
        "limit=٣",
        "datetime=yesterday",
        "datetime=2026-11-26",
        "datetime=2026-02-30T00:00:00Z",
        "datetime=2026-11-26T08:00:00",
        "datetime=../..",
        "datetime=2026-11-26T08:00:00Z/2026-11-25T08:00:00Z",
        "datetime=2026-11-26T08:00:00Z/../..",
        "cursor=mine",
        "kin=professional",
        "grade_until_from=soon",
        "freshness=old",
        "f=xml",
        "crs=http://www.opengis.net/def/crs/EPSG/0/4326",
        "limit=1&limit=2",
        "q=%00",
    ],
)
def test_what_cannot_be_read_or_is_not_known_is_refused_with_400(admin: Caller, asked: str) -> None:
    answer = admin.get(f"{TEAMS}?{asked}")
    assert answer.status == 400, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["text"]["zh"]
    assert answer.body["text"]["en"].endswith(".")


@pytest.mark.parametrize("path", ["", "/conformance", "/collections", "/collections/team", "/openapi"])
def test_an_unknown_parameter_is_refused_everywhere(admin: Caller, path: str) -> None:
    assert admin.get(f"{ROOT}{path}?f=json").status == 200
    assert admin.get(f"{ROOT}{path}?bbox=1,2,3,4").status == 400


def test_a_limit_beyond_the_largest_is_no_mistake(admin: Caller, city: Organisation) -> None:
    teams(city, 2)
    assert items(admin, limit=10**9)["numberReturned"] == 2
    assert items(admin, limit=10**39)["numberReturned"] == 2


@pytest.mark.parametrize("path", ["/collections/nothing", "/collections/person", "/collections/nothing/items"])
def test_a_layer_that_is_not_there_is_not_found(admin: Caller, path: str) -> None:
    assert admin.get(ROOT + path).status == 404


@pytest.mark.parametrize("key", ["999", "0", "-1", "x", "9" * 40, "%D9%A3", "1.0"])
def test_a_feature_that_is_not_there_is_not_found(admin: Caller, key: str) -> None:
    assert admin.get(f"{TEAMS}/{key}").status == 404


def test_open_incidents_and_closed_roads_are_layers_with_times(admin: Caller, city: Organisation) -> None:
    assert admin.post("/incidents", REPORT).status == 201
    incident = Incident.objects.get()
    now = clock.now()
    corners = [Point(36, 120), Point(36.1, 120), Point(36.1, 120.1)]
    close_roads(by=None, now=now, incident=incident, area=corners, reason="浓烟")
    (one,) = items(admin, "open_incident", bbox="120,36,121,37")["features"]
    assert one["properties"]["number"] == incident.number
    assert not {"reporter", "reporter_phone", "description"} & set(one["properties"])
    (closed,) = items(admin, "closed_road", bbox="120.05,36.02,121,37")["features"]
    ring = closed["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1]
    assert sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring)) > 0, "counterclockwise"
    for layer in ("open_incident", "closed_road"):
        assert items(admin, layer, bbox="121,36,122,37")["features"] == []
        before, after = (now - timedelta(days=1)).isoformat(), (now + timedelta(days=1)).isoformat()
        assert len(items(admin, layer, datetime=f"{before}/..")["features"]) == 1
        assert len(items(admin, layer, datetime=after)["features"]) == 1
        assert items(admin, layer, datetime=f"../{before}")["features"] == []
        pk = items(admin, layer)["features"][0]["id"]
        assert admin.get(f"{ROOT}/collections/{layer}/items/{pk}").status == 200


def test_a_time_narrows_no_layer_without_times(admin: Caller, city: Organisation) -> None:
    teams(city, 1)
    assert items(admin, datetime="1999-01-01T00:00:00Z")["numberReturned"] == 1


def test_one_sees_on_a_layer_what_one_sees_in_its_list(city: Organisation, port: Organisation) -> None:
    teams(city, 2)
    teams(port, 3)
    of_city, of_port = make_caller("of-city", Role.OBSERVER, city), make_caller("of-port", Role.OBSERVER, port)
    assert len(items(of_city)["features"]) == 5
    assert {one["properties"]["organisation"] for one in items(of_port)["features"]} == {"haizhou-port"}
    assert len(items(of_port, bbox="118,33,120,35")["features"]) == 3
    hidden = Team.objects.filter(organisation=city)[0].pk
    assert of_port.get(f"{TEAMS}/{hidden}").status == 404


def test_the_log_says_once_a_day_who_reads_which_layer(admin: Caller, city: Organisation) -> None:
    teams(city, 2)
    noted = LogEntry.objects.filter(kind="layer.opened")
    admin.get(f"{ROOT}/collections")
    admin.get(f"{TEAMS}?limit=0")
    assert not noted.exists()
    for _ in range(3):
        items(admin, bbox="118,33,120,35")
    items(admin, "site")
    assert sorted(noted.values_list("stream", flat=True)) == [
        f"layer:site:user:{admin.user.pk}" if admin.user else "",
        f"layer:team:user:{admin.user.pk}" if admin.user else "",
    ]
    assert list(verify_log()) == []


def test_a_retired_record_is_on_no_layer(admin: Caller, city: Organisation) -> None:
    enter("site", code="old", name_zh="旧库", kind="store", organisation="haizhou", lat=34, lon=119)
    pk = Site.objects.get(code="old").pk
    assert items(admin, "site")["numberReturned"] == 1
    Site.objects.update(retired_at=clock.now())
    assert items(admin, "site")["numberReturned"] == 0
    assert admin.get(f"{ROOT}/collections/site/items/{pk}").status == 404
