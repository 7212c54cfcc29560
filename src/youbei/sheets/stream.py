"""Write a workbook of any length while it is read: its first bytes leave at once, and a row is in memory at a time.

What stands around the rows (headings, choices, comments, the sheet that explains the columns) is a workbook of one row
made by `write_workbook`; the rows are put into its first sheet in place of that one.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter

from youbei.engine.registers.field import FieldKind
from youbei.engine.registers.register import Register
from youbei.sheets.write import LONGEST, cell_value, columns_of, write_workbook

Values = dict[str, Any]
PIECE = 1 << 16
ROWS = "xl/worksheets/sheet1.xml"
# XML holds none of these.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# What a spreadsheet would take for the code of a character: `_x0041_`.
CODED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
DAY_ZERO = date(1899, 12, 30)
SAMPLE = date(2000, 1, 1)
# A part of more than two gigabytes needs the longer form of the archive, which older programs do not read.
LONG_FORM_CELLS = 20_000_000


class Sink(io.RawIOBase):
    """Take what is written, until it is fetched; there is no way back in it."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.parts.append(bytes(data))
        return len(self.parts[-1])

    def fetch(self) -> bytes:
        found, self.parts = b"".join(self.parts), []
        return found


def stream_workbook(
    register: Register,
    records: Iterable[Values],
    *,
    count: int,
    language: str,
    zone: tzinfo = UTC,
    without: frozenset[str] = frozenset(),
) -> Iterator[bytes]:
    """Yield a register as a workbook. `count` says about how many records there are."""
    columns = columns_of(register, without)
    sample = {field.name: SAMPLE if field.kind is FieldKind.DATE else None for field in columns}
    sink = Sink()
    is_long = count * len(columns) > LONG_FORM_CELLS
    with tempfile.TemporaryDirectory(prefix="youbei-export-") as place:
        path = Path(place) / "around.xlsx"
        write_workbook(path, register, [sample], language=language, zone=zone, without=without)
        with zipfile.ZipFile(path) as around, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            before, style, after = parted(around.read(ROWS).decode())
            letters = [get_column_letter(at) for at in range(1, len(columns) + 1)]
            with archive.open(ROWS, "w", force_zip64=is_long) as sheet:
                sheet.write(before.encode())
                waiting: list[str] = []
                for number, record in enumerate(records, start=2):
                    cells = (
                        cell(f"{letter}{number}", cell_value(field, record[field.name], language, zone), style)
                        for letter, field in zip(letters, columns, strict=True)
                    )
                    waiting.append(f'<row r="{number}">{"".join(cells)}</row>')
                    if len(waiting) == 500:
                        sheet.write("".join(waiting).encode())
                        waiting = []
                        if piece := sink.fetch():
                            yield piece
                sheet.write("".join(waiting).encode())
                sheet.write(after.encode())
            for name in around.namelist():
                if name != ROWS:
                    archive.writestr(name, around.read(name))
        yield sink.fetch()


def parted(xml: str) -> tuple[str, str, str]:
    """Return what stands before the rows, the style of days, and what stands behind the rows."""
    start = xml.index('<row r="2"') if '<row r="2"' in xml else xml.index("</sheetData>")
    end = xml.index("</sheetData>")
    style = re.search(r' s="(\d+)"', xml[start:end])
    return xml[:start], style[1] if style else "0", xml[end:]


def cell(place: str, value: Any, style: str) -> str:
    """Return a cell; numbers and days as such, all else as text, also where it begins like a formula."""
    if value is None or value == "":
        return ""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return f'<c r="{place}"><v>{value}</v></c>'
    if isinstance(value, date):
        return f'<c r="{place}" s="{style}"><v>{(value - DAY_ZERO).days}</v></c>'
    text = escape(CODED.sub("_x005F_", UNWRITABLE.sub("", str(value))[:LONGEST]))
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
