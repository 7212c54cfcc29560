"""Claims about outside routing servers: asked as documented, checked, waited for briefly, and fallen back from."""

from __future__ import annotations

import json
import threading
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from server.answering import Answers, serving
from youbei.engine.places import Point, StraightLine
from youbei.routing.ask import ask, server
from youbei.routing.base import BadServer

HERE, THERE, FAR = Point(30.0, 120.0), Point(30.1, 120.0), Point(31.0, 121.0)
STRAIGHT = StraightLine()


def osrm(path: str, _: Any) -> tuple[int, bytes]:
    parts = urlsplit(path)
    assert parts.path == "/routing/table/v1/driving/120.000000,30.000000;120.000000,30.100000;121.000000,31.000000"
    assert parse_qs(parts.query) == {"sources": ["0"], "destinations": ["1;2"], "annotations": ["duration"]}
    return 200, json.dumps({"code": "Ok", "durations": [[61.5, None]]}).encode()


def valhalla(path: str, body: Any) -> tuple[int, bytes]:
    assert path == "/routing/sources_to_targets"
    assert body["sources"] == [{"lat": 30.0, "lon": 120.0}]
    assert len(body["targets"]) == 2
    return 200, json.dumps({"sources_to_targets": [[{"time": 61.5}, {"time": None}]]}).encode()


@pytest.mark.parametrize(("kind", "answers", "name"), [("osrm", osrm, "OSRM"), ("valhalla", valhalla, "Valhalla")])
def test_a_server_is_asked_as_its_manual_says(kind: str, answers: Answers, name: str) -> None:
    with serving(answers) as url:
        answer = ask(server(kind, url), [HERE], [THERE, FAR], otherwise=STRAIGHT)
    assert answer.seconds == [[61.5, None]]
    assert (answer.by, answer.is_fallback) == (name, False)


FAULTS: list[Answers] = [
    lambda *_: (500, b""),
    lambda *_: (302, b""),
    lambda *_: (200, b"<html>"),
    lambda *_: (200, b"[]"),
    lambda *_: (200, b'{"code": "NoTable"}'),
    lambda *_: (200, b'{"code": "Ok", "durations": [[1]], "sources_to_targets": [[{"time": 1}]]}'),
    lambda *_: (200, b'{"code": "Ok", "durations": [[-1, "x"]], "sources_to_targets": [[3, {"time": "x"}]]}'),
    lambda *_: (200, b'{"code": "Ok", "durations": 7, "sources_to_targets": [7]}'),
]


@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
@pytest.mark.parametrize("answers", FAULTS)
def test_what_is_no_answer_is_marked_as_estimated(kind: str, answers: Answers) -> None:
    with serving(answers) as url:
        answer = ask(server(kind, url), [HERE], [THERE, FAR], otherwise=STRAIGHT)
    assert answer.is_fallback
    assert answer.why_not
    assert answer.seconds == [[STRAIGHT(HERE, THERE).total_seconds(), STRAIGHT(HERE, FAR).total_seconds()]]


def test_a_silent_server_is_not_waited_for() -> None:
    asleep = threading.Event()

    def answers(*_: Any) -> tuple[int, bytes]:
        asleep.wait(5)
        return 200, b"{}"

    with serving(answers) as url:
        began = time.monotonic()
        answer = ask(server("osrm", url, patience_s=0.2), [HERE], [THERE], otherwise=STRAIGHT)
        assert time.monotonic() - began < 2
        asleep.set()
    assert answer.is_fallback


def test_no_server_at_all_is_an_estimate_too() -> None:
    gone = server("valhalla", "http://127.0.0.1:9/")
    assert ask(gone, [HERE], [THERE], otherwise=STRAIGHT).is_fallback
    assert ask(None, [HERE], [THERE], otherwise=STRAIGHT).is_fallback


@pytest.mark.parametrize(
    "url", ["", "ftp://a", "http://", "http://u:p@a/", "http://a:port/", "http://a b/", "http://a\n/"]
)
def test_addresses_that_are_none_are_refused(url: str) -> None:
    with pytest.raises(BadServer, match="no address"):
        server("osrm", url)
    with pytest.raises(BadServer, match="no routing server"):
        server("other", "http://127.0.0.1/")
