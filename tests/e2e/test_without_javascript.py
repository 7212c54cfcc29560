"""With scripts switched off the main job is done by plain forms."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from e2e.city import City
from e2e.conftest import OpenDesk
from e2e.desk import Desk


@dataclass
class Plain:
    """One person at a browser without scripts; the tests follow each other."""

    desk: Desk
    seen: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def plain(open_desk: OpenDesk) -> Plain:
    return Plain(open_desk("", "en", java_script_enabled=False))


def test_signing_in(plain: Plain, city: City) -> None:
    desk = plain.desk
    desk.go("/")
    desk.fill("User name", "commander")
    desk.fill("Password", city.password("commander"))
    desk.press("Sign in")
    expect(desk.page).to_have_url(city.address + "/")
    if desk.page.locator("html").get_attribute("lang") != "en":
        desk.page.locator(".user-menu summary").click()
        desk.page.get_by_role("button", name="English").click()
    expect(desk.page.locator("html")).to_have_attribute("lang", "en")


def test_reporting_with_the_facts_of_the_kind(plain: Plain) -> None:
    desk = plain.desk
    desk.page.locator("header").get_by_role("link", name=desk.say("Report an incident")).click()
    desk.page.get_by_role("radio", name="Ammonia leak", exact=True).check()
    desk.fill("Where", "2号球罐 Sphere 2")
    desk.press("Show the facts to ask for this kind")
    expect(desk.field("Where")).to_have_value("2号球罐 Sphere 2")
    desk.page.locator("[name=fact_leak_continues]").select_option("true")
    desk.page.locator("[name=fact_serious_injured]").fill("1")
    desk.fill("Unit concerned", "haizhou-lanwan")
    desk.fill("Coordinates", "33.547, 122.88")
    desk.press("Report")
    expect(desk.page).to_have_url(re.compile(r"/incidents/\d+/$"))
    expect(desk.page.locator("#part-facts")).to_contain_text("Seriously injured")


def test_a_form_that_is_refused_keeps_what_was_entered(plain: Plain) -> None:
    desk = plain.desk
    address = desk.page.url
    desk.expects(422)
    desk.go("/incidents/new/")
    desk.fill("Where", "Somewhere")
    desk.fill("Coordinates", "not numbers")
    desk.press("Report")
    expect(desk.page.get_by_role("alert").first).to_be_visible()
    expect(desk.field("Where")).to_have_value("Somewhere")
    expect(desk.field("Coordinates")).to_have_value("not numbers")
    desk.page.goto(address)


def test_activating(plain: Plain) -> None:
    desk = plain.desk
    offered = desk.page.locator("#part-proposals article").filter(has_text="Haizhou Chemical Park")
    offered.get_by_role("link", name=re.compile(desk.say("Activate"))).click()
    desk.submit()
    expect(desk.page).to_have_url(re.compile(r"/runs/\d+/$"))
    plain.seen["run"] = urlsplit(desk.page.url).path
    expect(desk.page.locator(".chart-svg")).to_be_visible()


def test_starting_and_finishing_a_step(plain: Plain) -> None:
    desk = plain.desk
    step = desk.page.locator("#step-receive")
    step.get_by_role("button", name=desk.say("Start"), exact=True).click()
    expect(step.locator(".step-started")).to_be_visible()
    step.get_by_role("link", name=desk.say("Finish"), exact=True).click()
    desk.fill("Note", "已回拨 Called back")
    desk.submit()
    expect(desk.page).to_have_url(re.compile(plain.seen["run"]))
    expect(step).to_have_count(0)
    expect(desk.page.locator("#step-tell-commander")).to_be_visible()


def test_sending_a_resource(plain: Plain) -> None:
    desk = plain.desk
    desk.page.locator("a[href*='/needs/turn-out/engines/assign/']").first.click()
    expect(desk.page.locator("input[name=resource]:checked")).to_have_count(1)
    desk.submit()
    expect(desk.page.locator("#part-needs .sent-list li").first).to_contain_text(desk.say("expected"))
    desk.page.locator("#part-needs").get_by_role("button", name=desk.say("Arrived"), exact=True).first.click()
    expect(desk.page.locator("#part-needs .sent-list li").first).to_contain_text(desk.say("arrived"))


def test_the_map_is_drawn(plain: Plain) -> None:
    desk = plain.desk
    desk.go("/map/")
    drawing = desk.page.locator("svg.map-drawing")
    expect(drawing).to_be_visible()
    for layer in ("incident", "team", "site"):
        expect(drawing.locator(f".mark-{layer}")).not_to_have_count(0)
    expect(drawing.locator(".road")).not_to_have_count(0)


def test_verifying_the_log(plain: Plain) -> None:
    desk = plain.desk
    desk.go("/log/")
    desk.press("Verify the whole log")
    desk.sees("The log holds: no entry is missing, none was changed.")
    desk.stays_clean()
