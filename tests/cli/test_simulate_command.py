"""Claims about `youbei simulate`: what it prints, what it refuses, and that nothing but the input shows in it."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from youbei.cli import main

MODEL: dict[str, Any] = {
    "servers": 3,
    "service_rate": 1.0,
    "line": "infinite",
    "groups": [
        {"name": "near", "rate": 0.9, "preference": [0, 1, 2]},
        {"name": "far", "rate": 0.6, "preference": [2, 1, 0]},
    ],
}


@pytest.fixture
def model(tmp_path: Path) -> str:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(MODEL), encoding="utf-8")
    return str(path)


def test_a_service_system_is_measured_with_its_intervals(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "queue", model, "--calls", "20000", "--seed", "3", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["workload"]) == len(found["ci95"]["workload"]) == 3
    for name in ("p_wait", "p_lost", "mean_wait"):
        low, high = found["ci95"][name]
        assert low <= found[name] <= high
    # Erlang C of three servers at 1.5.
    low, high = found["ci95"]["p_wait"]
    assert low - 0.01 < 0.23684 < high + 0.01
    assert [group["name"] for group in found["groups"]] == ["near", "far"]


def test_threads_do_not_show(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for threads in ("1", "2", "7"):
        assert main(["simulate", "queue", model, "--calls", "5000", "--threads", threads, "--json"]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] == said[2]


def test_in_words_it_says_the_same(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "queue", model, "--calls", "5000", "--lang", "en"]) == 0
    assert "server 0 busy: 0." in capsys.readouterr().out
    assert main(["simulate", "queue", model, "--calls", "5000", "--lang", "zh"]) == 0
    assert "服务台 0 忙：0." in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--calls", "0"], ["--calls", "-7"], ["--calls", "999999999999999999999"]])
def test_absurd_numbers_are_refused(model: str, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "queue", model, *words, "--lang", "en"]) == 2
    assert "The number of calls must be" in capsys.readouterr().err


def test_a_line_without_end_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "busy.json"
    path.write_text(json.dumps({**MODEL, "servers": 1, "groups": [{"rate": 1.0}]}), encoding="utf-8")
    assert main(["simulate", "queue", str(path), "--json", "--lang", "en"]) == 2
    said = capsys.readouterr()
    assert json.loads(said.out)["refused"] == "bad-model"
    assert "grow without end" in said.err


# --- the nearest free team --------------------------------------------------------------------------------------------

SQUARE: dict[str, Any] = {"teams": 9, "side": 3.0, "rate": 2.0, "speed": 4.0, "on_scene": 1.0}


def nearest_file(folder: Path, **changes: Any) -> str:
    path = folder / "square.json"
    path.write_text(json.dumps({**SQUARE, **changes}), encoding="utf-8")
    return str(path)


def test_the_nearest_free_team_is_measured_with_its_intervals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for threads in ("1", "3"):
        words = ["--calls", "20000", "--seed", "3", "--threads", threads, "--json"]
        assert main(["simulate", "nearest", nearest_file(tmp_path), *words]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    found = json.loads(said[0])
    assert (found["calls"], found["teams"], found["is_cancelled"]) == (20000, 9, False)
    for name in ("workload", "p_wait", "mean_wait", "response"):
        low, high = found["ci95"][name]
        assert low <= found[name] <= high
    # Each call takes a team for the way there and back and for the time on scene: Little's law.
    away = 2.0 * (1.0 + 2 * (found["response"] - found["mean_wait"])) / 9
    assert found["workload"] == pytest.approx(away, rel=0.05)
    assert main(["simulate", "nearest", nearest_file(tmp_path), "--calls", "2000", "--lang", "zh"]) == 0
    assert "9 支队伍" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"teams": 0}, "`teams` must be how many"),
        ({"teams": [[1.0]]}, "teams[0] must be a place"),
        ({"teams": [[9.0, 9.0]]}, "inside the square"),
        ({"rate": 0}, "`rate` must be a number above zero"),
        ({"rate": 9.0}, "grow without end"),
        ({"sides": 4}, "unknown field"),
    ],
)
def test_a_square_that_is_none_is_refused(
    changes: dict[str, Any], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", "nearest", nearest_file(tmp_path, **changes), "--lang", "en"]) == 2
    assert said in capsys.readouterr().err


# --- plans -----------------------------------------------------------------------------------------------------------

PLAN = str(Path(__file__).parents[2] / "src" / "youbei" / "content" / "plans" / "park-ammonia.toml")


@pytest.fixture
def no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOUBEI_DATA", str(tmp_path / "none"))
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture
def world(tmp_path: Path) -> str:
    path = tmp_path / "world.json"
    path.write_text(json.dumps({"teams": [], "sites": {"incident": {"lat": 33.4, "lon": 122.7}}}), encoding="utf-8")
    return str(path)


@pytest.mark.usefixtures("no_database")
def test_a_plan_is_carried_out_with_enough_of_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", PLAN, "--runs", "50", "--seed", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["runs"], found["seed"], found["broken_promises"]) == (50, 2, [])
    assert main(["simulate", "plan", PLAN, "--runs", "50", "--seed", "2", "--threads", "3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == found


def test_a_world_without_teams_breaks_promises_in_sentences(world: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--runs", "20", PLAN, "--world", world, "--lang", "en"]) == 1
    said = capsys.readouterr().out
    assert "resources: the file world.json" in said
    assert "not enough is free when it asks" in said
    assert main(["simulate", PLAN, "--runs", "20", "--world", world, "--lang", "zh"]) == 1
    assert "没有做到" in capsys.readouterr().out


@pytest.mark.usefixtures("no_database")
def test_on_any_day_it_meets_what_may_go_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    main(["simulate", PLAN, "--runs", "60", "--seed", "2", "--any-day", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert {"night", "holiday"} <= {one["name"] for one in found["conditions"]}


def test_two_worlds_are_compared_on_the_same_luck(world: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["simulate", "compare", PLAN, PLAN, "--world", "plenty", "--world-b", world, "--runs", "20", "--json"]
    assert main(words) == 0
    found = {one["measure"]: one for one in json.loads(capsys.readouterr().out)["differences"]}
    assert found["short"]["difference"] == 1
    assert found["receive/finished"]["difference"] == 0


def test_a_plan_is_compared_with_a_measure_and_without_a_team(world: str, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["--world", world, "--runs", "40"]
    assert main(["simulate", PLAN, *common, "--improve", "--json"]) == 1
    key = json.loads(capsys.readouterr().out)["improvements"][0]["key"]
    assert main(["simulate", "compare", PLAN, *common, "--measure", key, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"]["en"].startswith("The second is better")
    assert found["differences"][0]["measure"] == "broken_promises"
    team = {"id": "fire-1", "label": "一中队", "capabilities": ["fire_fighting"], "lat": 33.4, "lon": 122.8}
    Path(world).write_text(json.dumps({"teams": [team]}), encoding="utf-8")
    assert main(["simulate", "compare", PLAN, PLAN, *common, "--without", "fire-1", "--lang", "zh"]) == 0
    assert "失约" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "how B differs"),
        (["--without", "nobody"], "no 'nobody' among the resources"),
        (["--measure", "moon"], "no measure 'moon'"),
    ],
)
def test_a_comparison_of_nothing_is_refused(
    words: list[str], says: str, world: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", "compare", PLAN, "--world", world, "--runs", "5", *words, "--lang", "en"]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.usefixtures("no_database")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--runs", "0"], "A simulation makes"),
        (["--runs", "5", "--precision", "2"], "precision"),
        (["--world", "/nowhere.json"], "cannot be read"),
        (["--scenario", "none-such"], "no scenario"),
    ],
)
def test_what_cannot_be_simulated_is_refused(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", PLAN, *words, "--lang", "en"]) == 2
    assert says in capsys.readouterr().err


def test_measures_that_would_help_are_tried_and_said(world: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["simulate", PLAN, "--runs", "40", "--world", world, "--improve"]
    assert main([*words, "--json", "--threads", "3"]) == 1
    found = json.loads(capsys.readouterr().out)["improvements"]
    gains = [one["gain"] for one in found]
    assert gains == sorted(gains, reverse=True)
    assert gains[0] > 0
    assert found[0]["low"] <= gains[0] <= found[0]["high"]
    assert main([*words, "--lang", "en"]) == 1
    said = capsys.readouterr().out
    assert "What would help most (40 runs" in said
    assert f"1. {found[0]['en']}" in said


@contextmanager
def ctrl_c_soon() -> Iterator[None]:
    """Press Ctrl-C once, as soon as somebody listens to it."""
    usual = signal.getsignal(signal.SIGINT)

    def press(_signal: int, _frame: object) -> None:
        if signal.getsignal(signal.SIGINT) != usual:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGALRM, press)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_ctrl_c_keeps_what_is_done(world: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody presses it as soon as the command listens for it: the runs made by then are told."""
    usual = signal.getsignal(signal.SIGINT)
    with ctrl_c_soon():
        code = main(
            ["simulate", PLAN, "--world", world, "--runs", "900000", "--threads", "1", "--json", "--lang", "en"]
        )
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert code == 130
    assert "what is done is kept" in said.err
    assert found["is_cancelled"]
    assert 0 < found["runs"] < 900_000
    assert found["broken_promises"]
    assert signal.getsignal(signal.SIGINT) == usual


def test_a_report_is_written_as_one_file(world: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "report.html"
    words = ["simulate", PLAN, "--runs", "40", "--world", world, "--lang", "en"]
    assert main([*words, "--report", str(path)]) == 1
    assert f"The report is written to {path}" in capsys.readouterr().err
    page = path.read_text(encoding="utf-8")
    assert "What would help most" in page
    assert "最值得做的改进" in page
    for place in (tmp_path / "none" / "report.html", tmp_path, tmp_path / "bad\0name"):
        assert main([*words, "--report", str(place)]) == 2
        said = capsys.readouterr()
        assert "cannot be written" in said.err
        assert not said.out, "it is said before the work, not after it"


@pytest.mark.parametrize("threads", ["0", "-3"])
def test_no_thread_at_all_is_refused(model: str, threads: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "queue", model, "--calls", "5000", "--threads", threads, "--lang", "en"]) == 2
    assert f"At least 1 thread is needed, not {threads}" in capsys.readouterr().err


def test_a_queue_that_is_stopped_says_so_by_its_code_too(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    with ctrl_c_soon():
        code = main(["simulate", "queue", model, "--calls", "20000000", "--threads", "1", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert (code, found["is_cancelled"]) == (130, True)
    assert 0 < found["calls"] < 20_000_000
