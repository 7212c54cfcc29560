"""A new database, made at once, is the same as one that has gone through every migration; an old one goes on."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tests.conftest import administer

STEPWISE = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations import executor
from django.db.migrations.loader import MigrationLoader

class Every(MigrationLoader):
    def __init__(self, connection, *args, **options):
        super().__init__(connection, *args, **{**options, "replace_migrations": False})

if sys.argv[1] == "stepwise":
    executor.MigrationLoader = Every
    found = executor.MigrationExecutor(connection)
    ends = [node for node in found.loader.graph.leaf_nodes() if "squashed" not in node[1]]
    found.migrate(ends)
else:
    call_command("migrate", verbosity=0)
"""
READ = """
def told(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [[str(one) for one in row] for row in cursor.fetchall()]

if connection.vendor == "sqlite":
    tables = [row[0] for row in told("SELECT name FROM sqlite_master WHERE type = 'table'")]
    said = {f"columns {t}": sorted(row[1:] for row in told(f'PRAGMA table_info("{t}")')) for t in tables}
    said |= {f"keys {t}": sorted(row[2:5] for row in told(f'PRAGMA foreign_key_list("{t}")')) for t in tables}
    said["sql"] = told("SELECT type, name, sql FROM sqlite_master")
else:
    said = {
        "columns": told("SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,"
                        " column_default, collation_name"
                        " FROM information_schema.columns WHERE table_schema = 'public'"),
        "indexes": told("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"),
        "constraints": told("SELECT conrelid::regclass, contype, pg_get_constraintdef(oid) FROM pg_constraint"
                            " WHERE connamespace = 'public'::regnamespace"),
        "triggers": told("SELECT tgrelid::regclass, tgname, pg_get_triggerdef(oid) FROM pg_trigger"
                         " WHERE NOT tgisinternal"),
        "functions": told("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"),
    }
said["rows"] = told("SELECT id, position, hash FROM records_loghead")
print(json.dumps(said))
"""
# Django names what it makes unasked after the columns and a sum over them that differs with the way.
SUM = re.compile(r"(_[0-9a-f]{8}(?=_|\b)|_(key|uniq)\b)+")
CONSTRAINT = re.compile(r'CONSTRAINT "(\w+)" (CHECK \(.*?\)(?=, |\)$)|UNIQUE \([^)]*\))')


def schema(way: str, folder: Path) -> dict[str, list[Any]]:
    environment = dict(os.environ, YOUBEI_DATA=str(folder), DJANGO_SETTINGS_MODULE="youbei.settings")
    url, name = os.environ.get("DATABASE_URL", ""), f"own_{uuid4().hex[:12]}"
    if url:
        environment["DATABASE_URL"] = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        administer(url, f'CREATE DATABASE "{name}"')
    try:
        done = subprocess.run(
            [sys.executable, "-c", f"import json, sys\n{STEPWISE}\n{READ}", way],
            env=environment, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    finally:
        if url:
            administer(url, f'DROP DATABASE "{name}" WITH (FORCE)')
    said: dict[str, list[Any]] = json.loads(done.stdout)
    return {part: sorted(SUM.sub("_", str(row)) for row in rows) for part, rows in compared(said).items()}


def compared(said: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return a description without what may differ: the order of columns, and bookkeeping of Django and SQLite."""
    rows = said.pop("sql", [])
    said["named"] = [[kind, name, sql] for kind, name, sql in rows if kind != "table"]
    said["constraints in tables"] = [
        [name, *found] for kind, name, sql in rows if kind == "table" for found in CONSTRAINT.findall(sql)
    ] or said.pop("constraints", [])
    return said


@pytest.mark.database
@pytest.mark.long
def test_made_at_once_or_step_by_step_the_database_is_the_same(tmp_path: Path) -> None:
    folders = [tmp_path / way for way in ("stepwise", "at_once")]
    for folder in folders:
        folder.mkdir()
    stepwise, at_once = (schema(folder.name, folder) for folder in folders)
    assert stepwise.keys() == at_once.keys()
    assert len(at_once["constraints in tables"]) > 40
    for part in stepwise:
        assert stepwise[part] == at_once[part], part


# What took the first steps together, until there were more.
EARLIER = {"0042_attachments": "0001_squashed_0042_attachments", "0061_titles": "0001_squashed_0061_titles"}


@pytest.mark.django_db
def test_a_database_that_stands_at_any_replaced_migration_goes_on_from_there() -> None:
    loader = MigrationLoader(connection)
    (squashed,) = (one for key, one in loader.disk_migrations.items() if key[0] == "records" and one.replaces)
    steps = [name for _, name in squashed.replaces]
    records = {name for app, name in loader.disk_migrations if app == "records"}
    later = sorted(records - {squashed.name, *steps})
    assert steps == sorted(steps)
    assert len(steps) > 60

    def plan() -> list[str]:
        executor = MigrationExecutor(connection)
        return [one.name for one, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]

    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app="records").delete()
    assert plan() == [squashed.name, *later]
    for at, step in enumerate(steps, 1):
        recorder.record_applied("records", step)
        if step in EARLIER:
            recorder.record_applied("records", EARLIER[step])
        assert plan() == [*steps[at:], *later]
