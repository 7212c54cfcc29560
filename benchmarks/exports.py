"""All lots, teams and sites as files out of a running server: when they begin, how long and what memory they take.

The memory of the server is what it has for itself (`RssAnon`): not the file it reads, of which the system keeps parts.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tools import postgres

from benchmarks.pages import MANY, folder_for, new_database, postgresql
from benchmarks.result import Result

PART = "unit-62"  # a county: a hundredth of the province
FORMS = (("lot", "csv"), ("team", "csv"), ("team", "xlsx"), ("team", "geojson"), ("site", "kml"))
MOST_GROWTH_MB = 32


@dataclass(frozen=True)
class Taken:
    """A file that was taken: seconds to the first byte and to the last, its size, and the memory meanwhile."""

    first: float
    last: float
    size_mb: float
    memory: tuple[float, ...]

    @property
    def memory_mb(self) -> float:
        """Return the most that the server had."""
        return max(self.memory)

    def at(self, part: float) -> float:
        """Return what the server had when so much of the time was over."""
        return self.memory[round(part * (len(self.memory) - 1))]


@contextmanager
def server(environment: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Serve a database; give the process and the address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "youbei", "serve", "--port", "0", "--json", "--no-worker"],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        text = ""
        while not text.endswith("\n}\n"):
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, "the server did not start"
            text += line
        yield process.pid, json.loads(text)["address"]
    finally:
        process.terminate()
        process.wait()


def memory_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not say how much memory a process has")


def take(pid: int, address: str, session: str, what: str) -> Taken:
    """Take a file as a browser does, while another thread watches the memory of the server."""
    memory, is_done = [memory_mb(pid)], threading.Event()

    def watch() -> None:
        while not is_done.wait(0.05):
            memory.append(memory_mb(pid))

    watcher = threading.Thread(target=watch)
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=1800)
    watcher.start()
    try:
        started = time.perf_counter()
        connection.request("GET", f"/registers/{what}", headers={"Cookie": f"sessionid={session}"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        size, first = 0, 0.0
        while piece := answer.read(1 << 16):
            first = first or time.perf_counter() - started
            size += len(piece)
        return Taken(first, time.perf_counter() - started, size / 1e6, tuple(memory))
    finally:
        is_done.set()
        watcher.join()
        connection.close()


def measured(database: str, url: str) -> Iterator[tuple[str, str, Taken, Taken]]:
    with ExitStack() as stack:
        name = f"register_reader_{MANY}"
        folder = stack.enter_context(folder_for(name))
        environment = {"YOUBEI_DATA": folder, "DATABASE_URL": new_database(url, name) if url else ""}
        prepared = subprocess.run(
            [sys.executable, "-m", "benchmarks.signed_in", str(MANY)],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "youbei.settings", "YOUBEI_HOSTS": "*", **environment},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        pid, address = stack.enter_context(server(environment))
        for register, form in FORMS:
            few, many = (
                take(pid, address, prepared.stdout.strip(), f"{register}/export/?format={form}&language=en{narrowed}")
                for narrowed in (f"&unit={PART}", "")
            )
            assert many.memory_mb < few.memory_mb + MOST_GROWTH_MB, (register, form, few.memory_mb, many.memory_mb)
            yield database, f"{register}s, {form}", few, many


def run() -> Result:
    found = list(measured("SQLite", ""))
    if postgres.binaries() is not None:
        with postgresql() as url:
            found += measured("PostgreSQL", url)
    return Result(
        title="Exports, streamed",
        question=(
            f"All {MANY:,} lots, {MANY // 10:,} teams and {MANY // 50:,} sites as files out of a running server over "
            "loopback, beside the hundredth of them that stands in one county: seconds to the first byte, and the "
            "memory that the server has for itself, looked at twenty times a second."
        ),
        goal=f"flat memory: at most {MOST_GROWTH_MB} MB more for all than for a hundredth (asserted).",
        columns=(
            "database",
            "file",
            "MB of file",
            "first byte s",
            "last byte s",
            "most MB of memory, a hundredth",
            "most, all",
            "at a tenth, half, nine tenths of the time",
        ),
        rows=tuple(
            (
                database,
                form,
                f"{many.size_mb:.0f}",
                f"{many.first:.2f}",
                f"{many.last:.0f}",
                f"{few.memory_mb:.0f}",
                f"{many.memory_mb:.0f}",
                ", ".join(f"{many.at(part):.0f}" for part in (0.1, 0.5, 0.9)),
            )
            for database, form, few, many in found
        ),
        note=(
            "What the client has not taken yet waits in a temporary file, so that a slow client holds no thread. "
            "Workbooks (xlsx) are made whole before they leave and have at most 100,000 rows."
        ),
    )
