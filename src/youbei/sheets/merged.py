"""Cells that were merged downwards: what stands in the first of them holds for every row they span."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from youbei.sheets.header import Header, Span


class Merged:
    """What merged cells say of the rows below the one they begin in; rows are given in order, from 0.

    Only words and days hold for every row. A number that several rows share may be their sum, so it stays in the first
    alone.
    """

    def __init__(self, spans: Sequence[Span], header: Header) -> None:
        self.begins: dict[int, list[tuple[int, int]]] = {}
        for top, left, bottom, _ in spans:
            if bottom > top >= header.last_row:
                self.begins.setdefault(top, []).append((left, bottom))
        self.held: dict[int, tuple[Any, int]] = {}

    def fill(self, index: int, cells: list[Any]) -> None:
        """Put into a row what merged cells say of it."""
        for column in [one for one, (_, last) in self.held.items() if last < index]:
            del self.held[column]
        for column, last in self.begins.pop(index, ()):
            said = cells[column] if column < len(cells) else None
            if isinstance(said, (str, date)):
                self.held[column] = (said, last)
        for column, said in self.of_row(cells):
            cells[column] = said

    def of_row(self, cells: list[Any]) -> Iterator[tuple[int, Any]]:
        for column, (said, _) in self.held.items():
            cells.extend([None] * (column + 1 - len(cells)))
            if cells[column] is None:
                yield column, said


def merged(sheet: Any) -> list[tuple[int, int, int, int]]:
    """Return the merged ranges of a sheet as (first row, first column, last row, last column), counted from 0.

    Columns are counted as the rows are read: from the first that holds anything.
    """
    left = (sheet.start or (0, 0))[1]
    ranges = sheet.merged_cell_ranges or ()
    return [(first[0], first[1] - left, last[0], last[1] - left) for first, last in ranges]
