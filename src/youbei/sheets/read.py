"""Read a table out of a file: Excel, OpenDocument, or text in the encodings that offices use."""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import python_calamine

from youbei.engine.errors import Refused
from youbei.sheets.biff import lost_cells, with_lost
from youbei.sheets.book import Book, Sheet
from youbei.sheets.cells import MOST_ROWS
from youbei.sheets.header import Header, Span, find_header
from youbei.sheets.merged import Merged, merged
from youbei.sheets.parts import Damaged, is_panic

MOST_COLUMNS = 400
# Assumption: a workbook that unpacks to more than this, or a hundred times its size, was made to do harm.
MOST_UNPACKED = 3_000_000_000
MOST_RATIO = 150
# Sheets that unpack to more are read as a stream: the library would take one and a half times as much memory.
STREAMED_FROM = 64_000_000
# What is no stream (.ods, .xlsb) and unpacks to more is not read: it would take the memory of a small machine.
MOST_WHOLE = 400_000_000
# The parts of a workbook that grow with its rows.
STREAMED = ("xl/worksheets/sheet", "xl/sharedStrings.xml")
BROKEN = (Damaged, ExpatError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError)
LOOKED_AT = 30
# At least two headings are known.
KNOWN_ENOUGH = 2
DELIMITERS = ",;\t|"
BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# Source: MS-OFFCRYPTO 2.3.4: a workbook with a password is a compound file that holds a stream of this name.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
COMPOUND = b"\xd0\xcf\x11\xe0"

Cell = str | int | float | bool | date | datetime | None
Known = Callable[[str], bool]


class SheetRefused(Refused):
    """Refuse a file that is no table, with what it should be."""

    status = 422


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet: its number as the sheet shows it (from 1), and its cells, as many as there are headings."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the sheet it stands on, its headings with their columns, and its rows, which can be read once.

    `others` are the sheets of the same workbook that have such headings, too. `begins_1904` says from when its days are
    counted: what is formatted as a day comes as one, but a bare number in a column of days is to be counted so, too.
    """

    sheet: str
    header: Header
    rows: Iterator[Row]
    others: tuple[str, ...] = ()
    begins_1904: bool = False


def open_table(path: Path, name: str, known: Known, sheet: str = "") -> Table:
    """Open the table of a file; `name` is what the user called it, `known` says whether a heading means something.

    Of several sheets the one is taken that is named, or whose headings are known best.

    Raises:
        SheetRefused: the file is of no kind that is read here, is damaged, or holds no table.
    """
    begins = path.read_bytes()[:8] if path.stat().st_size < 8 else read_start(path)
    if begins.startswith(COMPOUND) and holds(path, ENCRYPTED):
        raise with_password()
    if begins.startswith((b"PK\x03\x04", COMPOUND)):
        return open_workbook(path, known, sheet)
    if Path(name).suffix.lower() in {".xlsx", ".xlsm", ".xls", ".ods"}:
        raise SheetRefused(
            zh=f"“{name}”不是有效的表格文件，可能已损坏或只是改了扩展名。请用 Excel 打开后另存为 .xlsx 再上传。",
            en=f"“{name}” is no valid workbook; it may be damaged, or only renamed. Open it in Excel, save it as .xlsx "
            "and upload that.",
        )
    return open_text(path, known)


def read_start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(8)


def holds(path: Path, mark: bytes) -> bool:
    rest = b""
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            if mark in rest + piece:
                return True
            rest = piece[-len(mark) :]
    return False


def open_workbook(path: Path, known: Known, sheet: str) -> Table:
    check_size(path)
    try:
        found = best_stream(path, known, sheet) if is_streamed(path) else best_whole(path, known, sheet)
    except SheetRefused:
        raise
    except BaseException as problem:  # the readers raise errors of many kinds for files that are damaged
        if not isinstance(problem, Exception) and not is_panic(problem):
            raise
        raise (with_password() if "password" in str(problem).lower() else unreadable()) from problem
    if found is None:
        raise no_table()
    return found


def is_streamed(path: Path) -> bool:
    """Say whether a workbook is read as a stream: a large one, and one of which the library would lose cells."""
    size = sheets_unpack_to(path)
    return size > STREAMED_FROM or (size > 0 and Book(path).loses_cells())


def with_password() -> SheetRefused:
    return SheetRefused(
        zh="这个表格文件设有密码，无法读取。请用 Excel 打开，去掉打开密码后另存为 .xlsx 再上传。",
        en="This workbook has a password and cannot be read. Open it in Excel, remove the password, save it as .xlsx "
        "and upload that.",
    )


def unreadable() -> SheetRefused:
    return SheetRefused(
        zh="这个表格文件无法读取：已损坏、有密码，或不是表格。请用 Excel 打开后另存为 .xlsx 再上传。",
        en="This workbook cannot be read: it is damaged, has a password, or is none. Open it in Excel, save it as "
        ".xlsx and upload that.",
    )


def sheets_unpack_to(path: Path) -> int:
    """Return how many bytes the sheets of a workbook take that can be read as a stream; 0 for other kinds."""
    if not zipfile.is_zipfile(path):
        return 0
    with zipfile.ZipFile(path) as archive:
        parts = [one for one in archive.infolist() if one.filename.endswith(".xml")]
        return sum(one.file_size for one in parts if one.filename.startswith(STREAMED))


def best_of(found: list[tuple[Any, Header, list[Span]]], wanted: str) -> tuple[Any, Header, list[Span]] | None:
    """Return the sheet that is wanted, or whose headings are known best; the first of several."""
    named = [one for one in found if one[0].name == wanted]
    if wanted and not named:
        raise SheetRefused(
            zh=f"文件中没有带表头的工作表“{wanted[:100]}”。有：{'、'.join(one[0].name for one in found) or '无'}。",
            en=f"The file has no sheet {wanted[:100]!r} with headings. It has: "
            f"{', '.join(one[0].name for one in found) or 'none'}.",
        )
    return max(named if wanted else found, key=lambda one: one[1].score, default=None)


def others_than(best: Any, found: list[tuple[Any, Header, list[Span]]]) -> tuple[str, ...]:
    return tuple(one[0].name for one in found if one is not best and one[1].score > KNOWN_ENOUGH)


def best_stream(path: Path, known: Known, wanted: str) -> Table | None:
    """Return the best sheet, its rows as a stream."""
    book = Book(path)
    found: list[tuple[Sheet, Header, list[Span]]] = []
    for sheet in book.sheets:
        first = [plain_cells(row) for row in islice(book.rows(sheet, MOST_COLUMNS), LOOKED_AT)]
        header = find_header(first, known, spans := book.spans(sheet))
        if header is not None:
            found.append((sheet, header, spans))
    if (best := best_of(found, wanted)) is None:
        return None
    rows = numbered(streamed(book, best[0]), best[1], best[2])
    return Table(best[0].name, best[1], rows, others_than(best, found), book.begins_1904)


def streamed(book: Book, sheet: Sheet) -> Iterator[list[Any]]:
    """Yield the rows of a sheet; damage further down is met while the first ones have been read already."""
    try:
        yield from book.rows(sheet, MOST_COLUMNS)
    except BROKEN as problem:
        raise unreadable() from problem


def best_whole(path: Path, known: Known, wanted: str) -> Table | None:
    """Return the best sheet. Its rows become Python's one by one, as they are asked for."""
    with python_calamine.load_workbook(str(path)) as book:
        found = list(sheets_with_headings(book, known))
    if (best := best_of(found, wanted)) is None:
        return None
    cells, begins_1904 = best[0].iter_rows(), sheets_unpack_to(path) > 0 and Book(path).begins_1904
    if read_start(path).startswith(COMPOUND):
        lost = lost_cells(path)
        number, begins_1904 = book.sheet_names.index(best[0].name), lost.begins_1904
        cells = with_lost(cells, lost, number, (best[0].start or (0, 0))[1])
    return Table(best[0].name, best[1], numbered(cells, best[1], best[2]), others_than(best, found), begins_1904)


def sheets_with_headings(book: Any, known: Known) -> Iterator[tuple[Any, Header, list[Span]]]:
    for meta in book.sheets_metadata:
        if (meta.typ, meta.visible) != (
            python_calamine.SheetTypeEnum.WorkSheet,
            python_calamine.SheetVisibleEnum.Visible,
        ):
            continue
        sheet = book.get_sheet_by_name(meta.name)
        first = [plain_cells(row) for row in islice(sheet.iter_rows(), LOOKED_AT)]
        header = find_header(first, known, spans := merged(sheet))
        if header is not None:
            yield sheet, header, spans


def check_size(path: Path) -> None:
    """Refuse an archive that unpacks to far more than it is."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MOST_WHOLE and not sheets_unpack_to(path):
        raise SheetRefused(
            zh="这个文件太大，这种格式无法分段读取。请在 Excel 或 WPS 中另存为 .xlsx 再上传。",
            en="This file is too large for its kind, which is read as a whole. Save it as .xlsx and upload that.",
        )
    if unpacked > MOST_UNPACKED or unpacked > max(MOST_RATIO * path.stat().st_size, 50_000_000):
        raise SheetRefused(
            zh="这个文件展开后过大，不会读取。请只保留要导入的表，另存后再上传。",
            en="This file unpacks to far too much and is not read. Keep only the table to import, save it and upload "
            "that.",
        )


def open_text(path: Path, known: Known) -> Table:
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        start = [line for _, line in zip(range(LOOKED_AT), file, strict=False)]
    delimiter = delimiter_of(start)
    header = find_header(list(first_rows(path, encoding, delimiter)), known, [])
    if header is None:
        raise no_table()
    return Table("", header, numbered(text_rows(path, encoding, delimiter), header, ()))


def encoding_of(path: Path) -> str:
    """Return the encoding of a text: by its mark, as UTF-8, else as GB18030; refuse what is none of these."""
    begins = read_start(path)
    for mark, encoding in BOMS:
        if begins.startswith(mark):
            return encoding
    for encoding in ("utf-8", "gb18030"):
        try:
            with path.open(encoding=encoding, errors="strict", newline="") as file:
                while part := file.read(1 << 20):
                    if "\x00" in part:
                        break
                else:
                    return encoding
        except UnicodeDecodeError:
            continue
    raise SheetRefused(
        zh="无法识别这个文件：它不是 Excel 表格，也不是 UTF-8 或 GB18030 编码的文本。"
        "请在 Excel 中另存为 .xlsx 或“CSV UTF-8”。",
        en="This file is not recognised: neither a workbook, nor text in UTF-8 or GB18030. Save it in Excel as .xlsx "
        "or as “CSV UTF-8”.",
    )


def delimiter_of(lines: list[str]) -> str:
    """Return what stands between the columns: the mark that is there in most lines, equally often."""

    def steadiness(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in lines if line.strip()]
        usual = max(set(counts), key=counts.count) if counts else 0
        return (counts.count(usual) if usual else 0, usual)

    return max(DELIMITERS, key=steadiness)


def first_rows(path: Path, encoding: str, delimiter: str) -> Iterator[list[str]]:
    for _, row in zip(range(LOOKED_AT), text_rows(path, encoding, delimiter), strict=False):
        yield row[:MOST_COLUMNS]


def text_rows(path: Path, encoding: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(1 << 20)
    kept: list[str] = []

    def remembered(file: Iterator[str]) -> Iterator[str]:
        for one in file:
            kept.append(one)
            yield one

    with path.open(encoding=encoding, newline="", errors="replace") as file:
        try:
            for row in csv.reader(remembered(file), delimiter=delimiter):
                if len(kept) > 1 or (row and row[-1].endswith("\n")):
                    demand_closed(kept, delimiter)
                kept.clear()
                yield [as_meant(cell) for cell in row]
        except csv.Error as problem:
            raise SheetRefused(
                zh="文本中的引号或换行不完整，读不下去。请在 Excel 中另存为 .xlsx 再上传。",
                en="The quotes or line breaks of this text are broken. Save it in Excel as .xlsx and upload that.",
            ) from problem


def as_meant(cell: str) -> str:
    """Return the text of `="0138"`: so programs write digits that Excel shall leave as they are."""
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') and '"' not in cell[2:-1] else cell


def demand_closed(lines: Sequence[str], delimiter: str) -> None:
    """Refuse a row whose quote is never closed: it would have swallowed all that comes behind it."""
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            continue
    except csv.Error as problem:
        if "unexpected end" not in str(problem):
            return
        begins = lines[0].strip()[:30]
        raise SheetRefused(
            zh=f"以“{begins}”开头的一行里有一个引号没有配对，其后的内容会丢失。请补上引号，"
            "或在 Excel 中另存为 .xlsx 再上传。",
            en=f"In the row that begins with “{begins}” a quote is never closed, and what follows would be lost. Close "
            "it, or save the table in Excel as .xlsx and upload that.",
        ) from problem


def no_table() -> SheetRefused:
    return SheetRefused(
        zh="文件里没有找到表头：前三十行中没有一行像是列名。请用模板，或在第一行写上列名。",
        en="No headings were found in the first thirty rows. Use the template, or write headings into the first row.",
    )


def numbered(rows: Iterator[Any], header: Header, spans: Sequence[Span]) -> Iterator[Row]:
    """Yield the rows below the headings that say anything, cut or filled to the headings' columns."""
    merged_cells = Merged(spans, header)
    for number, raw in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise SheetRefused(
                zh=f"行数超过 {MOST_ROWS} 行。请分成几个文件导入。",
                en=f"There are more than {MOST_ROWS} rows. Import them as several files.",
            )
        if number <= header.last_row:
            continue
        cells = [tidy(cell) for cell in list(raw)[:MOST_COLUMNS]]
        if any(cell is not None for cell in cells):
            merged_cells.fill(number - 1, cells)
        chosen = tuple(cells[column] if column < len(cells) else None for column in header.columns)
        if any(cell is not None for cell in chosen):
            yield Row(number, chosen)


def tidy(cell: Any) -> Cell:
    """Return a cell as one of the kinds that `engine.registers.parse` takes; an empty one as None."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, (time, timedelta)):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    return cell  # type: ignore[no-any-return]


def plain_cells(row: Any) -> list[str]:
    return ["" if cell is None else str(cell) for cell in row[:MOST_COLUMNS]]
