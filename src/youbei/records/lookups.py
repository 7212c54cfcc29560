"""The lookup `path__under`: rows whose organisation lies in a subtree, served by an index on both databases."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Lookup
from django.db.models.sql.compiler import SQLCompiler


@CharField.register_lookup
class Under(Lookup):
    """Match a path and everything below it. Paths look like `/1/5/33/`.

    It is a half-open range (`0` follows `/`), which an index serves on both databases. That needs paths to compare byte
    by byte: SQLite does, and on PostgreSQL migration 0003 gives the columns the collation "C".
    """

    lookup_name = "under"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        path = str(self.rhs)
        return f"({left} >= %s AND {left} < %s)", (*left_params, path, *left_params, f"{path[:-1]}0")


@CharField.register_lookup
class UnderByWalking(Under):
    """Match as `under` does, and keep SQLite from using an index on the path: the rows are walked in their order."""

    lookup_name = "under_by_walking"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        if connection.vendor != "sqlite":
            return super().as_sql(compiler, connection)
        left, left_params = self.process_lhs(compiler, connection)
        path = str(self.rhs)
        return f"(+{left} >= %s AND +{left} < %s)", (*left_params, path, *left_params, f"{path[:-1]}0")
