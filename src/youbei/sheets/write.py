"""Write tables: workbooks with headings, lists to choose from and an explanation, and text that Excel opens rightly."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.registers.register import Register
from youbei.engine.registers.spoilt import TOO_LONG
from youbei.engine.registers.write import write

# Excel keeps 15 digits of a number; what is longer stays text.
MOST_DIGITS = 15
# Excel holds no more characters in a cell.
LONGEST = 32_767
# Also in full width, which spreadsheets of some languages take for the same.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
HEAD = PatternFill("solid", fgColor="DDE7E3")
WRONG = PatternFill("solid", fgColor="F8D7DA")
WIDEST = 48
LISTED_AT_MOST = 250

Values = Mapping[str, Any]


def heading(field: Field, language: str) -> str:
    return field.title.in_language(language)


def columns_of(register: Register, without: frozenset[str] = frozenset()) -> list[Field]:
    """Return the columns of a register's sheet: all fields but those that are left out."""
    return [field for field in register.fields if field.name not in without]


def cell_value(field: Field, value: Any, language: str, zone: tzinfo) -> Any:
    """Return a value as a workbook holds it: numbers and days as such, all else as text."""
    if value is None:
        return None
    if field.kind in (FieldKind.INTEGER, FieldKind.LATITUDE, FieldKind.LONGITUDE):
        return value
    if field.kind is FieldKind.DECIMAL and len(Decimal(value).as_tuple().digits) <= MOST_DIGITS:
        return value
    if field.kind is FieldKind.DATE and isinstance(value, date) and value.year >= 1901:
        return value
    text = write(field, value, language, zone)
    if field.kind is FieldKind.GEOMETRY and len(text) > LONGEST:
        return TOO_LONG
    return f"'{text}" if is_guarded(text) else text


def write_csv(
    register: Register,
    records: Iterable[Values],
    *,
    language: str,
    zone: tzinfo = UTC,
    without: frozenset[str] = frozenset(),
) -> Iterator[str]:
    """Yield a register as text, piece by piece. It begins with the mark by which Excel knows UTF-8.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front, which `read` takes away again.
    """
    columns = columns_of(register, without)
    yield "\ufeff" + line([heading(field, language) for field in columns])
    for record in records:
        yield line([guarded(write(field, record[field.name], language, zone)) for field in columns])


def line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def guarded(text: str) -> str:
    harms = text.startswith(FORMULA) and not is_plain_number(text)
    return f"'{text}" if harms or is_guarded(text) else text


def is_guarded(text: str) -> bool:
    """Say whether `unguarded` would take an apostrophe away: a text that has one of its own needs another before it.

    Before digits people put one themselves, so that Excel leaves them as they are.
    """
    inside = text.lstrip("'")
    return text.startswith("'") and (inside.startswith(FORMULA) or inside[:1].isdigit())


def is_plain_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def unguarded(cell: Any) -> Any:
    """Take away the apostrophe that `guarded` has put before what looks like a formula, or somebody before digits."""
    return cell[1:] if isinstance(cell, str) and is_guarded(cell) else cell


def write_workbook(
    path: Path,
    register: Register,
    records: Iterable[Values],
    *,
    language: str,
    zone: tzinfo = UTC,
    without: frozenset[str] = frozenset(),
) -> None:
    """Write a register as a workbook, row by row. Its second sheet explains the columns."""
    columns = columns_of(register, without)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(register.title.in_language(language)[:31])
    prepare(sheet, columns, language)
    for record in records:
        sheet.append([text_cell(sheet, cell_value(field, record[field.name], language, zone)) for field in columns])
    explain(book, register, columns, language)
    book.save(path)


def text_cell(sheet: Any, value: Any) -> Any:
    """Return a cell; a text is written as text, also where it begins like a formula."""
    if isinstance(value, str) and value.startswith("="):
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"
        return cell
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return value


def prepare(sheet: Any, columns: Sequence[Field], language: str) -> None:
    """Write the headings, keep them in sight, and offer the choices of each column."""
    sheet.freeze_panes = "B2"
    for index, field in enumerate(columns, start=1):
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = min(WIDEST, max(12, 2 * len(heading(field, language)) + 2))
        titles = ",".join(choice.title.in_language(language).replace(",", " ") for choice in field.choices)
        if field.kind is FieldKind.CHOICE and 0 < len(titles) <= LISTED_AT_MOST:
            offer = DataValidation(type="list", formula1=f'"{titles}"', allow_blank=True, showErrorMessage=False)
            offer.add(f"{letter}2:{letter}10000")
            sheet.data_validations.append(offer)
    sheet.append([head_cell(sheet, field, language) for field in columns])


def head_cell(sheet: Any, field: Field, language: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=heading(field, language))
    cell.font = Font(bold=True)
    cell.fill = HEAD
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if field.help:
        cell.comment = Comment(field.help.in_language(language), "Youbei")
    return cell


EXPLAINED = {
    "zh": ("填写说明", ("列", "是否必填", "填写要求", "可填内容")),
    "en": ("How to fill in", ("Column", "Required", "What to write", "Choices")),
}
YES_NO = {"zh": ("必填", "选填"), "en": ("required", "optional")}
KINDS: Mapping[FieldKind, tuple[str, str]] = {
    FieldKind.TEXT: ("文字", "text"),
    FieldKind.LONG_TEXT: ("文字，可多行", "text, several lines"),
    FieldKind.CODE: ("字母、数字和 - _ . /", "letters, digits and - _ . /"),
    FieldKind.INTEGER: ("整数", "whole number"),
    FieldKind.DECIMAL: ("数字，最多三位小数", "number, three places at most"),
    FieldKind.DATE: ("日期，如 2026-11-25", "date, such as 2026-11-25"),
    FieldKind.MOMENT: ("日期和时间，如 2026-11-25 08:30", "date and time, such as 2026-11-25 08:30"),
    FieldKind.FLAG: ("是或否", "yes or no"),
    FieldKind.CHOICE: ("从可填内容中选一项", "one of the choices"),
    FieldKind.CHOICES: ("可选多项，用分号隔开", "several choices, separated by semicolons"),
    FieldKind.GRADES: ("能力:类型，多项用分号隔开", "capability:type, separated by semicolons"),
    FieldKind.REFERENCE: (
        "已登记记录的编码，或不重复的名称",
        "code of a registered record, or its name where only one has it",
    ),
    FieldKind.LATITUDE: ("度数，WGS 84，如 34.6012", "degrees, WGS 84, such as 34.6012"),
    FieldKind.LONGITUDE: ("度数，WGS 84，如 119.2200", "degrees, WGS 84, such as 119.2200"),
    FieldKind.PHONE: ("电话号码", "telephone number"),
    FieldKind.EMAIL: ("电子邮箱地址", "e-mail address"),
    FieldKind.GEOMETRY: ("GeoJSON 几何", "GeoJSON geometry"),
}


def explain(book: Workbook, register: Register, columns: Sequence[Field], language: str) -> None:
    """Add the sheet that says of each column what belongs into it."""
    tongue = "zh" if language.lower().startswith("zh") else "en"
    title, headings = EXPLAINED[tongue]
    sheet = book.create_sheet(title)
    for letter, width in zip("ABCD", (24, 12, 60, 80), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([bold(sheet, text) for text in headings])
    for field in columns:
        kind = KINDS[field.kind][0 if tongue == "zh" else 1]
        unit = field.unit.in_language(language)
        says = " · ".join(part for part in (kind, unit, field.help.in_language(language)) if part)
        offered = "、".join(choice.title.zh for choice in field.choices)
        if tongue == "en":
            offered = ", ".join(choice.title.en for choice in field.choices)
        sheet.append([heading(field, language), YES_NO[tongue][0 if field.is_required else 1], says, offered])


def bold(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell


def write_refused(
    path: Path, headings: Sequence[str], rows: Iterable[tuple[Sequence[Any], Mapping[int, str], str]], *, language: str
) -> None:
    """Write the rows that were refused, as they came: the wrong cells are marked, and a last column says what is wrong.

    Each row comes as (cells, {index of a wrong cell: why}, all that is wrong). Corrected, the file can be imported.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("需更正" if language.lower().startswith("zh") else "To correct")
    sheet.freeze_panes = "A2"
    last = "需更正的问题" if language.lower().startswith("zh") else "What is wrong"
    sheet.column_dimensions[get_column_letter(len(headings) + 1)].width = WIDEST * 2
    sheet.append([bold(sheet, text) for text in [*headings, last]])
    for cells, wrong, said in rows:
        shown = []
        for index, given in enumerate(cells):
            value = f"'{given}" if isinstance(given, str) and is_guarded(given) else given
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
            if index in wrong:
                cell.fill = WRONG
                cell.comment = Comment(wrong[index], "Youbei")
            shown.append(cell)
        sheet.append([*shown, said])
    book.save(path)
