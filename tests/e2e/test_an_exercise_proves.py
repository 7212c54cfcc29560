"""Each plan of the demo: its exercise from StartEx over what went wrong to a finding that a retest verifies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from e2e import proving
from e2e.city import City
from e2e.conftest import FoundCity, OpenDesk
from e2e.desk import Desk
from e2e.proving import Proved, Sender
from youbei import content
from youbei.engine.findings.life import STATE_NAMES, State

MOST_HOURS = 12


@pytest.fixture(scope="module")
def city(found_city: FoundCity) -> Iterator[City]:
    """Found a city for these tests alone: they put other plans into force than the rest finds in the demo."""
    with found_city() as city:
        yield city


LANGUAGES = ("zh-hans", "en")
# One plan by hand, form by form in a browser; all of them so with the long checks, in both languages.
SHOWN = ("lanwan-loading-arm", "zh-hans")
BY_HAND = [
    pytest.param(*one, marks=[] if one == SHOWN else [pytest.mark.long])
    for one in product(sorted(content.exercise_texts()), LANGUAGES)
]


@pytest.fixture(scope="module")
def proved(city: City) -> dict[str, Proved]:
    """Play the exercise of every plan to a verified finding, by the forms of the pages."""
    leader, judge = Sender(city, "admin"), Sender(city, "inspector")
    found = {}
    for number, code in enumerate(sorted(content.exercise_texts())):
        exercise, run = proving.held(leader, code)
        finding = proving.recorded(leader, run)
        draft = proving.changed(leader, finding, str(700 + number))
        proving.adopted(judge, draft, finding)
        found[code] = Proved(exercise, run, finding, draft)
    for one in found.values():
        assert proving.is_verified(judge, one.finding), one
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plan_has_an_exercise_that_proves_and_each_is_seen_in_both_languages(
    language: str, proved: dict[str, Proved], open_desk: OpenDesk
) -> None:
    """Look at the decisive moments of each: the exercise over, its report, the change of the plan, the cure."""
    desk = open_desk("admin", language, reduced_motion="reduce")
    page = desk.page
    for code, one in proved.items():
        desk.go(one.exercise)
        expect(page.locator("main dl.facts").first, code).to_contain_text("EndEx")
        desk.go(f"{one.run}report/")
        expect(page.locator("main h1"), code).to_be_visible()
        desk.go(one.draft)
        expect(page.locator("ins"), code).not_to_have_count(0)
        desk.go(one.finding)
        said = STATE_NAMES[State.VERIFIED].in_language(language)
        expect(page.locator(".page-head"), code).to_contain_text(said)
    desk.stays_clean()


def sent(page: Page, leads_to: str) -> None:
    """Send the form of a page and be where it leads to."""
    page.locator("main form button.button-main").first.click()
    page.wait_for_url(re.compile(leads_to))


def held(desk: Desk, code: str) -> str:
    """Plan the exercise, begin it, let its clock jump until it is over; return the address of its run."""
    page = desk.page
    desk.go(f"/exercises/library/{code}/")
    sent(page, r"/exercises/[\w-]{36}/$")
    here = page.url
    for verb in ("posts", "start"):
        page.goto(f"{here}{verb}/")
        sent(page, f"{re.escape(here)}$")
    run = str(page.locator("main a[href^='/runs/']").first.get_attribute("href"))
    for _ in range(MOST_HOURS):
        page.goto(here)
        if "EndEx" in page.locator("dl.facts").first.inner_text():
            return run
        desk.go(f"{run}clock/jump/")
        page.locator("[name=minutes]").fill("60")
        with page.expect_navigation():
            page.locator("main form button.button-main").first.click()
    raise AssertionError(f"{code} is not over after {MOST_HOURS} hours")


def recorded(desk: Desk, run: str) -> str:
    """Record the first thing that the log shows of a step as a finding on the plan; return its address."""
    page = desk.page
    desk.go(f"{run}findings/")
    expect(page.locator("main .rows > li").first).to_be_visible()
    for address in [one.get_attribute("href") for one in page.locator("a[href*='/findings/new/']").all()]:
        page.goto(f"{desk.address}{address}")
        page.locator("[name=element][value=planning], [name=element]").first.wait_for(state="attached")
        choose(page, "element", "planning")
        page.locator("[name=cause]").fill("时限过紧 the limit is too tight")
        sent(page, r"/findings/\d+/$")
        if page.locator("code", has_text="steps.").count():
            return page.url
    raise AssertionError("nothing that went wrong belongs to a step")


def choose(page: Page, name: str, value: str) -> None:
    field = page.locator(f"[name={name}]").first
    if field.evaluate("one => one.tagName") == "SELECT":
        field.select_option(value)
    else:
        page.locator(f"[name={name}][value={value}]").check()


def changed(desk: Desk, finding: str, minutes: str) -> str:
    """Settle the cure, give the step more time in a draft, report the cure; return the address of the draft."""
    page = desk.page
    page.goto(f"{finding}settle/")
    said = {"measures": "放宽时限 more time", "responsible": "预案科 planning", "funds": "-", "due_on": "2099-01-01"}
    for name, value in {**said, "interim_plan": "-"}.items():
        page.locator(f"[name={name}]").fill(value)
    sent(page, f"{re.escape(finding)}$")
    page.locator("form[action$='/draft/'] button").click()
    page.wait_for_url(re.compile(r"/drafts/\d+/$"))
    draft = page.url
    page.goto(desk.address + str(page.locator("a.strong[href*='/steps/']").get_attribute("href")))
    page.locator("[name=limit]").fill(minutes)
    sent(page, f"{re.escape(draft)}$")
    expect(page.locator("ins")).not_to_have_count(0)
    page.goto(f"{finding}rectify/")
    page.locator("[name=note]").fill("已写入草案 drafted")
    sent(page, f"{re.escape(finding)}$")
    return draft


@pytest.mark.parametrize(("code", "language"), BY_HAND)
def test_what_an_exercise_shows_is_cured_and_the_cure_verified(code: str, language: str, open_desk: OpenDesk) -> None:
    leader = open_desk("admin", language, reduced_motion="reduce")
    finding = recorded(leader, held(leader, code))
    draft = changed(leader, finding, {"zh-hans": "600", "en": "660"}[language])
    judge = open_desk("inspector", language, reduced_motion="reduce")
    judge.page.goto(f"{draft}adopt/")
    judge.page.locator("[name=note]").fill("已核对 checked")
    sent(judge.page, f"{re.escape(draft)}$")
    judge.page.goto(finding)
    judge.page.goto(judge.address + str(judge.page.locator("a[href*='/retests/']").get_attribute("href")))
    judge.page.locator("main form button.button-main").first.click()
    judge.until(lambda: has_passed(judge.page, finding), seconds=60)
    expect(judge.page.locator(".page-head")).to_contain_text(STATE_NAMES[State.VERIFIED].in_language(language))
    for desk in (leader, judge):
        desk.stays_clean()


def has_passed(page: Page, finding: str) -> bool:
    """Say whether the retest stands on the page as passed; it may be under way still."""
    page.goto(finding)
    return bool(page.locator("li:has(.chip-good)").count())
