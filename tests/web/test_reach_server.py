"""Claims about the routing server of the settings: asked first for what can be here in time, and done without."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.answering import serving
from tests.web.scene import open_scene
from youbei.actions.routing import routing_server
from youbei.routing.base import BadServer

ASKED = "/reach/?point=37.49,121.40&minutes=30&capability=hazmat_response&type=4"


def two_minutes(path: str, _: Any) -> tuple[int, bytes]:
    origins = path.partition("?")[0].count(";")
    return 200, json.dumps({"code": "Ok", "durations": [[120.0]] * origins}).encode()


def test_its_times_are_taken_and_named(db: None, settings: Any) -> None:
    browser = open_scene().browser("officer")
    with serving(two_minutes) as url:
        settings.ROUTING = f"osrm={url}"
        page = browser.get(ASKED).content.decode()
    assert "Times by OSRM." in page
    assert page.count("3 min") >= 3
    assert "≈" not in page.partition("<tbody>")[2]


def test_where_it_is_silent_the_times_are_our_own_and_it_is_said(db: None, settings: Any) -> None:
    browser = open_scene().browser("officer")
    with serving(lambda *_: (500, b"")) as url:
        settings.ROUTING = f"valhalla={url}"
        page = browser.get(ASKED).content.decode()
    assert "Valhalla did not answer: the times are our own." in page
    assert "Engine 0" in page
    assert "≈" in page


def test_a_setting_that_names_none_is_refused_in_words(settings: Any) -> None:
    settings.ROUTING = ""
    assert routing_server() is None
    for wrong in ("http://host", "graphhopper=http://host", "osrm=host"):
        settings.ROUTING = wrong
        with pytest.raises(BadServer):
            routing_server()
