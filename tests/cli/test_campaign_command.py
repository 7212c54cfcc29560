"""`youbei campaign`: from opening to closing, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.process import youbei


@pytest.fixture(scope="module")
def county(own_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with a school below the first unit, and a team of the school's."""
    folder = tmp_path_factory.mktemp("sheets")
    root = json.loads(youbei(own_sqlite, "search", "a", "--register", "organisation", "--json").stdout or "[]")
    parent = root[0]["code"] if root else first_unit(own_sqlite)
    units, teams = folder / "units.csv", folder / "teams.csv"
    units.write_text(f"编码,名称,类别,上级单位\nschool-1,滨海小学,school,{parent}\n", encoding="utf-8")
    head = "编码,名称,类别,所属单位,承诺出动时间,纬度,经度"
    teams.write_text(f"{head}\nt1,校队,volunteer,school-1,5,34.6,119.2\n", encoding="utf-8")
    for name, sheet in (("organisation", units), ("team", teams)):
        done = youbei(own_sqlite, "register", "import", name, str(sheet), "--json")
        assert done.returncode == 0, done.stdout + done.stderr
    return own_sqlite


def first_unit(data: Path) -> str:
    done = youbei(data, "register", "export", "organisation", "--format", "csv", "--output", "-", "--lang", "en")
    return done.stdout.splitlines()[1].split(",")[0]


def asked(data: Path, *words: str, code: int = 0) -> Any:
    done = youbei(data, *words, "--json")
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_a_campaign_from_opening_to_closing(county: Path) -> None:
    words = ["--title", "核实", "--title-en", "Check", "--register", "team", "--due", "2199-01-01", "--kind", "school"]
    made = asked(county, "campaign", "open", *words, "--repeats", "year", code=2)
    assert made["refused"] == "rounds-overlap"
    made = asked(county, "campaign", "open", *words)
    assert (made["status"], made["units_total"], made["items_total"]) == ("open", 1, 1)
    number = str(made["pk"])
    assert [one["pk"] for one in asked(county, "campaign", "list")] == [made["pk"]]
    shown = asked(county, "campaign", "progress", number)
    assert (shown["waiting"], shown["answers"]) == (
        [{"unit": "school-1", "state": "not_opened", "climbed": 0}],
        {"pending": 1},
    )
    said = youbei(county, "campaign", "progress", number, "--lang", "zh").stdout
    assert "未答复：滨海小学（未打开）" in said
    assert asked(county, "campaign", "remind", number) == {"units": 1}
    assert asked(county, "campaign", "remind", number, "--unit", "nowhere", code=2)["refused"] == "not-found"
    assert asked(county, "campaign", "close", number)["status"] == "closed"
    assert asked(county, "campaign", "list") == []
    assert asked(county, "campaign", "remind", number, code=2)["refused"] == "campaign-refused"


def test_a_number_that_nobody_has_is_refused(county: Path) -> None:
    assert asked(county, "campaign", "progress", "999", code=2)["refused"] == "not-found"


def test_records_are_searched_and_counted(county: Path) -> None:
    (hit,) = asked(county, "search", "滨海", "--register", "organisation")
    assert (hit["code"], hit["reason"]) == ("school-1", "start")
    assert asked(county, "search", "bhxx")[0]["code"] == "school-1"
    assert asked(county, "search", "没有这样的东西", code=1) == []
    table = asked(county, "register", "statistics", "team", "--rows", "kind", "--columns", "freshness")
    assert (table["rows"][0]["key"], table["total"]) == ("volunteer", {"number": "1", "query": {}})
    assert table["rows"][0]["total"]["query"] == {"kind": "volunteer"}
    assert asked(county, "register", "statistics", "team", "--rows", "shoes", code=2)["refused"] == "argument-refused"
    by_kind = ("register", "statistics", "team", "--rows", "kind", "--where", "unit=school-1")
    for form, begins in (("xlsx", b"PK"), ("pdf", b"%PDF"), ("csv", "\ufeff类别".encode())):
        file = county / f"teams.{form}"
        assert asked(county, *by_kind, "--to", str(file), "--user", "admin", "--lang", "zh")["rows"] == 1
        assert file.read_bytes().startswith(begins)
    assert asked(county, *by_kind, "--to", str(county / "x.xlsx"), code=2)["refused"] == "argument-refused"
    for wrong in (county / "x.doc", county / "no" / "x.csv"):
        assert "refused" in asked(county, *by_kind, "--to", str(wrong), "--user", "admin", code=2)
    said = youbei(county, "register", "statistics", "team", "--rows", "kind", "--lang", "en").stdout
    assert said.splitlines()[-1] == "total\t1"
