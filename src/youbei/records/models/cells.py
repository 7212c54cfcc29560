"""The cell in which a row stands, as the database reckons it: what the indexes of places are made of."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import BigIntegerField, F, Func

from youbei.engine.cells import BITS, COLUMNS_PER_DEGREE, LEVELS, ROWS_PER_DEGREE, SIDE


class Cell(Func):
    """The number of the cell of a row's `lat` and `lon`, see `engine.cells`; null where it has no place.

    It is written without parameters, letter for letter alike in the index and in what is asked, by which a database
    knows that the index answers it.
    """

    output_field = BigIntegerField()
    arity = 2

    def __init__(self, *columns: Any) -> None:
        super().__init__(*(columns or (F("lat"), F("lon"))))

    def written(self, compiler: Any, whole: str) -> tuple[str, list[Any]]:
        (lat, _), (lon, _) = (compiler.compile(one) for one in self.source_expressions)
        row = whole.format(f"({lat} + 90.0) * {ROWS_PER_DEGREE!r}")
        column = whole.format(f"({lon} + 180.0) * {COLUMNS_PER_DEGREE!r}")
        parts = []
        for level in range(LEVELS):
            for place, number in ((2 * level, column), (2 * level + 1, row)):
                parts.append(f"((({number} >> {BITS * level}) & {SIDE - 1}) << {BITS * place})")
        return f"({' | '.join(parts)})", []

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.written(compiler, "CAST({} AS INTEGER)")

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.written(compiler, "floor({})::bigint")


def found_by_cell(name: str) -> models.Index:
    """Return the index by which the rows in a box are found, in the order of their cells."""
    return models.Index(Cell(), F("id"), name=f"{name}_in_cell")
