"""The fan-out: entries that are new come in once, and go to each client that may see them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from youbei.live.viewer import Viewer

# What a client may lag behind before it is cut off; it comes back with Last-Event-ID and is served from the database.
QUEUE_LIMIT = 1000
GRANT_KINDS = frozenset({"grant.given", "grant.ended"})


@dataclass(frozen=True, slots=True)
class Notice:
    """Say that an entry was recorded: where, not what. Clients fetch what they show."""

    position: int
    stream: str
    seq: int
    kind: str
    org_path: str

    @property
    def frame(self) -> bytes:
        data = {"stream": self.stream, "seq": self.seq, "kind": self.kind, "position": self.position}
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        return f"id: {self.position}\nevent: {self.kind}\ndata: {text}\n\n".encode()


@dataclass(eq=False, slots=True)
class Client:
    """One open stream. `rights_changed` asks its endpoint to look at the rights again."""

    viewer: Viewer
    streams: frozenset[str]
    queue: asyncio.Queue[tuple[int, bytes] | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_LIMIT))
    is_cut: bool = False
    rights_changed: bool = False

    def wants(self, notice: Notice) -> bool:
        return (not self.streams or notice.stream in self.streams) and self.viewer.sees(notice.stream, notice.org_path)

    def wake(self) -> None:
        if not self.queue.full():
            self.queue.put_nowait(None)

    def cut(self) -> None:
        """End the stream as soon as its endpoint looks, whatever still stands in the queue."""
        self.is_cut = True
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Hub:
    """Know every client of this process. `position` is the last one handed out."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self.position = 0

    def publish(self, notices: Iterable[Notice]) -> None:
        for notice in notices:
            self.position = notice.position
            frame = notice.frame
            for client in tuple(self.clients):
                self.offer(client, notice, frame)

    def offer(self, client: Client, notice: Notice, frame: bytes) -> None:
        if notice.kind in GRANT_KINDS:
            client.rights_changed = True
            client.wake()
        if client.is_cut or not client.wants(notice):
            return
        if client.queue.full():
            client.cut()
        else:
            client.queue.put_nowait((notice.position, frame))

    def close(self) -> None:
        for client in tuple(self.clients):
            client.cut()
