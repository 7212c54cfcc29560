"""Plan files in and out through the browser, the map as a field, and several tabs of one person."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from e2e.conftest import OpenDesk
from e2e.desk import Desk

# A busy machine without a graphics card takes seconds for the first picture of the map.
PATIENCE_MS = 40_000


@pytest.fixture(scope="module")
def planner(open_desk: OpenDesk) -> Desk:
    return open_desk("director", "en")


@pytest.fixture(scope="module")
def plan_file(planner: Desk, places: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take a plan away as a file, as its button does."""
    planner.go(places["plan"])
    with planner.page.expect_download() as download:
        planner.page.get_by_role("link", name="TOML").click()
    path = tmp_path_factory.mktemp("plans") / "plan.toml"
    download.value.save_as(path)
    return path


def test_a_broken_plan_file_is_refused_with_its_place_and_nothing_is_stored(
    planner: Desk, plan_file: Path, tmp_path: Path
) -> None:
    planner.expects(409, 422)
    broken = tmp_path / "broken.toml"
    broken.write_text(re.sub(r'(?m)^owner = "[^"]+"', "owner = 7", plan_file.read_text(), count=1))
    planner.go("/plans/")
    planner.follow("Import a plan")
    planner.sheet.locator("input[type=file]").set_input_files(broken)
    planner.submit()
    refusal = planner.sheet.get_by_role("alert")
    expect(refusal).to_contain_text("owner")
    planner.page.keyboard.press("Escape")
    planner.sheet_closes()


def test_a_new_version_is_imported_and_compared_with_the_old(
    planner: Desk, plan_file: Path, places: dict[str, str], tmp_path: Path
) -> None:
    newer = tmp_path / "newer.toml"
    written = re.sub(r'(?m)^version = "[^"]+"', 'version = "2027.1"', plan_file.read_text(), count=1)
    newer.write_text(re.sub(r'limit = "PT5M"', 'limit = "PT4M"', written, count=1))
    planner.go("/plans/")
    planner.follow("Import a plan")
    planner.sheet.locator("input[type=file]").set_input_files(newer)
    planner.submit()
    expect(planner.page.locator("main")).to_contain_text("2027.1")
    planner.go(places["plan"] + "versions/")
    row = planner.page.locator("tr", has_text="2027.1")
    row.locator("input[name=new]").check()
    planner.page.locator("tbody tr").filter(has_not_text="2027.1").first.locator("input[name=old]").check()
    planner.press("Show what changed")
    expect(planner.page.locator("main del")).not_to_have_count(0)
    expect(planner.page.locator("main ins")).not_to_have_count(0)
    planner.stays_clean()


def test_pointing_at_the_map_fills_in_the_coordinates(open_desk: OpenDesk) -> None:
    desk = open_desk("duty", "en")
    desk.go("/incidents/new/")
    desk.page.locator("summary", has_text=desk.say("Point at the map")).click()
    canvas = desk.page.locator("#map canvas").first
    expect(canvas).to_be_visible()
    desk.page.locator("#map").click(position={"x": 120, "y": 120})
    expect(desk.field("Coordinates")).to_have_value(re.compile(r"^33\.\d+, ?122\.\d+$"))
    desk.stays_clean()


def test_the_live_map_shows_a_popup_with_the_way_to_the_incident(open_desk: OpenDesk) -> None:
    desk = open_desk("duty", "en")
    desk.go("/map/")
    expect(desk.page.locator("#map.is-live canvas").first).to_be_visible()
    expect(desk.page.locator("#map .ol-zoom button")).to_have_count(2)
    desk.page.locator(".map-list a[href^='/incidents/']").first.click()
    expect(desk.page).to_have_url(re.compile(r"/incidents/\d+/$"))
    desk.stays_clean()


def test_the_map_asks_for_what_lies_in_the_box_that_is_looked_at(open_desk: OpenDesk) -> None:
    desk = open_desk("duty", "en")
    with desk.page.expect_response(lambda answer: "/map/data.json" in answer.url) as first:
        desk.go("/map/?layers=team")
    zoom = desk.page.locator("#map .ol-zoom-in")
    zoom.click(timeout=PATIENCE_MS)
    with desk.page.expect_response(lambda answer: "bbox=1" in answer.url, timeout=PATIENCE_MS) as nearer:
        zoom.click(timeout=PATIENCE_MS)
    whole, part = first.value.json()["features"], nearer.value.json()["features"]
    teams = [[one for one in found if one["properties"]["layer"] == "team"] for found in (whole, part)]
    west, south, east, north = map(float, parse_qs(urlsplit(nearer.value.url).query)["bbox"][0].split(","))

    assert 0 < len(teams[1]) < len(teams[0])
    for one in teams[1]:
        lon, lat = one["geometry"]["coordinates"]
        assert west <= lon <= east
        assert south <= lat <= north
    assert not [one for one in whole if one["properties"]["layer"] == "site"]
    desk.page.get_by_label("Leave out: Teams").click()
    expect(desk.page.get_by_label("Show: Teams")).to_be_visible()
    desk.stays_clean()


def test_a_second_tab_hears_too_and_takes_over_when_the_first_is_closed(
    open_desk: OpenDesk, places: dict[str, str]
) -> None:
    first = open_desk("inspector", "en")
    other = open_desk("commander", "en")
    first.go(places["run"])
    second = first.context.new_page()
    second.goto(first.address + places["run"])
    for number, listener in enumerate((second, second)):
        other.go(places["run"])
        other.follow("Deviation")
        other.sheet.locator("select[name=subject]").select_option(index=1)
        other.fill("How, and why", f"标签页{number} tab {number}", inside="#sheet")
        other.submit()
        other.sheet_closes()
        expect(listener.locator("#part-log")).to_contain_text(f"tab {number}", timeout=8000)
        if not first.page.is_closed():
            expect(first.page.locator("#part-log")).to_contain_text(f"tab {number}", timeout=8000)
            first.page.close()
    other.stays_clean()
