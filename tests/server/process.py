"""Start the real command on a folder of its own and talk to it over loopback, as an operator would."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkstemp
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from server.ready import Ready

SCRIPT = Path(__file__).with_name("write_log.py")
YOUBEI = (sys.executable, "-m", "youbei")


def environment(folder: Path, **extra: str) -> dict[str, str]:
    """Return an environment for a command on an embedded database in `folder`, whatever the suite itself runs on."""
    ours = {"DATABASE_URL", "YOUBEI_DATA", "PYTEST_CURRENT_TEST"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "YOUBEI_DATA": str(folder), "LANG": "en_US.UTF-8", "LC_ALL": "", **extra}


def youbei(folder: Path, *words: str, stdin: bytes = b"", **extra: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end.

    The first command on a folder is started as an operator starts it; further ones begin in a process that has set
    Django up on that folder once (ready.py), which saves most of the time.
    """
    surroundings = environment(folder, **extra)
    if (ready := ready_in(surroundings, folder, words)) is not None:
        done = ready.run(words, stdin, 60)
    else:
        done = subprocess.run(
            [*YOUBEI, *words], env=surroundings, input=stdin, capture_output=True, timeout=60, check=False
        )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


# By their environment; None stands for one in which a single command was run so far.
READY: dict[tuple[tuple[str, str], ...], Ready | None] = {}
MOST_READY = 3


def ready_in(surroundings: dict[str, str], folder: Path, words: tuple[str, ...]) -> Ready | None:
    """Return the process that further commands in these surroundings begin in, if that is how they are to begin."""
    is_usual = (folder / "youbei.sqlite3").exists() and "--data" not in words and "serve" not in words
    if not (is_usual and hasattr(os, "fork")):
        return None
    key = tuple(sorted(surroundings.items()))
    if key not in READY:
        READY[key] = None
        return None
    found = READY.pop(key) or Ready({**surroundings, "DJANGO_SETTINGS_MODULE": "youbei.settings"})
    READY[key] = found  # the one used last stands last
    for old in [one for one in READY if READY[one] is not None][:-MOST_READY]:
        if (ended := READY.pop(old)) is not None:
            ended.end()
    return found


@atexit.register
def end_all() -> None:
    for one in READY.values():
        if one is not None:
            one.end()


@dataclass
class ServerProcess:
    """A running `youbei serve`; `first` is what it printed at its start."""

    folder: Path
    words: tuple[str, ...] = ("--no-worker",)
    extra: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # A pipe that nobody reads holds 64 kB; then the server would wait for ever in the middle of a line.
        self.said, name = mkstemp()
        os.unlink(name)

    def complaints(self) -> str:
        return os.pread(self.said, 1_000_000, 0).decode()

    def __enter__(self) -> ServerProcess:
        self.process = subprocess.Popen(
            [*YOUBEI, "serve", "--port", "0", "--json", *self.words],
            env=environment(self.folder, **self.extra),
            stdout=subprocess.PIPE,
            stderr=self.said,
        )
        assert self.process.stdout is not None
        text = ""
        while not text.endswith("\n}\n"):
            line = self.process.stdout.readline().decode()
            assert line, self.complaints()
            text += line
        self.first: dict[str, Any] = json.loads(text)
        # Messages to the console go on coming: a pipe that nobody reads would stop the worker in the middle of one.
        self.listener = Thread(target=self.process.stdout.read, daemon=True)
        self.listener.start()
        self.address: str = self.first["address"]
        self.port = int(self.address.rsplit(":", 1)[1])
        self.wait_until_healthy()
        return self

    def wait_until_healthy(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                if self.get("/healthz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the server did not answer")

    def get(self, path: str, **headers: str) -> tuple[int, Any, bytes]:
        request = Request(self.address + path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def stop(self) -> float:
        """Ask the server to stop; return how many seconds it took."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(15)
        return time.monotonic() - started

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()
        self.listener.join(15)
        if self.process.stdout is not None and not self.listener.is_alive():
            self.process.stdout.close()
        os.close(self.said)

    def script(self, *words: str) -> str:
        """Run `write_log.py` on the server's database, from another process, as a worker would."""
        done = subprocess.run(
            [sys.executable, str(SCRIPT), *words],
            env=environment(self.folder, **self.extra),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def token(self, username: str = "admin") -> str:
        done = youbei(self.folder, "token", "create", username, "--json", **self.extra)
        assert done.returncode == 0, done.stderr
        key: str = json.loads(done.stdout)["key"]
        return key


@dataclass
class Stream:
    """One open live stream, read by hand: a raw socket shows exactly what is sent."""

    port: int
    token: str = ""
    query: str = ""
    last_id: str = ""
    headers: tuple[str, ...] = ()

    async def open(self) -> int:
        """Send the request; return the status."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [f"GET /live/events{self.query} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", *self.headers]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        if self.last_id:
            lines.append(f"Last-Event-ID: {self.last_id}")
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        await self.writer.drain()
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 60)).decode()
        self.answer_headers = head.lower()
        return int(head.split(" ", 2)[1])

    async def event(self, timeout: float = 60) -> dict[str, str]:
        """Return the fields of the next event; comments and `retry` alone are passed over."""
        fields: dict[str, str] = {}
        while True:
            line = (await asyncio.wait_for(self.reader.readline(), timeout)).decode()
            if not line or line == "0\r\n":  # the connection, or the last chunk
                raise EOFError
            name, _, value = line.rstrip("\r\n").partition(": ")
            if name in {"id", "event", "data"}:
                fields[name] = value
            if "data" in fields and not name:
                return fields

    async def events(self, count: int) -> list[dict[str, str]]:
        return [await self.event() for _ in range(count)]

    async def until(self, error: type[Exception], timeout: float) -> list[dict[str, str]]:
        """Return every event up to the end (EOFError) or a silence of `timeout` seconds (TimeoutError)."""
        seen = []
        while True:
            try:
                seen.append(await self.event(timeout))
            except error:
                return seen

    def close(self) -> None:
        self.writer.close()
