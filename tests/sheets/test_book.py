"""A large workbook is read as a stream: cell for cell what the library reads, in memory that does not grow with it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from youbei.engine.registers.spoilt import NOT_CALCULATED
from youbei.sheets import read
from youbei.sheets.read import SheetRefused, Table, open_table

SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADINGS: list[Any] = ["编码", "名称", "备注", "日期", "数量"]
CELLS: list[list[Any]] = [
    ["a1", "危化 一队 ", "<&>\"'", date(2020, 5, 1), 7],
    ["007", "多\n行", "_x0041_ und _x000D_", datetime(2020, 5, 1, 13, 45, 30), 7.25],
    [None, None, None, None, None],
    [12345678901, True, False, time(8, 30), -0.5],
    ["1/0", "0#", "  ", timedelta(hours=30), 1e-7],
    ["𰻝", "A2", "'引号", datetime(1900, 2, 3), 1e20],
    [
        "last",
        CellRichText("粗", TextBlock(InlineFont(b=True), "体"), "字"),
        "",
        datetime(2020, 5, 1, 23, 59, 59, 999000),
        0,
    ],
]


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Any:
    def both(path: Path) -> tuple[Table, Table]:
        whole = open_table(path, path.name, HEADINGS.__contains__)
        monkeypatch.setattr(read, "STREAMED_FROM", 0)
        streamed = open_table(path, path.name, HEADINGS.__contains__)
        monkeypatch.undo()
        return whole, streamed

    return both


def workbook(path: Path, rows: Sequence[list[Any]], **said: Any) -> Path:
    book = openpyxl.Workbook()
    book.epoch = said.get("epoch", book.epoch)
    sheet = book.active
    assert sheet is not None
    sheet.title = "队伍"
    for row in rows:
        sheet.append(row)
    for span in said.get("merges", ()):
        sheet.merge_cells(span)
    for place in said.get("texts", ()):
        sheet[place].data_type = "s"
    for place, form in said.get("formats", {}).items():
        sheet[place].number_format = form
    book.create_sheet("说明").append(["第一", "第二"])
    hidden = book.create_sheet("旧")
    hidden.append([*HEADINGS])
    hidden.sheet_state = "hidden"
    book.save(path)
    return path


@pytest.mark.parametrize("epoch", [openpyxl.utils.datetime.CALENDAR_WINDOWS_1900, CALENDAR_MAC_1904])
def test_every_cell_comes_out_as_the_library_reads_it(tmp_path: Path, stream: Any, epoch: Any) -> None:
    formats = {"E3": '0.00"d"', "E5": "yyyy\\-mm", "E2": "[Red]0.0", "E8": '[$-804]yyyy"年"m"月"'}
    whole, streamed = stream(workbook(tmp_path / "t.xlsx", [HEADINGS, *CELLS], epoch=epoch, formats=formats))
    assert streamed.header == whole.header
    assert streamed.sheet == whole.sheet == "队伍"
    assert list(streamed.rows) == list(whole.rows)


def test_errors_uncalculated_formulas_and_zeros_in_front_are_not_lost(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        HEADINGS,
        [7, "=B9", "#DIV/0!", date(2026, 3, 1), 3],
        [1234567, "b", "=1/0", None, 0.5],
        ["x", "#N/A", "=1+1 is text", None, -7],
    ]
    formats = {"A2": "000000", "A3": "000000", "E2": "00", "E3": "00", "E4": "00"}
    path = workbook(tmp_path / "t.xlsx", rows, formats=formats, texts=("C4",))
    assert [row.cells for row in open_table(path, path.name, HEADINGS.__contains__).rows] == [
        ("000007", NOT_CALCULATED, "#DIV/0!", date(2026, 3, 1), "03"),
        ("1234567", "b", NOT_CALCULATED, None, 0.5),
        ("x", "#N/A", "=1+1 is text", None, -7),
    ]


def test_cells_merged_downwards_say_the_same_of_every_row_but_numbers_do_not(tmp_path: Path, stream: Any) -> None:
    rows: list[list[Any]] = [
        ["登记表"],
        HEADINGS,
        ["a", "一号库", "x", date(2026, 3, 1), 9],
        ["b", None, "y", None, None],
        ["c", None, None, None, None],
        [None, None, None, None, None],
        ["d", None, "z", None, 2],
    ]
    merges = ("A1:E1", "B3:B6", "D3:D4", "E3:E5")
    whole, streamed = stream(workbook(tmp_path / "t.xlsx", rows, merges=merges))
    assert [row.cells for row in whole.rows] == [
        ("a", "一号库", "x", date(2026, 3, 1), 9),
        ("b", "一号库", "y", date(2026, 3, 1), None),
        ("c", "一号库", None, None, None),
        ("d", None, "z", None, 2),
    ]
    assert [row.number for row in streamed.rows] == [3, 4, 5, 7]


def test_merged_headings_below_a_title_are_found_in_a_stream(tmp_path: Path, stream: Any) -> None:
    rows: list[list[Any]] = [
        ["登记表"],
        [],
        ["编码", "值守", None, "备注"],
        [None, "昼间", "夜间", None],
        ["t1", "a", "b", "c"],
    ]
    merges = ("A1:D1", "A3:A4", "B3:C3", "D3:D4")
    whole, streamed = stream(workbook(tmp_path / "t.xlsx", rows, merges=merges))
    assert streamed.header.headings == whole.header.headings == ("编码", "值守 昼间", "值守 夜间", "备注")
    assert list(streamed.rows) == list(whole.rows)


def with_parts(path: Path, parts: dict[str, str]) -> Path:
    """Write a workbook in which these parts are as they are given."""
    empty = workbook(path.with_name("empty.xlsx"), [["编码"]])
    with zipfile.ZipFile(empty) as before, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            if name not in parts:
                after.writestr(name, before.read(name))
        for name, said in parts.items():
            after.writestr(name, said)
    return path


def sheet_of(rows: int) -> str:
    """Return a sheet of two headings and so many rows, every cell of which names a text that cells share."""
    headings = "".join(
        f'<c r="{at}1" t="inlineStr"><is><t>{said}</t></is></c>' for at, said in zip("AB", HEADINGS[:2], strict=True)
    )
    lines = (
        f'<row r="{n + 2}">' + "".join(f'<c r="{at}{n + 2}" t="s"><v>{n}</v></c>' for at in "ABCD") + "</row>"
        for n in range(rows)
    )
    said = f'<row r="1">{headings}</row>{"".join(lines)}'
    return f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{said}</sheetData></worksheet>'


def texts_of(*said: str) -> str:
    return f'<sst xmlns="{SPREADSHEET}">{"".join(f"<si>{one}</si>" for one in said)}</sst>'


def test_texts_that_cells_share_are_found_again_without_how_they_are_read(tmp_path: Path, stream: Any) -> None:
    texts = texts_of(
        "<t>队</t>",
        '<r><t>一</t></r><r><t xml:space="preserve"> 队</t></r><rPh><t>yi</t></rPh>',
        "<t/>",
        "<t>_x0041_</t>",
    )
    whole, streamed = stream(with_parts(tmp_path / "t.xlsx", {SHEET: sheet_of(4), TEXTS: texts}))
    found = list(streamed.rows)
    assert found == list(whole.rows)
    assert [row.cells for row in found] == [("队", "队"), ("一 队", "一 队"), ("A", "A")]


def changed(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """Write a workbook anew with something else in one of its parts."""
    found = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            said = before.read(name)
            assert name != part or old in said
            after.writestr(name, said.replace(old, new) if name == part else said)
    return found


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (SHEET, b"</sheetData>", b"</row></sheetData>"),
        (SHEET, b'<row r="2"', b'<row r="4000000000"'),
        (SHEET, b't="n"><v>0</v>', b't="s"><v>99999</v>'),
        (SHEET, b'r="A2"', b'r="12"'),
        (SHEET, b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),
        ("xl/workbook.xml", b"<workbook", b"<"),
    ],
)  # fmt: skip
def test_what_is_damaged_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, old: bytes, new: bytes
) -> None:
    path = changed(workbook(tmp_path / "t.xlsx", [HEADINGS, *CELLS]), part, old, new)
    monkeypatch.setattr(read, "STREAMED_FROM", 0)
    with pytest.raises(SheetRefused, match="cannot be read"):
        list(open_table(path, path.name, HEADINGS.__contains__).rows)


MEASURED = """
import resource, sys
from pathlib import Path
from youbei.engine.registers.spoilt import NOT_CALCULATED
from youbei.sheets import read
read.STREAMED_FROM = 0
path = Path(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = sum(1 for _ in read.open_table(path, path.name, ("编码", "名称").__contains__).rows)
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """Sixty thousand rows with a text of their own each take a few megabytes more than three thousand, at most."""
    taken = []
    for rows in (3_000, 60_000):
        texts = texts_of(*(f"<t>{'很长的名称' * 10}{n}</t>" for n in range(rows)))
        path = with_parts(tmp_path / f"{rows}.xlsx", {SHEET: sheet_of(rows), TEXTS: texts})
        said = subprocess.run([sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True)
        count, grown_kb = map(int, said.stdout.split())
        assert count == rows
        taken.append(grown_kb)
    assert taken[1] - taken[0] < 12_000, taken
