"""A table of numbers as a paper: columns that a page cannot hold beside each other follow in further tables."""

from __future__ import annotations

from youbei.engine.exercises.report import Layout, Report, Section, Table
from youbei.engine.registers.figures import Figure, Figures
from youbei.engine.text import Text
from youbei.sheets.figures import TOTAL, plain

# Columns of numbers that fit on an upright page beside the name of the row.
BESIDE = 6


def figures_paper(figures: Figures) -> Report:
    """Return a report of one section, ready for `write_pdf` or `write_word`."""
    heads = (*figures.columns, TOTAL)
    tables = tuple(part(figures, heads, first) for first in range(0, len(heads), BESIDE))
    section = Section(figures.rows_by, tables=tables, points=figures.notes)
    return Report(Layout.CN, figures.title, (section,), (), ())


def part(figures: Figures, heads: tuple[Text, ...], first: int) -> Table:
    """Return the columns from `first` on, with the names of the rows."""
    rows = [
        (title, *map(said, numbers[first : first + BESIDE]))
        for title, numbers in (*figures.rows, (TOTAL, figures.totals))
    ]
    return Table((figures.rows_by, *heads[first : first + BESIDE]), tuple(rows))


def said(figure: Figure) -> Text:
    return Text(plain(figure), plain(figure))
