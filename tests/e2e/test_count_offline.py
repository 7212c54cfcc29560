"""A teacher counts without network: what was pressed is kept on the telephone, sent later, and counted once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from e2e.conftest import OpenDesk
from e2e.desk import PHONE, Desk


@pytest.fixture(scope="module")
def teacher(open_desk: OpenDesk, places: dict[str, str]) -> Desk:
    desk = open_desk("", "en", **PHONE)
    desk.go(places["count_group"])
    desk.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    desk.go(places["count_group"])
    return desk


def test_what_was_pressed_without_network_is_sent_later_and_counted_once(
    teacher: Desk, open_desk: OpenDesk, places: dict[str, str]
) -> None:
    page, kept = teacher.page, teacher.page.locator("[data-outbox-list] li")
    teacher.is_cut_off = True
    teacher.context.set_offline(True)
    page.locator("button.count-all").click()
    expect(kept).to_have_count(1)
    expect(kept).to_contain_text(teacher.say("kept on this telephone; it is sent as soon as there is network"))

    page.reload()
    expect(page.locator("button.count-all")).to_be_visible()
    expect(kept).to_have_count(1)

    sent: list[str] = []
    page.on("requestfinished", lambda request: sent.append(request.method) if request.method == "POST" else None)
    teacher.context.set_offline(False)
    expect(kept).to_have_class(re.compile("notice"), timeout=15_000)
    page.reload()
    expect(kept).to_have_class(re.compile("notice"))
    page.wait_for_timeout(6_000)
    assert sent == ["POST"]

    principal = open_desk("admin", "en")
    principal.go(places["head_count"])
    # How long after the alarm it came depends on how long the tests before it took, so "too late" may stand there.
    rows = principal.page.locator("#part-count tbody tr")
    reported = rows.filter(has=principal.page.locator("td:nth-child(5):not(:has(.none))"))
    expect(reported).to_have_count(1)
    expected, counted, missing = reported.locator("td.number").all_text_contents()[:3]
    assert expected.split()[0] == counted
    assert missing == "0"
    principal.stays_clean()
