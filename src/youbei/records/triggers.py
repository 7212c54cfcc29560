"""The database's own refusal to change the log and the ledger of materials: triggers on SQLite and PostgreSQL.

Beside them it installs those that keep the boxes around outlines (`records/extents.py`).

Two traps. Django rebuilds a table on SQLite for most alterations and the triggers vanish with the old one: a migration
that touches these tables ends with `InstallTriggers()`, and a system check (`records/checks.py`) demands them. And
SQLite's `INSERT OR REPLACE` deletes a row without asking the DELETE trigger: therefore insertion is guarded too.
"""

from __future__ import annotations

import re
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython

from youbei.records import extents

ENTRY, HEAD = "records_logentry", "records_loghead"
NO_CHANGE = "Log entries are never changed or removed; strike an entry with a new one instead."
NO_STEP_BACK = "The head of the log only moves forward, onto the last entry written."

SQLITE: dict[str, str] = {
    "log_entry_no_update": f"BEFORE UPDATE ON {ENTRY} BEGIN SELECT RAISE(ABORT, '{NO_CHANGE}'); END",
    "log_entry_no_delete": f"BEFORE DELETE ON {ENTRY} BEGIN SELECT RAISE(ABORT, '{NO_CHANGE}'); END",
    "log_entry_no_replace": (
        f"BEFORE INSERT ON {ENTRY} WHEN EXISTS (SELECT 1 FROM {ENTRY} WHERE position = NEW.position)"
        f" OR EXISTS (SELECT 1 FROM {ENTRY} WHERE stream = NEW.stream AND seq = NEW.seq)"
        f" BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint: {NO_CHANGE}'); END"
    ),
    "log_head_forward": (
        f"BEFORE UPDATE ON {HEAD} WHEN NEW.id <> OLD.id OR NEW.position <= OLD.position"
        f" OR NOT EXISTS (SELECT 1 FROM {ENTRY} WHERE position = NEW.position AND hash = NEW.hash)"
        f" OR EXISTS (SELECT 1 FROM {ENTRY} WHERE position = NEW.position + 1)"
        f" BEGIN SELECT RAISE(ABORT, '{NO_STEP_BACK}'); END"
    ),
    "log_head_no_delete": f"BEFORE DELETE ON {HEAD} BEGIN SELECT RAISE(ABORT, '{NO_STEP_BACK}'); END",
    "log_head_one": (
        f"BEFORE INSERT ON {HEAD} WHEN EXISTS (SELECT 1 FROM {HEAD}) BEGIN SELECT RAISE(ABORT, '{NO_STEP_BACK}'); END"
    ),
}

POSTGRESQL_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION youbei_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{NO_CHANGE}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE FUNCTION youbei_log_head_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id <> OLD.id OR NEW.position <= OLD.position
     OR NOT EXISTS (SELECT 1 FROM {ENTRY} WHERE position = NEW.position AND hash = NEW.hash)
     OR EXISTS (SELECT 1 FROM {ENTRY} WHERE position = NEW.position + 1)
  THEN
    RAISE EXCEPTION '{NO_STEP_BACK}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION youbei_log_head_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM {HEAD}) THEN
    RAISE EXCEPTION '{NO_STEP_BACK}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""
POSTGRESQL: dict[str, str] = {
    "log_entry_no_change": f"BEFORE UPDATE OR DELETE ON {ENTRY} FOR EACH ROW EXECUTE FUNCTION youbei_log_refuse()",
    "log_entry_no_truncate": f"BEFORE TRUNCATE ON {ENTRY} FOR EACH STATEMENT EXECUTE FUNCTION youbei_log_refuse()",
    "log_head_forward": f"BEFORE UPDATE ON {HEAD} FOR EACH ROW EXECUTE FUNCTION youbei_log_head_forward()",
    "log_head_no_delete": f"BEFORE DELETE ON {HEAD} FOR EACH ROW EXECUTE FUNCTION youbei_log_refuse()",
    "log_head_no_truncate": f"BEFORE TRUNCATE ON {HEAD} FOR EACH STATEMENT EXECUTE FUNCTION youbei_log_refuse()",
    "log_head_one": f"BEFORE INSERT ON {HEAD} FOR EACH ROW EXECUTE FUNCTION youbei_log_head_one()",
}


LEDGER = ("records_stockmovement", "records_stockposting")
NO_EDIT = "Movements of stock are never changed or removed; reverse a movement with a new one instead."
SQLITE_LEDGER: dict[str, str] = {
    f"{table}_{name}": definition
    for table in LEDGER
    for name, definition in {
        "no_update": f"BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{NO_EDIT}'); END",
        "no_delete": f"BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{NO_EDIT}'); END",
        "no_replace": f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
        f" BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint: {NO_EDIT}'); END",
    }.items()
}
POSTGRESQL_LEDGER_FUNCTION = f"""
CREATE OR REPLACE FUNCTION youbei_ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{NO_EDIT}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
POSTGRESQL_LEDGER: dict[str, str] = {
    f"{table}_{name}": f"BEFORE {what} ON {table} FOR EACH {each} EXECUTE FUNCTION youbei_ledger_refuse()"
    for table in LEDGER
    for name, what, each in (("no_change", "UPDATE OR DELETE", "ROW"), ("no_truncate", "TRUNCATE", "STATEMENT"))
}


def wanted(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the triggers this database must have: name -> definition; those of the ledger and of extents from when
    their tables are there."""
    is_sqlite = connection.vendor == "sqlite"
    log, ledger = (SQLITE, SQLITE_LEDGER) if is_sqlite else (POSTGRESQL, POSTGRESQL_LEDGER)
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    standing = {name: one for name, one in ledger.items() if table_of(one) in tables}
    if extents.TABLE in tables:
        standing |= extents.sqlite_triggers() if is_sqlite else extents.postgresql_triggers()
    return {**log, **standing}


def table_of(definition: str) -> str:
    found = re.search(r" ON (\w+) ", definition)
    return found.group(1) if found else ENTRY


def install(connection: BaseDatabaseWrapper) -> None:
    """Make every trigger anew; harmless where they stand already."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTIONS)
            cursor.execute(POSTGRESQL_LEDGER_FUNCTION)
            cursor.execute(extents.POSTGRESQL_FUNCTION)
        for name, definition in wanted(connection).items():
            cursor.execute(f"CREATE TRIGGER {name} {definition}")


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers; for migrations, and for tests that tamper."""
    with connection.cursor() as cursor:
        for name, definition in wanted(connection).items():
            on = "" if connection.vendor == "sqlite" else f" ON {table_of(definition)}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Name the triggers that should stand and do not, or are switched off; none are missed before the table exists."""
    with connection.cursor() as cursor:
        if ENTRY not in connection.introspection.table_names(cursor):
            return []
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid IN"
                " (SELECT to_regclass(name) FROM unnest(%s::text[]) AS name)"
                " AND NOT tgisinternal AND tgenabled <> 'D'",
                [[ENTRY, HEAD, *LEDGER, *extents.OUTLINED.values()]],
            )
        standing = {row[0] for row in cursor.fetchall()}
    return sorted(set(wanted(connection)) - standing)


def install_forwards(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    install(schema_editor.connection)


def remove_backwards(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    remove(schema_editor.connection)


class InstallTriggers(RunPython):
    """The operation with which every migration ends that touches the log's tables."""

    def __init__(self) -> None:
        super().__init__(install_forwards, remove_backwards)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [], {}
