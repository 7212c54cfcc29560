"""Claims about home cover on pages: entered as a register, shown beside the proposal, ordered and ended there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.built_once import A_MINUTE, built_once
from tests.web.scene import Scene, open_scene
from youbei.actions import clock, runs, stores
from youbei.engine.places import Point
from youbei.records.models import HomeCover, MoveUp

pytest.importorskip("highspy")
ENTERED = {
    "code": "old-town",
    "name_zh": "老城区",
    "name_en": "Old town",
    "capability": "hazmat_response",
    "number": "2",
    "within_min": "10",
    "lat": "37.50",
    "lon": "121.40",
}


@built_once(fresh_for=A_MINUTE)
def scene() -> Scene:
    scene = open_scene()
    now = clock.now()
    runs.finish_step(by=scene.town.users["officer"], now=now, run=scene.run, step="alarm")
    stores.create_team(
        by=None, now=now, organisation=scene.town.fire, code="far", kind="professional", name_zh="远郊队",
        name_en="Far team", point=Point(37.62, 121.40), turn_out=timedelta(minutes=1),
        capabilities={"hazmat_response": 1}, strength=6,
    )  # fmt: skip
    answer = scene.browser("keeper").post("/registers/home_cover/new/", {**ENTERED, "organisation": "town-fire"})
    assert answer.status_code == 302, answer.content.decode()
    return scene


@pytest.fixture
def officer(scene: Scene) -> Client:
    return scene.browser("officer")


def text_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_the_advice_is_ordered_and_ended_on_the_page(scene: Scene, officer: Client) -> None:
    page = text_of(officer.get("/dispatch/"))
    assert "1/2" in page
    assert "Far team" in page
    (move,) = re.findall(r'name="move" value="([^"]+)"', page)
    page = text_of(officer.post("/dispatch/", {"do": "move_up", "move": move, "move_why": "补位"}, follow=True))
    assert "The orders to move up are given." in page
    assert "Far team is moving up" in page
    row = MoveUp.objects.get()
    page = text_of(officer.post("/dispatch/", {"do": "moved_up", "move_up": str(row.pk)}, follow=True))
    assert "there since" in page
    officer.post("/dispatch/", {"do": "moved_home", "move_up": str(row.pk)})
    row.refresh_from_db()
    assert row.ended_by == "returned"


def test_what_was_not_advised_is_refused_and_what_was_typed_stays(scene: Scene, officer: Client) -> None:
    cover = HomeCover.objects.get()
    answer = officer.post(
        "/dispatch/", {"do": "move_up", "move": f"{scene.town.teams[0].pk}|{cover.pk}", "move_why": "because"}
    )
    assert answer.status_code == 409
    assert "because" in text_of(answer)
    assert "is another one by now" in text_of(answer)
    assert officer.post("/dispatch/", {"do": "move_up", "move": "x"}).status_code == 409
    assert officer.post("/dispatch/", {"do": "moved_home", "move_up": "999"}).status_code == 404


def test_who_may_only_look_sees_the_advice_and_no_button(scene: Scene) -> None:
    page = text_of(scene.browser("observer").get("/dispatch/"))
    assert "Far team" in page
    assert 'value="move_up"' not in page


def test_a_supposition_orders_nobody_to_move(scene: Scene, officer: Client) -> None:
    page = text_of(officer.get(f"/dispatch/?down={scene.town.teams[0].pk}"))
    assert 'value="move_up"' not in page


def test_all_of_it_is_said_in_chinese(scene: Scene) -> None:
    page = text_of(scene.browser("officer", "zh-hans").get("/dispatch/"))
    assert "下令前移所选" in page
    assert "远郊队" in page


def test_a_district_is_protected_by_supposing_it_and_that_is_said(scene: Scene, officer: Client) -> None:
    cover = HomeCover.objects.get()
    assert "Protect this district" in text_of(officer.get("/dispatch/"))
    page = text_of(officer.get(f"/dispatch/?protect={cover.pk}"))
    assert "protected: Old town" in page
    assert "Far team" in page
    assert "All 1 places" in page or "1 place is covered as it must be." in page
    kept = text_of(officer.get(f"/dispatch/?keep:{cover.pk}={cover.number}"))
    assert f"at least {cover.number} stay: Old town" in kept
    assert "Far team" in kept
    for wrong in ("0", "x", "9" * 30, "%00"):
        assert officer.get(f"/dispatch/?protect={wrong}").status_code == 200
