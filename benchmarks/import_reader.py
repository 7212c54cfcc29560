"""A process with a database of its own that brings sheets of so many rows into registers; it says how long that took.

    python -m benchmarks.import_reader ROWS

The sheet is uploaded, checked, applied and undone as the worker does it, slice by slice. A second one is cancelled half
way, as by a page in the middle of a slice, and undone too. It says one line of JSON in the end.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django
import openpyxl
from django.core.management import call_command
from django.db import connection

django.setup()

from benchmarks import chinese_names  # noqa: E402
from benchmarks.exports import memory_mb  # noqa: E402
from benchmarks.many_records import CAPABILITIES, KINDS, NOW, TODAY, build, draw  # noqa: E402
from youbei import content  # noqa: E402
from youbei.actions import jobs  # noqa: E402
from youbei.actions.sheets import upload  # noqa: E402
from youbei.engine.registers.register import Register  # noqa: E402
from youbei.records import models as rows  # noqa: E402
from youbei.sheets.write import write_csv, write_workbook  # noqa: E402

UNITS = 1000
SHEETS = (("lot", "xlsx"), ("lot", "csv"), ("team", "xlsx"))
# So many rows has the sheet whose import is cancelled.
CANCELLED = 10_000
Made = Callable[[int, str], Iterator[dict[str, Any]]]


@dataclass
class Watch:
    """Seconds of each part of the work, the longest slice, and the megabytes that the process took for itself."""

    seconds: dict[str, float]

    def time(self, what: str, work: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        found = work()
        self.seconds[what] = time.perf_counter() - started
        return found

    def slices(self, what: str, sheet: rows.SheetImport) -> None:
        """Do a job slice by slice, and note what it takes."""
        key, is_done, started = job_of(sheet), False, time.perf_counter()
        while not is_done:
            begun = time.perf_counter()
            is_done = jobs.one_slice(key)
            self.seconds["slice"] = max(self.seconds.get("slice", 0), time.perf_counter() - begun)
            self.seconds["memory_mb"] = max(self.seconds.get("memory_mb", 0), memory_mb(os.getpid()))
        self.seconds[what] = time.perf_counter() - started
        job = rows.Job.objects.get(pk=key)
        assert job.status == "done", job.problem_en
        assert job.done == job.total


def lots(count: int, prefix: str) -> Iterator[dict[str, Any]]:
    items = list(rows.Item.objects.order_by("pk").values_list("code", flat=True))
    sites = list(rows.Site.objects.order_by("pk").values_list("code", "organisation__code"))
    for n in range(count):
        site, unit = sites[n * len(sites) // count]
        yield {
            "code": f"{prefix}-{n:06d}",
            "item": items[draw("item", n, len(items))],
            "site": site,
            "organisation": unit,
            "reserve": ("government", "agreement", "own")[draw("reserve", n, 3)],
            "quantity": Decimal(1 + draw("quantity", n, 500)),
            "batch_no": f"B{draw('batch', n, 60000)}",
            "received_on": TODAY - timedelta(days=draw("received", n, 900)),
            "expires_on": TODAY + timedelta(days=draw("expires", n, 2300) - 300),
            "condition": ("good", "worn")[draw("condition", n, 2)],
        }


def teams(count: int, prefix: str) -> Iterator[dict[str, Any]]:
    units = list(rows.Organisation.objects.filter(kind="street").order_by("pk").values_list("code", flat=True))
    units = units or list(rows.Organisation.objects.order_by("pk").values_list("code", flat=True))
    for n in range(count):
        yield {
            "code": f"{prefix}-{n:06d}",
            "name_zh": chinese_names.name(n * 4 + 1, n % 50),
            "organisation": units[n * len(units) // count],
            "kind": KINDS[draw("kind", n, 4)],
            "capabilities": {CAPABILITIES[draw(f"able{turn}", n, len(CAPABILITIES))]: 1 + turn for turn in range(2)},
            "strength": draw("strength", n, 60),
            "turn_out_min": Decimal(1 + draw("turn_out", n, 15)),
            "lat": 32 + draw("lat", n, 40000) / 10000,
            "lon": 116 + draw("lon", n, 40000) / 10000,
        }


def measure(name: str, form: str, make: Made, count: int, by: rows.User) -> dict[str, float]:
    """Write a sheet, read it alone, and bring it in; then cancel and undo another."""
    register = content.registers()[name]
    watch = Watch({"before_mb": memory_mb(os.getpid())})
    with tempfile.TemporaryDirectory(prefix="youbei-bench-") as folder:
        path = Path(folder) / f"sheet.{form}"
        write_sheet(register, path, make(count, f"new-{form}"))
        watch.time("alone", lambda: read_alone(path))
        sheet = watch.time("upload", lambda: uploaded(register, path, by))
        write_sheet(register, path, make(CANCELLED, f"other-{form}"))
        other = uploaded(register, path, by)
    upload.check_import(sheet=sheet, matches=sheet.matches, by=by, now=NOW)
    watch.slices("check", sheet)
    sheet.refresh_from_db()
    assert (sheet.refused, sheet.stage) == (0, "checked"), (sheet.samples.get("refused"), sheet.stage)
    upload.apply_import(sheet=sheet, by=by, now=NOW)
    watch.slices("apply", sheet)
    sheet.refresh_from_db()
    assert (sheet.added, sheet.stage) == (sheet.rows, "applied")
    watch.seconds["cancel"] = cancelled_half_way(other, by)
    other.refresh_from_db()
    upload.undo_import(sheet=other, by=by, now=NOW)
    watch.slices("rest", other)
    upload.undo_import(sheet=sheet, by=by, now=NOW)
    watch.slices("undo", sheet)
    sheet.refresh_from_db()
    assert (sheet.stage, sheet.kept_back) == ("undone", 0)
    return watch.seconds


def write_sheet(register: Register, path: Path, made: Iterator[dict[str, Any]]) -> None:
    empty = dict.fromkeys(field.name for field in register.fields)
    whole = ({**empty, **one} for one in made)
    if path.suffix == ".csv":
        path.write_text("".join(write_csv(register, whole, language="zh-hans")), encoding="utf-8", newline="")
    else:
        write_workbook(path, register, whole, language="zh-hans")


def cancelled_half_way(sheet: rows.SheetImport, by: rows.User) -> float:
    """Cancel an import while a slice in the middle of it is being written; return the seconds until it has stopped."""
    upload.check_import(sheet=sheet, matches=sheet.matches, by=by, now=NOW)
    jobs.run_to_the_end(job_of(sheet))
    upload.apply_import(sheet=sheet, by=by, now=NOW)
    key, asked = job_of(sheet), [0.0]
    for _ in range(3):
        assert not jobs.one_slice(key)

    def ask() -> None:
        asked[0] = time.perf_counter()
        upload.cancel_import(sheet=sheet)
        connection.close()

    page = threading.Timer(0.05, ask)
    page.start()
    while jobs.work_on_jobs(NOW):
        continue
    stopped = time.perf_counter() - asked[0]
    page.join()
    # Where the cancel had the job locked at that moment, there was nothing to do then.
    while jobs.work_on_jobs(NOW):
        stopped = time.perf_counter() - asked[0]
    assert rows.Job.objects.get(pk=key).status == "cancelled"
    return stopped


def uploaded(register: Register, path: Path, by: rows.User) -> rows.SheetImport:
    with path.open("rb") as file:
        chunks = iter(lambda: file.read(1 << 16), b"")
        return upload.upload_sheet(register=register, name=path.name, chunks=chunks, by=by, now=NOW, language="zh-hans")


def job_of(sheet: rows.SheetImport) -> int:
    return rows.SheetImport.objects.values_list("job_id", flat=True).get(pk=sheet.pk) or 0


def read_alone(path: Path) -> int:
    """Read all cells with what one would take first: openpyxl, or the reader of the standard library."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return sum(1 for _ in csv.reader(file))
    return read_with_openpyxl(path)


def read_with_openpyxl(path: Path) -> int:
    book = openpyxl.load_workbook(path, read_only=True)
    return sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))


def main(count: int) -> dict[str, dict[str, float]]:
    call_command("migrate", verbosity=0)
    build(UNITS)
    by = rows.User.objects.get(username="admin")
    made = {"lot": lots, "team": teams}
    return {f"{name}s, {form}": measure(name, form, made[name], count, by) for name, form in SHEETS}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))), flush=True)
