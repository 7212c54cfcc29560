"""The lookup `path__under`: rows whose organisation lies in a subtree, served by an index on both databases."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Lookup
from django.db.models.sql.compiler import SQLCompiler


@CharField.register_lookup
class Under(Lookup):
    """Match a path and everything below it. Paths look like `/1/5/33/`.

    SQLite cannot use an index for LIKE ... ESCAPE, so it gets a half-open range (`0` follows `/`); PostgreSQL gets
    LIKE, which the pattern index serves under any collation, where a range would depend on it.
    """

    lookup_name = "under"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        path = str(self.rhs)
        return f"({left} >= %s AND {left} < %s)", (*left_params, path, *left_params, f"{path[:-1]}0")

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        return f"{left} LIKE %s", (*left_params, f"{self.rhs}%")
