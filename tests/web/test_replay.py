"""The replay on pages: at any moment, without JavaScript, and under a link without an account."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.built_once import A_MINUTE, built_once
from tests.web.scene import Scene, open_scene
from youbei.actions import clock, debriefs, runs
from youbei.records.models import DebriefLink, LogEntry

PARTIAL = {"HX-Request": "true"}


@built_once(fresh_for=A_MINUTE)
def scene() -> Scene:
    return open_scene()


@built_once(fresh_for=A_MINUTE)
def over(scene: Scene) -> Scene:
    runs.end_response(by=None, now=clock.now(), run=scene.run, reason="done")
    return scene


def text(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def link_of(scene: Scene) -> str:
    row = debriefs.share_debrief(by=None, now=clock.now(), run=scene.run, purpose="debriefing", lasts=timedelta(days=1))
    return f"/d/{debriefs.word_of(row)}/"


def test_the_board_leads_to_the_replay_which_begins_at_the_beginning(scene: Scene) -> None:
    officer = scene.browser("officer")
    assert f"{scene.board}replay/" in text(officer, scene.board)
    page = text(officer, f"{scene.board}replay/")
    assert "entry 1 of" in page
    assert "Next entry" in page
    assert "Previous entry" not in page


def test_one_steps_slides_and_plays_also_without_javascript(over: Scene) -> None:
    officer, here = over.browser("officer"), f"{over.board}replay/"
    assert "entry 2 of" in text(officer, f"{here}?entry=2")
    slid = re.search(r'name="from" value="([^"]+)"><input type="hidden" name="to" value="([^"]+)"', text(officer, here))
    assert slid is not None
    end = text(officer, f"{here}?" + f"from={slid[1]}&to={slid[2]}&share=400".replace("+", "%2B"))
    assert "From the beginning" in end
    assert 'hx-trigger="load' not in text(officer, here)
    assert 'hx-trigger="load delay' in text(officer, f"{here}?play=60")
    part = officer.get(f"{here}?play=60", headers=PARTIAL).content.decode()
    assert "<html" not in part


@pytest.mark.parametrize(
    "odd",
    [
        "at=x",
        "at=0001-01-01T00:00",
        "at=9999-12-31T23:59",
        "entry=0",
        "entry=99999999999",
        "share=9&from=x",
        "at=%00",
        "play=7",
    ],
)
def test_an_odd_moment_is_no_error(scene: Scene, odd: str) -> None:
    text(scene.browser("officer"), f"{scene.board}replay/?{odd}")


def test_the_clocks_of_a_replay_stand_still(scene: Scene) -> None:
    assert 'data-clock-paused="1"' in text(scene.browser("officer"), f"{scene.board}replay/")


def test_a_stranger_finds_no_replay(scene: Scene) -> None:
    stranger = scene.browser("stranger")
    for address in ("replay/", "replay/share/", "replay/links/1/end/"):
        assert stranger.get(scene.board + address).status_code == 404


def test_it_is_shared_by_a_link_and_ended_at_once(over: Scene) -> None:
    admin = over.browser("admin")
    page = admin.post(
        f"{over.board}replay/share/", {"purpose": "debriefing", "days": "7"}, follow=True
    ).content.decode()
    address = re.search(r"/d/[\w-]+/", page)
    assert address is not None
    visitor = Client(headers={"accept-language": "en"})
    shown = text(visitor, address[0])
    assert "Replay" in shown
    assert visitor.post(address[0]).status_code in {200, 403, 405}
    row = DebriefLink.objects.get()
    admin.post(f"{over.board}replay/links/{row.pk}/end/")
    assert visitor.get(address[0]).status_code == 404
    assert visitor.get(f"{address[0]}?entry=2").status_code == 404


def test_the_page_of_a_link_names_nobody_and_offers_nothing_to_do(over: Scene) -> None:
    visitor, link = Client(headers={"accept-language": "en"}), link_of(over)
    last = LogEntry.objects.filter(stream=over.run.stream).order_by("-seq").values_list("seq", flat=True)[0]
    for seq in (1, last // 2, last):
        page = text(visitor, f"{link}?entry={seq}")
        for person in (over.town.director, over.town.officer):
            assert person.name_zh not in page
            assert not re.search(rf"(?<!\w){person.name_en}(?!\w)", page)  # a token may hold the letters by chance
        for done in ("/runs/", "/incidents/", "hx-post", "Messages"):
            assert done not in page, done


def test_each_opening_is_logged_but_not_each_step(over: Scene) -> None:
    visitor, link = Client(), link_of(over)
    visitor.get(link)
    visitor.get(f"{link}?entry=2", headers=PARTIAL)
    visitor.get(link)
    assert LogEntry.objects.filter(kind="debrief.opened").count() == 2
    assert "Times opened:" in text(over.browser("admin"), f"{over.board}replay/")
