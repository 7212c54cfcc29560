"""`youbei exercise`: an exercise that runs by itself, with and without what it needs."""

from __future__ import annotations

import json
from pathlib import Path

from tests.engine.exercises.story import CALL, HEAD

from server.process import youbei

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
