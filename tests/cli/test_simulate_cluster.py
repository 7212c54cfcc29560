"""Claims about spreading: two processes find what one core finds, also when one of them is lost on the way."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_simulate_command import PLAN

from youbei.cli import main, simulate_cluster
from youbei.cli.simulate_cluster import NoCluster, cluster

distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")


@pytest.fixture(scope="module")
def machines() -> Iterator[Any]:
    """A scheduler with two workers, each a process of its own."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as found:
        yield found


@pytest.fixture
def world(tmp_path: Path) -> str:
    path = tmp_path / "world.json"
    path.write_text(json.dumps({"teams": [], "sites": {"incident": {"lat": 33.4, "lon": 122.7}}}), encoding="utf-8")
    return str(path)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    main(["simulate", *words, "--json"])
    return capsys.readouterr().out


@pytest.mark.long
def test_two_processes_find_what_one_core_finds(machines: Any, world: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = (PLAN, "--world", world, "--runs", "1300", "--improve")
    spread = said(capsys, *words, "--scheduler", machines.scheduler_address)
    assert spread == said(capsys, *words, "--threads", "1")
    assert json.loads(spread)["runs"] == 1300
    words = ("compare", PLAN, PLAN, "--world", "plenty", "--world-b", world, "--runs", "600")
    assert said(capsys, *words, "--scheduler", machines.scheduler_address) == said(capsys, *words, "--threads", "1")


def test_calls_of_every_day_are_added_up_alike_on_all_machines(
    machines: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By hours of places, with their intervals, and how busy teams are: to the last bit."""
    path = tmp_path / "busy.json"
    here = {"lat": 33.4, "lon": 122.7}
    team = {"capabilities": ["fire_fighting", "rescue"], **here, "turn_out": "PT2M"}
    calls = {"kind": "accident", "capability": "rescue", "per_day": 20, "on_scene": "PT40M", "spread": 1.6}
    world = {
        "teams": [{"id": f"t{number}", **team} for number in range(4)],
        "sites": {"incident": here},
        "demand": {"streams": [{**calls, "place": "a", **here}, {**calls, "place": "b", "lat": 33.6, "lon": 122.7}]},
    }
    path.write_text(json.dumps(world), encoding="utf-8")
    words = (PLAN, "--world", str(path), "--runs", "700", "--any-day")
    spread = said(capsys, *words, "--scheduler", machines.scheduler_address)
    assert spread == said(capsys, *words, "--threads", "1") == said(capsys, *words, "--threads", "3")
    found = json.loads(spread)
    assert len(found["service"]["cells"]) == 48
    assert all(cell["low"] < cell["mean"] < cell["high"] for cell in found["service"]["cells"])
    assert found["busy"]


def test_what_a_lost_worker_was_doing_is_done_again(machines: Any, tmp_path: Path) -> None:
    mark = str(tmp_path / "mark")
    with cluster(machines.scheduler_address) as pool:
        found = list(pool.map(lambda number: dying_at_five(number, mark), range(40)))
    assert found == [2 * number for number in range(40)]
    assert Path(mark).exists()


def dying_at_five(number: int, mark: str) -> int:
    if number == 5 and not os.path.exists(mark):
        with open(mark, "w"):
            pass
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def test_nobody_waits_for_what_is_left_behind(machines: Any) -> None:
    """Who stops after the first piece takes the rest back."""
    with cluster(machines.scheduler_address) as pool:
        for found in pool.map(str, range(1000)):
            assert found == "0"
            break
        assert list(pool.map(str, range(3))) == ["0", "1", "2"]


def test_a_scheduler_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(simulate_cluster, "CONNECT_S", 1)
    for address in ("tcp://127.0.0.1:1", "nonsense://x"):
        assert main(["simulate", PLAN, "--world", "plenty", "--scheduler", address, "--lang", "en"]) == 2
        assert f"The scheduler {address} does not answer" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["moon", "127.0.0.1:8786", "", "tcp://a b:1"])
def test_what_is_no_address_is_refused_at_once(address: str) -> None:
    with pytest.raises(NoCluster, match="no address of a scheduler"), cluster(address):
        pass


def test_a_scheduler_without_workers_is_refused() -> None:
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as empty,
        pytest.raises(NoCluster, match="has no workers"),
        cluster(empty.scheduler_address),
    ):
        pass


def test_without_the_library_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["simulate", PLAN, "--world", "plenty", "--scheduler", "tcp://127.0.0.1:1", "--lang", "en"]) == 2
    assert "Install youbei[cluster]" in capsys.readouterr().err
