"""The log in the database: one gapless chain, which refuses changes and tells of those made behind its back."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.checks import run_checks
from django.db import IntegrityError, connection, transaction

from youbei.engine.clock import Mode
from youbei.engine.events import Actor, Event
from youbei.engine.log import GENESIS, verify
from youbei.records import log, triggers
from youbei.records.models import LogEntry, LogHead

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 8, 30, 15, 123456, tzinfo=UTC)


def made(stream: str, *seqs: int) -> list[Event]:
    return [
        Event(
            stream=stream,
            seq=seq,
            at=NOW + timedelta(seconds=seq),
            mode=Mode.REAL,
            kind="fact.added",
            data={"key": "伤员", "value": seq, "nested": {"b": 1.5, "a": [True, None]}},
            by=Actor(id="user:7", label="值班员"),
        )
        for seq in seqs
    ]


def written(*, streams: int = 2, each: int = 3) -> None:
    for number in range(streams):
        log.append(made(f"run:{number}", *range(1, each + 1)), org_path="/1/", recorded_at=NOW)


def test_a_new_log_starts_at_the_genesis() -> None:
    assert log.head() == log.Head(0, GENESIS)
    assert list(log.export_lines()) == []


def test_what_is_appended_is_read_back_the_same() -> None:
    events = made("run:1", 1, 2, 3)
    entries = log.append(events, org_path="/1/", recorded_at=NOW)
    assert [entry.position for entry in entries] == [1, 2, 3]
    assert [event.comparable() for event in log.read_stream("run:1")] == [event.comparable() for event in events]
    assert log.next_seq("run:1") == 4
    assert log.read_stream("run:1", after=2)[0].seq == 3
    assert log.head() == log.Head(3, entries[-1].hash)


def test_an_exported_log_verifies() -> None:
    written()
    lines = [json.loads(json.dumps(line)) for line in log.export_lines()]
    assert len(lines) == 6
    assert list(verify(lines)) == []
    assert [line["position"] for line in log.export_lines(after=4)] == [5, 6]


def test_an_export_crosses_chunks_without_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "EXPORT_CHUNK", 2)
    written(streams=3, each=3)
    assert list(verify(log.export_lines())) == []
    assert [line["position"] for line in log.export_lines()] == list(range(1, 10))


@pytest.mark.parametrize("seqs", [(2,), (1, 3), (1, 1)])
def test_a_stream_takes_only_its_next_event(seqs: tuple[int, ...]) -> None:
    with pytest.raises(log.SequenceBroken):
        log.append(made("run:1", *seqs), org_path="/1/", recorded_at=NOW)


def test_a_repeated_event_is_refused_by_the_database() -> None:
    log.append(made("run:1", 1), org_path="/1/", recorded_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        log.append(made("run:1", 1), org_path="/1/", recorded_at=NOW)
    assert log.head().position == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE records_logentry SET data = '{}' WHERE position = 1",
        "UPDATE records_logentry SET org_path = '/2/'",
        "DELETE FROM records_logentry WHERE position = 6",
        "DELETE FROM records_logentry",
        "DELETE FROM records_loghead",
        "UPDATE records_loghead SET position = 5",
        "UPDATE records_loghead SET position = position",
        "UPDATE records_loghead SET hash = 'x'",
        "UPDATE records_loghead SET position = 7",
        "UPDATE records_loghead SET id = 2",
        "INSERT INTO records_loghead (id, position, hash) VALUES (2, 0, 'x')",
    ],
)
def test_the_database_refuses_to_change_the_log(sql: str) -> None:
    written()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("table", ["records_logentry", "records_loghead"])
def test_the_log_is_not_truncated(table: str) -> None:
    if connection.vendor != "postgresql":
        return  # SQLite has no TRUNCATE
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_the_orm_is_refused_as_well() -> None:
    written()
    with pytest.raises(IntegrityError), transaction.atomic():
        LogEntry.objects.update(kind="fact.withdrawn")
    with pytest.raises(IntegrityError), transaction.atomic():
        LogHead.objects.all().delete()


def test_replacing_a_row_is_refused_where_the_database_knows_it() -> None:
    written()
    columns = [field.column for field in LogEntry._meta.concrete_fields]
    listed = ", ".join(columns)
    changed = ", ".join("'{}'" if column == "data" else column for column in columns)
    if connection.vendor == "sqlite":
        sql = f"INSERT OR REPLACE INTO records_logentry ({listed}) SELECT {changed} FROM records_logentry"
    else:
        sql = (
            f"INSERT INTO records_logentry ({listed}) SELECT {changed} FROM records_logentry"
            " ON CONFLICT (position) DO UPDATE SET data = '{}'"
        )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(verify(log.export_lines())) == []


def tamper(sql: str) -> set[str]:
    """Change the log as someone could who owns the database, and return the codes of what verification finds."""
    written()
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql)
    return {fault.code for fault in log.verify_log()}


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("UPDATE records_logentry SET data = '{}' WHERE position = 3", "content"),
        ("UPDATE records_logentry SET by_id = 'user:8' WHERE position = 3", "content"),
        ("UPDATE records_logentry SET kind = 'fact.corrected' WHERE position = 6", "content"),
        ("UPDATE records_logentry SET hash = prev_hash WHERE position = 2", "content"),
        ("DELETE FROM records_logentry WHERE position = 2", "gap"),
        ("DELETE FROM records_logentry WHERE stream = 'run:0'", "gap"),
        ("UPDATE records_logentry SET position = 7 WHERE position = 3", "gap"),
        ("DELETE FROM records_logentry WHERE position = 6", "head"),
        ("UPDATE records_loghead SET position = 5", "head"),
    ],
)
def test_tampering_behind_the_triggers_is_found(sql: str, code: str) -> None:
    assert code in tamper(sql)


def test_an_untouched_log_has_no_fault() -> None:
    assert list(log.verify_log()) == []
    written()
    assert list(log.verify_log()) == []


def test_missing_triggers_fail_the_system_check() -> None:
    assert not [found for found in run_checks(databases=["default"]) if found.id == "records.E001"]
    triggers.remove(connection)
    assert [found.id for found in run_checks(databases=["default"])] == ["records.E001"]
    triggers.install(connection)
    assert triggers.missing(connection) == []


WRITER = """
import sys
from datetime import UTC, datetime
from django.db import transaction
from youbei.engine.clock import Mode
from youbei.engine.events import Event
from youbei.records import log
me, rounds = sys.argv[1], int(sys.argv[2])
at = datetime(2026, 11, 22, tzinfo=UTC)
for number in range(rounds):
    with transaction.atomic():
        seq = log.next_seq("run:" + me)
        pair = [Event("run:" + me, seq + more, at, Mode.REAL, "fact.added", {"value": number}) for more in (0, 1)]
        log.append(pair, org_path="/1/", recorded_at=at)
"""
READER = """
import json
from youbei.records import log
for line in log.export_lines():
    print(json.dumps(line))
"""


def test_eight_writers_at_once_make_one_gapless_chain(run_python: Callable[..., subprocess.Popen[str]]) -> None:
    writers = [run_python(WRITER, number, 25) for number in range(8)]
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert writer.returncode == 0, errors
    output, _ = run_python(READER).communicate(timeout=60)
    lines = [json.loads(line) for line in output.splitlines()]
    assert len(lines) == 8 * 25 * 2
    assert list(verify(lines)) == []


def test_a_check_in_parts_finds_what_a_check_at_once_finds() -> None:
    written(streams=3, each=5)
    position, digest, seen = 0, GENESIS, []
    while True:
        part = log.verify_part(after=position, digest=digest, limit=4)
        position, digest = part.position, part.hash
        seen.append(position)
        assert part.faults == ()
        if part.is_complete:
            break
    assert seen == [4, 8, 12, 15]
    assert digest == log.head().hash


@pytest.mark.parametrize("changed", [1, 4, 5, 15])
def test_a_check_in_parts_names_a_changed_entry_wherever_it_stands(changed: int) -> None:
    written(streams=3, each=5)
    triggers.remove(connection)
    LogEntry.objects.filter(position=changed).update(data='{"key":"other"}')
    found, position, digest = [], 0, GENESIS
    while position < 15:
        part = log.verify_part(after=position, digest=digest, limit=4)
        position, digest = part.position, part.hash
        found += [(fault.position, fault.code) for fault in part.faults]
    assert found == [(changed, "content")]


def test_a_check_in_parts_misses_no_entry_removed_from_the_end() -> None:
    written(streams=1, each=6)
    triggers.remove(connection)
    LogEntry.objects.filter(position__gt=4).delete()
    first = log.verify_part(after=0, digest=GENESIS, limit=4)
    last = log.verify_part(after=first.position, digest=first.hash, limit=4)
    assert [fault.code for fault in (*first.faults, *last.faults)] == ["head"]
    assert last.is_complete
