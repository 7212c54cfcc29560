"""The same pages on paper and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from e2e.conftest import OpenDesk
from e2e.desk import PHONE, Desk
from e2e.judge import judge

FLOATING = """() => [...document.querySelectorAll("body, body *")].filter((element) => {
  const style = getComputedStyle(element);
  return ["fixed", "sticky"].includes(style.position) && style.display !== "none" && element.getClientRects().length;
}).map((element) => element.className || element.tagName)"""
# A phone makes its window as wide as what overflows, so the width that counts is that of the document.
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  const wide = Math.max(document.documentElement.scrollWidth, innerWidth) - width;
  if (wide <= 1) return [];
  return [`${wide} px too wide`, ...[...document.querySelectorAll("body *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.right > width + 1 && box.width > 0 && !element.closest(".scroll-x, .chart-scroll, svg, .menu");
  }).slice(0, 8).map((element) => element.outerHTML.slice(0, 120))];
}"""


@pytest.fixture(scope="module")
def desk(open_desk: OpenDesk) -> Desk:
    return open_desk("admin", "zh-hans")


@pytest.mark.parametrize("path", ["{run}", "{incident}", "{plan}", "/log/"])
def test_nothing_floats_over_the_paper(desk: Desk, path: str, places: dict[str, str]) -> None:
    desk.go(path.format(**places))
    desk.page.emulate_media(media="print")
    assert desk.page.evaluate(FLOATING) == []
    expect(desk.page.locator("body > header")).to_have_count(1)
    expect(desk.page.locator("body > header")).to_be_hidden()
    expect(desk.page.locator("h1").first).to_be_visible()
    desk.page.emulate_media(media="screen")


def test_the_exercise_says_so_on_paper_too(desk: Desk, places: dict[str, str]) -> None:
    desk.go(places["run"])
    desk.page.emulate_media(media="print")
    expect(desk.page.locator(".exercise-band")).to_be_visible()
    desk.page.emulate_media(media="screen")


def test_the_board_prints(desk: Desk, places: dict[str, str]) -> None:
    desk.go(places["run"])
    paper = desk.page.pdf(format="A4", print_background=True)
    assert paper.startswith(b"%PDF")
    assert len(paper) > 30_000
    pages = len(re.findall(rb"/Type\s*/Page\b", paper))
    assert 1 <= pages <= 20


@pytest.fixture(scope="module")
def phone(open_desk: OpenDesk) -> Desk:
    return open_desk("duty", "zh-hans", **PHONE)


@pytest.mark.parametrize(
    "path", ["/", "/incidents/", "/incidents/new/?kind=ammonia_leak", "{incident}", "{run}", "/map/", "{plan}", "/log/"]
)
def test_no_page_is_wider_than_the_phone(phone: Desk, path: str, places: dict[str, str]) -> None:
    phone.go(path.format(**places))
    assert phone.page.evaluate(OVERFLOW) == []


def test_a_leak_is_reported_from_a_phone(phone: Desk) -> None:
    phone.go("/")
    page = phone.page
    page.get_by_role("link", name=phone.say("Report an incident")).tap()
    expect(page.get_by_role("button", name=phone.say("Report"), exact=True)).to_be_in_viewport()
    page.get_by_role("radio", name="氨泄漏", exact=True).check()
    page.locator("[name=fact_leak_continues]").select_option("true")
    phone.fill("Unit concerned", "蓝湾化工有限公司")
    page.get_by_role("button", name=phone.say("Report"), exact=True).tap()
    expect(page).to_have_url(re.compile(r"/incidents/\d+/$"))
    page.locator("#part-proposals").get_by_role("link", name=re.compile(phone.say("Activate"))).first.tap()
    expect(phone.sheet.locator("button.button-main")).to_be_visible()
    box = phone.sheet.bounding_box()
    assert box is not None
    assert round(box["width"]) <= 390
    phone.submit()
    expect(page).to_have_url(re.compile(r"/runs/\d+/$"))
    page.locator("#part-todo button[id^=start-]").first.tap()
    expect(page.locator("#part-todo .step-started").first).to_be_visible()
    assert page.evaluate(OVERFLOW) == []
    phone.stays_clean()


LISTS = ["/", "/incidents/", "/plans/", "/exercises/", "/findings/", "/log/", "/registers/team/", "/registers/lot/"]
SIDEWAYS = """() => [...document.querySelectorAll("main .scroll-x")].filter(
  (box) => box.clientWidth && box.scrollWidth > box.clientWidth + 1
).map((box) => box.outerHTML.slice(0, 160))"""


@pytest.mark.parametrize("path", LISTS)
def test_rows_are_cards_on_a_phone_and_say_what_each_value_is(phone: Desk, path: str) -> None:
    phone.go(path)
    assert phone.page.evaluate(SIDEWAYS) == []
    table = phone.page.locator("main .scroll-x table").first
    titles = [title.strip() for title in table.locator("thead th").all_text_contents()]
    row = table.locator("tbody tr").first
    expect(row).to_have_attribute("role", "row")
    for cell in row.locator("td[data-label]").all():
        assert cell.get_attribute("data-label") in titles
        assert cell.get_attribute("role") == "cell"


def test_cards_are_rows_again_where_there_is_room(phone: Desk) -> None:
    phone.go("/registers/team/")
    table = phone.page.locator("main .scroll-x table").first
    expect(table).to_have_class(re.compile("stacked"))
    phone.page.set_viewport_size({"width": 1280, "height": 800})
    expect(table).not_to_have_class(re.compile("stacked"))
    expect(phone.page.locator(".fold-more")).to_be_hidden()
    expect(phone.page.locator("#f-order")).to_be_visible()
    phone.page.set_viewport_size(PHONE["viewport"])
    expect(table).to_have_class(re.compile("stacked"))


def test_a_long_filter_is_folded_on_a_phone(phone: Desk) -> None:
    phone.go("/registers/team/")
    more = phone.page.locator(".fold-more")
    expect(phone.page.locator("#f-q")).to_be_visible()
    expect(phone.page.locator("#f-order")).to_be_hidden()
    expect(more).to_have_attribute("aria-expanded", "false")
    more.focus()
    phone.page.keyboard.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(phone.page.locator("#f-order")).to_be_visible()
    phone.page.locator("#f-order").select_option(index=1)
    phone.page.locator("form.filters button:not([type=button])").first.tap()
    expect(phone.page).to_have_url(re.compile("order="))


@pytest.mark.parametrize("path", ["/plans/", "/registers/team/"])
def test_cards_are_as_easy_to_use_as_tables(open_desk: OpenDesk, path: str) -> None:
    desk = open_desk("admin", "en", bypass_csp=True, reduced_motion="reduce", **PHONE)
    desk.go(path)
    expect(desk.page.locator("main table.stacked").first).to_be_visible()
    judge(desk)
