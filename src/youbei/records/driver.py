"""Statements for the hot path, straight to the driver where that is safe.

On SQLite Django's cursors cost several times what the statement itself does. Where somebody watches the statements
(tests that count them, wrappers), and on PostgreSQL, they go through Django as always. Errors are Django's either way.
Placeholders are written `%s`; a literal percent sign cannot be used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper


def database() -> BaseDatabaseWrapper:
    """Return this thread's connection itself; each look through Django's proxy costs as much as a small statement."""
    found: BaseDatabaseWrapper = connections[DEFAULT_DB_ALIAS]
    return found


def fetch(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement and return the rows it gives."""
    db = database()
    if is_direct(db):
        with db.wrap_database_errors:
            rows: list[tuple[Any, ...]] = db.connection.execute(for_sqlite(sql), parameters).fetchall()
        return rows
    with db.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def execute(sql: str, parameters: Sequence[Any]) -> None:
    """Run one statement that gives no rows."""
    db = database()
    if is_direct(db):
        with db.wrap_database_errors:
            db.connection.execute(for_sqlite(sql), parameters)
        return
    with db.cursor() as cursor:
        cursor.execute(sql, parameters)


def execute_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run one statement for each row of parameters."""
    db = database()
    if is_direct(db):
        with db.wrap_database_errors:
            db.connection.executemany(for_sqlite(sql), rows)
        return
    with db.cursor() as cursor:
        cursor.executemany(sql, rows)


@contextmanager
def pipelined() -> Iterator[None]:
    """Let what is written inside go to PostgreSQL without waiting for each answer; all are in when the block ends.

    SQLite has nobody to wait for. An error comes at the end of the block, or at the next read.
    """
    db = database()
    if db.vendor != "postgresql" or not db.in_atomic_block:
        yield
        return
    with db.wrap_database_errors, db.connection.pipeline():
        yield


def is_direct(db: BaseDatabaseWrapper) -> bool:
    """Say whether statements may go straight to the driver: on SQLite, inside a transaction that nobody watches."""
    return (
        db.vendor == "sqlite"
        and db.in_atomic_block
        and not db.needs_rollback
        and not db.execute_wrappers
        and not db.queries_logged
    )


@lru_cache(maxsize=512)
def for_sqlite(sql: str) -> str:
    return sql.replace("%s", "?")
