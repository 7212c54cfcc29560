"""What the library loses of an old workbook (.xls): cells with errors and formulas without a result, which it reads as
empty, and from which year its days are counted.

Sources: MS-CFB 2.2 to 2.6 (the file as a set of streams), MS-XLS 2.4.28 (BoundSheet8), 2.4.24 (BoolErr), 2.4.77
(Date1904), 2.4.127 (Formula), 2.5.10 (BErr), 2.5.133 (FormulaValue).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from youbei.engine.registers.spoilt import NOT_CALCULATED

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
FORMULA, EOF, DATE_MODE, BOUND_SHEET, BOOL_ERR, BOF = 0x0006, 0x000A, 0x0022, 0x0085, 0x0205, 0x0809
# The result of a formula: a number, or one of these where it is marked as none.
NO_NUMBER, NUMBER, ERROR, EMPTY_TEXT = 0xFFFF, -1, 2, 3
# Sector numbers from here on are marks: the end of a chain, a sector of the table itself, an unused one.
MARKS = 0xFFFFFFFA
HEADER = 512
ENTRY = 128
DIRECT = 109
# Assumption: no office has an old workbook of more; it is read without being looked at here.
MOST_BYTES = 200_000_000


@dataclass(slots=True)
class Lost:
    """`cells`: what stands where the library finds nothing, by sheet, row and column, all from 0. `formulas` should
    have a result that is not empty: where the library finds none, they were never calculated."""

    begins_1904: bool = False
    cells: dict[int, dict[tuple[int, int], str]] = field(default_factory=dict)
    formulas: dict[int, set[tuple[int, int]]] = field(default_factory=dict)


def lost_cells(path: Path) -> Lost:
    """Return what the library loses of a file; nothing where the file is not built as the books say."""
    if path.stat().st_size > MOST_BYTES:
        return Lost()
    try:
        return in_stream(workbook_stream(path.read_bytes()))
    except (struct.error, IndexError, ValueError):
        return Lost()


def in_stream(stream: bytes) -> Lost:
    found, starts = Lost(), []
    for kind, data in records(stream, 0):
        if kind == DATE_MODE:
            found.begins_1904 = data[:2] == b"\x01\x00"
        elif kind == BOUND_SHEET:
            starts.append(struct.unpack_from("<I", data)[0])
    for number, start in enumerate(starts):
        found.cells[number], found.formulas[number] = in_sheet(stream, start)
    return found


def in_sheet(stream: bytes, start: int) -> tuple[dict[tuple[int, int], str], set[tuple[int, int]]]:
    """Return the errors of a sheet by row and column, and where its formulas are that have another result."""
    errors, formulas = {}, set()
    for kind, data in records(stream, start):
        if kind == BOOL_ERR and data[7]:
            errors[struct.unpack_from("<HH", data)] = ERRORS.get(data[6], "#N/A")
        elif kind == FORMULA:
            place = struct.unpack_from("<HH", data)
            sort = data[6] if struct.unpack_from("<H", data, 12)[0] == NO_NUMBER else NUMBER
            if sort == ERROR:
                errors[place] = ERRORS.get(data[8], "#N/A")
            elif sort != EMPTY_TEXT:
                formulas.add(place)
    return errors, formulas


def records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of the part of a stream that begins here, without those of charts that lie inside it."""
    deep = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == BOF:
            deep += 1
        elif kind == EOF:
            deep -= 1
            if deep <= 0:
                return
        elif deep == 1:
            yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def workbook_stream(data: bytes) -> bytes:
    """Return the stream of the workbook out of a compound file."""
    sector = 1 << struct.unpack_from("<H", data, 0x1E)[0]
    count, first_entry = struct.unpack_from("<I", data, 0x2C)[0], struct.unpack_from("<I", data, 0x30)[0]
    least, first_small = struct.unpack_from("<I", data, 0x38)[0], struct.unpack_from("<I", data, 0x3C)[0]
    tables = list(struct.unpack_from(f"<{DIRECT}I", data, 0x4C))
    more = struct.unpack_from("<I", data, 0x44)[0]
    while more < MARKS and len(tables) < count:
        numbers = struct.unpack_from(f"<{sector // 4}I", data, (more + 1) * sector)
        tables += numbers[:-1]
        more = numbers[-1]
    chain: list[int] = []
    for one in tables[:count]:
        chain += struct.unpack_from(f"<{sector // 4}I", data, (one + 1) * sector)
    entries = joined(data, chain, first_entry, sector, HEADER)
    root, wanted = entries[:ENTRY], b""
    for at in range(0, len(entries) - ENTRY + 1, ENTRY):
        entry = entries[at : at + ENTRY]
        length = struct.unpack_from("<H", entry, 64)[0]
        if entry[: max(0, length - 2)].decode("utf-16-le", "replace") in ("Workbook", "Book"):
            wanted = entry
    if not wanted:
        raise ValueError("no workbook in it")
    start, size = struct.unpack_from("<II", wanted, 116)
    if size >= least:
        return joined(data, chain, start, sector, HEADER)[:size]
    small = joined(data, chain, struct.unpack_from("<I", root, 116)[0], sector, HEADER)
    table = joined(data, chain, first_small, sector, HEADER)
    small_chain = list(struct.unpack(f"<{len(table) // 4}I", table))
    return joined(small, small_chain, start, 64, 0)[:size]


def joined(data: bytes, chain: list[int], at: int, sector: int, skipped: int) -> bytes:
    """Return the sectors of a chain one behind the other; a header of one sector lies before the first."""
    parts, left = [], len(chain) + 1
    offset = sector if skipped else 0
    while at < MARKS and left:
        parts.append(data[offset + at * sector : offset + (at + 1) * sector])
        at, left = chain[at], left - 1
    if not left:
        raise ValueError("a chain that never ends")
    return b"".join(parts)


def with_lost(rows: Iterable[list[Any]], lost: Lost, sheet: int, left: int) -> Iterator[list[Any]]:
    """Yield the rows of a sheet with what the library has left out; their first cell is that of the column `left`."""
    cells: Mapping[tuple[int, int], str] = lost.cells.get(sheet, {})
    formulas = lost.formulas.get(sheet, set())
    columns: dict[int, list[int]] = {}
    for line, column in {*cells, *formulas}:
        columns.setdefault(line, []).append(column)
    for number, row in enumerate(rows):
        kept = list(row) if number in columns else row
        for column in columns.get(number, ()):
            at = column - left
            if 0 <= at < len(kept) and kept[at] in ("", None):
                kept[at] = cells.get((number, column), NOT_CALCULATED)
        yield kept
