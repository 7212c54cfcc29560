"""Old workbooks (.xls): errors and formulas without a result are no empty cells, and days may be counted from 1904."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from youbei.engine.registers.spoilt import NOT_CALCULATED
from youbei.sheets.biff import lost_cells, workbook_stream
from youbei.sheets.read import SheetRefused, open_table

HEADINGS = ("A", "B", "C", "D", "E", "F")
END, UNUSED, OF_TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
# Results of formulas: 2.5, an error (#DIV/0!), an empty text, and the mark of a text that never came.
NUMBER = struct.pack("<d", 2.5)
ERROR, EMPTY, NEVER = b"\x02\0\x07\0\0\0\xff\xff", b"\x03\0\0\0\0\0\xff\xff", b"\0\0\0\0\0\0\xff\xff"


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def label(row: int, column: int, text: str) -> bytes:
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 0) + text.encode("latin-1"))


def formula(row: int, column: int, result: bytes) -> bytes:
    one = b"\x1e\x01\x00"
    return record(0x0006, struct.pack("<HHH", row, column, 0) + result + struct.pack("<HIH", 3, 0, len(one)) + one)


def begin(what: int) -> bytes:
    return record(0x0809, struct.pack("<HHHHII", 0x0600, what, 0x0DBB, 0x07CC, 0, 6))


def workbook(*, begins_1904: bool = False, left: int = 0, filled: int = 0) -> bytes:
    """Return the stream of a workbook: a hidden sheet with an error, and one with headings and a row of all sorts."""
    hidden = begin(0x10) + record(0x0205, struct.pack("<HHHBB", 0, 0, 0, 0x2A, 1)) + record(0x0A)
    cells = [label(0, left + at, heading) for at, heading in enumerate(HEADINGS)]
    cells += [label(1, left, "x"), record(0x0203, struct.pack("<HHHd", 1, left + 1, 0, 44562.0))]
    cells += [record(0x0205, struct.pack("<HHHBB", 1, left + 2, 0, 0x17, 1)), formula(1, left + 3, ERROR)]
    cells += [formula(1, left + 4, NEVER), formula(1, left + 5, EMPTY)]
    cells += [label(2, left, "y"), record(0x0205, struct.pack("<HHHBB", 2, left + 1, 0, 1, 0))]
    cells += [formula(2, left + 2, NUMBER)]
    cells += [label(3 + at, left, f"row {at}") for at in range(filled)]
    shown = begin(0x10) + b"".join(cells) + record(0x0A)

    def head(first: int, second: int) -> bytes:
        sheets = record(0x85, struct.pack("<IBBBB", first, 1, 0, 1, 0) + b"h")
        sheets += record(0x85, struct.pack("<IBBBB", second, 0, 0, 1, 0) + b"a")
        mode = record(0x22, struct.pack("<H", begins_1904))
        return begin(0x05) + record(0x42, struct.pack("<H", 1200)) + mode + sheets + record(0x0A)

    size = len(head(0, 0))
    return head(size, size + len(hidden)) + hidden + shown


def compound(stream: bytes, *, is_small: bool) -> bytes:
    """Return a compound file with one stream, in sectors of 512 bytes or in the small ones of 64."""
    piece = 64 if is_small else 512
    if not is_small:
        stream = stream.ljust(4096, b"\0")
    body = stream + b"\0" * (-len(stream) % 512)
    sectors, pieces = len(body) // 512, -(-len(stream) // piece)
    # 0: the table; 1: the entries; 2: the table of small sectors; from 3 on: the stream.
    after = [n + 1 for n in range(3, 3 + sectors - 1)] + [END]
    table = [OF_TABLE, END, END, *after]
    small = [*range(1, pieces), END] if is_small else []

    def sector_of(numbers: list[int]) -> bytes:
        assert len(numbers) <= 128
        return struct.pack("<128I", *numbers, *[UNUSED] * (128 - len(numbers)))

    def entry(name: str, sort: int, start: int, size: int) -> bytes:
        said = name.encode("utf-16-le")
        head = said.ljust(64, b"\0") + struct.pack("<HBBIII", len(said) + 2, sort, 1, UNUSED, UNUSED, 1)
        return (head + b"\0" * 36 + struct.pack("<IQ", start, size)).ljust(128, b"\0")

    root = entry("Root Entry", 5, 3 if is_small else END, len(body) if is_small else 0)
    entries = root + entry("Workbook", 2, 0 if is_small else 3, len(stream)) + b"\0" * 256
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 2 if is_small else END, int(is_small), END, 0, 0)
    header += struct.pack("<108I", *[UNUSED] * 108)
    return header + sector_of(table) + entries + sector_of(small) + body


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    return [row.cells for row in open_table(path, "t.xls", lambda heading: heading in HEADINGS).rows]


@pytest.mark.parametrize("left", [0, 3])
@pytest.mark.parametrize("is_small", [True, False])
def test_errors_and_uncalculated_formulas_are_no_empty_cells(tmp_path: Path, left: int, is_small: bool) -> None:
    path = tmp_path / "t.xls"
    path.write_bytes(compound(workbook(left=left, filled=0 if is_small else 200), is_small=is_small))
    assert rows_of(path)[:2] == [
        ("x", 44562, "#REF!", "#DIV/0!", NOT_CALCULATED, None),
        ("y", True, 2.5, None, None, None),
    ]


@pytest.mark.parametrize("begins_1904", [True, False])
def test_a_table_says_from_when_its_days_are_counted(tmp_path: Path, begins_1904: bool) -> None:
    path = tmp_path / "t.xls"
    path.write_bytes(compound(workbook(begins_1904=begins_1904), is_small=False))
    assert open_table(path, "t.xls", lambda heading: heading in HEADINGS).begins_1904 is begins_1904


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_a_file_that_is_damaged_anywhere_breaks_nothing(tmp_path: Path, data: st.DataObject) -> None:
    whole = bytearray(compound(workbook(), is_small=data.draw(st.booleans())))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(8, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "t.xls"
    path.write_bytes(bytes(whole[: data.draw(st.integers(9, len(whole)))]))
    lost_cells(path)
    with suppress(SheetRefused):
        rows_of(path)


def test_a_chain_that_runs_in_a_circle_is_no_workbook() -> None:
    whole = bytearray(compound(workbook(), is_small=False))
    struct.pack_into("<I", whole, 512 + 4 * 4, 3)  # the second sector of the stream leads back to the first
    with pytest.raises(ValueError, match="never ends"):
        workbook_stream(bytes(whole))
