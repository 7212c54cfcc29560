"""A process with a database of its own that brings sheets of so many rows into registers; it says how long that took.

    python -m benchmarks.import_reader ROWS

The sheet is uploaded, checked and applied as the worker does it, slice by slice. It says one line of JSON in the end.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django
import openpyxl
import python_calamine
from django.core.management import call_command

django.setup()

from benchmarks import chinese_names  # noqa: E402
from benchmarks.many_records import CAPABILITIES, KINDS, NOW, TODAY, build, draw  # noqa: E402
from youbei import content  # noqa: E402
from youbei.actions import jobs  # noqa: E402
from youbei.actions.sheets import upload  # noqa: E402
from youbei.records import models as rows  # noqa: E402
from youbei.sheets.write import write_workbook  # noqa: E402

UNITS = 1000


@dataclass
class Watch:
    """Seconds of each part of the work."""

    seconds: dict[str, float]

    def time(self, what: str, work: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        found = work()
        self.seconds[what] = time.perf_counter() - started
        return found


def lots(count: int) -> Iterator[dict[str, Any]]:
    items = list(rows.Item.objects.order_by("pk").values_list("code", flat=True))
    sites = list(rows.Site.objects.order_by("pk").values_list("code", "organisation__code"))
    for n in range(count):
        site, unit = sites[n * len(sites) // count]
        yield {
            "code": f"new-{n:06d}",
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


def teams(count: int) -> Iterator[dict[str, Any]]:
    units = list(rows.Organisation.objects.filter(kind="street").order_by("pk").values_list("code", flat=True))
    units = units or list(rows.Organisation.objects.order_by("pk").values_list("code", flat=True))
    for n in range(count):
        yield {
            "code": f"new-{n:06d}",
            "name_zh": chinese_names.name(n * 4 + 1, n % 50),
            "organisation": units[n * len(units) // count],
            "kind": KINDS[draw("kind", n, 4)],
            "capabilities": {CAPABILITIES[draw(f"able{turn}", n, len(CAPABILITIES))]: 1 + turn for turn in range(2)},
            "strength": draw("strength", n, 60),
            "turn_out_min": Decimal(1 + draw("turn_out", n, 15)),
            "lat": 32 + draw("lat", n, 40000) / 10000,
            "lon": 116 + draw("lon", n, 40000) / 10000,
        }


def measure(name: str, made: Iterator[dict[str, Any]], by: rows.User) -> dict[str, float]:
    """Write a sheet, read it with the readers alone, and bring it in."""
    register = content.registers()[name]
    watch = Watch({})
    empty = dict.fromkeys(field.name for field in register.fields)
    with tempfile.TemporaryDirectory(prefix="youbei-bench-") as folder:
        path = Path(folder) / "sheet.xlsx"
        write_workbook(path, register, ({**empty, **one} for one in made), language="zh-hans")
        watch.time("calamine", lambda: read_with_calamine(path))
        watch.time("openpyxl", lambda: read_with_openpyxl(path))
        sheet = watch.time("upload", lambda: uploaded(register, path, by))
    upload.check_import(sheet=sheet, matches=sheet.matches, by=by, now=NOW)
    watch.time("check", lambda: to_the_end(sheet))
    sheet.refresh_from_db()
    assert (sheet.refused, sheet.stage) == (0, "checked"), (sheet.samples.get("refused"), sheet.stage)
    upload.apply_import(sheet=sheet, by=by, now=NOW)
    watch.time("apply", lambda: to_the_end(sheet))
    sheet.refresh_from_db()
    assert (sheet.added, sheet.stage) == (sheet.rows, "applied")
    return watch.seconds


def uploaded(register: Any, path: Path, by: rows.User) -> rows.SheetImport:
    with path.open("rb") as file:
        chunks = iter(lambda: file.read(1 << 16), b"")
        return upload.upload_sheet(
            register=register, name="sheet.xlsx", chunks=chunks, by=by, now=NOW, language="zh-hans"
        )


def to_the_end(sheet: rows.SheetImport) -> None:
    key = rows.SheetImport.objects.values_list("job_id", flat=True).get(pk=sheet.pk)
    job = jobs.run_to_the_end(key or 0)
    assert job.status == "done", job.problem_en


def read_with_calamine(path: Path) -> int:
    with python_calamine.load_workbook(str(path)) as book:
        return sum(1 for _ in book.get_sheet_by_index(0).iter_rows())


def read_with_openpyxl(path: Path) -> int:
    book = openpyxl.load_workbook(path, read_only=True)
    return sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))


def main(count: int) -> dict[str, dict[str, float]]:
    call_command("migrate", verbosity=0)
    build(UNITS)
    by = rows.User.objects.get(username="admin")
    return {"lot": measure("lot", lots(count), by), "team": measure("team", teams(count), by)}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))), flush=True)
