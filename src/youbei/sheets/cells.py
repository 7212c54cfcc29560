"""The cells of a sheet and the texts that they share, put together from what a parser tells."""

from __future__ import annotations

import os
import re
import tempfile
from array import array
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import IO, Any

from youbei.engine.registers.spoilt import NOT_CALCULATED
from youbei.sheets.parts import Damaged, parse

# So many texts that cells share are kept in memory, those that were asked for last.
TEXTS_IN_MEMORY = 20_000
# What a spreadsheet writes for a character that XML cannot hold: `_x000D_`.
CODED = re.compile("_x([0-9A-Fa-f]{4})_")
# Sheets know no zones.
DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001
DAY_MS = 86_400_000
# The rows of a sheet, by its format.
MOST_ROWS = 1_048_576
NO_CELLS: list[Any] = []
# A style that shows a number with zeros in front is written as these zeros.
ZERO = "0"
# Days between the two calendars that a workbook may count in, from 1900 and from 1904.
LATER_BEGIN = 1462


class Texts:
    """The texts that cells share, by their numbers: they lie in a file without a name, and memory holds where."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as this, and goes with it)
        self.ends = array("Q", [0])
        self.said: list[str] = []
        self.is_open = self.is_rubric = False
        self.text = lru_cache(maxsize=TEXTS_IN_MEMORY)(self.find)

    def read(self, part: IO[bytes]) -> None:
        """Take in the part of a workbook that holds them."""
        for _ in parse(part, self.start, self.end, self.heard):
            pass
        self.file.flush()

    def start(self, name: str, _: dict[str, str]) -> None:
        if name == "rPh":
            self.is_rubric = True
        elif name == "t":
            self.is_open = not self.is_rubric

    def heard(self, text: str) -> None:
        if self.is_open:
            self.said.append(text)

    def end(self, name: str) -> None:
        if name == "t":
            self.is_open = False
        elif name == "rPh":
            self.is_rubric = False
        elif name == "si":
            written = self.file.write("".join(self.said).encode())
            self.ends.append(self.ends[-1] + written)
            self.said.clear()

    def find(self, number: int) -> str:
        if not 0 <= number < len(self.ends) - 1:
            raise Damaged("a cell names a text that is not there")
        start = self.ends[number]
        return decoded(os.pread(self.file.fileno(), self.ends[number + 1] - start, start).decode())


class Rows:
    """What has been read of the rows of a sheet: `done` are those that are complete."""

    def __init__(self, texts: Texts, styles: list[str], most_columns: int, *, begins_1904: bool) -> None:
        self.texts, self.styles, self.most, self.begins_1904 = texts, styles, most_columns, begins_1904
        self.done: list[list[Any]] = []
        self.said: list[str] = []
        self.row: list[Any] = []
        self.number, self.column, self.style = 0, -1, 0
        self.kind = ""
        self.is_open = self.is_rubric = self.is_formula = False

    def start(self, name: str, said: dict[str, str]) -> None:
        if name == "c":
            self.kind, self.style = said.get("t", "n"), int(said.get("s", 0))
            self.is_formula = False
            self.column = column_of(said["r"]) if "r" in said else self.column + 1
            self.said.clear()
        elif name == "v":
            self.is_open = self.kind != "inlineStr"
        elif name == "t":
            self.is_open = self.kind == "inlineStr" and not self.is_rubric
        elif name == "row":
            number = int(said.get("r", self.number + 1))
            if not self.number < number <= MOST_ROWS:
                raise Damaged("the rows are out of order, or beyond the last that a sheet has")
            self.done.extend([NO_CELLS] * (number - self.number - 1))
            self.number, self.row, self.column = number, [], -1
        elif name == "f":
            self.is_formula = True
        elif name == "rPh":
            self.is_rubric = True

    def heard(self, text: str) -> None:
        if self.is_open:
            self.said.append(text)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self.is_open = False
        elif name == "c":
            # A formula that comes to an empty text says that it is a text.
            is_open_end = self.is_formula and self.kind == "n" and not self.said
            if (self.said or is_open_end) and self.column < self.most:
                self.row.extend([None] * (self.column - len(self.row)))
                self.row.append(NOT_CALCULATED if is_open_end else self.value("".join(self.said)))
        elif name == "row":
            self.done.append(self.row)
        elif name == "rPh":
            self.is_rubric = False

    def value(self, said: str) -> Any:
        if self.kind == "s":
            return self.texts.text(int(said))
        if self.kind == "b":
            return said not in ("0", "false")
        if self.kind != "n":
            return decoded(said)
        number = float(said)
        style = self.styles[self.style] if self.style < len(self.styles) else ""
        if not style:
            return number
        if style.startswith(ZERO):
            return f"{number:.0f}".zfill(len(style)) if number >= 0 and number.is_integer() else number
        return timedelta(days=number) if style == "span" else day(number, LATER_BEGIN * self.begins_1904)


def decoded(text: str) -> str:
    return CODED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def day(number: float, later: int) -> Any:
    """Return what a number in a style of days stands for: a day, a moment, or below one a time of day.

    `later` is by how many days the calendar of the workbook begins after that of 1900, in which before March the count
    is one behind: it holds a 29 February 1900 that never was.
    """
    days = number + later
    try:
        at = DAY_ZERO + timedelta(milliseconds=round((days + (days < 60)) * DAY_MS))
    except OverflowError:
        return number
    if number < 1:
        return at.time()
    return date(at.year, at.month, at.day) if number.is_integer() else at


@lru_cache(maxsize=1)
def letters() -> dict[str, int]:
    """Return the columns by their letters as far as three letters go: A is 0."""
    one = [chr(65 + n) for n in range(26)]
    two = [a + b for a in one for b in one]
    return {name: at for at, name in enumerate([*one, *two, *(a + b for a in two for b in one)])}


def column_of(place: str) -> int:
    """Return the column of a place such as `AB12`, from 0."""
    found = letters().get(place.rstrip("0123456789").upper())
    if found is None:
        raise Damaged("a cell stands nowhere")
    return found
