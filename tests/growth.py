"""Say that a page costs the same number of queries however many rows there are."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


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
