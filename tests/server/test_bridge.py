"""The bridge from ASGI to WSGI: whole requests in, whole responses out, and no client holds a thread."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from youbei.asgi import EARLY, Application

Seen = list[dict[str, Any]]
SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "GET",
    "path": "/页面",
    "query_string": b"a=%E4%B8%AD&b=2",
    "headers": [(b"host", b"localhost:8000"), (b"content-type", b"text/plain")],
    "http_version": "1.1",
    "scheme": "http",
    "server": ("127.0.0.1", 8000),
    "client": ("10.0.0.9", 5000),
}


def call(
    wsgi: Callable[..., Iterable[bytes]],
    messages: list[dict[str, Any]] | None = None,
    on_body: Callable[[dict[str, Any]], object] | None = None,
    sent: list[dict[str, Any]] | None = None,
    **changes: Any,
) -> list[dict[str, Any]]:
    """Send one request to a WSGI application through the bridge; return what was sent back."""
    sent = [] if sent is None else sent
    waiting = list(messages or [{"type": "http.request", "body": b""}])

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()  # the client stays and says nothing more
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and on_body is not None:
            on_body(message)

    asyncio.run(Application(wsgi, threads=1)({**SCOPE, **changes}, receive, send))
    return sent


def body_of(sent: list[dict[str, Any]]) -> bytes:
    return b"".join(message.get("body", b"") for message in sent)


def echo(seen: Seen) -> Callable[..., Iterable[bytes]]:
    def app(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        seen.append({**environ, "body": environ["wsgi.input"].read()})
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"first ", b"second"]

    return app


def test_the_environment_is_that_of_the_request() -> None:
    seen: Seen = []
    headers = [*SCOPE["headers"], (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"x-forwarded-proto", b"https")]
    parts = [{"type": "http.request", "body": b"one", "more_body": True}, {"type": "http.request", "body": b"two"}]
    sent = call(echo(seen), parts, headers=headers, method="POST")
    assert body_of(sent) == b"first second"
    assert (b"content-length", b"12") in sent[0]["headers"]
    (environ,) = seen
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/页面"
    assert environ["QUERY_STRING"] == "a=%E4%B8%AD&b=2"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["REMOTE_ADDR"] == "10.0.0.9"
    assert environ["body"] == b"onetwo"
    assert environ["CONTENT_LENGTH"] == "6"


def test_a_header_with_underscores_cannot_pose_as_a_trusted_one() -> None:
    seen: Seen = []
    call(echo(seen), headers=[(b"x_forwarded_proto", b"https")])
    assert "HTTP_X_FORWARDED_PROTO" not in seen[0]


def test_the_answer_to_head_has_no_body() -> None:
    sent = call(echo([]), method="HEAD")
    assert body_of(sent) == b""
    assert sent[0]["status"] == 200


def test_a_large_answer_arrives_whole() -> None:
    chunk = bytes(range(256)) * 256

    def app(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        start_response("200 OK", [])
        return (chunk for _ in range(160))

    assert body_of(call(app)) == chunk * 160


def test_a_long_answer_is_on_its_way_before_it_is_whole() -> None:
    is_on_its_way = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield bytes(EARLY)
        assert is_on_its_way.wait(10), "the rest is made only when the first piece has arrived"
        yield b"the rest"

    sent = call(answering(pieces()), on_body=lambda _message: is_on_its_way.set())
    assert body_of(sent) == bytes(EARLY) + b"the rest"
    assert not any(name == b"content-length" for name, _ in sent[0]["headers"])


def test_what_nobody_takes_any_more_is_not_made() -> None:
    made, closed = [], []

    def pieces() -> Iterator[bytes]:
        try:
            while len(made) < 100_000:
                made.append(True)
                yield bytes(EARLY)
                time.sleep(0.001)
        finally:
            closed.append(True)

    call(answering(pieces()), [{"type": "http.request", "body": b""}, {"type": "http.disconnect"}])
    assert closed == [True]
    assert len(made) < 100_000


def test_an_answer_that_fails_half_way_does_not_pass_for_a_whole_one() -> None:
    def pieces() -> Iterator[bytes]:
        yield bytes(EARLY)
        raise OSError("the disk is gone")

    sent: list[dict[str, Any]] = []
    with pytest.raises(OSError, match="the disk is gone"):
        call(answering(pieces()), sent=sent)
    assert all(message.get("more_body") for message in sent if message["type"] == "http.response.body")


def answering(pieces: Iterator[bytes]) -> Callable[..., Iterable[bytes]]:
    def app(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        start_response("200 OK", [])
        return pieces

    return app


def test_a_client_that_leaves_while_sending_costs_no_thread() -> None:
    seen: Seen = []
    half = {"type": "http.request", "body": b"half", "more_body": True}
    sent = call(echo(seen), [half, {"type": "http.disconnect"}])
    assert sent == []
    assert seen == []


def test_what_the_application_opened_is_closed() -> None:
    closed = []

    class Answer(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def app(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        start_response("204 No Content", [])
        return Answer()

    call(app)
    assert closed == [True]


def test_a_web_socket_is_turned_away() -> None:
    sent = call(echo([]), [{"type": "websocket.connect"}], type="websocket")
    assert sent == [{"type": "websocket.close", "code": 1003}]
