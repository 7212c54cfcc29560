"""The triggers that write down, with every change of a large register, what it was counted by before and after.

They stand in the database, so that no way of writing gets past them: forms, imports, movements, moves of whole units.
What they write belongs to the transaction of the change. Names and other personal data are left out.

As with the triggers of the log, SQLite loses them where Django rebuilds a table: a migration that does so ends with
`InstallCounting()`. Until then nothing is kept, and everything counted anew (see `stands`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython

JOURNAL, KEPT = "records_countchange", "records_keptcount"
# What decides which requirements of an organisation count (see `records/registers/yardsticks`), and where they wait.
DECIDING = ["item_id", "organisation_id", "basis", "source", "quantity", "within_h", "valid_until", "retired_at"]
DUE = "records_yardstickdue"


@dataclass(frozen=True, slots=True)
class Counted:
    """A table whose changes are written down: its columns that something is counted by, the path first."""

    table: str
    names: str
    json: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.names.split())

    @property
    def path(self) -> str:
        return self.columns[0]


STANDING = "retired_at confirmed_at"
COUNTED: Mapping[str, Counted] = {
    "lot": Counted(
        "records_stocklot",
        f"org_path {STANDING} item_id organisation_id agreement_id reserve condition quantity reserved received_on"
        " expires_on next_test_on",
    ),
    "team": Counted(
        "records_team",
        f"org_path {STANDING} organisation_id kind employment status capabilities grade grade_until insured_until"
        " established_on strength required_strength",
        json=("capabilities",),
    ),
    "site": Counted(
        "records_site",
        f"org_path {STANDING} organisation_id kind operating capacity beds beds_icu beds_isolation occupied area_m2",
    ),
    "person": Counted("records_person", f"org_path {STANDING} organisation_id"),
    "requirement": Counted(
        "records_requirement", f"org_path {STANDING} item_id organisation_id basis quantity valid_until yardstick_h"
    ),
    "post": Counted("records_post", f"org_path {STANDING} organisation_id kind"),
    "holding": Counted("records_postholding", f"org_path {STANDING} post_id person_id"),
    "qualification": Counted("records_qualification", f"org_path {STANDING} person_id kind expires_on"),
    "contact_way": Counted("records_contactway", f"org_path {STANDING} person_id post_id way"),
    "school_class": Counted("records_schoolclass", f"org_path {STANDING} organisation_id pupils"),
    "team_member": Counted("records_teammember", f"org_path {STANDING} team_id person_id"),
    "team_equipment": Counted(
        "records_teamequipment", f"org_path {STANDING} team_id item_id required present serviceable"
    ),
    "organisation": Counted("records_organisation", f"path {STANDING} kind level sector hazard_class employees"),
}


def image(row: str, one: Counted, vendor: str) -> str:
    """Return the SQL that says a row as JSON."""
    if vendor == "sqlite":
        said = ", ".join(
            f"'{name}', " + (f"json({row}.{name})" if name in one.json else f"{row}.{name}") for name in one.columns
        )
        return f"json_object({said})"
    return "jsonb_build_object(" + ", ".join(f"'{name}', {row}.{name}" for name in one.columns) + ")"


def sqlite_triggers() -> dict[str, str]:
    found = {}
    for register, one in COUNTED.items():
        old, new = image("OLD", one, "sqlite"), image("NEW", one, "sqlite")
        into = f"""INSERT INTO {JOURNAL} (register, "before", "after", stamp, at) VALUES ('{register}', """
        at = "0, CAST(strftime('%s', 'now') AS INTEGER)); END"
        differs = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in one.columns)
        found[f"counted_{register}_insert"] = f"AFTER INSERT ON {one.table} BEGIN {into}NULL, {new}, {at}"
        found[f"counted_{register}_delete"] = f"AFTER DELETE ON {one.table} BEGIN {into}{old}, NULL, {at}"
        found[f"counted_{register}_update"] = (
            f"AFTER UPDATE OF {', '.join(one.columns)} ON {one.table} WHEN {differs} BEGIN {into}{old}, {new}, {at}"
        )
    return found | sqlite_due()


def sqlite_due() -> dict[str, str]:
    """Return the triggers that mark the item and the organisation of a requirement that has changed."""

    def marks(*rows: str) -> str:
        into = f"INSERT OR IGNORE INTO {DUE} (item_pk, unit_pk) VALUES"
        return "BEGIN " + " ".join(f"{into} ({row}.item_id, {row}.organisation_id);" for row in rows) + " END"

    table, differs = COUNTED["requirement"].table, " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in DECIDING)
    return {
        "counted_requirement_due_insert": f"AFTER INSERT ON {table} {marks('NEW')}",
        "counted_requirement_due_delete": f"AFTER DELETE ON {table} {marks('OLD')}",
        "counted_requirement_due_update": (
            f"AFTER UPDATE OF {', '.join(DECIDING)} ON {table} WHEN {differs} {marks('OLD', 'NEW')}"
        ),
    }


def postgresql_due() -> str:
    """Return the function that does the same. A mark that is there already is locked: what wipes it waits for us."""

    def mark(row: str) -> str:
        return (
            f"INSERT INTO {DUE} (item_pk, unit_pk) VALUES ({row}.item_id, {row}.organisation_id)"
            " ON CONFLICT (item_pk, unit_pk) DO UPDATE SET item_pk = excluded.item_pk;"
        )

    differs = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in DECIDING)
    return f"""
CREATE OR REPLACE FUNCTION youbei_counted_requirement_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN {mark("NEW")}
  ELSIF TG_OP = 'DELETE' THEN {mark("OLD")}
  ELSIF {differs} THEN {mark("OLD")} {mark("NEW")}
  END IF;
  RETURN NULL;
END $$;
"""


def postgresql_functions() -> list[str]:
    found = [postgresql_due()]
    for register, one in COUNTED.items():
        old, new = image("OLD", one, "postgresql"), image("NEW", one, "postgresql")
        into = (
            f"""INSERT INTO {JOURNAL} (register, "before", "after", stamp, at)"""
            f" VALUES ('{register}', {{before}}, {{after}},"
            " pg_current_xact_id()::text::bigint, extract(epoch FROM now())::bigint);"
        )
        found.append(f"""
CREATE OR REPLACE FUNCTION youbei_counted_{register}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN {into.format(before="NULL", after=new)}
  ELSIF TG_OP = 'DELETE' THEN {into.format(before=old, after="NULL")}
  ELSIF {old} IS DISTINCT FROM {new} THEN {into.format(before=old, after=new)}
  END IF;
  RETURN NULL;
END $$;
""")
    return found


def postgresql_triggers() -> dict[str, str]:
    tables = {register: one.table for register, one in COUNTED.items()}
    tables["requirement_due"] = tables["requirement"]
    return {
        f"counted_{name}": f"AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW"
        f" EXECUTE FUNCTION youbei_counted_{name}()"
        for name, table in tables.items()
    }


def triggers(connection: BaseDatabaseWrapper) -> dict[str, str]:
    return sqlite_triggers() if connection.vendor == "sqlite" else postgresql_triggers()


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers anew, and forget what was kept: a change may have gone by while they were not there.

    A table that a later migration is still to give its columns has to wait for that one.
    """
    remove(connection)
    with connection.cursor() as cursor:
        waiting = {name for name, one in COUNTED.items() if not is_complete(connection, cursor, one)}
        if connection.vendor != "sqlite":
            for function in postgresql_functions():
                cursor.execute(function)
        for name, definition in triggers(connection).items():
            if register_of(name) not in waiting:
                cursor.execute(f"CREATE TRIGGER {name} {definition}")
        cursor.execute(f"DELETE FROM {KEPT}")


def register_of(trigger: str) -> str:
    """Return the register on whose table a trigger stands, from its name."""
    name = trigger.removeprefix("counted_")
    for suffix in ("_insert", "_delete", "_update", "_due"):
        name = name.removesuffix(suffix)
    return name


def is_complete(connection: BaseDatabaseWrapper, cursor: Any, one: Counted) -> bool:
    there = {column.name for column in connection.introspection.get_table_description(cursor, one.table)}
    return set(one.columns) <= there


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for name in triggers(connection):
            on = "" if connection.vendor == "sqlite" else f" ON {COUNTED[register_of(name)].table}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def stands(alias: str) -> bool:
    """Say whether all triggers are there. PostgreSQL never drops any; SQLite does with a table that is rebuilt."""
    connection = connections[alias]
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'counted_*'")
        return bool(cursor.fetchone()[0] == len(sqlite_triggers()))


def install_forwards(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    install(schema_editor.connection)


def remove_backwards(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    remove(schema_editor.connection)


class InstallCounting(RunPython):
    """The operation with which every migration ends that touches the tables of `COUNTED`."""

    def __init__(self) -> None:
        super().__init__(install_forwards, remove_backwards)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [], {}
