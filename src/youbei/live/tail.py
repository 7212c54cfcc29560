"""Read the end of the log: one poll per process, however many clients.

Positions are given under a lock and become visible in order, on both databases, so `position > last` misses nothing.
Polling also works where LISTEN does not: on SQLite and behind a pooler.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import DatabaseError, close_old_connections, connection, models

from youbei.live.hub import Hub, Notice
from youbei.live.viewer import Viewer
from youbei.records.models import LogEntry, LogHead

POLL_S = 0.15
BATCH = 500
logger = logging.getLogger("youbei.live")
Result = TypeVar("Result")
COLUMNS = ("position", "stream", "seq", "kind", "org_path")


def fresh(function: Callable[..., Result], *args: Any) -> Result:
    """Call a function in this thread without a connection that has gone stale."""
    close_old_connections()
    return function(*args)


def last_position() -> int:
    return LogHead.objects.values_list("position", flat=True).first() or 0


def read_after(position: int) -> list[Notice]:
    """Return up to `BATCH` entries after a position."""
    if last_position() <= position:
        return []
    rows = LogEntry.objects.filter(position__gt=position).order_by("position").values_list(*COLUMNS)[:BATCH]
    return [Notice(*row) for row in rows]


def replay(viewer: Viewer, streams: frozenset[str], after: int, until: int) -> list[Notice]:
    """Return up to `BATCH` entries in `after < position <= until` that a viewer may see, in order."""
    seen = models.Q(stream__in=viewer.streams)
    for path in viewer.paths:
        seen |= models.Q(org_path__under=path) if path != "/" else models.Q(position__gt=0)
    rows = LogEntry.objects.filter(seen, position__gt=after, position__lte=until)
    if streams:
        rows = rows.filter(stream__in=streams)
    return [Notice(*row) for row in rows.order_by("position").values_list(*COLUMNS)[:BATCH]]


def is_any_hidden(viewer: Viewer, streams: frozenset[str]) -> bool:
    """Say whether one of the streams does not exist, or is not to be seen by the viewer."""
    for stream in streams:
        path = LogEntry.objects.filter(stream=stream, seq=1).values_list("org_path", flat=True).first()
        if path is None or not viewer.sees(stream, path):
            return True
    return False


class Tailer:
    """Poll the log in a thread of its own and publish what is new; start with the first client."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="youbei-tail")
        self.task: asyncio.Task[None] | None = None
        self.starting = asyncio.Lock()

    async def start(self) -> None:
        async with self.starting:
            if self.task is None or self.task.done():
                self.hub.position = await self.in_thread(last_position)
                self.task = asyncio.create_task(self.run())

    async def run(self) -> None:
        while True:
            try:
                notices = await self.in_thread(read_after, self.hub.position)
            except DatabaseError:
                logger.warning("The log could not be read; trying again.", exc_info=True)
                await self.in_thread(connection.close)
                notices = []
            self.hub.publish(notices)
            if len(notices) < BATCH:
                await asyncio.sleep(POLL_S)

    async def in_thread(self, function: Callable[..., Result], *args: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self.thread, fresh, function, *args)

    def close(self) -> None:
        if self.task is not None:
            self.task.cancel()
        self.thread.shutdown(wait=False, cancel_futures=True)
