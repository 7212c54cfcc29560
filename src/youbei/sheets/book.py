"""Read a large workbook (.xlsx) as a stream: a row is in memory at a time, and the texts that cells share lie on disk.

Small workbooks are read whole by a library, which is several times as fast and takes about one and a half times as
much memory as the sheets unpack to. The cells that come out are the same (`tests/sheets/test_book.py`).

Source: ECMA-376, Office Open XML, part 1, sections 18.2 (workbook), 18.3 (worksheets), 18.4 (shared strings), 18.8.30
(number formats).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from youbei.sheets.cells import ZERO, Rows, Texts, column_of
from youbei.sheets.header import Span
from youbei.sheets.parts import PIECE, SEPARATOR, parse

# The formats of numbers that every workbook has without naming them, of days and of times: section 18.8.30.
DAY_FORMATS = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
SPAN_FORMATS = frozenset({46})
# What stands in a format between quotes, behind a backslash or in brackets is no letter of a day.
NO_LETTERS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
# Cells that the library reads as empty: errors, and formulas that nobody has calculated.
LOST = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?t="e"|</(?:\w+:)?f>(?:<(?:\w+:)?v></(?:\w+:)?v>|<(?:\w+:)?v\s*/>)?</(?:\w+:)?c>'
)
LONGEST_TAG = 256
SHARED = "xl/sharedStrings.xml"


def meaning(form: str) -> str:
    """Say whether a format shows a number as a day ("day"), as a length of time ("span"), or filled up with zeros in
    front ("0000": as many places), or as none of these."""
    first = NO_LETTERS.sub("", form.split(";")[0]).lower()
    if len(first) > 1 and not first.strip(ZERO):
        return first
    if re.search(r"\[(h+|m+|s+)\]", first):
        return "span"
    return "day" if re.search("[dhmsy]", first) and "general" not in first else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A visible sheet of a workbook: its name and the part of the archive that holds it."""

    name: str
    part: str


class Book:
    """A workbook that is open: its sheets, and their rows as they are asked for."""

    def __init__(self, path: Path) -> None:
        self.archive = zipfile.ZipFile(path)
        self.names = frozenset(self.archive.namelist())
        self.begins_1904 = False
        self.sheets = list(self.find_sheets())
        self.styles = self.find_styles()
        self.texts: Texts | None = None

    def tags(self, part: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield the elements of a small part with what stands in their tags."""
        found: list[tuple[str, dict[str, str]]] = []
        if part in self.names:
            with self.archive.open(part) as file:
                for _ in parse(file, lambda name, said: found.append((name, said))):
                    yield from found
                    found.clear()

    def find_sheets(self) -> Iterator[Sheet]:
        parts = {}
        for name, said in self.tags("xl/_rels/workbook.xml.rels"):
            if name == "Relationship" and said.get("Type", "").endswith("/worksheet"):
                parts[said["Id"]] = posixpath.normpath(posixpath.join("xl", said["Target"])).lstrip("/")
                if said["Target"].startswith("/"):
                    parts[said["Id"]] = said["Target"].lstrip("/")
        for name, said in self.tags("xl/workbook.xml"):
            if name == "workbookPr":
                self.begins_1904 = said.get("date1904") in ("1", "true")
            if name == "sheet" and said.get("state", "visible") == "visible":
                key = next((value for key, value in said.items() if key.endswith(f"{SEPARATOR}id")), "")
                if parts.get(key) in self.names:
                    yield Sheet(said.get("name", ""), parts[key])

    def find_styles(self) -> list[str]:
        """Return for each style of cells what a number in it means, see `meaning`."""
        own: dict[int, str] = {}
        styles: list[str] = []
        is_inside = False
        for name, said in self.tags("xl/styles.xml"):
            if name == "numFmt":
                own[int(said.get("numFmtId", 0))] = meaning(said.get("formatCode", ""))
            elif name in ("cellXfs", "cellStyles"):
                is_inside = name == "cellXfs"
            elif name == "xf" and is_inside:
                number = int(said.get("numFmtId", 0))
                usual = "day" if number in DAY_FORMATS else "span" if number in SPAN_FORMATS else ""
                styles.append(own.get(number, usual))
        return styles

    def spans(self, sheet: Sheet) -> list[Span]:
        """Return the merged ranges of a sheet as (first row, first column, last row, last column), from 0."""
        found: list[Span] = []
        rest = b""
        with self.archive.open(sheet.part) as file:
            while piece := file.read(PIECE):
                said = rest + piece
                end = 0
                for one in MERGED.finditer(said):
                    left, top, right, bottom = (part.decode() for part in one.groups())
                    found.append((int(top) - 1, column_of(left), int(bottom) - 1, column_of(right)))
                    end = one.end()
                rest = said[max(end, len(said) - LONGEST_TAG) :]
        return found

    def loses_cells(self) -> bool:
        """Say whether the library that reads small workbooks would lose what stands in cells: errors and formulas that
        were never calculated would be empty, and zeros in front of numbers gone."""
        return any(style.startswith(ZERO) for style in self.styles) or any(
            self.holds(sheet, LOST) for sheet in self.sheets
        )

    def holds(self, sheet: Sheet, what: re.Pattern[bytes]) -> bool:
        rest = b""
        with self.archive.open(sheet.part) as file:
            while piece := file.read(PIECE):
                if what.search(said := rest + piece):
                    return True
                rest = said[-LONGEST_TAG:]
        return False

    def rows(self, sheet: Sheet, most_columns: int) -> Iterator[list[Any]]:
        """Yield the rows from the first on, also those that are empty; each as long as it has cells."""
        if self.texts is None:
            self.texts = Texts()
            if SHARED in self.names:
                with self.archive.open(SHARED) as file:
                    self.texts.read(file)
        reading = Rows(self.texts, self.styles, most_columns, begins_1904=self.begins_1904)
        with self.archive.open(sheet.part) as file:
            for _ in parse(file, reading.start, reading.end, reading.heard):
                yield from reading.done
                reading.done.clear()
