"""The worker beside the server: there while the server is, back when it dies, gone when the server goes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from server.process import YOUBEI, ServerProcess, environment

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc")


def children(pid: int) -> list[int]:
    found: list[int] = []
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(word) for word in listing.read_text().split()]
    return found


def is_running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def wait_for(what: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture
def folder(begun: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(begun, tmp_path / "data"))


def is_ready(server: ServerProcess) -> bool:
    return server.get("/readyz")[0] == 200


def test_the_worker_comes_back_when_it_dies_and_ends_with_the_server(folder: Path) -> None:
    with ServerProcess(folder, words=()) as server:
        wait_for(lambda: is_ready(server))
        (first,) = children(server.process.pid)
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: [pid for pid in children(server.process.pid) if pid != first and is_running(pid)])
        (second,) = (pid for pid in children(server.process.pid) if is_running(pid))
        assert server.stop() < 6
        wait_for(lambda: not is_running(second), 5)
        assert server.process.returncode == 0


def test_the_worker_ends_when_the_server_is_killed(folder: Path) -> None:
    with ServerProcess(folder, words=()) as server:
        wait_for(lambda: is_ready(server))
        (worker,) = children(server.process.pid)
        server.process.kill()
        server.process.wait(5)
        wait_for(lambda: not is_running(worker), 10)


def test_a_worker_alone_stops_when_told(folder: Path) -> None:
    with ServerProcess(folder) as server:
        worker = subprocess.Popen([*YOUBEI, "worker"], env=environment(folder), stderr=subprocess.PIPE)
        wait_for(lambda: is_ready(server))
        report = json.loads(server.get("/readyz")[2])
        assert report["checks"]["worker"]["age_s"] < 30
        worker.send_signal(signal.SIGTERM)
        _, said = worker.communicate(timeout=10)
        assert worker.returncode == 0
        assert b"Traceback" not in said


def test_a_worker_without_a_database_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [*YOUBEI, "worker"], env=environment(tmp_path / "none"), capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 2
    assert b"no database" in done.stderr


def test_ctrl_c_stops_without_a_stack_trace(folder: Path) -> None:
    with ServerProcess(folder, words=()) as server:
        wait_for(lambda: is_ready(server))
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(15) == 0
        assert "Traceback" not in server.complaints()


def test_a_worker_interrupted_while_its_input_is_open_ends_in_peace(folder: Path) -> None:
    """Ctrl-C reaches the server and its worker at once."""
    with ServerProcess(folder) as server:
        words = [*YOUBEI, "worker", "--while-stdin-is-open"]
        pipe = subprocess.PIPE
        worker = subprocess.Popen(words, env=environment(folder), stdin=pipe, stderr=pipe)
        wait_for(lambda: is_ready(server))
        worker.send_signal(signal.SIGINT)
        worker.wait(10)
        assert worker.stderr
        assert worker.stderr.read() == b""
        assert worker.returncode == 0
