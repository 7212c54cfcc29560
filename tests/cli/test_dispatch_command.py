"""`youbei dispatch solve`: the documented examples say what the command prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.process import youbei

EXAMPLES = Path(__file__).parents[2] / "docs" / "reference" / "dispatch"
FILES = sorted(EXAMPLES.glob("*.json"))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_documentation_shows_what_the_command_prints(path: Path, lang: str, tmp_path: Path) -> None:
    done = youbei(tmp_path, "dispatch", "solve", str(path), "--lang", lang)
    assert done.returncode in (0, 1), done.stderr
    assert f"```text\n{done.stdout}```" in (EXAMPLES / "README.md").read_text("utf-8")


def test_the_answer_as_json_says_bound_and_gap(tmp_path: Path) -> None:
    done = youbei(tmp_path, "dispatch", "solve", str(EXAMPLES / "two-fires.json"), "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["is_proven"], answer["gap"]) == (1, True, 0.0)
    assert [level["level"] for level in answer["levels"]] == list(answer["score"])
    assert {pick["resource"] for pick in answer["picks"]} == {send["unit"] for send in answer["sends"]}
    assert answer["shortfalls"][0]["cause"] == "too_far"


def test_without_budget_the_first_answer_comes_and_claims_no_more_than_it_knows(tmp_path: Path) -> None:
    done = youbei(tmp_path, "dispatch", "solve", str(EXAMPLES / "two-fires.json"), "--budget", "0", "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 1
    assert not answer["is_proven"]
    assert answer["lower"] < answer["upper"]


@pytest.mark.parametrize("words", [("--budget", "-1"), ("--budget", "nan")])
def test_a_senseless_budget_is_refused(words: tuple[str, str], tmp_path: Path) -> None:
    done = youbei(tmp_path, "dispatch", "solve", str(EXAMPLES / "two-fires.json"), *words)
    assert done.returncode == 2
    assert "budget" in done.stderr


def test_a_faulty_file_is_refused_with_its_place(tmp_path: Path) -> None:
    done = youbei(tmp_path, "dispatch", "solve", "-", stdin=b'{"at": "now", "incidents": 3}')
    assert done.returncode == 2
    assert "at: " in done.stderr
    assert "incidents: " in done.stderr
