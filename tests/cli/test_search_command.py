"""`youbei search-index`."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from server.process import youbei


def test_an_index_that_does_not_fit_is_reported_and_made_anew(own_sqlite: Path) -> None:
    done = youbei(own_sqlite, "search-index", "rebuild", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["records"] >= 1
    assert youbei(own_sqlite, "search-index", "check").returncode == 0
    with sqlite3.connect(next(own_sqlite.rglob("youbei.sqlite3"))) as connection:
        connection.execute("DELETE FROM records_searchentry WHERE register = 'organisation'")
    connection.close()
    done = youbei(own_sqlite, "search-index", "check")
    assert done.returncode == 1
    assert "missing" in done.stdout
    assert youbei(own_sqlite, "search-index", "rebuild").returncode == 0
    assert youbei(own_sqlite, "search-index", "check", "--lang", "zh").stdout.strip() == "检索索引与登记册一致。"
