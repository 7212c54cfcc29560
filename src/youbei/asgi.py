"""The web server's application: live streams run on the event loop, everything else on Django in a few threads.

Django's own ASGI handler makes a new thread, and so a new database connection, for each request. Here its WSGI handler
runs in a fixed pool instead. A thread takes a whole request and gives a whole response; only the loop talks to the
client, so a client that goes away or is slow never holds a thread.
"""

from __future__ import annotations

import asyncio
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
TOO_LARGE = {
    "type": "about:blank",
    "title": "Content Too Large",
    "status": 413,
    "detail": f"The request is larger than {MAX_BODY // 1024 // 1024} MB. Send less at once.",
    "detail_zh": f"请求超过 {MAX_BODY // 1024 // 1024} MB。请减少一次提交的内容。",
}


@dataclass(slots=True)
class Response:
    """Hold a whole response: small ones in memory, large ones in a temporary file."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: IO[bytes] = field(default_factory=lambda: SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115


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
            response = await self.in_thread(respond, self.wsgi, environ(scope, body, size))
        with response.body as content:
            await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
            while chunk := content.read(CHUNK):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

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


def respond(wsgi: Callable[..., Iterable[bytes]], env: dict[str, Any]) -> Response:
    """Run one request through a WSGI application, in a thread, and collect its answer."""
    response = Response()

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        response.status = int(status.split(" ", 1)[0])
        response.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return response.body.write

    result = wsgi(env, start_response)
    try:
        for chunk in result:
            if env["REQUEST_METHOD"] != "HEAD":
                response.body.write(chunk)
    finally:
        if hasattr(result, "close"):
            result.close()
    if not any(name == b"content-length" for name, _ in response.headers) and env["REQUEST_METHOD"] != "HEAD":
        response.headers.append((b"content-length", str(response.body.tell()).encode()))
    response.body.seek(0)
    return response


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
