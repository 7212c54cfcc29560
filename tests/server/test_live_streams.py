"""Live streams over real HTTP: what is shown to whom, and what a cut costs (nothing)."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.process import ServerProcess, Stream


@pytest.fixture(scope="module")
def server(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(Path(shutil.copytree(begun, tmp_path_factory.mktemp("live") / "own"))) as running:
        running.script("unit", "port")
        running.script("unit", "school")
        running.script("watcher", "port-watcher", "port")
        running.script("append", "run:1", "port", "3")
        running.script("append", "run:2", "school", "3")
        yield running


@pytest.fixture(scope="module")
def token(server: ServerProcess) -> str:
    return server.token()


def test_a_stranger_gets_no_stream(server: ServerProcess) -> None:
    async def statuses() -> list[int]:
        return [
            await Stream(server.port).open(),
            await Stream(server.port, token="yb_wrong").open(),
            await Stream(server.port, headers=("Cookie: sessionid=nothing",)).open(),
        ]

    assert asyncio.run(statuses()) == [401, 401, 401]


def test_a_session_opens_a_stream(server: ServerProcess) -> None:
    key = server.script("session", "admin")

    async def status() -> int:
        return await Stream(server.port, headers=(f"Cookie: sessionid={key}",)).open()

    assert asyncio.run(status()) == 200


def test_a_stream_that_may_not_be_seen_is_not_found(server: ServerProcess) -> None:
    key = server.token("port-watcher")

    async def statuses() -> list[int]:
        return [
            await Stream(server.port, key, query="?stream=run:1").open(),
            await Stream(server.port, key, query="?stream=run:2").open(),
            await Stream(server.port, key, query="?stream=run:99").open(),
            await Stream(server.port, key, query="?stream=run:1%00").open(),
            await Stream(server.port, key, query="?after=soon").open(),
            # Passed over, these would send everything that the key may see.
            await Stream(server.port, key, query="?straem=run:1").open(),
            await Stream(server.port, key, query="?stream=run:1&kind=").open(),
            await Stream(server.port, key, query="?after=1&after=2").open(),
        ]

    assert asyncio.run(statuses()) == [200, 404, 404, 400, 400, 400, 400, 400]
    status, _headers, body = server.get("/live/events?straem=run:1", Authorization=f"Bearer {key}")
    assert (status, "Did you mean stream?" in str(body)) == (400, True)


def test_an_event_comes_live_with_its_place_in_the_log(server: ServerProcess, token: str) -> None:
    async def watch() -> tuple[str, dict[str, str]]:
        stream = Stream(server.port, token, query="?stream=run:1")
        assert await stream.open() == 200
        await asyncio.to_thread(server.script, "append", "run:2", "school", "1")
        await asyncio.to_thread(server.script, "append", "run:1", "port", "1")
        return stream.answer_headers, await stream.event()

    headers, event = asyncio.run(watch())
    assert "text/event-stream" in headers
    assert "x-accel-buffering: no" in headers
    data = json.loads(event["data"])
    assert event["event"] == data["kind"] == "step.opened"
    assert data["stream"] == "run:1"
    assert str(data["position"]) == event["id"]


def test_a_user_sees_only_their_subtree(server: ServerProcess) -> None:
    key = server.token("port-watcher")

    async def watch() -> list[dict[str, str]]:
        stream = Stream(server.port, key, query="?after=0")
        assert await stream.open() == 200
        await asyncio.to_thread(server.script, "append", "run:2", "school", "2")
        await asyncio.to_thread(server.script, "append", "run:1", "port", "1")
        return await stream.until(TimeoutError, timeout=2)

    streams = {json.loads(event["data"])["stream"] for event in asyncio.run(watch())}
    assert "run:1" in streams
    assert "run:2" not in streams


def test_a_cut_loses_nothing_and_repeats_nothing(server: ServerProcess, token: str) -> None:
    async def watch() -> list[int]:
        seen: list[int] = []
        writing = asyncio.create_task(asyncio.to_thread(server.script, "append", "run:3", "port", "900"))
        await asyncio.sleep(0.5)
        last_id = "0"
        while len(seen) < 900:
            stream = Stream(server.port, token, last_id=last_id)
            assert await stream.open() == 200
            for _ in range(70):  # then the line is cut
                event = await stream.event()
                last_id = event["id"]
                data = json.loads(event["data"])
                if data["stream"] == "run:3":
                    seen.append(data["seq"])
                if len(seen) == 900:
                    break
            stream.close()
        await writing
        return seen

    assert asyncio.run(watch()) == list(range(1, 901))


@pytest.mark.postgresql
@pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="no PostgreSQL named by DATABASE_URL")
def test_nothing_is_lost_or_repeated_on_postgresql_with_two_writers(
    own_database: dict[str, str], tmp_path: Path
) -> None:
    extra = {"DATABASE_URL": own_database["DATABASE_URL"]}
    with ServerProcess(tmp_path, extra=extra) as server:
        key = server.token()

        async def watch() -> list[tuple[str, int]]:
            stream = Stream(server.port, key)
            assert await stream.open() == 200
            writers = [asyncio.to_thread(server.script, "append", f"run:{n}", "root", "150") for n in (1, 2)]
            _, events = await asyncio.gather(asyncio.gather(*writers), stream.events(300))
            return [(data["stream"], data["seq"]) for data in (json.loads(event["data"]) for event in events)]

        seen = asyncio.run(watch())
    for name in ("run:1", "run:2"):
        assert [seq for stream, seq in seen if stream == name] == list(range(1, 151))


def test_a_stream_ends_when_the_right_to_see_it_ends(server: ServerProcess) -> None:
    server.script("watcher", "leaver", "port")
    key = server.token("leaver")

    async def watch() -> int:
        stream = Stream(server.port, key)
        assert await stream.open() == 200
        await asyncio.to_thread(server.script, "end-grants", "leaver")
        await stream.until(EOFError, timeout=5)
        return await Stream(server.port, key).open()

    assert asyncio.run(watch()) == 403


def test_two_hundred_clients_all_get_every_event(server: ServerProcess, token: str) -> None:
    async def watch() -> list[list[dict[str, str]]]:
        streams = [Stream(server.port, token, query="?stream=run:1") for _ in range(200)]
        assert set(await asyncio.gather(*(stream.open() for stream in streams))) == {200}
        await asyncio.sleep(0.5)
        await asyncio.to_thread(server.script, "append", "run:1", "port", "20")
        return await asyncio.gather(*(stream.events(20) for stream in streams))

    seen = asyncio.run(watch())
    assert len(seen) == 200
    assert all(events == seen[0] for events in seen)


def test_open_streams_do_not_hold_up_a_stop(begun: Path, tmp_path: Path) -> None:
    with ServerProcess(Path(shutil.copytree(begun, tmp_path / "stop"))) as server:
        key = server.token()

        async def hold() -> float:
            streams = [Stream(server.port, key) for _ in range(50)]
            assert set(await asyncio.gather(*(stream.open() for stream in streams))) == {200}
            return await asyncio.to_thread(server.stop)

        assert asyncio.run(hold()) < 3
        assert server.process.returncode == 0
