"""`youbei exercise`: an exercise that runs by itself, with and without what it needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cap import cap
from tests.engine.exercises.story import CALL, HEAD

from server.process import youbei
from youbei import content
from youbei.engine.exercises.seal import (
    Window,
    draw,
    opening_from_data,
    opening_to_data,
    seal_time,
    seal_to_data,
    verify,
)

EXERCISE = (
    HEAD.replace('plan = "small"', 'plan = "lanwan-ammonia-onsite"')
    + CALL.replace('"operations"', '"board"').replace('"leaking"', '"leak_continues"')
    + 'expects = [{id = "report", title = "report", within = "PT1H", who = "commander", step = "report"}]\n'
    + '[end]\nat_most = "PT40M"\n'
)


def test_an_exercise_runs_by_itself_and_says_what_was_done(tmp_path: Path) -> None:
    for lang, words in (("en", "1 in time"), ("zh", "按时 1")):
        done = youbei(tmp_path, "exercise", "run", "-", "--lang", lang, stdin=EXERCISE.encode())
        assert done.returncode == 0, done.stderr
        assert words in done.stdout


def test_what_is_late_or_missed_gives_exit_code_one(tmp_path: Path) -> None:
    strict = EXERCISE.replace("PT1H", "PT1M")
    done = youbei(tmp_path, "exercise", "run", "-", "--json", stdin=strict.encode())
    assert done.returncode == 1
    assert json.loads(done.stdout)["evaluation"]["actions"][0]["verdict"] == "late"


def test_a_plan_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    done = youbei(tmp_path, "exercise", "run", "-", stdin=EXERCISE.replace("lanwan", "nowhere").encode())
    assert done.returncode == 2
    assert "--plan" in done.stderr


def test_one_inject_is_rehearsed_alone(tmp_path: Path) -> None:
    done = youbei(tmp_path, "exercise", "run", "-", "--inject", "call", "--json", stdin=EXERCISE.encode())
    assert done.returncode == 0, done.stderr
    assert [one["outcome"] for one in json.loads(done.stdout)["evaluation"]["injects"]] == ["fired"]
    refused = youbei(tmp_path, "exercise", "run", "-", "--inject", "no", "--lang", "zh", stdin=EXERCISE.encode())
    assert refused.returncode == 2
    assert "现有：call" in refused.stderr


SHIPPED = Path(__file__).parents[2] / "src" / "youbei" / "content" / "exercises" / "lanwan-loading-arm.toml"


def test_a_file_is_checked_like_a_program(tmp_path: Path) -> None:
    done = youbei(tmp_path, "exercise", "check", str(SHIPPED), "--json")
    assert done.returncode == 0, done.stdout
    wrong = SHIPPED.read_text("utf-8").replace('to = "board"', 'to = "bord"')
    for lang, word in (("en", "error EX02"), ("zh", "错误 EX02")):
        found = youbei(tmp_path, "exercise", "check", "-", "--lang", lang, stdin=wrong.encode())
        assert found.returncode == 1
        assert word in found.stdout
    unreadable = youbei(tmp_path, "exercise", "check", "-", "--lang", "zh", stdin=b'id = "x"')
    assert unreadable.returncode == 2
    assert "演练文件无法读取" in unreadable.stderr


def test_a_list_of_injects_goes_out_as_a_workbook_and_comes_back(tmp_path: Path) -> None:
    book, back = tmp_path / "msel.xlsx", tmp_path / "back.toml"
    out = youbei(tmp_path, "exercise", "export", str(SHIPPED), "--out", str(book))
    assert out.returncode == 0, out.stderr
    done = youbei(tmp_path, "exercise", "import", str(book), "--into", str(SHIPPED), "--out", str(back))
    assert done.returncode == 0, done.stderr
    bare = [line for line in SHIPPED.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert back.read_text("utf-8").splitlines() == bare


def test_a_sealed_time_is_kept_until_it_comes_and_then_proven(tmp_path: Path) -> None:
    seal, secret, opening = (str(tmp_path / name) for name in ("seal.json", "secret.json", "opening.json"))
    words = ["exercise", "seal", "drill", "--window", "2999-12-01T09:00+08:00/2999-12-01T11:30+08:00"]
    done = youbei(tmp_path, *words, "--knew", "person:1", "--out", seal, "--secret", secret, "--json")
    assert done.returncode == 0, done.stderr
    commitment = json.loads(done.stdout)["commitment"]
    assert json.loads(Path(seal).read_text("utf-8"))["commitment"] == commitment
    early = youbei(tmp_path, "exercise", "reveal", seal, "--secret", secret, "--out", opening)
    assert early.returncode == 2
    assert not Path(opening).exists()
    proven = youbei(tmp_path, "exercise", "verify", seal, "--opening", secret, "--lang", "zh")
    assert proven.returncode == 0
    assert "属实" in proven.stdout
    moved = Path(secret).read_text("utf-8").replace("2999-12-01", "2999-12-02")
    Path(opening).write_text(moved, encoding="utf-8")
    assert youbei(tmp_path, "exercise", "verify", seal, "--opening", opening).returncode == 1
    again = youbei(tmp_path, *words, "--out", seal, "--secret", secret)
    assert again.returncode == 2


def test_a_window_without_a_zone_is_refused(tmp_path: Path) -> None:
    done = youbei(
        tmp_path, "exercise", "seal", "drill", "--window", "2999-12-01T09:00/2999-12-01T10:00",
        "--out", str(tmp_path / "a"), "--secret", str(tmp_path / "b"),
    )  # fmt: skip
    assert done.returncode == 2
    assert "+08:00" in done.stderr


def test_a_seal_stays_closed_while_an_interlock_holds_or_nobody_knows(tmp_path: Path) -> None:
    start = datetime.now(UTC) + timedelta(seconds=2)
    key = next(bytes([n]) * 32 for n in range(250) if draw_early(bytes([n]) * 32, start))
    seal, opening = seal_time("drill", windows(start), key=key, nonce=key, at=start - timedelta(seconds=1))
    files = {name: tmp_path / f"{name}.json" for name in ("seal", "secret", "opening")}
    files["seal"].write_text(json.dumps(seal_to_data(seal)))
    files["secret"].write_text(json.dumps(opening_to_data(opening)))
    drill = SHIPPED.with_name("binhai-kitchen-fire.toml")
    words = ["exercise", "reveal", str(files["seal"]), "--secret", str(files["secret"]), "--out", str(files["opening"])]
    time.sleep(max(0.0, (opening.starts_at - datetime.now(UTC)).total_seconds()) + 0.1)
    held = youbei(tmp_path, *words, "--exercise", str(drill), "--fact", "exam_started=true", "--lang", "zh")
    assert held.returncode == 2
    assert "正在考试" in held.stderr
    assert not files["opening"].exists()
    moved = opening_from_data(json.loads(files["secret"].read_text("utf-8")))
    assert moved.starts_at > opening.starts_at
    assert moved.passed_over == ((0, "exam,real"),)
    assert verify(seal, moved) == ()


def windows(start: datetime) -> list[Window]:
    return [Window(start, start + timedelta(minutes=120))]


def draw_early(key: bytes, start: datetime) -> bool:
    """Return whether a key draws the very first minute."""
    return draw(key, "drill", 0, windows(start)) == start


TOWN = """
import django
django.setup()
from dataclasses import replace
from datetime import timedelta
from tests.actions.test_circumstances import STORM
from tests.actions.town import build_town, store_plan
from tests.actions.test_exercises import SCRIPT
from youbei.actions import clock
from youbei.actions.exercises import keeping, regimes
from youbei.engine.exercises.read import read_exercise
from youbei.records.models import User
User.objects.filter(username="admin").update(username="first")
now = clock.now()
town = build_town(now - timedelta(hours=1))
store_plan(town)
script = replace(read_exercise(SCRIPT), interlocks=(STORM,))
row = keeping.plan_exercise(by=None, now=now, script=script)
regimes.set_regimes(by=None, now=now - timedelta(days=800), organisation=town.park, regimes=["cn.enterprise"])
print(row.pk)
"""


@pytest.fixture(scope="module")
def planned(own_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a data folder with a town, an exercise of its plan, and a park that has held nothing; and the exercise."""
    folder = tmp_path_factory.mktemp("town")  # others go on working with the account that is renamed here
    shutil.copytree(own_sqlite, folder, dirs_exist_ok=True)
    environment = dict(os.environ, YOUBEI_DATA=str(folder), DJANGO_SETTINGS_MODULE="youbei.settings")
    words = [sys.executable, "-c", TOWN.replace("cn.enterprise", next(iter(content.drill_regimes())))]
    root = Path(__file__).parents[2]
    done = subprocess.run(words, env=environment, cwd=root, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return folder, done.stdout.decode().strip()


def test_the_programme_says_what_is_due_and_overdue(planned: tuple[Path, str]) -> None:
    folder, _ = planned
    done = youbei(folder, "exercise", "programme", "--json", "--state", "overdue")
    found = json.loads(done.stdout)
    assert done.returncode == (1 if any(one["overdue"] for one in found["units"]) else 0)
    [park] = [one for one in found["units"] if one["organisation"]["en"] == "Town chemical park"]
    assert {one["state"] for one in park["periods"]} <= {"overdue"}
    every = json.loads(youbei(folder, "exercise", "programme", "--unit", "town-park", "--json").stdout)
    assert every["units"][0]["periods"]
    assert "小城化工园区：逾期" in youbei(folder, "exercise", "programme", "--lang", "zh").stdout
    assert youbei(folder, "exercise", "programme", "--year", "1066").returncode == 2


def test_a_list_without_injects_makes_no_exercise(tmp_path: Path) -> None:
    (tmp_path / "none.json").write_text("[1, {}]", "utf-8")
    out = tmp_path / "out.toml"
    done = youbei(tmp_path, "exercise", "import", str(tmp_path / "none.json"), "--plan", "x", "--out", str(out))
    assert (done.returncode, "holds no injects" in done.stderr, out.exists()) == (2, True, False)


def test_the_console_begins_fires_holds_and_ends(planned: tuple[Path, str]) -> None:
    folder, name = planned
    listed = json.loads(youbei(folder, "exercise", "list", "--status", "planned", "--json").stdout)["exercises"]
    assert [one["id"] for one in listed] == [name]
    warning = cap(datetime.now(UTC))
    holds = youbei(folder, "exercise", "warning", "-", "--unit", "town", "--json", stdin=warning.encode())
    assert json.loads(holds.stdout)["value"] == "orange"
    refused = youbei(folder, "exercise", "warning", "-", "--unit", "town", "--lang", "zh", stdin=b"<rss/>")
    assert (refused.returncode, "不是 CAP 预警消息" in refused.stderr) == (2, True)
    for lang, words in (
        ("en", "Orange or red warning (Warning colour: Orange"),
        ("zh", "演练不得开始：暴雨橙色以上预警"),
    ):
        held_back = youbei(folder, "exercise", "start", name, "--lang", lang)
        assert (held_back.returncode, words in held_back.stderr) == (2, True), held_back.stderr
    assert youbei(folder, "exercise", "start", name, "--override", "室内进行").returncode == 0
    held = json.loads(youbei(folder, "exercise", "inject", name, "hold", "hurt", "--json").stdout)
    assert {one["id"]: one["status"] for one in held["injects"]}["hurt"] == "held"
    fired = json.loads(youbei(folder, "exercise", "inject", name, "fire", "hurt", "--json").stdout)
    assert {one["id"]: one["status"] for one in fired["injects"]}["hurt"] == "fired"
    again = youbei(folder, "exercise", "inject", name, "fire", "hurt", "--lang", "zh")
    assert again.returncode == 2
    refused = youbei(folder, "exercise", "end", name, "--user", "trainer-of-nobody")
    assert refused.returncode == 2
    denied = youbei(folder, "exercise", "end", name, "--user", "stranger")
    assert denied.returncode == 2
    ended = json.loads(youbei(folder, "exercise", "end", name, "--reason", "done", "--json").stdout)
    assert ended["status"] == "ended"
    assert youbei(folder, "exercise", "end", "nonsense").returncode == 2
