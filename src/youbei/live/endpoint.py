"""The ASGI application under `/live/`: one open answer per client, in the text/event-stream format of HTML.

`GET /live/events?stream=run:12` (the parameter may be repeated; without it, everything the user may see). Reading
resumes after the position in the header `Last-Event-ID`, or in the parameter `after`, and starts with what comes next
where neither is given.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import parse_qs

from django.db import DatabaseError

from youbei.engine.nearest import nearest, quoted
from youbei.engine.text import Text
from youbei.live import tail
from youbei.live.hub import Client, Hub
from youbei.live.viewer import Credentials, Viewer, find_viewer

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Result = TypeVar("Result")

logger = logging.getLogger("youbei.live")
PATH = "/live/events"
PARAMETERS = ("after", "stream")
RETRY_MS = 2000
COMMENT_EVERY_S = 15.0
RIGHTS_EVERY_S = 30.0
MAX_CLIENTS = 5000
MAX_STREAMS = 20
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
PROBLEMS = {
    400: ("Bad Request", "流的名称或位置写错了。", "The stream or the position is not written correctly."),
    401: ("Unauthorized", "请先登录。", "Sign in first."),
    403: ("Forbidden", "您没有可查看的单位。请向管理员申请授权。", "You may not see anything yet. Ask for a grant."),
    404: ("Not Found", "没有这个流，或您无权查看。", "There is no such stream, or none that you may see."),
    405: ("Method Not Allowed", "这里只能读取（GET）。", "This address can only be read (GET)."),
    503: (
        "Service Unavailable",
        "实时连接暂不可用，请稍后再试。",
        "No live connection can be had now. Try again shortly.",
    ),
}


class Denied(Exception):
    """Refuse to open a stream, with an HTTP status."""

    def __init__(self, status: int, why: Text | None = None) -> None:
        super().__init__(PROBLEMS[status][2])
        self.status = status
        self.why = why or Text(*PROBLEMS[status][1:])


class Live:
    """Serve the live streams of one process."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.pool = pool
        self.hub = Hub()
        self.tailer: tail.Tailer | None = None
        self.is_closing = False

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        try:
            client, credentials, after = await self.admit(scope)
        except Denied as denied:
            await send_problem(send, denied)
            return
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        gone = asyncio.create_task(until_gone(receive, client))
        try:
            async for frame in self.frames(client, credentials, after):
                await send({"type": "http.response.body", "body": frame, "more_body": True})
        except DatabaseError:
            logger.warning("A live stream was ended: the database could not be read.", exc_info=True)
        finally:
            self.hub.clients.discard(client)
            gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def admit(self, scope: dict[str, Any]) -> tuple[Client, Credentials, int | None]:
        """Return the client, what it brought and the position it has; raise Denied."""
        if scope["method"] != "GET":
            raise Denied(405)
        if scope["path"] != PATH:
            raise Denied(404)
        if self.is_closing or len(self.hub.clients) >= MAX_CLIENTS:
            raise Denied(503)
        streams, after = read_query(scope)
        credentials = Credentials.of(scope["headers"])
        try:
            viewer = await self.in_thread(find_viewer, credentials)
            is_hidden = viewer is not None and bool(streams) and await self.hides(viewer, streams)
            await self.follow()
        except DatabaseError:
            raise Denied(503) from None
        if viewer is None:
            raise Denied(401)
        if not viewer.paths and not viewer.streams:
            raise Denied(403)
        if is_hidden:
            raise Denied(404)
        return Client(viewer=viewer, streams=streams), credentials, after

    async def hides(self, viewer: Viewer, streams: frozenset[str]) -> bool:
        return await self.in_thread(tail.is_any_hidden, viewer, streams)

    async def follow(self) -> None:
        if self.tailer is None:
            self.tailer = tail.Tailer(self.hub)
        await self.tailer.start()

    async def frames(self, client: Client, credentials: Credentials, after: int | None) -> AsyncIterator[bytes]:
        """Yield what goes to one client: first what it missed, then what comes, and comments in between."""
        yield f"retry: {RETRY_MS}\n\n".encode()
        sent = self.hub.position if after is None else after
        if sent > self.hub.position:  # from another process, a moment ahead; or from a database that was replaced
            sent = min(sent, await self.in_thread(tail.last_position))
        async for position, frame in self.missed(client, sent):
            sent = position
            yield frame
        checked_at = time.monotonic()
        while not client.is_cut:
            item = await next_item(client)
            if client.rights_changed or time.monotonic() - checked_at > RIGHTS_EVERY_S:
                client.rights_changed = False
                if await self.in_thread(find_viewer, credentials) != client.viewer:
                    return  # the client comes back and is judged, and served, by its rights of now
                checked_at = time.monotonic()
            if item is None and not client.is_cut:
                yield b": still here\n\n"
            elif item is not None and item[0] > sent:
                yield item[1]

    async def missed(self, client: Client, sent: int) -> AsyncIterator[tuple[int, bytes]]:
        """Yield the entries after `sent` from the database, and join the hub without a gap and without a repeat."""
        while True:
            until = self.hub.position
            if until - sent <= tail.BATCH:  # join first, then read up to where the hub was: nothing falls between
                self.hub.clients.add(client)
            notices = await self.in_thread(tail.replay, client.viewer, client.streams, sent, until)
            for notice in notices:
                sent = notice.position
                yield sent, notice.frame
            if len(notices) < tail.BATCH:
                sent = max(sent, until)
                if client in self.hub.clients:
                    return

    async def in_thread(self, function: Callable[..., Result], *args: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self.pool, tail.fresh, function, *args)

    def close(self) -> None:
        """End every stream; called on the loop when the server stops."""
        self.is_closing = True
        self.hub.close()
        if self.tailer is not None:
            self.tailer.close()


async def next_item(client: Client) -> tuple[int, bytes] | None:
    """Wait for the next frame, or return None when it is time for a comment or the stream was cut."""
    try:
        return await asyncio.wait_for(client.queue.get(), COMMENT_EVERY_S)
    except TimeoutError:
        return None


async def until_gone(receive: Receive, client: Client) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    client.cut()


def read_query(scope: dict[str, Any]) -> tuple[frozenset[str], int | None]:
    """Return the streams asked for and the position to resume after; raise Denied where they are misspelt."""
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if wrong := misread(query):
        raise Denied(400, wrong)
    streams = frozenset(query.get("stream", []))
    streams = frozenset() if "*" in streams else streams
    if len(streams) > MAX_STREAMS or any(len(name) > 120 or "\0" in name for name in streams):
        raise Denied(400)
    resumed = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"last-event-id"), "")
    after = resumed.strip() or query.get("after", [""])[0]
    if not after:
        return streams, None
    if not (after.isascii() and after.isdigit() and len(after) < 19):
        raise Denied(400)
    return streams, int(after)


def misread(query: Mapping[str, list[str]]) -> Text | None:
    """Say which parameter there is not, or which stands there twice: passed over, far more would be sent."""
    unknown = next((name for name in query if name not in PARAMETERS), None)
    if unknown is not None:
        near = nearest(unknown, PARAMETERS)
        return Text(
            f"这里没有参数“{quoted(unknown)}”。{f'是否要写 {near}？' if near else ''}可用：{'、'.join(PARAMETERS)}。",
            f"There is no parameter {quoted(unknown)} here. {f'Did you mean {near}? ' if near else ''}"
            f"Known: {', '.join(PARAMETERS)}.",
        )
    if len(query.get("after", ())) > 1:
        return Text(
            "参数“after”出现了多次，不知道以哪个为准。请只写一次。",
            "The parameter after stands there more than once, and which one counts is unclear. Give it once.",
        )
    return None


async def send_problem(send: Send, denied: Denied) -> None:
    status, title, why = denied.status, PROBLEMS[denied.status][0], denied.why
    said = {"type": "about:blank", "title": title, "status": status, "detail": why.en, "detail_zh": why.zh}
    body = json.dumps(said, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
