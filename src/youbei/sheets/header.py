"""Find the headings of a table: below titles and notes, in one row or in two with merged groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

Span = tuple[int, int, int, int]
# Assumption: a heading is short; what is longer is a note or a cell of text.
LONGEST = 40
# Assumption: what spans more than this share of the columns is the title of the table, no group of its columns.
TITLE = 0.8
# Two rows of headings say more than the upper one alone, even where their parts are not known.
IN_FAVOUR = 0.5


@dataclass(frozen=True, slots=True)
class Header:
    """The headings of a table: what they say, their columns (from 0), and the last row that is theirs (from 1).

    `score` tells how many of them are known.
    """

    headings: tuple[str, ...]
    columns: tuple[int, ...]
    last_row: int
    score: float


def find_header(rows: Sequence[Sequence[str]], known: Callable[[str], bool], spans: Sequence[Span]) -> Header | None:
    """Return the best headings among the first rows, None where no row has two.

    A row counts by how many of its headings are known, then by how many it has; the higher row wins a draw. Where a
    heading spans several columns, the row below it names the parts: `Contact | Name, Telephone` becomes `Contact Name`
    and `Contact Telephone`.
    """
    best: Header | None = None
    for index in range(len(rows)):
        for header in (one_row(rows, index, known), two_rows(rows, index, known, spans)):
            if header is not None and (best is None or header.score > best.score):
                best = header
    return best


def made(headings: Sequence[tuple[int, str]], last_row: int, known: Callable[[str], bool]) -> Header | None:
    said = [(column, text) for column, text in headings if text]
    if len(said) < 2 or any(len(text) > LONGEST * 2 for _, text in said):
        return None
    recognised = sum(known(text) for _, text in said)
    share = recognised / len(said)
    distinct = len({text for _, text in said}) / len(said)
    score = recognised + share + distinct / 2 + len(said) / 1000 - last_row / 10_000
    return Header(told_apart([text for _, text in said]), tuple(column for column, _ in said), last_row, score)


def told_apart(texts: Sequence[str]) -> tuple[str, ...]:
    """Number headings that stand there twice: which column is which is chosen by the heading."""
    seen: dict[str, int] = {}
    found = []
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
        found.append(text if seen[text] == 1 else f"{text} #{seen[text]}")
    return tuple(found)


def one_row(rows: Sequence[Sequence[str]], index: int, known: Callable[[str], bool]) -> Header | None:
    return made([(column, clean(text)) for column, text in enumerate(rows[index])], index + 1, known)


def two_rows(
    rows: Sequence[Sequence[str]], index: int, known: Callable[[str], bool], spans: Sequence[Span]
) -> Header | None:
    """Read a row of groups with the row of their parts below it; None where no group spans columns."""
    if index + 1 >= len(rows):
        return None
    above, below = rows[index], rows[index + 1]
    widest = max(len(above), len(below)) * TITLE
    groups = [span for span in spans if span[0] == index == span[2] and 1 <= span[3] - span[1] < widest - 1]
    if not groups:
        return None
    headings = []
    for column in range(max(len(above), len(below))):
        group = next((span for span in groups if span[1] <= column <= span[3]), None)
        upper = clean(above[group[1]]) if group else clean(above[column]) if column < len(above) else ""
        lower = clean(below[column]) if column < len(below) else ""
        headings.append((column, named(upper, lower, known)))
    header = made(headings, index + 2, known)
    return header and replace(header, score=header.score + IN_FAVOUR)


def named(upper: str, lower: str, known: Callable[[str], bool]) -> str:
    """Join a group and its part; the part alone where that is known and both together are not."""
    if not upper or not lower or upper == lower:
        return lower or upper
    both = f"{upper} {lower}"
    return lower if known(lower) and not known(both) else both


def clean(text: str) -> str:
    return " ".join(str(text).replace("\u3000", " ").split()).strip()
