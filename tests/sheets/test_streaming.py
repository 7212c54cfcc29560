"""A workbook is written while it is read: the same as a whole one, from the first row on, whatever the cells hold."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from youbei import content
from youbei.sheets.match import known_headings, normal
from youbei.sheets.read import open_table
from youbei.sheets.stream import stream_workbook
from youbei.sheets.write import columns_of, write_workbook

LOT, TEAM = content.registers()["lot"], content.registers()["team"]
TEXTS = ['=HYPERLINK("x")', "a<b>&\"'", "第一行\n第二行", "  spaces  ", "𠮷野", "_x0041_", "x" * 40_000]


def lots(count: int) -> Iterator[dict[str, Any]]:
    empty = dict.fromkeys(field.name for field in LOT.fields)
    for n in range(count):
        yield empty | {"code": f"l{n}", "quantity": Decimal("2.5"), "expires_on": date(2027, 1, 31), "batch_no": "007"}


def streamed(path: Path, register: Any, records: Any, count: int = 1) -> list[tuple[Any, ...]]:
    path.write_bytes(b"".join(stream_workbook(register, records, count=count, language="zh")))
    return cells_of(path)


def cells_of(path: Path) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


def test_a_streamed_workbook_is_the_one_that_is_written_whole(tmp_path: Path) -> None:
    write_workbook(tmp_path / "whole.xlsx", LOT, lots(7), language="zh")
    assert streamed(tmp_path / "streamed.xlsx", LOT, lots(7)) == cells_of(tmp_path / "whole.xlsx")
    whole, streamed_book = (openpyxl.load_workbook(tmp_path / name) for name in ("whole.xlsx", "streamed.xlsx"))
    assert streamed_book.sheetnames == whole.sheetnames
    column = [field.name for field in columns_of(LOT)].index("expires_on") + 1
    assert streamed_book.worksheets[0].cell(2, column).is_date


@pytest.mark.parametrize("text", TEXTS)
def test_texts_come_back_as_they_were_and_never_as_formulas(tmp_path: Path, text: str) -> None:
    record = dict.fromkeys(field.name for field in TEAM.fields) | {"code": "t1", "name_zh": text}
    streamed(tmp_path / "out.xlsx", TEAM, [record])
    known = known_headings(TEAM)
    table = open_table(tmp_path / "out.xlsx", "out.xlsx", lambda heading: normal(heading) in known)
    [row] = table.rows
    assert row.cells[1] == text[:32_767]
    assert openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]["B2"].data_type != "f"


def test_what_no_workbook_can_hold_is_left_out(tmp_path: Path) -> None:
    record = dict.fromkeys(field.name for field in TEAM.fields) | {"code": "t1", "name_zh": "a\x07b\ufffec"}
    assert streamed(tmp_path / "out.xlsx", TEAM, [record])[1][1] == "abc"


def test_the_first_bytes_leave_before_the_last_row_is_read_and_memory_stays_flat() -> None:
    read = [0]

    def rows(count: int) -> Iterator[dict[str, Any]]:
        for one in lots(count):
            read[0] += 1
            yield one

    def most(count: int) -> int:
        tracemalloc.start()
        for _ in stream_workbook(LOT, rows(count), count=count, language="zh"):
            continue
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    next(stream_workbook(LOT, rows(20_000), count=20_000, language="zh"))
    assert read[0] < 10_000
    few = most(1_000)
    assert most(8_000) < 1.3 * few + 500_000


def test_a_very_long_workbook_is_read_again(tmp_path: Path) -> None:
    assert len(streamed(tmp_path / "out.xlsx", LOT, lots(3), count=2_000_000)) == 4
