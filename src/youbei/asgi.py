"""The web server's application: live streams run on the event loop, everything else on Django in a few threads.

Django's own ASGI handler makes a new thread, and so a new database connection, for each request. Here its WSGI handler
runs in a fixed pool instead. A thread takes a whole request and gives a response at its own pace; only the loop talks
to the client, so one that is slow never holds a thread. A long answer that comes in pieces is sent while it is being
made: what the client has not taken yet waits in a temporary file and not in memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youbei.settings")
WSGI = get_wsgi_application()  # sets Django up: what follows may import models

from youbei.health import readiness  # noqa: E402
from youbei.live.endpoint import Live  # noqa: E402

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

THREADS = 4
MAX_BODY = 16 * 1024 * 1024
IN_MEMORY = 1024 * 1024
CHUNK = 256 * 1024
# An answer of unknown length is sent before its end once there is so much of it.
EARLY = CHUNK
TOO_LARGE = {
    "type": "about:blank",
    "title": "Content Too Large",
    "status": 413,
    "detail": f"The request is larger than {MAX_BODY // 1024 // 1024} MB. Send less at once.",
    "detail_zh": f"请求超过 {MAX_BODY // 1024 // 1024} MB。请减少一次提交的内容。",
}


@dataclass(slots=True)
class Response:
    """Hold a response as a thread makes it: small ones in memory, large ones in a temporary file.

    `available` counts the bytes that the loop may already send; it stays 0 where the answer goes out as a whole. `tell`
    wakes the loop. Once `is_abandoned` nobody wants the rest.
    """

    tell: Callable[[], object] = lambda: None
    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: Any = field(default_factory=lambda: SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115
    available: int = 0
    is_abandoned: bool = False

    @property
    def has_length(self) -> bool:
        return any(name == b"content-length" for name, _ in self.headers)

    def add(self, chunk: bytes) -> None:
        self.body.write(chunk)
        if not self.has_length and self.body.tell() >= EARLY:
            self.body.rollover()
            self.body.flush()
            self.available = self.body.tell()
            self.tell()


class Application:
    """Send each request to the live streams, the health checks or Django."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], *, threads: int = THREADS) -> None:
        self.wsgi = wsgi
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="youbei-web")
        self.live = Live(self.pool)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1003})
        elif scope["type"] == "http":
            await self.http(scope, receive, send)

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith("/live/"):
            await self.live(scope, receive, send)
        elif path == "/healthz":
            await send_json(send, 200, {"status": "ok"})
        elif path == "/readyz":
            report = await self.in_thread(readiness)
            await send_json(send, 200 if report["ready"] else 503, report)
        else:
            await self.django(scope, receive, send)

    async def django(self, scope: Scope, receive: Receive, send: Send) -> None:
        with SpooledTemporaryFile(IN_MEMORY) as body:
            size = await read_body(scope, receive, body)
            if size is None:
                return
            if size > MAX_BODY:
                await send_json(send, 413, TOO_LARGE, content_type=b"application/problem+json")
                return
            body.seek(0)
            await self.answer(environ(scope, body, size), receive, send)

    async def answer(self, env: dict[str, Any], receive: Receive, send: Send) -> None:
        """Let a thread make the response, and send it: as a whole, or piece by piece where it is long."""
        loop, changed = asyncio.get_running_loop(), asyncio.Event()
        response = Response(tell=lambda: loop.call_soon_threadsafe(changed.set))
        made = loop.run_in_executor(self.pool, respond, self.wsgi, env, response)
        made.add_done_callback(lambda _: changed.set())
        with response.body:
            try:
                while not made.done() and not response.available:
                    await changed.wait()
                    changed.clear()
                if made.done():
                    made.result()
                    await send_whole(response, send)
                else:
                    await send_growing(response, made, changed, receive, send)
            finally:
                response.is_abandoned = True
                with contextlib.suppress(Exception):
                    await made

    async def in_thread(self, function: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.pool, function, *args)

    def close(self) -> None:
        """End every live stream, so that the server can stop at once."""
        self.live.close()


async def read_body(scope: Scope, receive: Receive, body: IO[bytes]) -> int | None:
    """Collect the request's body; return its size, or None where the client went away.

    A size above `MAX_BODY` is returned as soon as it is known, with the rest unread.
    """
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    if announced.isdigit() and int(announced) > MAX_BODY:
        return int(announced)
    size = 0
    while size <= MAX_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        body.write(chunk)
        if not message.get("more_body"):
            break
    return size


def environ(scope: Scope, body: Any, size: int) -> dict[str, Any]:
    """Return the WSGI environment (PEP 3333) of a request."""
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    result: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" in name:  # would shadow a header written with dashes that a proxy sets and we trust
            continue
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        result[key] = f"{result[key]}{joint}{value}" if key in result else value
    result["CONTENT_LENGTH"] = str(size)
    return result


def respond(wsgi: Callable[..., Iterable[bytes]], env: dict[str, Any], response: Response) -> None:
    """Run one request through a WSGI application, in a thread, and collect its answer."""

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        response.status = int(status.split(" ", 1)[0])
        response.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return response.add

    result = wsgi(env, start_response)
    try:
        for chunk in result:
            if response.is_abandoned:
                break
            if env["REQUEST_METHOD"] != "HEAD":
                response.add(chunk)
    finally:
        if hasattr(result, "close"):
            result.close()
    if response.available:
        response.body.flush()
        response.available = response.body.tell()
    elif not response.has_length and env["REQUEST_METHOD"] != "HEAD":
        response.headers.append((b"content-length", str(response.body.tell()).encode()))


async def send_whole(response: Response, send: Send) -> None:
    response.body.seek(0)
    await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
    while chunk := response.body.read(CHUNK):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def send_growing(
    response: Response, made: asyncio.Future[None], changed: asyncio.Event, receive: Receive, send: Send
) -> None:
    """Send what there is while more is being made; stop making it when the client has gone.

    Where making it fails half way the error is raised, and the connection ends without the end of the answer: a file
    that is not whole does not pass for one.
    """
    gone = asyncio.ensure_future(departure(receive))
    gone.add_done_callback(lambda _: changed.set())
    try:
        await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
        sent, is_whole = 0, False
        while not is_whole and not gone.done():
            is_whole = made.done()
            while sent < response.available and not gone.done():
                chunk = os.pread(response.body.fileno(), min(CHUNK, response.available - sent), sent)
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                sent += len(chunk)
            if not is_whole:
                await changed.wait()
                changed.clear()
        if not gone.done():
            await made
            await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


async def departure(receive: Receive) -> None:
    """Return when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def send_json(send: Send, status: int, value: Any, *, content_type: bytes = b"application/json") -> None:
    body = json.dumps(value, ensure_ascii=False).encode()
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if status == 413:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


application = Application(WSGI)
