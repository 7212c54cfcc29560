"""`youbei plan`: check, simulate, import, export, with and without a database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.process import youbei

PLANS = Path(__file__).parents[2] / "src" / "youbei" / "content" / "plans"
AMMONIA = PLANS / "park-ammonia.toml"

FAULTY = """
id = "small"
version = "1"
kind = "on_site"
organisation = "root"
title = {zh = "小预案", en = "Small"}
[[levels]]
number = "IV"
when = {always = true}
[[posts]]
id = "commander"
title = {zh = "指挥长", en = "Commander"}
role = "commander"
holder = {kind = "agency", ref = "root"}
[[steps]]
id = "call"
title = {zh = "呼叫", en = "Call"}
owner = "comander"
takes = {shape = "fixed", likely = "PT10M"}
within = {limit = "PT5M", since = "opened"}
"""
SOUND = FAULTY.replace("comander", "commander")


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    return tmp_path / "nothing"


def test_a_plan_is_checked_without_a_database(nowhere: Path) -> None:
    done = youbei(nowhere, "plan", "check", str(AMMONIA), "--json")
    assert done.returncode == 0, done.stdout
    result = json.loads(done.stdout)
    assert result["plan"] == "park-ammonia"
    assert not result["with_registers"]
    assert result["counts"]["error"] == 0
    assert not nowhere.exists()


def test_findings_are_named_with_place_code_sentence_and_cure(nowhere: Path) -> None:
    for lang, words in (("en", "error"), ("zh", "错误")):
        done = youbei(nowhere, "plan", "check", "-", "--lang", lang, stdin=FAULTY.encode())
        assert done.returncode == 1
        line = next(line for line in done.stdout.splitlines() if "steps.call.owner" in line)
        assert line.startswith(f"-: steps.call.owner: {words} E")
        assert "commander" in line


def test_a_plan_is_checked_against_the_registers_where_there_are_some(own_sqlite: Path) -> None:
    done = youbei(own_sqlite, "plan", "check", str(AMMONIA), "--json")
    assert done.returncode == 1
    result = json.loads(done.stdout)
    assert result["with_registers"]
    assert result["counts"]["error"] > 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"id = ",
        b"\x00\x01\x02",
        "id = '预案'".encode("gb18030"),
        b"[" * 100_000,
        b"{" + b'"a":{' * 50_000,
        b"# " + b"x" * 11_000_000,
        AMMONIA.read_bytes()[:3000],
    ],
    ids=["empty", "cut", "binary", "gb18030", "deep toml", "deep json", "11 MB", "truncated"],
)
@pytest.mark.parametrize("command", ["check", "simulate"])
def test_a_file_that_is_no_plan_is_refused_with_a_sentence(nowhere: Path, content: bytes, command: str) -> None:
    done = youbei(nowhere, "plan", command, "-", stdin=content)
    assert done.returncode == 2
    assert done.stderr.startswith("The plan file cannot be read")
    assert "Traceback" not in done.stderr


def test_missing_files_are_refused(nowhere: Path, tmp_path: Path) -> None:
    for name in (str(tmp_path / "none.toml"), str(tmp_path), "", "x" * 5000):
        done = youbei(nowhere, "plan", "check", name)
        assert done.returncode == 2, name
        assert "cannot be read" in done.stderr


def test_a_simulation_says_the_same_for_the_same_seed(nowhere: Path) -> None:
    words = ("plan", "simulate", str(AMMONIA), "--runs", "10", "--json", "--seed")
    first, again, other = (youbei(nowhere, *words, seed) for seed in ("7", "7", "8"))
    assert first.stdout == again.stdout != other.stdout
    result = json.loads(first.stdout)
    assert result["runs"] == 10
    assert result["any_late"]["of"] == 10


def test_missed_deadlines_are_findings(nowhere: Path) -> None:
    done = youbei(nowhere, "plan", "simulate", "-", "--runs", "3", stdin=SOUND.encode())
    assert done.returncode == 1
    assert "Something late: 100.0%" in done.stdout


def test_a_simulation_that_cannot_be_is_refused(nowhere: Path) -> None:
    for words, sentence in ((("--runs", "0"), "1 to"), (("--scenario", "none"), "no scenario")):
        done = youbei(nowhere, "plan", "simulate", str(AMMONIA), *words)
        assert done.returncode == 2
        assert sentence in done.stderr


def test_a_plan_goes_in_and_comes_out_the_same(own_sqlite: Path, tmp_path: Path) -> None:
    taken = youbei(own_sqlite, "plan", "import", "-", "--json", stdin=SOUND.encode())
    assert taken.returncode == 0, taken.stderr
    again = youbei(own_sqlite, "plan", "import", "-", "--json", stdin=SOUND.encode())
    assert json.loads(again.stdout) == json.loads(taken.stdout)
    target = tmp_path / "small.json"
    done = youbei(own_sqlite, "plan", "export", "small", "--format", "json", "--out", str(target))
    assert done.returncode == 0
    as_toml = youbei(own_sqlite, "plan", "export", "small").stdout.encode()
    for content in (target.read_bytes(), as_toml):
        digest = json.loads(youbei(own_sqlite, "plan", "import", "-", "--json", stdin=content).stdout)["digest"]
        assert digest == json.loads(taken.stdout)["digest"]


def test_a_plan_that_is_not_there_is_refused(own_sqlite: Path) -> None:
    for words in (("none",), ("none", "--version", "3")):
        done = youbei(own_sqlite, "plan", "export", *words)
        assert done.returncode == 2
        assert "no plan" in done.stderr


def test_a_stored_version_is_never_changed(own_sqlite: Path) -> None:
    youbei(own_sqlite, "plan", "import", "-", stdin=SOUND.encode())
    done = youbei(own_sqlite, "plan", "import", "-", stdin=SOUND.replace("PT5M", "PT20M").encode())
    assert done.returncode == 2
    assert "never changed" in done.stderr
