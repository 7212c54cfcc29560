"""Statements for the hot path, straight to the driver where that is safe.

On SQLite Django's cursors cost several times what the statement itself does. Where somebody watches the statements
(tests that count them, wrappers), and on PostgreSQL, they go through Django as always. Errors are Django's either way.
Placeholders are written `%s`; a literal percent sign cannot be used.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection


def fetch(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement and return the rows it gives."""
    if is_direct():
        with connection.wrap_database_errors:
            rows: list[tuple[Any, ...]] = connection.connection.execute(for_sqlite(sql), parameters).fetchall()
        return rows
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def execute(sql: str, parameters: Sequence[Any]) -> None:
    """Run one statement that gives no rows."""
    if is_direct():
        with connection.wrap_database_errors:
            connection.connection.execute(for_sqlite(sql), parameters)
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def execute_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run one statement for each row of parameters."""
    if is_direct():
        with connection.wrap_database_errors:
            connection.connection.executemany(for_sqlite(sql), rows)
        return
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def is_direct() -> bool:
    """Say whether statements may go straight to the driver: on SQLite, inside a transaction that nobody watches."""
    return (
        connection.vendor == "sqlite"
        and connection.in_atomic_block
        and not connection.needs_rollback
        and not connection.queries_logged
        and not connection.execute_wrappers
    )


@lru_cache(maxsize=512)
def for_sqlite(sql: str) -> str:
    return sql.replace("%s", "?")
