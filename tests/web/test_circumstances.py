"""The page on which the duty desk states what holds in an area."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localtime

from tests.actions.town import Town
from tests.cap import cap, reference
from tests.web.conftest import english
from tests.web.test_exercises import text
from youbei.actions import clock
from youbei.actions.exercises import leading
from youbei.records.models import Circumstance, Exercise, Fact

NEW, ALERT = "/exercises/circumstances/new/", "/exercises/circumstances/alert/"


def test_a_warning_is_chosen_by_its_name_stated_and_lifted(cast: Town) -> None:
    desk = english(cast.users["officer"])
    assert "Warning colour: Orange" in text(desk, NEW)
    until = localtime(clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    said = {"organisation": "town", "what": "warning_colour=orange", "source": "市气象台", "ends_at": until}
    desk.post(NEW, said)
    one = Circumstance.objects.get()
    page = text(desk, "/exercises/circumstances/")
    assert "市气象台" in page
    assert "Orange" in page
    desk.post(f"/exercises/circumstances/{one.pk}/lift/")
    assert "Nothing is stated" in text(desk, "/exercises/circumstances/")


def test_what_is_measured_takes_a_number_and_refuses_words(cast: Town) -> None:
    desk = english(cast.users["officer"])
    until = localtime(clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    said = {"organisation": "town", "what": "rain_mm_24h=", "source": "市气象台", "ends_at": until}
    for wrong in ("", "a lot"):
        assert desk.post(NEW, {**said, "value": wrong}).status_code == 422
    desk.post(NEW, {**said, "value": "120"})
    assert Circumstance.objects.get().value == 120


def test_who_only_looks_states_nothing(cast: Town) -> None:
    assert english(cast.users["observer"]).get(NEW).status_code in (403, 404)


def test_a_cap_message_is_taken_in_by_its_file_and_what_is_wrong_is_said(cast: Town) -> None:
    desk, at = english(cast.users["officer"]), clock.now().replace(microsecond=0)

    def sent(message: str, **more: str) -> Any:
        file = SimpleUploadedFile("alert.xml", message.encode())
        return desk.post(ALERT, {"file": file, "organisation": "town", **more}, follow=True)

    assert "belongs to an exercise" in sent(cap(at, status="Exercise")).content.decode()
    assert "entities" in sent(cap(at).replace("?>", "?><!DOCTYPE alert>", 1)).content.decode()
    assert "Say where it holds" in sent(cap(at), organisation="").content.decode()
    assert not Circumstance.objects.exists()
    page = sent(cap(at)).content.decode()
    assert "The message is taken in." in page
    assert "市气象台: 暴雨预警" in page
    over = cap(at, identifier="rain-2", msg_type="Cancel", references=reference(at))
    assert "It ended what earlier messages had stated: 1." in sent(over).content.decode()
    assert english(cast.users["observer"]).get(ALERT).status_code in (403, 404)


def test_a_message_of_an_exercise_is_played_in_one_that_runs(cast: Town, planned: Exercise, trainer: Client) -> None:
    leading.start_exercise(by=None, now=clock.now(), exercise=planned)
    file = SimpleUploadedFile("alert.xml", cap(clock.now(), status="Exercise").encode())
    assert "Town leak exercise" in text(trainer, ALERT)
    trainer.post(ALERT, {"file": file, "exercise": str(planned.pk)})
    planned.refresh_from_db()
    assert Fact.objects.get(incident=planned.incident, key="warning_colour").value == "orange"
    assert not Circumstance.objects.exists()
