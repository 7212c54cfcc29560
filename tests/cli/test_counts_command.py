"""`youbei counts`."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from server.process import youbei

ASKED = {
    "register": "lot", "paths": ["/"], "sides": [], "only": "", "words": [], "days": [], "adds": [], "fresh_s": 0,
}  # fmt: skip


def test_a_number_that_a_recount_does_not_find_is_reported_and_forgotten(own_sqlite: Path) -> None:
    assert youbei(own_sqlite, "counts", "check").returncode == 0
    with sqlite3.connect(next(own_sqlite.rglob("youbei.sqlite3"))) as connection:
        connection.execute(
            "INSERT INTO records_keptcount"
            " (key, register, asked, cells, position, snapshot, since, counted_at, asked_on)"
            " SELECT ?, 'lot', ?, ?, COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'records_countchange'), 0),"
            " '', '2026-11-25 00:00:00', '2026-11-25 00:00:00', '2026-11-25'",
            ["0" * 64, json.dumps(ASKED), json.dumps([[999_999, "0"]])],
        )
    connection.close()
    done = youbei(own_sqlite, "counts", "check", "--json")
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout) == [{"register": "lot", "cells": 1}]
    assert youbei(own_sqlite, "counts", "check", "--repair").returncode == 1
    assert youbei(own_sqlite, "counts", "check", "--lang", "zh").stdout.strip() == "保存的统计数与重新清点一致。"
