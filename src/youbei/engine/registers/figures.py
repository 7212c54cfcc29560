"""A table of numbers as it is printed or sent: what it says, and each number with the address of what it counts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and the address of the list of exactly what it counts; empty where no list can show it."""

    number: Decimal
    address: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """A table: `columns` may be empty; each row has a figure for each column and then its total. `notes` go below."""

    title: Text
    rows_by: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Text, tuple[Figure, ...]], ...]
    totals: tuple[Figure, ...]
    notes: tuple[Text, ...] = ()
