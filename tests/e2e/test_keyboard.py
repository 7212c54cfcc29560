"""Everything is reached and done from the keyboard, and one sees where one is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from e2e.conftest import OpenDesk
from e2e.desk import Desk

FOCUS = """() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    tag: element.tagName, name: element.getAttribute("aria-label") || element.textContent.trim().slice(0, 60),
    // The button inside a date field has the focus for the browser alone, which marks it itself.
    isMarked: !element.matches(":focus")
      || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none",
    isSeen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0,
  };
}"""


@pytest.fixture(scope="module")
def desk(open_desk: OpenDesk) -> Desk:
    return open_desk("commander", "en", reduced_motion="reduce")


def press(desk: Desk, *keys: str) -> None:
    for key in keys:
        desk.page.keyboard.press(key)


def tab_to(desk: Desk, selector: str, *, most: int = 150) -> None:
    """Go on by Tab until an element has the focus."""
    for _ in range(most):
        if desk.page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
        press(desk, "Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def test_the_first_key_offers_to_skip_to_the_content(desk: Desk) -> None:
    desk.go("/incidents/")
    press(desk, "Tab")
    skip = desk.page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    press(desk, "Enter")
    expect(desk.page.locator("main")).to_be_focused()
    press(desk, "Tab")
    assert desk.page.evaluate("document.activeElement.closest('main') !== null")


def test_the_menu_is_walked_by_tab_and_by_shortcuts(desk: Desk) -> None:
    desk.go("/")
    tab_to(desk, "nav.menu a[href='/plans/']")
    press(desk, "Enter")
    expect(desk.page).to_have_url(re.compile("/plans/$"))
    press(desk, "g", "i")
    expect(desk.page).to_have_url(re.compile("/incidents/$"))
    press(desk, "/")
    expect(desk.page.locator("#search-all")).to_be_focused()


@pytest.mark.parametrize("path", ["/", "/incidents/new/", "{run}", "{plan}steps/", "/log/"])
def test_wherever_the_focus_goes_one_sees_it(desk: Desk, path: str, places: dict[str, str]) -> None:
    desk.go(path.format(**places))
    lost = []
    for _ in range(40):
        press(desk, "Tab")
        found = desk.page.evaluate(FOCUS)
        if found["tag"] != "BODY" and not (found["isMarked"] and found["isSeen"]):
            lost.append(found)
    assert lost == []


def test_an_incident_is_reported_without_a_mouse(desk: Desk) -> None:
    desk.go("/incidents/new/")
    tab_to(desk, "#kind-filter")
    desk.page.keyboard.type("Ammonia")
    press(desk, "Enter")
    expect(desk.page.locator("[name=fact_leak_continues]")).to_be_visible()
    tab_to(desk, "[name=place]")
    desk.page.keyboard.type("四号门 Gate 4")
    tab_to(desk, "[name=organisation]")
    desk.page.keyboard.press("ControlOrMeta+a")
    desk.page.keyboard.type("haizhou-lanwan")
    tab_to(desk, "main button.button-main")
    press(desk, "Enter")
    expect(desk.page).to_have_url(re.compile(r"/incidents/\d+/$"))
    tab_to(desk, "#part-proposals a.button")
    press(desk, "Enter")
    expect(desk.sheet.locator(":focus")).to_have_count(1)
    tab_to(desk, "#sheet button.button-main")
    press(desk, "Enter")
    expect(desk.page).to_have_url(re.compile(r"/runs/\d+/$"))


def test_steps_are_walked_started_and_finished_without_a_mouse(desk: Desk) -> None:
    press(desk, "j")
    first = desk.page.locator("[data-step-row]").first
    expect(first).to_be_focused()
    step = first.get_attribute("id")
    tab_to(desk, f"#{step} button.button-main", most=5)
    press(desk, "Enter")
    expect(desk.page.locator(f"#{step} .step-started")).to_be_visible()
    tab_to(desk, f"#{step} a[href$='/finish/']", most=8)
    press(desk, "Enter")
    expect(desk.sheet.locator("textarea")).to_be_focused()
    desk.page.keyboard.type("键盘完成 Done by keyboard")
    tab_to(desk, "#sheet button.button-main", most=5)
    press(desk, "Enter")
    desk.sheet_closes()
    expect(desk.page.locator(f"#{step}")).to_have_count(0)


def test_escape_closes_the_sheet_and_gives_the_focus_back(desk: Desk) -> None:
    opener = desk.page.locator("#part-todo a[href$='/skip/']").first
    address = opener.get_attribute("href")
    opener.focus()
    press(desk, "Enter")
    expect(desk.sheet.locator("textarea")).to_be_focused()
    press(desk, "Escape")
    desk.sheet_closes()
    expect(desk.page.locator(f"#part-todo a[href='{address}']")).to_be_focused()


def test_the_focus_comes_back_even_where_the_board_was_renewed_meanwhile(desk: Desk, open_desk: OpenDesk) -> None:
    opener = desk.page.locator("#part-todo a[href$='/skip/']").last
    address = opener.get_attribute("href")
    opener.focus()
    press(desk, "Enter")
    expect(desk.sheet.locator("textarea")).to_be_focused()
    other = open_desk("duty", "en")
    other.page.goto(desk.page.url)
    started = other.page.locator("#part-todo button[id^=start-]").first
    name = started.get_attribute("id")
    started.click()
    expect(desk.page.locator(f"#{name}")).to_have_count(0)
    press(desk, "Escape")
    expect(desk.page.locator(f"#part-todo a[href='{address}']")).to_be_focused()
    desk.stays_clean()
