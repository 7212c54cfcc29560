"""The rows of a sheet brought into lines of JSON, some thousands in each slice of its check.

A file can only be read from its beginning on. So the table stays open in the process between two slices; a process that
did not open it, because the other was ended, reads up to where that one had come and goes on from there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from youbei.actions import files
from youbei.actions.sheets import lines
from youbei.actions.sheets.lines import Line
from youbei.actions.sheets.notes import is_note, keep_notes
from youbei.engine.registers.field import FieldKind
from youbei.engine.registers.register import Register
from youbei.records.models import Job, SheetImport
from youbei.sheets.cells import LATER_BEGIN
from youbei.sheets.match import known_headings, normal
from youbei.sheets.read import Cell, Row, open_table

# So many rows take about half a second.
AT_ONCE = 5000
DAYS = frozenset({FieldKind.DATE, FieldKind.MOMENT})
SERIAL = re.compile(r"[1-9]\d{4}")
# So many tables stay open at once; a worker is at one import until it is done.
MOST_OPEN = 2


@dataclass(slots=True)
class Reading:
    """An open table: its rows that have not been taken yet, and how many have been."""

    rows: Iterator[Line]
    taken: int = 0

    def next_rows(self, count: int) -> list[Line]:
        found = list(islice(self.rows, count))
        self.taken += len(found)
        return found


# By job and file.
OPEN: dict[tuple[int, str], Reading] = {}


def read_slice(job: Job, sheet: SheetImport, register: Register) -> bool:
    """Bring the next rows into lines; return whether all are there, superiors before those below them.

    `job.state` holds how many rows were `read`, the `size` of the file of lines, and whether all `is_read`.
    """
    state = job.state or {"read": 0, "size": 0, "is_read": False}
    if state["is_read"]:
        put_superiors_first(sheet, register)
        return True
    if not state["read"]:
        lines.codes_path(sheet).unlink(missing_ok=True)
    found = reading_of(job, sheet, register, state["read"]).next_rows(AT_ONCE)
    positions = lines.columns(sheet)
    passed_over = [line for line in found if is_note(register, line, positions)]
    if passed_over:
        keep_notes(sheet.samples, passed_over)
        sheet.save(update_fields=["samples"])
    numbers = {line.number for line in passed_over}
    entries = [[line.number, line.same_as, *line.cells] for line in found if line.number not in numbers]
    size = lines.append(lines.rows_path(sheet), state["size"], entries)
    job.done = state["read"] + len(found)
    is_read = len(found) < AT_ONCE
    job.state = {"read": job.done, "size": size, "is_read": is_read}
    if is_read:
        forget(job.pk)
    if is_read and job.done < AT_ONCE:
        put_superiors_first(sheet, register)
        return True
    return False


def reading_of(job: Job, sheet: SheetImport, register: Register, taken: int) -> Reading:
    """Return the open table, with so many rows taken."""
    key = (job.pk, sheet.file)
    reading = OPEN.pop(key, None)
    if reading is None or reading.taken != taken:
        reading = Reading(rows_of(sheet, register))
        while reading.taken < taken and reading.next_rows(min(AT_ONCE, taken - reading.taken)):
            continue
    while len(OPEN) >= MOST_OPEN:
        del OPEN[next(iter(OPEN))]
    OPEN[key] = reading
    return reading


def rows_of(sheet: SheetImport, register: Register) -> Iterator[Line]:
    known = known_headings(register)
    table = open_table(files.path_of(sheet.file), sheet.name, lambda heading: normal(heading) in known, sheet.sheet)
    positions = lines.columns(sheet)
    rows = counted_from_1904(register, table.rows, positions) if table.begins_1904 else table.rows
    return lines.numbered_lines(register, rows, positions)


def counted_from_1904(register: Register, rows: Iterable[Row], positions: dict[str, int]) -> Iterator[Row]:
    """Yield rows in whose columns of days a bare number is counted as Excel for Windows does, from 1900."""
    days = [positions[one.name] for one in register.fields if one.kind in DAYS and one.name in positions]
    for row in rows:
        cells = list(row.cells)
        for at in days:
            cells[at] = later(cells[at])
        yield replace(row, cells=tuple(cells))


def later(cell: Cell) -> Cell:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return cell + LATER_BEGIN
    if isinstance(cell, str) and SERIAL.fullmatch(cell.strip()):
        return str(int(cell) + LATER_BEGIN)
    return cell


def forget(job_pk: int) -> None:
    """Close the table of a job that needs it no more."""
    for key in [one for one in OPEN if one[0] == job_pk]:
        del OPEN[key]


def put_superiors_first(sheet: SheetImport, register: Register) -> None:
    """Order the lines of a tree; those of other registers stay where they are."""
    found = (line for line, _ in lines.read_lines(sheet, 0))
    ordered = lines.superiors_first(register, found, lines.columns(sheet))
    if ordered is found:
        return
    path = lines.rows_path(sheet)
    unfinished = path.with_name(f"{path.name}.part")
    with unfinished.open("w", encoding="utf-8") as file:
        for line in ordered:
            file.write(as_text([line.number, line.same_as, *line.cells]))
    unfinished.replace(path)


def as_text(entry: Any) -> str:
    return json.dumps(entry, ensure_ascii=False) + "\n"
