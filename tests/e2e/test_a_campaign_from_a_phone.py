"""A bureau asks a unit by link; the unit answers on a telephone, also without network, and the bureau sees it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from e2e.conftest import OpenDesk
from e2e.desk import PHONE, Desk
from e2e.judge import judge


@pytest.fixture(scope="module")
def bureau(open_desk: OpenDesk, places: dict[str, str]) -> Desk:
    """Open the campaign of the city that goes on."""
    desk = open_desk("admin", "en", bypass_csp=True, reduced_motion="reduce")
    desk.go("/campaigns/")
    desk.page.locator("tbody tr", has_text=re.compile(r"\d+ / \d+")).first.get_by_role("link").first.click()
    return desk


@pytest.fixture(scope="module")
def link(bureau: Desk) -> str:
    """Return the link of a unit that has not answered, from its page."""
    row = bureau.page.locator("tbody tr", has=bureau.page.locator("a[href*='/campaigns/units/']"))
    row.filter(has_not=bureau.page.locator(".chip-good")).first.get_by_role("link").first.click()
    judge(bureau)
    found = re.search(r"/c/[\w-]+/", bureau.page.content())
    assert found is not None
    return urlsplit(found[0]).path


def test_what_is_answered_without_network_is_sent_later(link: str, open_desk: OpenDesk) -> None:
    phone = open_desk("", "en", bypass_csp=True, **PHONE)
    page = phone.page
    phone.go(link)
    judge(phone)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    with page.expect_response(lambda answer: "/add/" in answer.url, timeout=20_000):
        page.reload()
    page.wait_for_timeout(1000)
    answered = page.locator(".asked .chip-good")
    before = answered.count()

    phone.is_cut_off = True
    phone.context.set_offline(True)
    kept = page.locator("[data-answers] li")
    page.get_by_role("button", name=phone.say("Still true"), exact=True).first.click()
    expect(kept).to_have_count(1)
    expect(kept).to_contain_text(phone.say("kept on this telephone; it is sent as soon as there is network"))
    page.reload()
    expect(kept).to_have_count(1)
    page.locator("a[data-ahead]").first.click()
    expect(page.locator("form[data-answer]").first).to_be_visible()
    page.go_back()

    phone.context.set_offline(False)
    expect(kept).to_have_count(0, timeout=20_000)
    expect(answered).to_have_count(before + 1, timeout=20_000)
