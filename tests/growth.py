"""Say that a page costs the same number of queries however many rows there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

# So many instructions of SQLite are counted at once.
TICK = 10


def assert_queries_do_not_grow(show: Callable[[], object], add_rows: Callable[[], object]) -> None:
    """Call `show`, add rows, call it again: it may not ask the database more often.

    The first call is not counted: what is read once for the process (plans, content types) is read there. `show` must
    load its user anew, for grants are kept on the instance.
    """
    add_rows()
    show()
    few = count(show)
    add_rows()
    add_rows()
    many = count(show)
    assert many <= few, f"{few} queries with few rows, {many} with many"


def count(show: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        show()
    return len(captured)


def steps(show: Callable[[], object]) -> int:
    """Count the steps that the database takes for what is asked: instructions of SQLite, rows that PostgreSQL visits.

    Neither knows of time or of other work on the machine, so two counts can be held against each other exactly.
    """
    return instructions(show) if connection.vendor == "sqlite" else rows_visited(show)


def instructions(show: Callable[[], object]) -> int:
    """Count the instructions of SQLite's virtual machine, by tens."""
    taken = 0

    def tick() -> int:
        nonlocal taken
        taken += TICK
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(tick, TICK)
    try:
        show()
    finally:
        connection.connection.set_progress_handler(None, TICK)
    return taken


def rows_visited(show: Callable[[], object]) -> int:
    """Count the rows that PostgreSQL's scans touch, and how often each scan begins."""
    plans: list[Any] = []

    def explained(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SELECT", "WITH")):
            with context["connection"].connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
                plans.extend(one["Plan"] for one in cursor.fetchone()[0])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        show()
    return sum(map(visited, plans))


def visited(plan: dict[str, Any]) -> int:
    inner = sum(map(visited, plan.get("Plans", ())))
    if "Scan" not in plan["Node Type"] or "Relation Name" not in plan:
        return inner
    touched = sum(plan.get(name, 0) for name in ("Actual Rows", "Rows Removed by Filter"))
    return inner + int(plan["Actual Loops"] * (touched + 1))
