"""The rows of a sheet on its way in, kept as lines of JSON so that a slice can go on where the last one stopped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from youbei.actions import files
from youbei.engine.registers.parse import CellRefused, parse
from youbei.engine.registers.register import Register
from youbei.records.models import SheetImport
from youbei.records.registers.values import json_value
from youbei.sheets.read import Row
from youbei.sheets.write import unguarded

# Rows are numbered from 1.
CIRCLE = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sheet: its number there, its cells, and the number of an earlier row with the same key, if any.

    `same_as` is `CIRCLE` for a row of a tree that hangs under itself, directly or by way of others.
    """

    number: int
    cells: tuple[Any, ...]
    same_as: int | None = None


def rows_path(sheet: SheetImport) -> Path:
    return files.path_of(sheet.file).with_name(f"{sheet.file}.rows")


def refused_path(sheet: SheetImport) -> Path:
    return files.path_of(sheet.file).with_name(f"{sheet.file}.refused")


def codes_path(sheet: SheetImport) -> Path:
    return files.path_of(sheet.file).with_name(f"{sheet.file}.codes")


def numbered_lines(register: Register, rows: Iterable[Row], positions: dict[str, int]) -> Iterator[Line]:
    """Yield the rows, each with the number of an earlier one that has its key."""
    names = [name for name in register.key if name in positions]
    first: dict[Any, int] = {}
    for row in rows:
        cells = tuple(unguarded(json_value(cell)) for cell in row.cells)
        key = tuple(key_text(register, name, cells[positions[name]]) for name in names)
        earlier = first.setdefault(key[0] if len(key) == 1 else key, row.number) if names else row.number
        yield Line(row.number, cells, earlier if earlier != row.number else None)


def columns(sheet: SheetImport) -> dict[str, int]:
    """Return field -> index of its cell."""
    return {sheet.matches[heading]: index for index, heading in enumerate(sheet.headings) if sheet.matches.get(heading)}


def key_text(register: Register, name: str, cell: Any) -> str:
    """Return a part of the key in one spelling; a cell that cannot be read stands for itself."""
    try:
        return str(parse(register.field(name), cell))
    except CellRefused:
        return str(cell)


def superiors_first(register: Register, rows: Iterable[Line], positions: dict[str, int]) -> Iterable[Line]:
    """Order the rows of a tree so that a record comes after the one it hangs under; circles come last, marked as such.

    Only the rows of a tree are held in memory for that.
    """
    own = [field.name for field in register.references if field.refers_to == register.name and field.name in positions]
    if not own or register.key != ("code",):
        return rows
    lines = list(rows)
    above = {
        key_text(register, "code", line.cells[positions["code"]]): str(line.cells[positions[own[0]]] or "").lower()
        for line in lines
    }
    if not any(code in above for code in above.values()):
        return lines
    deep = depths(above)
    codes = [key_text(register, "code", line.cells[positions["code"]]) for line in lines]
    order = sorted(range(len(lines)), key=lambda at: (deep[codes[at]], at))
    return [replace(lines[at], same_as=CIRCLE) if deep[codes[at]] == len(above) else lines[at] for at in order]


def depths(above: Mapping[str, str]) -> dict[str, int]:
    """Return how many of these codes stand above each; as many as there are for what hangs in a circle or under one."""
    found: dict[str, int] = {}
    for start in above:
        path: dict[str, None] = {}
        code = start
        while code in above and code not in found and code not in path:
            path[code] = None
            code = above[code]
        deep = len(above) if code in path else found.get(code, -1)
        for one in reversed(path):
            found[one] = deep = min(deep + 1, len(above))
    return found


def codes_among(sheet: SheetImport, register: Register, batch: Sequence[Line]) -> frozenset[str]:
    """Return to which codes that the sheet itself enters these rows refer.

    The codes of the sheet lie in a file of their own: read anew for each batch, the rows would cost more the more there
    are.
    """
    positions = columns(sheet)
    own = [field.name for field in register.references if field.refers_to == register.name and field.name in positions]
    if not own or register.key != ("code",) or "code" not in positions:
        return frozenset()
    wanted = {key_text(register, name, line.cells[positions[name]]).lower() for line in batch for name in own}
    path = codes_path(sheet)
    if not path.exists():
        unfinished = path.with_name(f"{path.name}.part")
        with unfinished.open("w", encoding="utf-8") as file:
            for line, _ in read_lines(sheet, 0):
                file.write(json.dumps(key_text(register, "code", line.cells[positions["code"]])) + "\n")
        unfinished.replace(path)
    asked = {json.dumps(code) + "\n": code for code in wanted}
    with path.open(encoding="utf-8") as file:
        return frozenset(asked[code] for code in file if code in asked)


def read_lines(sheet: SheetImport, offset: int) -> Iterator[tuple[Line, int]]:
    """Yield each row from a place in the file on, with the place behind it."""
    with rows_path(sheet).open("rb") as file:
        file.seek(offset)
        for raw in file:
            offset += len(raw)
            number, same_as, *cells = json.loads(raw)
            yield Line(number, tuple(cells), same_as), offset


def some_lines(sheet: SheetImport, offset: int, count: int) -> tuple[list[Line], list[int]]:
    """Return up to `count` rows from a place on, and for each the place behind it."""
    lines, behind = [], []
    for line, place in read_lines(sheet, offset):
        lines.append(line)
        behind.append(place)
        if len(lines) == count:
            break
    return lines, behind


def kept_path(sheet: SheetImport) -> Path:
    return files.path_of(sheet.file).with_name(f"{sheet.file}.kept")


def keep_refused(sheet: SheetImport, size: int, entries: Sequence[dict[str, Any]]) -> int:
    return append(refused_path(sheet), size, entries)


def append(path: Path, size: int, entries: Sequence[Any]) -> int:
    """Append to the file that had that size, and return its new size; what a broken slice left is cut."""
    with path.open("ab") as file:
        file.truncate(size)
        file.seek(0, 2)
        for entry in entries:
            file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        return file.tell()


def refused_rows(sheet: SheetImport) -> Iterator[dict[str, Any]]:
    """Yield the refused rows: `number`, `cells`, and `problems` as [field or empty, Chinese, English]."""
    return entries_of(refused_path(sheet))


def entries_of(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        with path.open(encoding="utf-8") as file:
            for raw in file:
                yield json.loads(raw)
