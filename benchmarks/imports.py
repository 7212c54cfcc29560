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
            f"A workbook of {ROWS:,} rows uploaded, checked and applied by the job that the worker runs (capabilities, "
            "ledger, history and search entries included), beside reading its cells with openpyxl and with calamine "
            "alone, in the same process."
        ),
        goal="within the time of a coffee: five minutes.",
        columns=(
            "database",
            "register",
            "upload s",
            "check s",
            "apply s",
            "all, µs per row",
            "openpyxl alone s",
            "calamine alone s",
            "ratio to openpyxl alone",
        ),
        rows=tuple(
            (
                database,
                register,
                f"{one['upload']:.1f}",
                f"{one['check']:.1f}",
                f"{one['apply']:.1f}",
                f"{whole(one) / ROWS * 1e6:.0f}",
                f"{one['openpyxl']:.1f}",
                f"{one['calamine']:.1f}",
                f"{whole(one) / one['openpyxl']:.1f}",
            )
            for database, register, one in found
        ),
        note=(
            "Each slice of a thousand rows is a transaction of its own: progress is shown and a cancel heard after it. "
            "Between slices the worker looks after deadlines and messages."
        ),
    )


def whole(one: Seconds) -> float:
    return one["upload"] + one["check"] + one["apply"]
