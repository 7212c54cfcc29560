"""The server as a process: health, static files, clients that go away, and what an operator gets wrong."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.process import ServerProcess, youbei


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("serving")) as running:
        yield running


def test_the_process_is_healthy(server: ServerProcess) -> None:
    status, _, body = server.get("/healthz")
    assert (status, json.loads(body)) == (200, {"status": "ok"})


def test_without_a_worker_it_is_not_ready_and_says_why(server: ServerProcess) -> None:
    status, _, body = server.get("/readyz")
    report = json.loads(body)
    assert status == 503
    assert report["checks"]["database"]["ok"]
    assert report["checks"]["migrations"] == {"ok": True, "waiting": 0}
    assert report["checks"]["worker"] == {"ok": False, "age_s": None}
    assert report["checks"]["disk"]["free_bytes"] > 0


def test_the_first_password_is_printed_once(server: ServerProcess) -> None:
    assert server.first["first_account"]["username"] == "admin"
    assert len(server.first["first_account"]["password"]) >= 12
    with ServerProcess(server.folder) as second:
        assert "first_account" not in second.first


def test_a_body_that_is_too_large_is_refused_before_it_is_read(server: ServerProcess) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        head = f"POST /x HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: 99999999999\r\n\r\n"
        line.sendall(head.encode())
        assert line.recv(100).startswith(b"HTTP/1.1 413")


def test_chunks_that_grow_too_large_are_refused(server: ServerProcess) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        head = f"POST /x HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nTransfer-Encoding: chunked\r\n\r\n"
        line.sendall(head.encode())
        try:
            for _ in range(40):
                line.sendall(b"80000\r\n" + b"x" * 0x80000 + b"\r\n")
        except OSError:
            pass
        assert line.recv(100).startswith(b"HTTP/1.1 413")


def test_clients_that_go_away_leave_the_server_as_it_was(server: ServerProcess) -> None:
    for number in range(200):
        with socket.create_connection(("127.0.0.1", server.port)) as line:
            path = "/nothing" if number % 2 else "/live/events"
            line.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 500\r\n\r\nhalf".encode())
    assert server.get("/healthz")[0] == 200
    assert server.get("/readyz")[0] == 503
    threads = Path(f"/proc/{server.process.pid}/status")
    if threads.exists():
        count = next(int(line.split()[1]) for line in threads.read_text().splitlines() if line.startswith("Threads:"))
        assert count < 20


def test_an_unknown_host_is_refused(server: ServerProcess) -> None:
    assert server.get("/nothing", Host="evil.example")[0] == 400
    assert server.get("/live/events", Host="evil.example", Authorization=f"Bearer {server.token()}")[0] == 401


def test_a_taken_port_is_refused_at_once(server: ServerProcess, tmp_path: Path) -> None:
    done = youbei(tmp_path, "serve", "--port", str(server.port))
    assert done.returncode == 2
    assert f"Cannot listen on 127.0.0.1:{server.port}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "youbei.sqlite3").exists()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.write_text("not a folder"), "data folder"),
        (lambda path: (path.mkdir(), (path / "youbei.sqlite3").write_bytes(b"broken" * 1000)), "database"),
        (lambda path: (path.mkdir(), (path / "youbei.sqlite3").mkdir()), "database"),
    ],
    ids=["a file in place of the folder", "a broken database", "a folder in place of the database"],
)
def test_what_an_operator_gets_wrong_is_answered_with_a_sentence(tmp_path: Path, make: object, words: str) -> None:
    folder = tmp_path / "data"
    make(folder)  # type: ignore[operator]
    done = youbei(folder, "serve", "--port", "0")
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_cannot_be_reached_is_refused_in_chinese_too(tmp_path: Path) -> None:
    url = "postgresql://nobody:secret@127.0.0.1:1/none"
    done = youbei(tmp_path, "serve", "--port", "0", "--lang", "zh", DATABASE_URL=url)
    assert done.returncode == 2
    assert "数据库不能使用" in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_the_port_must_be_a_port(tmp_path: Path) -> None:
    for port in ("70000", "-1", "http"):
        done = youbei(tmp_path, "serve", f"--port={port}")
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
