"""A finding in a browser: from the log of a run to its acceptance by somebody else, and the draft of a plan."""

from __future__ import annotations

import pytest

from e2e.conftest import OpenDesk
from e2e.judge import judge


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_finding_goes_from_the_log_to_its_cure(language: str, places: dict[str, str], open_desk: OpenDesk) -> None:
    desk = open_desk("admin", language, bypass_csp=True, reduced_motion="reduce")
    desk.go("/findings/new/")
    page = desk.page
    page.locator("[name=unit]").fill("haizhou-emb")
    page.locator("[name=title_zh]").fill("消防泵不能启动")
    page.locator("[name=title_en]").fill("The fire pump does not start")
    page.locator("form.form button").click()
    page.wait_for_url("**/findings/*/")
    judge(desk)
    here = page.url
    page.goto(f"{here}settle/")
    judge(desk)
    page.locator("[name=measures]").fill("换电机 new motor")
    page.locator("[name=responsible]").fill("设备科 plant")
    page.locator("[name=due_on]").fill("2099-01-01")
    page.locator("form.form button").click()
    page.wait_for_url(here)
    page.goto(f"{here}change/")
    judge(desk)
    page.goto(f"{here}rectify/")
    judge(desk)
    page.locator("[name=note]").fill("已换 done")
    page.locator("form.form button").click()
    page.wait_for_url(here)
    assert page.locator("p.notice").count() == 1
    judge(desk)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_draft_of_a_plan_is_shown_and_changed(language: str, places: dict[str, str], open_desk: OpenDesk) -> None:
    desk = open_desk("admin", language, bypass_csp=True, reduced_motion="reduce")
    page = desk.page
    desk.go(f"{places['plan']}check/")
    page.locator("a[href*='/findings/new/?version']").first.click()
    page.locator("#sheet form.form button.button-main").click()
    page.wait_for_url("**/findings/*/")
    page.locator("form[action$='/draft/'] button").click()
    page.wait_for_url("**/drafts/*/")
    judge(desk)
    for part in ("steps", "clauses"):
        page.goto(f"{page.url}".split("steps")[0].split("clauses")[0])
        page.goto(desk.address + str(page.locator(f"a[href*='/{part}/']").first.get_attribute("href")))
        judge(desk)
