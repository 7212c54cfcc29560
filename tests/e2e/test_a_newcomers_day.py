"""The main job, as a newcomer does it in either language: from the call to the closed incident.

What is typed is in both languages, because it stays on the pages that others read.

The tests of this file are the chapters of one story and follow each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, expect

from e2e.cable import Cable
from e2e.city import City
from e2e.conftest import OpenDesk
from e2e.desk import Desk
from e2e.words import Words

PLAN = ("海州化工园区液氨泄漏事故专项应急预案", "Haizhou Chemical Park")
LIVE_MS = 6000


@dataclass
class Story:
    """One incident and the two people who deal with it, each in a browser of their own."""

    words: Words
    officer: Desk
    commander: Desk
    cable: Cable
    seen: dict[str, str] = field(default_factory=dict)

    def step(self, desk: Desk, step: str) -> Locator:
        return desk.page.locator(f"#step-{step}")

    def shows(self, desk: Desk, step: str, status: str) -> None:
        expect(self.step(desk, step).locator(f".chip.step-{status}")).to_be_visible(timeout=LIVE_MS)

    def need(self, desk: Desk, step: str, need: str) -> Locator:
        """Find the block of a need by the address of its button."""
        return desk.page.locator("#part-needs .need").filter(
            has=desk.page.locator(f'[href*="/needs/{step}/{need}/"], [href*="/needs/{step}%2F{need}/"]')
        )


@pytest.fixture(scope="module", params=["zh-hans", "en"])
def story(request: pytest.FixtureRequest, open_desk: OpenDesk, cable: Cable) -> Story:
    language = request.param
    return Story(Words(language), open_desk("", language), open_desk("commander", language, cable.address), cable)


@pytest.fixture(autouse=True)
def clean_desks(story: Story) -> Iterator[None]:
    """Neither screen may complain about anything in any chapter."""
    yield
    story.officer.stays_clean()
    story.commander.stays_clean()


def test_a_newcomer_signs_in_and_stands_at_the_duty_desk(story: Story, city: City) -> None:
    officer = story.officer
    officer.go("/")
    expect(officer.page).to_have_url(re.compile("/sign-in/"))
    officer.fill("User name", "duty")
    officer.fill("Password", city.password("duty"))
    officer.press("Sign in")
    expect(officer.page).to_have_url(city.address + "/")
    for name, language in (("简体中文", "zh-hans"), ("English", "en")):
        if language == story.words.language and officer.page.locator("html").get_attribute("lang") != language:
            officer.page.locator(".user-menu summary").click()
            officer.page.get_by_role("button", name=name).click()
    expect(officer.page.locator("html")).to_have_attribute("lang", story.words.language)
    for heading in ("What I must do now", "Running", "Late", "Open incidents", "On duty"):
        expect(officer.page.get_by_role("heading", name=re.compile(story.words(heading))).first).to_be_visible()


def test_a_leak_is_reported_on_one_screen(story: Story) -> None:
    officer = story.officer
    officer.follow("Report an incident", inside="header")
    page = officer.page
    # One screen: what must be filled in, and the button, are in sight without scrolling.
    height = page.viewport_size["height"] if page.viewport_size else 0
    for needed in (page.locator("#kind-filter"), page.get_by_role("button", name=story.words("Report"), exact=True)):
        box = needed.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height
    page.get_by_role("radio", name=story.words.either("氨泄漏", "Ammonia leak"), exact=True).check()
    leak = page.get_by_label(story.words.either("仍在泄漏", "Leak continues"))
    leak.select_option("true")
    page.get_by_label(re.compile(story.words.either("重伤人数", "Seriously injured"))).fill("3")
    officer.fill("Unit concerned", story.words.either("蓝湾化工有限公司", "Lanwan Chemical Co."))
    officer.fill("Where", "3号氨球罐 Ammonia sphere 3")
    officer.fill("Coordinates", "33.547, 122.88")
    officer.fill("Name of the caller", "罐区班长 Shift leader")
    officer.press("Report")
    expect(page).to_have_url(re.compile(r"/incidents/\d+/$"))
    story.seen["incident"] = urlsplit(page.url).path
    expect(page.get_by_role("heading", level=1)).to_contain_text("3号氨球罐 Ammonia sphere 3")


def test_it_is_graded_and_says_that_the_grade_is_a_lower_bound(story: Story) -> None:
    grade = story.words("at least: %(grade)s", grade=story.words.either("一般", ""))
    expect(story.officer.page.locator("#part-facts")).to_contain_text(re.compile(re.escape(grade), re.IGNORECASE))


def proposal(story: Story) -> Locator:
    title = story.words.either(*PLAN)
    return story.officer.page.locator("#part-proposals article").filter(has_text=title)


def test_a_plan_is_proposed_with_its_level_and_the_reasons(story: Story) -> None:
    offered = proposal(story)
    expect(offered.locator(".level-3")).to_be_visible()
    expect(offered.locator(".reasons li")).not_to_have_count(0)
    expect(offered.locator(".reasons")).to_contain_text(story.words.either("重伤人数", "eriously injured"))
    expect(offered.locator(".reasons")).to_contain_text(story.words.either("尚不知道", "not yet known"))


def test_activating_the_plan_opens_its_board(story: Story) -> None:
    officer = story.officer
    proposal(story).get_by_role("link", name=re.compile(story.words("Activate"))).click()
    expect(officer.sheet.get_by_role("heading")).to_contain_text(story.words.either(*PLAN))
    officer.submit()
    expect(officer.page).to_have_url(re.compile(r"/runs/\d+/$"))
    story.seen["run"] = urlsplit(officer.page.url).path
    story.shows(officer, "receive", "open")
    expect(officer.page.locator("#part-strip .level-3.far")).to_be_visible()


def test_a_step_started_here_changes_there_without_a_reload(story: Story) -> None:
    story.commander.go(story.seen["run"])
    story.commander.page.evaluate("window.notReloaded = true")
    story.shows(story.commander, "receive", "open")
    story.step(story.officer, "receive").get_by_role("button", name=story.words("Start"), exact=True).click()
    story.shows(story.officer, "receive", "started")
    story.shows(story.commander, "receive", "started")
    assert story.commander.page.evaluate("window.notReloaded")


def test_finishing_a_step_opens_those_that_wait_for_it(story: Story) -> None:
    story.step(story.officer, "receive").get_by_role("link", name=story.words("Finish"), exact=True).click()
    story.officer.fill("Note", "已回拨核实 Called back", inside="#sheet")
    story.officer.submit()
    story.officer.sheet_closes()
    expect(story.step(story.commander, "receive")).to_have_count(0, timeout=LIVE_MS)
    story.shows(story.commander, "tell-commander", "open")
    expect(story.commander.page.locator("#part-log")).to_contain_text("已回拨核实 Called back")


def test_after_a_cut_nothing_is_missed(story: Story) -> None:
    commander = story.commander
    commander.is_cut_off = True
    story.cable.cut()
    expect(commander.page.locator("#cut")).to_be_visible(timeout=15_000)
    story.step(story.officer, "tell-commander").get_by_role("button", name=story.words("Start"), exact=True).click()
    story.shows(story.officer, "tell-commander", "started")
    story.step(story.officer, "zones").get_by_role("button", name=story.words("Start"), exact=True).click()
    story.shows(story.officer, "zones", "started")
    story.shows(commander, "tell-commander", "open")
    story.cable.mend()
    for step in ("tell-commander", "zones"):
        expect(story.step(commander, step).locator(".chip.step-started")).to_be_visible(timeout=15_000)
    expect(commander.page.locator("#cut")).to_be_hidden(timeout=15_000)
    commander.is_cut_off = False
    assert commander.page.evaluate("window.notReloaded")


def test_the_proposed_resource_is_sent_and_arrives(story: Story) -> None:
    officer = story.officer
    need = story.need(officer, "turn-out", "hazmat")
    need.get_by_role("link", name=story.words("Assign"), exact=True).click()
    chosen = officer.sheet.locator("input[name=resource]:checked")
    expect(chosen).to_have_count(1)
    team = officer.sheet.locator("label:has(input[name=resource]:checked) b").inner_text()
    expect(officer.sheet.locator("label:has(input[name=resource]:checked) small")).not_to_be_empty()
    officer.submit()
    officer.sheet_closes()
    sent = officer.page.locator("#part-needs .sent-list li").filter(has_text=team).first
    expect(sent).to_contain_text(story.words("expected"))
    expect(story.commander.page.locator("#part-needs .sent-list")).to_contain_text(team, timeout=LIVE_MS)
    sent.get_by_role("button", name=story.words("Arrived"), exact=True).click()
    expect(sent).to_contain_text(story.words("arrived"))


def test_a_new_fact_raises_the_level_everywhere(story: Story) -> None:
    officer = story.officer
    officer.follow("Add or correct", inside="#part-facts")
    officer.sheet.locator("[name=fact_deaths]").fill("1")
    officer.submit()
    officer.sheet_closes()
    expect(officer.page.locator("#part-facts")).to_contain_text(story.words.either("死亡人数", "Deaths"))
    expect(officer.page.locator("#part-strip .level-2.far")).to_be_visible(timeout=LIVE_MS)
    expect(story.commander.page.locator("#part-strip .level-2.far")).to_be_visible(timeout=LIVE_MS)


def test_a_post_is_handed_over_with_a_briefing(story: Story) -> None:
    commander = story.commander
    row = commander.page.locator("#part-posts li").filter(
        has_text=story.words.either("综合协调组", "Coordination group")
    )
    before = row.inner_text()
    row.get_by_role("link", name=story.words("hand over")).click()
    commander.fill("New holder", "haizhou-park/duty-leader", inside="#sheet")
    commander.fill("Briefing", "已报局里 The bureau is told", inside="#sheet")
    commander.submit()
    commander.sheet_closes()
    expect(row).not_to_have_text(before, timeout=LIVE_MS)
    expect(commander.page.locator("#part-log")).to_contain_text("已报局里 The bureau is told")


def test_a_deviation_from_the_plan_is_recorded(story: Story) -> None:
    officer = story.officer
    officer.follow("Deviation")
    officer.sheet.locator("select[name=subject]").select_option("zones")
    said = "北路口改由交警设卡 Police close the north junction"
    officer.fill("How, and why", said, inside="#sheet")
    officer.submit()
    officer.sheet_closes()
    expect(story.commander.page.locator("#part-log")).to_contain_text(said, timeout=LIVE_MS)


def test_a_step_is_skipped_only_with_a_reason(story: Story) -> None:
    commander = story.commander
    story.step(commander, "safety-officer").get_by_role("link", name=story.words("Skip"), exact=True).click()
    commander.submit()
    expect(commander.sheet.locator("textarea[name=reason]:invalid")).to_have_count(1)
    commander.fill("Reason", "企业安全员已在岗 The works has one", inside="#sheet")
    commander.submit()
    commander.sheet_closes()
    expect(story.step(story.officer, "safety-officer")).to_have_count(0, timeout=LIVE_MS)


def test_a_refused_action_says_why_and_keeps_what_was_typed(story: Story) -> None:
    officer, commander = story.officer, story.commander
    officer.expects(409)
    note = "已电话报告 Told by telephone"
    story.step(officer, "tell-commander").get_by_role("link", name=story.words("Finish"), exact=True).click()
    officer.fill("Note", note, inside="#sheet")
    # Meanwhile the commander finishes the same step.
    story.step(commander, "tell-commander").get_by_role("link", name=story.words("Finish"), exact=True).click()
    commander.submit()
    commander.sheet_closes()
    officer.submit()
    refusal = officer.sheet.get_by_role("alert")
    expect(refusal).to_be_visible()
    assert len(refusal.inner_text()) > 10
    expect(officer.field("Note", inside="#sheet")).to_have_value(note)
    officer.page.keyboard.press("Escape")
    officer.sheet_closes()


def test_the_commander_ends_the_response(story: Story) -> None:
    commander = story.commander
    commander.follow("Add or correct", inside="#part-facts")
    commander.sheet.locator("[name=fact_leak_continues]").select_option("false")
    commander.submit()
    commander.sheet_closes()
    commander.follow("End the response", inside=".board-title")
    commander.fill("Reason", "泄漏已止，检测合格 Stopped and measured clear", inside="#sheet")
    commander.submit()
    commander.sheet_closes()
    expect(commander.page.locator("#part-strip")).to_contain_text(story.words("ended"), timeout=LIVE_MS)


def test_the_response_is_assessed_and_the_incident_closed(story: Story) -> None:
    commander = story.commander
    commander.page.reload()
    commander.follow("Assess")
    commander.sheet.locator("input[name=rating][value=S]").check()
    commander.fill("Assessment", "到场及时 In time", inside="#sheet")
    commander.submit()
    commander.sheet_closes()
    commander.go(story.seen["incident"])
    commander.follow("Close the incident")
    commander.fill("Reason", "处置完毕 All done", inside="#sheet")
    commander.submit()
    expect(commander.page.locator(".notice")).to_contain_text(story.words("Incident closed."))
    expect(commander.page.locator(".page-head .chip").first).to_have_text(story.words("closed"))


def test_the_log_holds(story: Story) -> None:
    officer = story.officer
    officer.go("/log/")
    officer.press("Verify the whole log")
    officer.sees("The log holds: no entry is missing, none was changed.")
