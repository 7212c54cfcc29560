"""The page on which the duty desk states what holds in an area."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import localtime

from tests.actions.town import Town
from tests.web.conftest import english
from tests.web.test_exercises import text
from youbei.actions import clock
from youbei.records.models import Circumstance

NEW = "/exercises/circumstances/new/"


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
