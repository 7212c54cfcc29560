"""Strangers, onlookers and neighbours: each sees what is theirs and nothing more."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from e2e.city import City
from e2e.conftest import OpenDesk
from e2e.test_every_page import PAGES

# What changes nothing: the zoom of chart and map, filters, pages of a list, files to take away, other pages to read.
HARMLESS = (
    "[data-zoom], .ol-control button, form:not([method=post]) button, .pager a, "
    "[href$='.toml'], [href$='.json'], [data-close-sheet], [data-read]"
)


def test_a_stranger_meets_the_sign_in_page_on_every_address(
    open_desk: OpenDesk, city: City, places: dict[str, str]
) -> None:
    stranger = open_desk("", "en")
    for path in PAGES.values():
        address = path.format(**places)
        is_open = address in (PAGES["no such page"], places["proof"]) or address.startswith(
            ("/a/", "/c/", "/d/", "/h/", "/w/")
        )
        if not is_open:
            answer = stranger.context.request.get(city.address + address)
            assert f"/sign-in/?next={quote(address, safe='/')}" in answer.url, address


def test_after_signing_in_one_stands_where_one_wanted_to_go(
    open_desk: OpenDesk, city: City, places: dict[str, str]
) -> None:
    stranger = open_desk("", "en")
    stranger.go(places["run"])
    stranger.fill("User name", "duty")
    stranger.fill("Password", city.password("duty"))
    stranger.press("Sign in")
    expect(stranger.page).to_have_url(city.address + places["run"])
    stranger.stays_clean()


def test_a_wrong_password_is_refused_and_the_name_stays(open_desk: OpenDesk) -> None:
    stranger = open_desk("", "en")
    stranger.go("/sign-in/")
    stranger.fill("User name", "duty")
    stranger.fill("Password", "not-the-password")
    stranger.press("Sign in")
    expect(stranger.page.get_by_role("alert")).to_be_visible()
    expect(stranger.field("User name")).to_have_value("duty")


def test_signing_out_ends_it(open_desk: OpenDesk) -> None:
    desk = open_desk("exam", "en")
    desk.go("/")
    desk.page.locator(".user-menu summary").click()
    desk.page.get_by_role("button", name=desk.say("Sign out")).click()
    expect(desk.page).to_have_url(re.compile("/sign-in/"))
    desk.go("/incidents/")
    expect(desk.page).to_have_url(re.compile("/sign-in/"))


@pytest.mark.parametrize(
    "name", ["duty desk", "incidents", "incident", "closed incident", "board", "assessed board", "map", "plan", "log"]
)
def test_an_observer_sees_no_action(name: str, open_desk: OpenDesk, places: dict[str, str]) -> None:
    observer = open_desk("observer", "en")
    observer.go(PAGES[name].format(**places))
    expect(observer.page.locator("main")).to_be_visible()
    expect(observer.page.locator(f"main :is(button, a.button):not({HARMLESS})")).to_have_count(0)
    expect(observer.page.locator("main form[method=post]")).to_have_count(0)
    expect(observer.page.locator("main [hx-target='#sheet']")).to_have_count(0)
    expect(observer.page.locator("header a[href='/incidents/new/']")).to_have_count(0)
    observer.stays_clean()


@pytest.mark.parametrize("name", ["incident", "board", "closed", "assessed"])
def test_a_school_does_not_learn_that_an_incident_elsewhere_exists(
    name: str, open_desk: OpenDesk, city: City, places: dict[str, str]
) -> None:
    school = open_desk("school", "en")
    harbour = city.find("/incidents/?q=" + quote("海州口岸"), r"/incidents/\d+/")
    elsewhere = {
        "incident": harbour,
        "board": city.runs(harbour)[0],
        "closed": city.find("/incidents/?q=" + quote("金穗"), r"/incidents/\d+/"),
        "assessed": city.runs(city.find("/incidents/?q=" + quote("综合演练"), r"/incidents/\d+/"))[0],
    }
    school.expects(404)
    answer = school.page.goto(city.address + elsewhere[name])
    assert answer is not None
    assert answer.status == 404
    school.go("/incidents/")
    expect(school.page.locator(f"main a[href='{harbour}']")).to_have_count(0)
    school.stays_clean()
