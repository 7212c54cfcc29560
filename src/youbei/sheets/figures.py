"""Write a table of numbers as a workbook in which every number leads to its list, or as text."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from youbei.engine.registers.figures import Figure, Figures
from youbei.engine.text import Text
from youbei.sheets.write import HEAD, MOST_DIGITS, WIDEST, guarded, line

TOTAL = Text("合计", "Total")
LINK = Font(color="1F5FA8", underline="single")
NARROWEST = 10
NOT_IN_NAMES = "[]:*?/\\"


def write_figures(figures: Figures, language: str) -> bytes:
    """Return a workbook: title, headings, rows, totals, notes. Texts are written as texts, numbers as numbers."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101  (a new workbook has a sheet)
    title = clean(figures.title, language)
    sheet.title = "".join(letter for letter in title if letter not in NOT_IN_NAMES)[:31].strip("' ") or "1"
    sheet.append([title])
    sheet["A1"].font = Font(bold=True, size=14)
    heads = [clean(one, language) for one in (figures.rows_by, *figures.columns, TOTAL)]
    sheet.append(heads)
    for cell in sheet[2]:
        cell.fill, cell.font = HEAD, Font(bold=True)
    for name, numbers in (*figures.rows, (TOTAL, figures.totals)):
        sheet.append([clean(name, language)])
        for column, figure in enumerate(numbers, start=2):
            cell = sheet.cell(sheet.max_row, column, number_in(figure.number))
            if figure.address:
                cell.hyperlink, cell.font = figure.address, LINK
    for note in ("", *(clean(one, language) for one in figures.notes)):
        sheet.append([note])
    for row in sheet.iter_rows(max_col=len(heads)):
        for cell in row:
            if cell.data_type == "f":
                cell.data_type = "s"
    for index, head in enumerate(heads, start=1):
        beneath = [clean(name, language) for name, _ in figures.rows] if index == 1 else []
        widest = max([head, *beneath], key=len)
        sheet.column_dimensions[get_column_letter(index)].width = max(NARROWEST, min(WIDEST, 2 * len(widest) + 2))
    sheet.freeze_panes = "B3"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def clean(text: Text, language: str) -> str:
    """Return a text without the signs that a workbook cannot hold."""
    return str(ILLEGAL_CHARACTERS_RE.sub("", text.in_language(language)))


def number_in(number: Decimal) -> Decimal | str:
    """Return a number as a workbook holds it; what has more digits than Excel keeps stays text."""
    return number if len(number.as_tuple().digits) <= MOST_DIGITS else f"{number:f}"


def figures_as_text(figures: Figures, language: str) -> Iterator[str]:
    """Yield the table as CSV, without notes. It begins with the mark by which Excel knows UTF-8."""
    yield "\ufeff" + line([guarded(one.in_language(language)) for one in (figures.rows_by, *figures.columns, TOTAL)])
    for title, numbers in (*figures.rows, (TOTAL, figures.totals)):
        yield line([guarded(title.in_language(language)), *(plain(one) for one in numbers)])


def plain(figure: Figure) -> str:
    """Write a number without exponent and without zeros behind the point."""
    said = f"{figure.number:f}"
    return said.rstrip("0").rstrip(".") if "." in said else said
