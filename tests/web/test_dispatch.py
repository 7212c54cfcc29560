"""Claims about the page of the optimiser and its panel on the board."""

from __future__ import annotations

import re
from concurrent.futures import Future

import pytest
from django.test import Client

from tests.built_once import A_MINUTE, built_once
from tests.web.scene import Scene, open_scene
from youbei.actions import clock, runs
from youbei.actions.dispatch.supposing import NOTHING
from youbei.actions.dispatch.working import BEGUN, Begun, Question
from youbei.records.log import head
from youbei.records.models import Assignment

pytest.importorskip("highspy")


@built_once(fresh_for=A_MINUTE)
def scene() -> Scene:
    scene = open_scene()
    runs.finish_step(by=scene.town.users["officer"], now=clock.now(), run=scene.run, step="alarm")
    return scene


@pytest.fixture
def browser(scene: Scene) -> Client:
    return scene.browser("officer")


def text_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def taken(page: str) -> list[str]:
    return re.findall(r'name="take" value="([^"]+)"', page)


def test_the_page_says_who_goes_when_why_and_how_good_it_is(browser: Client) -> None:
    page = text_of(browser.get("/dispatch/"))
    assert "Engine 0" in page
    assert "proven optimal" in page
    assert "Number 1 to arrive of 3 that are suitable" in page
    assert "Next would be Engine 2" in page
    assert len(taken(page)) == 3


def test_it_is_said_in_chinese_too(scene: Scene) -> None:
    page = text_of(scene.browser("director", "zh-hans").get("/dispatch/"))
    assert "3 个合格的中第 1 个到达" in page
    assert "已证明最优" in page


def test_what_is_ticked_is_sent_and_the_page_comes_back(browser: Client) -> None:
    keys = taken(text_of(browser.get("/dispatch/")))
    answer = browser.post("/dispatch/", {"take": keys, "do": "send"}, follow=True)
    assert "3 sent." in text_of(answer)
    assert Assignment.objects.count() == 3
    assert "Nothing is lacking." in text_of(answer)


def test_while_it_is_worked_out_anew_nothing_is_carried_out(scene: Scene, browser: Client) -> None:
    keys = taken(text_of(browser.get("/dispatch/")))
    question = Question(scene.town.users["officer"].pk, None, NOTHING)
    BEGUN[question] = Begun(Future(), head().hash, clock.now())
    for sent in (
        {"take": keys, "do": "send"},
        {"team": ["1"], "do": "turn"},
        {"move": ["1|1"], "do": "move_up"},
    ):
        answer = browser.post("/dispatch/", sent)
        assert answer.status_code == 409
        assert "Nothing was carried out" in text_of(answer)
        assert "it comes by itself" in text_of(answer)
        # What is not there yet takes no room beside.
        assert all(f'<div id="{one}" hidden></div>' in text_of(answer) for one in ("verdict", "what-if"))
    assert not Assignment.objects.exists()
    del BEGUN[question]
    assert "3 sent." in text_of(browser.post("/dispatch/", {"take": keys, "do": "send"}, follow=True))


def test_another_choice_is_compared_then_refused_without_a_reason_and_kept_in_the_form(
    scene: Scene, browser: Client
) -> None:
    keys = taken(text_of(browser.get("/dispatch/")))
    other = f"team:{scene.town.teams[2].pk}"
    sent = {"take": keys, f"instead:{keys[0]}": other, "do": "compare", "reason": ""}
    assert "Against the optimum: " in text_of(browser.post("/dispatch/", sent))
    answer = browser.post("/dispatch/", sent | {"do": "send"})
    assert answer.status_code == 409
    assert "say why" in text_of(answer)
    assert f'<option value="{other}" selected>' in text_of(answer)
    assert not Assignment.objects.exists()
    answer = browser.post("/dispatch/", sent | {"do": "send", "reason": "pump is broken"}, follow=True)
    assert Assignment.objects.filter(team=scene.town.teams[2]).get().reason == "pump is broken"


def test_suppositions_stand_in_the_address_and_send_nobody(scene: Scene, browser: Client) -> None:
    down = f"/dispatch/?down={scene.town.teams[0].pk}"
    page = text_of(browser.get(down))
    assert "Supposed, not real" in page
    assert "cannot go: Engine 0" in page
    assert "Engine 2 goes to" in page
    more = f"/dispatch/?more={scene.run.pk}:isolate/team"
    page = text_of(browser.get(more))
    assert "1 of 4 missing" in page
    assert 'value="send"' not in page
    answer = browser.post(more, {"take": taken(page), "do": "send"})
    assert answer.status_code == 409
    assert "This is a supposition" in text_of(answer)
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        "close=x",
        "close=1,2,3",
        "down=x",
        f"down={'9' * 40}",
        "more=%00",
        "close=91,0",
        "more=9:a/b",
        "more:9:a/b=3",
        "keep:x=2",
        "keep:9=99",
        "slack=x",
        "slack=0",
        "seconds=-1",
    ],
)
def test_a_question_that_makes_no_sense_is_answered_all_the_same(browser: Client, query: str) -> None:
    answer = browser.get(f"/dispatch/?{query}", follow=query == "slack=0")
    assert answer.status_code == 200
    assert ("is no place" in text_of(answer)) is query.startswith("close")


def test_sliders_say_what_they_stand_at_and_what_is_at_rest_leaves_the_address(scene: Scene, browser: Client) -> None:
    page = text_of(browser.get("/dispatch/"))
    need = f"more:{scene.run.pk}:isolate/team"
    assert re.search(rf'<input type="range" [^>]*name="{need}" min="0" max="20" step="1" value="0"', page)
    assert "as asked</output>" in page
    answer = browser.get("/dispatch/", {need: "3", "slack": "0", "seconds": "0", "down": "", "close": ["", ""]})
    assert answer.status_code == 302
    assert answer["Location"] == f"/dispatch/?{need}=3"
    page = text_of(browser.get(answer["Location"]))
    assert "3 more: " in page
    assert ">3 more</output>" in page
    assert re.search(rf'name="{need}" [^>]*value="3"', page)
    assert "2 of 5 missing" in page
    assert 'value="send"' not in page


def test_from_what_is_due_later_nobody_is_sent(scene: Scene, browser: Client) -> None:
    page = text_of(browser.get("/dispatch/?slack=120"))
    assert "due 120 min later" in page
    assert 'value="send"' not in page


def test_more_work_for_the_same_question_is_no_supposition(browser: Client) -> None:
    page = text_of(browser.get("/dispatch/?seconds=2"))
    assert "Supposed, not real" not in page
    assert 'value="send"' in page
    assert ">2 s</output>" in page


def test_the_board_has_a_panel_with_the_part_that_concerns_it(scene: Scene, browser: Client) -> None:
    board = text_of(browser.get(scene.board))
    assert "What the optimiser proposes" in board
    panel = text_of(browser.get(f"{scene.board}dispatch/", headers={"HX-Request": "true"}))
    assert "Engine 0" in panel
    assert "<html" not in panel


def test_who_may_only_look_is_offered_no_button(scene: Scene) -> None:
    page = text_of(scene.browser("observer").get("/dispatch/"))
    assert "Engine 0" in page
    assert 'value="send"' not in page
    assert scene.browser("observer").post("/dispatch/", {"take": taken(page), "do": "send"}).status_code == 403


def test_a_stranger_learns_nothing(scene: Scene) -> None:
    stranger = scene.browser("stranger")
    assert "Engine 0" not in text_of(stranger.get("/dispatch/"))
    assert stranger.get(f"{scene.board}dispatch/").status_code == 404
    assert stranger.get(f"/dispatch/?exercise={scene.leak.pk}").status_code == 404


def test_an_exercise_has_its_own_proposal_under_its_band(db: None) -> None:
    scene = open_scene(mode="exercise")
    runs.finish_step(by=scene.town.users["trainer"], now=clock.now(), run=scene.run, step="alarm")
    browser = scene.browser("trainer")
    page = text_of(browser.get(f"/dispatch/?exercise={scene.leak.pk}"))
    assert "演练 EXERCISE" in page
    assert "Engine 0" in page
    real = text_of(browser.get("/dispatch/"))
    assert "Engine 0" not in real
    assert f'href="/dispatch/?exercise={scene.leak.pk}"' in real
