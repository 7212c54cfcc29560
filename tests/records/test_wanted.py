"""What a webhook wants is found by an index: the work does not grow with the log. Steps are counted, not seconds."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.events import KINDS
from youbei.engine.webhooks import WhichModes
from youbei.records import wanted as module
from youbei.records.models import LogEntry
from youbei.records.wanted import FEW_KINDS, LOOKS, PER_LOOK, Found, Wanted, next_wanted

pytestmark = pytest.mark.django_db
MILLION = 1_000_000
RARE = {400_000, 400_001, 999_999}
REAL = WhichModes.REAL
COLUMNS = (
    "position, stream, seq, at, recorded_at, mode, kind, version, data, by_id, by_label, org_path, prev_hash, hash"
)


@pytest.fixture
def million() -> None:
    """Write a log of a million entries: one in a thousand in a small unit, three of a rare kind."""
    rare = " OR ".join(f"n = {position}" for position in sorted(RARE))
    select = f"""SELECT n, 's', n, %s, %s, 'real',
        CASE WHEN {rare} THEN 'incident.closed' ELSE 'step.opened' END, 1, '{{}}', '', '',
        CASE WHEN n %% 1000 = 0 THEN '/1/2/' ELSE '/1/3/' END, '', ''"""
    numbers = {
        "sqlite": f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {MILLION})",
        "postgresql": f"WITH c AS (SELECT generate_series(1, {MILLION}) AS n)",
    }[connection.vendor]
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # The trigger asks for each row whether it stands there already; a million empty answers take a while.
            cursor.execute("DROP TRIGGER log_entry_no_replace")
        cursor.execute(f"INSERT INTO records_logentry ({COLUMNS}) {numbers} {select} FROM c", [at, at])
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE records_logentry")


def steps(look: Callable[[], Found]) -> tuple[Found, int]:
    """Return what was found and what it took: steps of SQLite's machine, rows that PostgreSQL touched."""
    if connection.vendor == "sqlite":
        counted = [0]

        def count() -> int:
            counted[0] += 1
            return 0

        connection.ensure_connection()
        connection.connection.set_progress_handler(count, 10)
        try:
            return look(), counted[0] * 10
        finally:
            connection.connection.set_progress_handler(None, 0)
    with CaptureQueriesContext(connection) as captured:
        found = look()
    rows = 0
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query["sql"])
            told = cursor.fetchone()[0]
            rows += touched((json.loads(told) if isinstance(told, str) else told)[0]["Plan"])
    return found, rows


def touched(plan: dict[str, object]) -> int:
    own = int(plan["Actual Rows"]) + int(plan.get("Rows Removed by Filter", 0))  # type: ignore[call-overload]
    return own + sum(touched(part) for part in plan.get("Plans", []))  # type: ignore[attr-defined]


def test_among_a_million_entries_it_takes_what_it_takes_among_a_few(million: None) -> None:
    rare = Wanted("/1/", frozenset({"incident.closed"}), REAL)
    found, taken = steps(lambda: next_wanted(rare, after=0, until=MILLION, limit=50))
    assert (found.positions, found.reached) == (tuple(sorted(RARE)), MILLION)
    assert taken < 1000, "a rare kind is found without looking at the others"
    for _ in range(2):
        found, taken = steps(lambda: next_wanted(rare, after=400_001, until=MILLION, limit=50))
        assert (found.positions, taken < 1000) == ((999_999,), True)
    # A common kind in a small unit, and everything of a small unit: a bounded part of the log for each call.
    for kinds in (frozenset({"step.opened"}), frozenset(KINDS)):
        small = Wanted("/1/2/", kinds, REAL)
        near, few = steps(lambda small=small: next_wanted(small, after=0, until=LOOKS * PER_LOOK, limit=50))
        far, many = steps(lambda small=small: next_wanted(small, after=900_000, until=MILLION, limit=50))
        assert near.positions == (1000, 2000, 3000, 4000, 5000)
        assert far.positions == (901_000, 902_000, 903_000, 904_000, 905_000)
        assert far.reached == 900_000 + LOOKS * PER_LOOK
        assert many < 1.5 * few


@given(
    st.lists(st.tuples(st.sampled_from(sorted(KINDS)[:15]), st.sampled_from(["/1/", "/1/2/", "/1/20/", "/3/"]),
                       st.sampled_from(["real", "exercise", "simulated"])), max_size=60),
    st.sets(st.sampled_from(sorted(KINDS)[:15]), min_size=1),
    st.sampled_from(["/1/", "/1/2/"]), st.sampled_from(list(WhichModes)), st.integers(1, 5), st.integers(1, 7),
)  # fmt: skip
def test_call_by_call_exactly_what_is_wanted_is_found_in_order(
    entries: list[tuple[str, str, str]], kinds: set[str], path: str, which: WhichModes, limit: int, per_look: int
) -> None:
    start = LogEntry.objects.order_by("-position").values_list("position", flat=True).first() or 0
    at = datetime(2026, 1, 1, tzinfo=UTC)
    LogEntry.objects.bulk_create(
        LogEntry(position=n, stream="s", seq=n, at=at, recorded_at=at, mode=mode, kind=kind, version=1, data="{}",
                 org_path=org_path)
        for n, (kind, org_path, mode) in enumerate(entries, start=start + 1)
    )  # fmt: skip
    until = start + len(entries)
    expected = [
        start + 1 + n
        for n, (kind, org_path, mode) in enumerate(entries)
        if kind in kinds and org_path.startswith(path) and which.wants(mode)
    ]
    asked, found, reached = Wanted(path, frozenset(kinds), which), list[int](), start
    kept = module.PER_LOOK
    module.PER_LOOK = per_look
    try:
        while reached < until:
            one = next_wanted(asked, after=reached, until=until, limit=limit)
            assert len(one.positions) <= limit
            assert reached < one.reached <= until, "every call gets on"
            found, reached = found + list(one.positions), one.reached
    finally:
        module.PER_LOOK = kept
    assert found == expected
    assert FEW_KINDS < 15, "both ways of looking are tried"
