"""The running exercise: its band on every page, and its clock in the director's hands."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from e2e.conftest import OpenDesk
from e2e.desk import Desk


@pytest.fixture(scope="module", params=["zh-hans", "en"])
def director(request: pytest.FixtureRequest, open_desk: OpenDesk, places: dict[str, str]) -> Desk:
    desk = open_desk("director", request.param)
    desk.go(places["run"])
    return desk


def clock(desk: Desk) -> Locator:
    return desk.page.locator("#part-clock")


def minutes(desk: Desk) -> float:
    """Read the exercise clock, in minutes of its day."""
    hours, minute, seconds = clock(desk).locator("[data-scenario-clock]").inner_text().split()[-1].split(":")
    return int(hours) * 60 + int(minute) + int(seconds) / 60


def test_the_band_says_that_nothing_is_real(director: Desk, places: dict[str, str]) -> None:
    band = director.page.locator(".exercise-band")
    expect(band).to_contain_text("演练 EXERCISE")
    expect(band).to_contain_text(director.say("Nothing here is real. Messages go only to those enrolled."))
    for path in (places["incident"], places["run"] + "deviation/"):
        director.go(path)
        expect(band).to_be_visible()
    director.go(places["quiet"])
    expect(band).to_have_count(0)
    director.go(places["run"])
    director.stays_clean()


def test_a_paused_exercise_stands_still(director: Desk) -> None:
    clock(director).get_by_role("button", name=director.say("Pause"), exact=True).click()
    expect(clock(director)).to_contain_text(director.say("paused"))
    before = minutes(director)
    director.page.wait_for_timeout(1500)
    assert minutes(director) == before
    clock(director).get_by_role("button", name=director.say("Resume"), exact=True).click()
    expect(clock(director).get_by_role("button", name=director.say("Pause"), exact=True)).to_be_visible()
    director.until(lambda: minutes(director) != before)
    director.stays_clean()


def test_the_speed_is_set(director: Desk) -> None:
    director.follow("Speed", inside="#part-clock")
    director.sheet.get_by_label("30×").check()
    director.submit()
    director.sheet_closes()
    expect(clock(director)).to_contain_text("30×")
    before = minutes(director)
    director.page.wait_for_timeout(2200)
    assert 0.5 <= (minutes(director) - before) % 1440 <= 3
    director.follow("Speed", inside="#part-clock")
    director.sheet.get_by_label("1×", exact=True).check()
    director.submit()
    director.sheet_closes()
    expect(clock(director)).to_contain_text(re.compile(r"(?<!\d)1×"))
    director.stays_clean()


def test_the_clock_jumps_and_what_was_due_has_come(director: Desk) -> None:
    before = minutes(director)
    director.follow("Jump", inside="#part-clock")
    director.fill("Minutes forward", "30", inside="#sheet")
    director.submit()
    director.sheet_closes()
    director.until(lambda: 29.5 <= (minutes(director) - before) % 1440 <= 33)
    director.stays_clean()


def test_messages_went_only_to_those_enrolled(director: Desk) -> None:
    expect(director.page.locator("#part-messages li")).not_to_have_count(0)
    expect(director.page.locator("#part-messages")).not_to_contain_text("Text(")
