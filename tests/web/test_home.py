"""The duty desk answers: what is running, what is late, who is on duty, what must I do."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.actions.town import report_leak
from tests.built_once import A_MINUTE, built_once
from tests.web.conftest import client_of
from tests.web.scene import Scene, open_scene
from youbei.actions import activation, clock, runs
from youbei.records.models import Message, User

pytestmark = pytest.mark.django_db


@built_once(fresh_for=A_MINUTE)
def scene() -> Scene:
    return open_scene()


def test_the_desk_shows_what_runs_what_is_late_and_who_is_on_duty(scene: Scene) -> None:
    page = scene.browser("officer").get("/").content.decode()
    assert f'href="/runs/{scene.run.pk}/"' in page
    assert "Steps late" in page
    assert "Raise the alarm" in page
    assert "Zhou" in page


def test_what_is_mine_stands_under_what_i_must_do_now(scene: Scene) -> None:
    page = scene.browser("officer").get("/").content.decode()
    mine = page.split('id="part-mine"')[1].split("</section>")[0]
    assert "Raise the alarm" in mine
    other = scene.browser("keeper").get("/").content.decode()
    assert "No open step is yours." in other


def test_after_the_end_the_recovery_is_on_the_desk_and_what_was_left_of_the_response_is_not(scene: Scene) -> None:
    director = scene.town.users["director"]
    runs.hand_over_post(by=director, now=clock.now(), run=scene.run, post="ops", holder="person:zhou")
    runs.end_response(by=director, now=clock.now(), run=scene.run, reason="over")
    page = scene.browser("officer").get("/").content.decode()
    assert "Decontaminate" in page
    assert "Raise the alarm" not in page


def test_the_desk_speaks_chinese(scene: Scene) -> None:
    page = scene.browser("officer", "zh-hans").get("/").content.decode()
    for words in ("我现在要做", "超时任务", "值班人员", "报警"):
        assert words in page


def test_undelivered_messages_are_shown_with_the_advice_to_telephone(scene: Scene) -> None:
    Message.objects.filter(pk=Message.objects.values("pk")[:1]).update(status="failed", reason="no such mailbox")
    page = scene.browser("officer").get("/").content.decode()
    assert "no such mailbox" in page
    assert "Call them by telephone." in page


def test_a_stranger_sees_nothing_of_another_unit(scene: Scene) -> None:
    page = scene.browser("stranger").get("/").content.decode()
    assert scene.leak.title not in page


def test_an_account_without_a_grant_is_told_how_to_get_one(stranger: User) -> None:
    assert "Ask an administrator" in client_of(stranger).get("/").content.decode()
    assert Client().get("/").status_code == 302


def test_parts_of_the_desk_are_renewed_alone(scene: Scene) -> None:
    answer = scene.browser("officer").get("/", headers={"X-Youbei-Parts": "part-counts"})
    assert 'id="part-counts"' in answer.content.decode()
    assert 'id="part-late"' not in answer.content.decode()


def test_the_desk_asks_the_database_equally_often_for_one_run_and_for_many(scene: Scene) -> None:
    browser = scene.browser("officer")
    browser.get("/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/")
    by = scene.town.users["officer"]
    for _index in range(4):
        leak = report_leak(scene.town, clock.now())
        activation.activate_plan(by=by, now=clock.now(), incident=leak, plan_version=scene.version)
    with CaptureQueriesContext(connection) as many:
        browser.get("/")
    assert len(many) <= len(few) + 1
