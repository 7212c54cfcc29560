"""Whatever is sent, the answer is a sentence: what, where and how to cure it."""

from __future__ import annotations

from typing import Any

import pytest

from api.callers import Caller

DEEP = b"[" * 5000 + b"]" * 5000
BODIES: dict[str, tuple[bytes, int]] = {
    "not JSON": (b"{", 400),
    "invalid UTF-8": (b'{"label": "\xff\xfe"}', 400),
    "a lone surrogate": (b'{"label": "\\ud800"}', 400),
    "a NUL": (b'{"label": "a\\u0000b"}', 400),
    "NaN": (b'{"label": NaN}', 400),
    "deep": (DEEP, 400),
    "deep inside": (b'{"label": ' + b"[" * 900 + b"]" * 900 + b"}", 400),
    "another type": (b'{"label": 5}', 422),
    "a list": (b"[]", 422),
    "nothing": (b"", 422),
    "null": (b"null", 422),
    "an unknown name": (b'{"label": "a", "lable": "b"}', 422),
    "an empty text": (b'{"label": " "}', 422),
    "a huge text": (b'{"label": "' + b"x" * 100_000 + b'"}', 422),
    "a huge number": (b'{"label": ' + b"9" * 5000 + b"}", 400),
    "a time without zone": (b'{"label": "a", "expires_at": "2026-11-22T10:00:00"}', 422),
    "the year 0001": (b'{"label": "a", "expires_at": "0001-01-01T00:00:00+23:59"}', 422),
    "a huge time": (b'{"label": "a", "expires_at": 1e300}', 422),
}


@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=BODIES.keys())
def test_a_bad_body_is_refused_with_a_sentence(admin: Caller, body: bytes, status: int) -> None:
    answer = admin.post("/me/tokens", body)
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["status"] == status
    assert answer.body["text"]["zh"]
    assert answer.body["detail"] == answer.body["text"]["en"]


def test_a_body_of_twelve_megabytes_is_too_large(admin: Caller) -> None:
    answer = admin.post("/me/tokens", b'{"label": "' + b"x" * 12 * 1024 * 1024 + b'"}')
    assert answer.status == 413


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_does_not_say_it_is_json_is_refused(admin: Caller, kind: str) -> None:
    assert admin("POST", "/me/tokens", b'{"label": "a"}', **{"Content-Type": kind}).status == 415


@pytest.mark.parametrize(
    "path",
    [
        "/people?size=0",
        "/people?size=99999999999999999999999",
        "/people?organisation=%00",
        "/people?organisation=%ff%fe",
        "/people?size=abc",
        "/messages?run=99999999999999999999",
        "/log/verification?anchor=nothing",
        "/teams?text=%00",
    ],
)
def test_bad_parameters_are_named(admin: Caller, path: str) -> None:
    answer = admin.get(path)
    assert answer.status == 422
    name = path.partition("?")[2].partition("=")[0]
    assert answer.body["errors"][0]["place"].endswith(name)


def test_a_cursor_that_we_did_not_make_is_refused(admin: Caller) -> None:
    for cursor in ("x", "x:y", "%00", "eyJ9:sig", "%F0%9F%98%80"):
        assert admin.get(f"/people?cursor={cursor}").status == 400


def test_an_unknown_address_and_method_are_refused(admin: Caller) -> None:
    """As any other error, with a sentence; a page of HTML would break whoever reads the answer."""
    for address in ("/nothing", "/people/", "/incidents/abc/../x"):
        answer = admin.get(address)
        assert (answer.status, answer.body["code"], answer.body["status"]) == (404, "no-such-address", 404)
        assert answer.headers["Content-Type"] == "application/problem+json"
    answer = admin("PATCH", "/people")
    assert (answer.status, answer.body["code"], answer.headers["Allow"]) == (405, "method-not-allowed", "GET")
    assert "GET" in answer.body["text"]["zh"]
    # What is there but not to be seen keeps its own sentence.
    assert admin.get("/incidents/999999").body["code"] == "incident-not-found"


def test_sentences_come_in_the_language_asked_for(admin: Caller) -> None:
    admin.language = "zh-Hans"
    answer = admin.get("/people?size=0")
    assert answer.body["detail"] == answer.body["text"]["zh"]


def test_errors_name_the_place_without_our_names(admin: Caller) -> None:
    errors: list[dict[str, Any]] = admin.post("/me/tokens", {"label": 5}).body["errors"]
    assert errors[0]["place"] == "body.label"
