"""The list of injects as a workbook: written with openpyxl, read with calamine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from youbei.engine.exercises.grid import COLUMNS, FOREIGN, rows_of
from youbei.engine.exercises.injects import INJECTS
from youbei.engine.exercises.model import Exercise
from youbei.engine.text import Text
from youbei.sheets.match import normal
from youbei.sheets.read import open_table

WIDE = frozenset({"text_zh", "text_en", "title_zh", "title_en", "action_zh", "action_en", "condition", "notes"})
SHEET = Text("注入清单", "MSEL")
KINDS = Text("种类", "Kinds")
# Every heading that means a column, in either language or another program's, as it is compared.
HEADINGS = {
    **{normal(heading): column for heading, column in FOREIGN.items()},
    **{normal(word): column for column, name in COLUMNS.items() for word in (name.zh, name.en)},
}


def write_msel(path: Path, exercise: Exercise, *, language: str) -> None:
    """Write the injects of an exercise; a second sheet names the kinds."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = SHEET.in_language(language)
    sheet.append([name.in_language(language) for name in COLUMNS.values()])
    for row in rows_of(exercise):
        sheet.append([row[column] for column in COLUMNS])
    for cells in sheet.iter_rows():
        for cell in cells:
            if cell.value is not None:
                cell.data_type = "s"
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    for number, column in enumerate(COLUMNS, start=1):
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = 36 if column in WIDE else 15
    sheet.freeze_panes = "B2"
    kinds = book.create_sheet(KINDS.in_language(language))
    for name, kind in INJECTS.items():
        kinds.append([name, kind.name.in_language(language)])
    book.save(path)


def read_msel(path: Path, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a list of injects, ours or another program's, each with its number in the sheet.

    Raises:
        SheetRefused: the file holds no table.
    """
    table = open_table(path, name, lambda heading: normal(heading) in HEADINGS)
    columns = [HEADINGS.get(normal(heading), "") for heading in table.header.headings]
    for row in table.rows:
        cells = {column: said(cell) for column, cell in zip(columns, row.cells, strict=False) if column}
        if any(cells.values()):
            yield row.number, cells


def said(cell: object) -> str:
    """Return a cell as text; a time of day as `HH:MM`, a whole number without its fraction."""
    if isinstance(cell, (datetime, time)):
        return f"{cell.hour:02}:{cell.minute:02}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
