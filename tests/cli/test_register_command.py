"""`youbei register`."""

from __future__ import annotations

import json
from pathlib import Path

from server.process import youbei

ITEMS = "编码,名称,计量单位,保质期\r\ntry-1,测试手套,双,365\r\ntry-2,测试口罩,只,730\r\ntry-3,测试绳索,根,很久\r\n"


def test_registers_are_listed_with_their_records(own_sqlite: Path) -> None:
    done = youbei(own_sqlite, "register", "list", "--json")
    assert done.returncode == 0, done.stderr
    assert {"team", "person", "lot"} <= {one["name"] for one in json.loads(done.stdout)}


def test_a_sheet_goes_in_comes_out_and_is_undone(own_sqlite: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "items.csv"
    sheet.write_text(ITEMS, encoding="gb18030")
    checked = youbei(own_sqlite, "register", "import", "item", str(sheet), "--check", "--json")
    assert checked.returncode == 1, checked.stderr
    assert (said := json.loads(checked.stdout))["stage"] == "checked"
    assert (said["added"], said["refused"]) == (2, 1)
    assert youbei(own_sqlite, "register", "import", "item", str(sheet), "--strict").returncode == 2
    wrong = tmp_path / "wrong.xlsx"
    done = youbei(own_sqlite, "register", "import", "item", str(sheet), "--refused", str(wrong), "--json")
    assert done.returncode == 1, done.stderr
    assert wrong.read_bytes()[:2] == b"PK"
    out = tmp_path / "out.csv"
    narrowed = ("--where", "q=测试", "--lang", "zh")
    written = youbei(own_sqlite, "register", "export", "item", "--output", str(out), *narrowed)
    assert written.returncode == 0, written.stderr
    assert out.read_text(encoding="utf-8-sig").count("测试") == 2
    again = youbei(own_sqlite, "register", "import", "item", str(out), "--check", "--json")
    assert json.loads(again.stdout)["unchanged"] == 2
    number = str(json.loads(done.stdout)["import"])
    assert youbei(own_sqlite, "register", "undo", number).returncode == 0
    assert youbei(own_sqlite, "register", "undo", number).returncode == 2


def test_a_person_is_erased_for_a_ground_that_the_law_knows(own_sqlite: Path, tmp_path: Path) -> None:
    for name, text in (
        ("organisation", "编码,名称,类别\r\nu1,单位,bureau\r\n"),
        ("person", "编码,姓名,所属单位\r\np1,张三,u1\r\n"),
    ):
        (sheet := tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        done = youbei(own_sqlite, "register", "import", name, str(sheet))
        assert done.returncode == 0, done.stdout + done.stderr
    refused = youbei(own_sqlite, "register", "erase", "person", "p1", "--ground", "because", "--lang", "en")
    assert refused.returncode == 2
    assert "consent_withdrawn" in refused.stderr
    assert youbei(own_sqlite, "register", "erase", "person", "p2", "--ground", "unlawful").returncode == 2
    assert youbei(own_sqlite, "register", "erase", "person", "p1").returncode == 2
    done = youbei(own_sqlite, "register", "erase", "person", "p1", "--ground", "unlawful", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ground"] == "unlawful"
    out = tmp_path / "people.csv"
    assert youbei(own_sqlite, "register", "export", "person", "--output", str(out)).returncode == 0
    assert "张三" not in out.read_text(encoding="utf-8-sig")


def test_what_does_not_exist_is_refused_with_a_sentence(own_sqlite: Path, tmp_path: Path) -> None:
    for words in (
        ("template", "wheels"),
        ("import", "item", str(tmp_path / "none.csv")),
        ("export", "item", "--where", "colour=red"),
        ("export", "item", "--format", "kml"),
        ("export", "item", "--format", "have"),
        ("undo", "99999"),
    ):
        done = youbei(own_sqlite, "register", *words)
        assert done.returncode == 2, words
        assert done.stderr.strip().endswith((".", "?")), done.stderr


def test_a_template_is_written(own_sqlite: Path, tmp_path: Path) -> None:
    target = tmp_path / "team.xlsx"
    assert youbei(own_sqlite, "register", "template", "team", "--output", str(target)).returncode == 0
    assert target.read_bytes()[:2] == b"PK"
