"""`youbei log`: an exported file can be verified anywhere, and what was done to it is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from server.process import youbei
from youbei.engine.clock import Mode
from youbei.engine.events import Event
from youbei.engine.log import GENESIS, chain, entry_body

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
WITHOUT_DJANGO = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "ninja", "uvicorn", "orjson", "pydantic", "psycopg"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
from youbei.cli import main
sys.exit(main())
"""
Lines = list[dict[str, Any]]


def exported(count: int = 5) -> Lines:
    events = [
        Event(stream=f"run:{number % 2}", seq=number // 2 + 1, at=AT, mode=Mode.REAL, kind="step.opened", data={"n": 1})
        for number in range(count)
    ]
    return [
        {**entry_body(position=e.position, event=e.event, recorded_at=AT, prev_hash=e.prev_hash), "hash": e.hash}
        for e in chain(events, after=0, head=GENESIS, recorded_at=AT)
    ]


def write(path: Path, lines: Lines) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    return write(tmp_path / "log.jsonl", exported())


def verify_alone(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the command in an interpreter that has neither Django nor any other package of ours."""
    clean = {"PATH": os.environ["PATH"], "LANG": "C"}
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_DJANGO, "log", "verify", *words],
        input=stdin,
        capture_output=True,
        env=clean,
        timeout=30,
        check=False,
    )


def test_a_whole_file_is_verified_without_django_and_without_a_database(log_file: Path) -> None:
    done = verify_alone(str(log_file), "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result == {"count": 5, "head": exported()[-1]["hash"], "faults_total": 0, "faults": []}


def test_standard_input_is_verified_too(log_file: Path) -> None:
    assert verify_alone("-", stdin=log_file.read_bytes()).returncode == 0


def test_an_empty_log_holds(tmp_path: Path) -> None:
    assert verify_alone(str(write(tmp_path / "empty", []))).returncode == 0


def change(lines: Lines) -> None:
    lines[2]["data"]["n"] = 2


def remove(lines: Lines) -> None:
    del lines[2]


def swap(lines: Lines) -> None:
    lines[1], lines[2] = lines[2], lines[1]


def cut_the_start(lines: Lines) -> None:
    del lines[0]


@pytest.mark.parametrize(
    ("tamper", "code"), [(change, "content"), (remove, "gap"), (swap, "gap"), (cut_the_start, "gap")]
)
def test_tampering_is_named(tmp_path: Path, tamper: Callable[[Lines], None], code: str) -> None:
    lines = exported()
    tamper(lines)
    done = verify_alone(str(write(tmp_path / "log", lines)), "--json")
    assert done.returncode == 1
    assert code in {fault["code"] for fault in json.loads(done.stdout)["faults"]}


def test_a_cut_end_is_found_by_an_anchor(tmp_path: Path) -> None:
    lines = exported()
    path = str(write(tmp_path / "log", lines[:3]))
    assert verify_alone(path).returncode == 0
    assert verify_alone(path, "--anchor", lines[2]["hash"].upper()).returncode == 0
    done = verify_alone(path, "--anchor", lines[4]["hash"])
    assert done.returncode == 1
    assert b"cut or rewritten" in done.stdout


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"position": NaN}',
        b'{"position": "1"}',
        b"[" * 100_000,
        b'{"a": "\\ud800"}',
        b"nothing",
    ],
    ids=["cut", "list", "empty", "bytes", "nan", "text", "deep", "surrogate", "words"],
)
def test_a_line_that_is_no_entry_is_named_by_its_number(log_file: Path, line: bytes) -> None:
    content = log_file.read_bytes() + line + b"\n"
    done = verify_alone("-", stdin=content)
    assert done.returncode == 1
    assert b"Line 6" in done.stdout
    assert b"Traceback" not in done.stderr


def test_a_missing_file_is_refused_in_both_languages(tmp_path: Path) -> None:
    for lang, words in (("zh", "没有这个文件"), ("en", "there is no such file")):
        done = verify_alone(str(tmp_path / "none"), "--lang", lang)
        assert done.returncode == 2
        assert words in done.stderr.decode()
    assert verify_alone(str(tmp_path)).returncode == 2


def test_the_command_starts_without_loading_django() -> None:
    code = (
        "import sys; from youbei.cli import build_parser, Say; build_parser(Say('en')); print('django' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_log_of_a_database_is_exported_and_verified(tmp_path: Path, own_sqlite: Path) -> None:
    target = tmp_path / "export.jsonl"
    done = youbei(own_sqlite, "log", "export", "--out", str(target), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["count"] == len(target.read_text().splitlines()) > 0
    assert not list(tmp_path.glob("*.part"))
    stored = json.loads(youbei(own_sqlite, "log", "verify", "--json").stdout)
    alone = json.loads(verify_alone(str(target), "--json").stdout)
    assert stored == alone
    assert stored["head"] == told["head"]
    assert youbei(own_sqlite, "log", "verify", "--anchor", "0" * 63 + "1").returncode == 1


def test_an_export_to_a_bad_place_leaves_nothing(tmp_path: Path, own_sqlite: Path) -> None:
    done = youbei(own_sqlite, "log", "export", "--out", str(tmp_path / "no" / "where.jsonl"))
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert youbei(own_sqlite, "log", "export", "--out", str(tmp_path)).returncode == 2
    assert not list(tmp_path.glob("*.part"))


def test_without_a_database_the_log_is_refused(tmp_path: Path) -> None:
    done = youbei(tmp_path / "nothing", "log", "verify")
    assert done.returncode == 2
    assert "no database" in done.stderr
    assert not (tmp_path / "nothing").exists()


def test_an_address_of_another_kind_of_database_is_named_as_such(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "youbei", "log", "verify", "--data", str(tmp_path), "--lang", "en"],
        env={**os.environ, "DATABASE_URL": "mysql://user@host/name"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "must begin with postgresql://" in done.stderr
    assert "Traceback" not in done.stderr
