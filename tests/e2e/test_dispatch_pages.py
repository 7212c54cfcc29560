"""What belongs to a dispatch and has to be made first: roads that are closed, help that is asked, who is inside."""

from __future__ import annotations

import re
from http.cookiejar import CookieJar
from urllib.parse import urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from playwright.sync_api import expect

from e2e.city import City
from e2e.conftest import OpenDesk
from e2e.desk import Desk
from e2e.judge import judge

LANGUAGES = ("zh-hans", "en")


@pytest.fixture(scope="module")
def readers(open_desk: OpenDesk) -> dict[str, Desk]:
    return {one: open_desk("admin", one, bypass_csp=True, reduced_motion="reduce") for one in LANGUAGES}


def path_of(desk: Desk) -> str:
    return urlsplit(desk.page.url).path


@pytest.mark.parametrize("language", LANGUAGES)
def test_roads_are_closed_and_opened_again(language: str, places: dict[str, str], readers: dict[str, Desk]) -> None:
    desk = readers[language]
    desk.go(f"{places['incident']}roads/")
    desk.fill("Middle", "33.50, 122.85")
    desk.fill("Reason", "演练封路 drill")
    with desk.page.expect_navigation():
        desk.press("Close roads")
    desk.sees("nobody may drive")
    judge(desk)
    desk.follow("road|Open again", inside="main")
    with desk.page.expect_navigation():
        desk.submit()
    desk.sees("road|opened")
    judge(desk)


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_is_asked_and_committed(language: str, places: dict[str, str], readers: dict[str, Desk]) -> None:
    desk = readers[language]
    desk.go(f"{places['incident']}aid/new/")
    desk.fill("Organisation", "haizhou-harbour")
    desk.page.locator("[name=capability]").select_option("hazmat_response")
    with desk.page.expect_navigation():
        desk.submit()
    expect(desk.page.get_by_text(desk.words.either("已请求", "requested")).first).to_be_visible()
    judge(desk)
    address = path_of(desk)
    desk.go(f"{address}commit/")
    judge(desk)
    desk.page.locator("[name=at]").fill("2099-01-01T08:00")
    with desk.page.expect_navigation():
        desk.submit()
    expect(desk.page.get_by_text(desk.words.either("已承诺", "committed")).first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_heads_are_counted(language: str, places: dict[str, str], readers: dict[str, Desk]) -> None:
    desk = readers[language]
    desk.go(f"{places['run']}scene/enter/")
    desk.fill("or who", "二组 2")
    with desk.page.expect_navigation():
        desk.submit()
    desk.sees("Inside the danger zone")
    judge(desk)
    for verb in ("heard", "leave"):
        desk.go(f"{places['run']}scene/")
        desk.page.locator(f"#part-scene a[href$='{verb}/']").first.click()
        desk.sees("Heard of" if verb == "heard" else "How many come out")
        desk.submit()
        desk.sheet_closes()
    judge(desk)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_siting_question_is_answered(language: str, readers: dict[str, Desk]) -> None:
    desk = readers[language]
    desk.go("/siting/")
    desk.page.locator("[name=question]").select_option("median")
    desk.page.locator("[name=places]").select_option("school")
    desk.page.locator("[name=standing]").select_option("store")
    desk.page.locator("[name=candidates]").select_option("station")
    desk.press("Work it out")
    address = path_of(desk)
    desk.until(lambda: desk.page.locator("progress").count() == 0, seconds=120)
    desk.go(address)
    desk.sees("The next should stand here")
    judge(desk)


@pytest.fixture(scope="module")
def uncovered(city: City) -> None:
    """A cover beside the exercise that nobody is near enough to keep, and somebody could move up for."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    city.post(opener, "/sign-in/", username="admin", password=city.password("admin"))
    said = {"name_zh": "海堤口", "name_en": "Sea gate", "organisation": "haizhou-fire", "number": "1"}
    where = {"code": "sea-gate", "capability": "rescue", "within_min": "1", "lat": "33.47", "lon": "122.90"}
    city.post(opener, "/registers/home_cover/new/", **said, **where)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_move_up_is_ordered_arrives_and_is_sent_home(
    language: str, places: dict[str, str], readers: dict[str, Desk], uncovered: None
) -> None:
    desk = readers[language]
    desk.go(f"/dispatch/?exercise={places['incident'].split('/')[2]}")
    gap = desk.page.locator(".home-cover li", has_text=desk.words.either("海堤口", "Sea gate")).first
    expect(gap.locator("input[name=move]").first).to_be_checked()
    judge(desk)
    with desk.page.expect_navigation():
        desk.press("Order these to move up")
    desk.sees("The orders to move up are given.")
    desk.sees("Moved up")
    judge(desk)
    moved = desk.page.locator(".home-cover li", has_text="→").first
    with desk.page.expect_navigation():
        moved.get_by_role("button", name=desk.say("It is there")).click()
    desk.sees("there since")
    while desk.page.locator("button[value=moved_home]").count():
        with desk.page.expect_navigation():
            desk.page.locator("button[value=moved_home]").first.click()
    expect(desk.page.get_by_text(desk.say("Moved up"), exact=True)).to_have_count(0)
    judge(desk)


def what_if(desk: Desk, places: dict[str, str]) -> None:
    """Open the proposal of the exercise, and go on to its sliders as soon as they are there."""
    desk.go(f"/dispatch/?exercise={places['incident'].split('/')[2]}")
    while not desk.page.locator("#what-if-form").count():
        desk.page.get_by_role("link", name=desk.say("Look again")).click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_slider_is_moved_by_keys_and_what_follows_is_shown(
    language: str, places: dict[str, str], readers: dict[str, Desk]
) -> None:
    desk = readers[language]
    what_if(desk, places)
    slider = desk.page.locator("#slider-slack")
    slider.focus()
    desk.page.keyboard.press("ArrowRight")
    expect(desk.page.locator("#slider-slack-said")).to_contain_text("1")
    expect(desk.page).to_have_url(re.compile("slack=1"))
    expect(desk.page.locator("#supposed")).to_contain_text(desk.say("Supposed, not real"))
    expect(slider).to_be_focused()
    judge(desk)
    desk.page.keyboard.press("Home")
    expect(desk.page).not_to_have_url(re.compile("slack="))
    expect(desk.page.locator("#supposed")).not_to_contain_text(desk.say("Supposed, not real"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_scripts_the_sliders_are_sent_by_their_button(
    language: str, places: dict[str, str], open_desk: OpenDesk
) -> None:
    desk = open_desk("admin", language, java_script_enabled=False)
    what_if(desk, places)
    desk.page.locator("#slider-slack").focus()
    desk.page.keyboard.press("ArrowRight")
    with desk.page.expect_navigation():
        desk.page.locator("#what-if-form button").click()
    assert "slack=1" in desk.page.url
    assert "seconds=" not in desk.page.url
    expect(desk.page.locator("#supposed")).to_contain_text(desk.say("Supposed, not real"))
    expect(desk.page.locator("#slider-slack")).to_have_value("1")
