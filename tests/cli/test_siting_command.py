"""Claims about `youbei siting`: it prints objective, bound, gap, sites and seconds, and refuses with sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from youbei.cli import main

pytest.importorskip("numba", reason="the extra `solve` is not installed")

LINE = "3 2 1\n1 2 5\n2 3 5\n"
TABLE = "site,place,distance,weight\na,x,1,10\na,y,9,20\nb,x,8,10\nb,y,2,20\n"


@pytest.fixture
def line(tmp_path: Path) -> str:
    path = tmp_path / "line.txt"
    path.write_text(LINE)
    return str(path)


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    return str(path)


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    code = main(["siting", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_median_is_printed_with_its_proof(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, data = asked(capsys, "pmedian", "--orlib", line)
    assert code == 0
    assert data.pop("seconds") is not None
    assert data == {
        "question": "pmedian",
        "status": "optimal",
        "objective": 10,
        "bound": 10,
        "gap": 0.0,
        "sites": ["2"],
        "chosen": [1],
        "nodes": 1,
    }


def test_in_words_it_says_the_same(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["siting", "pcenter", "--orlib", line, "--lang", "en"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:5] == ["status: optimal (proven)", "objective: 5", "bound: 5", "gap: 0.0000%", "sites: 2"]
    assert main(["siting", "pcenter", "--orlib", line, "--lang", "zh"]) == 0
    assert "最优（已证明）" in capsys.readouterr().out


def test_covers_with_and_without_a_number_of_sites(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, most = asked(capsys, "cover", "--matrix", table, "--p", "1", "--radius", "2")
    assert (most["objective"], most["sites"]) == (20, ["b"])
    _, fewest = asked(capsys, "cover", "--matrix", table, "--radius", "2")
    assert (fewest["objective"], fewest["sites"]) == (2, ["a", "b"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["pmedian", "--matrix", "TABLE"], "wrongly-asked"),
        (["pmedian", "--matrix", "TABLE", "--p", "3"], "bad-siting"),
        (["pmedian", "--matrix", "TABLE", "--p", "1", "--budget", "0"], "wrongly-asked"),
        (["cover", "--matrix", "TABLE", "--radius", "0.5"], "no-siting"),
        (["cover", "--matrix", "TABLE", "--radius", "nan"], "bad-siting"),
        (["pcenter", "--orlib", "TABLE"], "bad-siting"),
        (["pcenter", "--orlib", "nowhere.txt"], "file-unreadable"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    words: list[str], code: str, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, data = asked(capsys, *(table if word == "TABLE" else word for word in words))
    assert (status, data["refused"]) == (2, code)
    assert data["zh"]
    assert data["en"]
