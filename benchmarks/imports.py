"""Sheets of a hundred thousand rows brought into registers, beside reading the same file alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from tools import postgres

from benchmarks.pages import new_database, postgresql
from benchmarks.result import Result

ROWS = int(os.environ.get("YOUBEI_BENCHMARK_SHEET_ROWS", "100000"))
COFFEE_S = 300
Seconds = dict[str, float]


def measured(database: str, url: str) -> Iterator[tuple[str, str, Seconds]]:
    with tempfile.TemporaryDirectory(prefix="youbei-bench-") as folder:
        environment = {"YOUBEI_DATA": folder, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "youbei.settings"}
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.import_reader", str(ROWS)],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    for register, seconds in json.loads(done.stdout.splitlines()[-1]).items():
        yield database, register, seconds


def run() -> Result:
    found = list(measured("SQLite", ""))
    if postgres.binaries() is not None:
        with postgresql() as url:
            found += measured("PostgreSQL", new_database(url, f"import_reader_{os.getpid()}"))
    return Result(
        title="Importing a sheet",
        question=(
            f"A sheet of {ROWS:,} rows uploaded, checked, applied and at last undone as a whole by jobs of the worker "
            "(capabilities, ledger, history, search entries, changes for statistics), beside reading its cells alone "
            "(openpyxl, or the csv reader of the standard library), in the same process."
        ),
        goal=f"within the time of a coffee: five minutes; {sum(whole(one) <= COFFEE_S for _, _, one in found)} of "
        f"{len(found)} are, and of their undoing {sum(one['undo'] <= COFFEE_S for _, _, one in found)}.",
        columns=(
            "database",
            "sheet",
            "upload s",
            "check s",
            "apply s",
            "all s",
            "rows/s",
            "longest slice s",
            "cancelled after s",
            "undo of the whole s",
            "memory before, most MB",
            "reading alone s",
        ),
        rows=tuple(
            (
                database,
                register,
                f"{one['upload']:.1f}",
                f"{one['check']:.1f}",
                f"{one['apply']:.1f}",
                f"{whole(one):.0f}",
                f"{ROWS / whole(one):,.0f}",
                f"{one['slice']:.2f}",
                f"{one['cancel']:.2f}",
                f"{one['undo']:.0f}",
                f"{one['before_mb']:.0f}, {one['memory_mb']:.0f}",
                f"{one['alone']:.1f}",
            )
            for database, register, one in found
        ),
        note=(
            "Each slice of a thousand rows is a transaction of its own: progress is shown and a cancel heard after it. "
            "Between slices the worker looks after deadlines and messages. The cancel comes from another connection in "
            "the middle of a slice. Memory is what the process has for itself, after each slice."
        ),
    )


def whole(one: Seconds) -> float:
    return one["upload"] + one["check"] + one["apply"]
