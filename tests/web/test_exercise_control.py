"""The controller's console, the evaluator's sheet, the media wall, and what is real breaking in."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.actions.town import Town, report_leak
from tests.built_once import A_MINUTE, built_once
from tests.web.conftest import english
from tests.web.test_exercises import text
from youbei.actions import clock
from youbei.actions.exercises import breaking, control, enrolling, leading
from youbei.records.models import Exercise, ObservationPhoto

PHOTO = b"\xff\xd8\xff\xe0" + bytes(64)


@built_once(fresh_for=A_MINUTE)
def begun(cast: Town, planned: Exercise) -> Exercise:
    people = [("person:zhou", "evaluator", ""), ("person:wu", "player", "commander")]
    enrolling.enrol(by=None, now=clock.now(), exercise=planned, participants=people)
    return leading.start_exercise(by=None, now=clock.now(), exercise=planned)


@pytest.fixture
def evaluator(cast: Town) -> Client:
    return english(cast.users["officer"])


@pytest.fixture
def player(cast: Town) -> Client:
    return english(cast.users["director"])


def test_the_console_shows_what_comes_and_fires_it(begun: Exercise, trainer: Client) -> None:
    page = text(trainer, f"/exercises/{begun.pk}/control/")
    assert "Three are hurt" in page
    assert "Alarm raised" in page
    trainer.post(f"/exercises/{begun.pk}/control/rumour/fire/")
    answer = trainer.get(f"/exercises/{begun.pk}/control/", headers={"X-Youbei-Parts": "part-brought"})
    assert "A rumour on line" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_changed_inject_starts_from_the_words_of_the_script(begun: Exercise, trainer: Client) -> None:
    form = text(trainer, f"/exercises/{begun.pk}/control/hurt/change/")
    assert "Three are poisoned." in form
    trainer.post(f"/exercises/{begun.pk}/control/hurt/change/", {"title": "Five are hurt", "text": "Five!"})
    assert "changed: Five are hurt" in text(trainer, f"/exercises/{begun.pk}/control/")


def test_an_evaluator_rates_on_the_sheet_with_a_photograph(begun: Exercise, evaluator: Client) -> None:
    text(evaluator, f"/exercises/{begun.pk}/control/", 404)
    photo = SimpleUploadedFile("gate.jpg", PHOTO, "image/jpeg")
    data = {"subject": "t-alarm", "rating": "S", "text": "Loud but late.", "photo": photo}
    page = evaluator.post(f"/exercises/{begun.pk}/evaluate/", data, follow=True).content.decode()
    assert "Loud but late." in page
    kept = ObservationPhoto.objects.get()
    picture = evaluator.get(f"/exercises/{begun.pk}/photos/{kept.pk}/")
    assert (picture["Content-Type"], picture.content) == ("image/jpeg", PHOTO)


def test_an_empty_sheet_is_refused_and_nothing_is_kept(begun: Exercise, evaluator: Client) -> None:
    answer = evaluator.post(f"/exercises/{begun.pk}/evaluate/", {})
    assert answer.status_code in (409, 422)
    assert not begun.observations.exists()


def test_a_player_sees_messages_and_media_but_neither_script_nor_console(begun: Exercise, player: Client) -> None:
    control.fire_inject(by=None, now=clock.now(), exercise=begun, inject="rumour")
    control.improvise(
        by=None, now=clock.now(), exercise=begun, inject=control.Improvised("Wind", "commander", "The wind turns.")
    )
    page = text(player, f"/exercises/{begun.pk}/")
    assert "The wind turns." in page
    assert "Who takes part" not in page
    assert "Did it explode?" in text(player, f"/exercises/{begun.pk}/media/")
    text(player, f"/exercises/{begun.pk}/control/", 404)
    text(player, f"/exercises/{begun.pk}/injects/", 404)
    board = text(player, f"/runs/{begun.run_id}/")
    assert "An inject was fired" not in board
    assert "How do you see it yourself?" in text(player, f"/exercises/{begun.pk}/evaluate/")


def test_a_real_incident_is_shown_and_breaks_the_exercise_off(cast: Town, begun: Exercise, trainer: Client) -> None:
    leak = report_leak(cast, clock.now())
    page = text(trainer, f"/exercises/{begun.pk}/control/")
    assert leak.number in page
    trainer.post(f"/exercises/{begun.pk}/break-off/{leak.pk}/")
    begun.refresh_from_db()
    assert begun.broken_off_for_id == leak.pk
    page = text(trainer, f"/exercises/{begun.pk}/")
    assert "is-broken-off" in page
    assert "is-broken-off" in text(trainer, f"/runs/{begun.run_id}/")
    assert breaking.real_since(begun, cast.users["trainer"]) == []
