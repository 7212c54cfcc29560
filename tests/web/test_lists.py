"""Registers, map and log as pages."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client

from tests.growth import assert_queries_do_not_grow
from tests.web.conftest import client_of, user_with
from youbei.actions.registers.people import create_organisation
from youbei.engine.access import Role
from youbei.records import triggers
from youbei.records.models import LogEntry, Organisation, RoadNetwork, Site, Team, User

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ADDRESSES = ["/registers/team/", "/registers/lot/", "/registers/site/", "/map/", "/log/"]


def add_site(town: Organisation, number: int, kind: str = "shelter") -> Site:
    return Site.objects.create(
        organisation=town, org_path=town.path, code=f"site-{number}", kind=kind, name_zh=f"场所{number}",
        name_en=f"Site {number}", lat=34.5 + number / 1000, lon=119.1,
    )  # fmt: skip


def add_team(town: Organisation, number: int) -> Team:
    return Team.objects.create(
        organisation=town, org_path=town.path, code=f"team-{number}", kind="professional", name_zh=f"队伍{number}",
        name_en=f"Team {number}", lat=34.5, lon=119.1 + number / 1000, turn_out_s=300, strength=12,
    )  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_lists_are_shown_empty_and_filled(town: Organisation, address: str, language: str) -> None:
    browser = client_of(user_with(Role.INSPECTOR, town, name="inspector", language=language))
    assert browser.get(address).status_code == 200
    add_site(town, 1)
    add_team(town, 1)
    assert browser.get(address).status_code == 200


@pytest.mark.parametrize("address", [*ADDRESSES, "/map/data.json", "/map/ground.json"])
def test_strangers_are_turned_away(stranger: User, address: str) -> None:
    assert client_of(stranger).get(address).status_code in {403, 404}


@pytest.mark.parametrize("address", ["/registers/team/", "/registers/site/", "/map/"])
def test_more_rows_cost_no_more_queries(town: Organisation, address: str) -> None:
    officer = user_with(Role.OBSERVER, town, name="reader")
    added = iter(range(1, 1000))

    def add_rows() -> None:
        for _ in range(5):
            number = next(added)
            add_site(town, number)
            add_team(town, number)

    assert_queries_do_not_grow(lambda: client_of(officer).get(address), add_rows)


def test_the_map_tells_only_what_the_user_may_see(town: Organisation) -> None:
    other = create_organisation(
        by=None, now=NOW, code="elsewhere", kind="government", name_zh="别处", name_en="Elsewhere"
    )
    add_site(town, 1)
    Site.objects.create(
        organisation=other, org_path=other.path, code="hidden", kind="store", name_zh="别处的库", lat=30, lon=110
    )
    browser = client_of(user_with(Role.OBSERVER, town, name="reader"))
    told = json.loads(browser.get("/map/data.json").content)
    assert [one["properties"]["name"] for one in told["features"]] == ["Site 1"]


def test_the_ground_is_drawn_and_kept_by_the_browser(town: Organisation, browser: Client) -> None:
    add_site(town, 1)
    square = [[[119.0, 34.0], [119.2, 34.0], [119.2, 34.6], [119.0, 34.0]]]
    park = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": square},
            "properties": {"kind": "green", "name": {"zh": "公园", "en": "The Park"}}}  # fmt: skip
    RoadNetwork.objects.create(
        code="town",
        data={
            "nodes": [[34.5, 119.1], [34.6, 119.2]],
            "edges": [[0, 1, 60, "trunk"], [1, 0, 60, "trunk"]],
            "areas": {"type": "FeatureCollection", "features": [park]},
        },
    )
    page = browser.get("/map/").content.decode()
    assert 'class="road road-trunk"' in page
    assert "The Park" in page
    ground = browser.get("/map/ground.json")
    roads = [one for one in json.loads(ground.content)["features"] if one["properties"]["layer"] == "road"]
    assert [len(road["geometry"]["coordinates"]) for road in roads] == [1]
    assert browser.get("/map/ground.json", headers={"If-None-Match": ground["ETag"]}).status_code == 304


def test_the_log_speaks_the_language_of_the_page(town: Organisation, browser: Client) -> None:
    create_organisation(by=None, now=NOW, code="works", kind="enterprise", name_zh="厂", name_en="Works")
    assert "Text(" not in browser.get("/log/").content.decode()


def test_verifying_goes_on_until_the_whole_log_holds(
    town: Organisation, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("youbei.web.log.PART", 2)
    for number in range(5):
        create_organisation(by=None, now=NOW, code=f"unit-{number}", kind="enterprise", name_zh="厂", name_en="Works")
    page = browser.post("/log/verify/").content.decode()
    rounds = 1
    while state := re.search(r'name="state" value="([^"]+)"', page):
        page = browser.post("/log/verify/", {"state": state.group(1)}).content.decode()
        rounds += 1
    assert rounds > 2
    assert "The log holds" in page


def test_verifying_names_the_entry_that_was_changed(town: Organisation, browser: Client) -> None:
    for number in range(3):
        create_organisation(by=None, now=NOW, code=f"unit-{number}", kind="enterprise", name_zh="厂", name_en="Works")
    triggers.remove(connection)
    LogEntry.objects.filter(position=2).update(data="{}")
    page = browser.post("/log/verify/").content.decode()
    assert "The content of entry 2 does not match its hash" in page
    assert "The log holds" not in page


def test_a_forged_state_of_the_check_is_not_taken(browser: Client) -> None:
    assert browser.post("/log/verify/", {"state": "W10:forged"}).status_code == 404


def test_an_observer_may_read_the_log_but_not_verify_it(town: Organisation) -> None:
    reader = client_of(user_with(Role.OBSERVER, town, name="reader"))
    assert "log/verify" not in reader.get("/log/").content.decode()
    assert reader.post("/log/verify/").status_code == 403
