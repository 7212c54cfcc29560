"""The triggers that keep the box around every outline, whichever way the outline is written, changed or removed."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "records_extent"
# Django's name of each model that has an outline, and its table.
OUTLINED = {"site": "records_site", "hazardpoint": "records_hazardpoint", "organisation": "records_organisation"}
# Degrees: a box is of the first breadth that it does not exceed. Whoever looks for what reaches into a box begins so
# much to the west of it. Assumption: tenfold steps from a block (1 km) to a province; few outlines are broader.
BREADTHS = (0.01, 0.1, 1.0, 10.0, 360.0)
COLUMNS = "model, record_id, breadth, west, south, east, north"
FUNCTION = "youbei_keep_extent"
STEPS = " ".join(f"WHEN east - west <= {most} THEN {at}" for at, most in enumerate(BREADTHS[:-1]))
BREADTH = f"CASE {STEPS} ELSE {len(BREADTHS) - 1} END"


def sqlite_boxes(rows: str) -> str:
    """Return the question for the boxes around the outlines of `rows`, which have a model, an id and a geometry."""
    return (
        f"SELECT model, id, {BREADTH}, west, south, east, north FROM (SELECT model, one.id AS id,"
        " min(CASE tree.key WHEN 0 THEN tree.atom END) AS west, max(CASE tree.key WHEN 0 THEN tree.atom END) AS east,"
        " min(CASE tree.key WHEN 1 THEN tree.atom END) AS south, max(CASE tree.key WHEN 1 THEN tree.atom END) AS north"
        f" FROM ({rows}) AS one, json_tree(one.geometry, '$.coordinates') AS tree"
        " WHERE tree.type IN ('integer', 'real') GROUP BY 1, 2) WHERE west IS NOT NULL AND south IS NOT NULL"
    )


def postgresql_boxes(rows: str) -> str:
    """Do as `sqlite_boxes`."""
    return (
        f"SELECT model, id, {BREADTH}, west, south, east, north FROM (SELECT model, one.id AS id,"
        " min((spot ->> 0)::float8) AS west, max((spot ->> 0)::float8) AS east,"
        " min((spot ->> 1)::float8) AS south, max((spot ->> 1)::float8) AS north"
        f" FROM ({rows}) AS one, jsonb_path_query(one.geometry, 'strict $.coordinates.**"
        """ ? (@.type() == "array" && @[0].type() == "number")', '{}', true) AS spot"""
        " GROUP BY 1, 2) AS boxes WHERE west IS NOT NULL AND south IS NOT NULL"
    )


def sqlite_triggers() -> dict[str, str]:
    found: dict[str, str] = {}
    for model, table in OUTLINED.items():
        drop = f"DELETE FROM {TABLE} WHERE model = '{model}' AND record_id = OLD.id;"
        new = f"SELECT '{model}' AS model, NEW.id AS id, NEW.geometry AS geometry"
        add = f"INSERT INTO {TABLE} ({COLUMNS}) {sqlite_boxes(new)};"
        found |= {
            f"extent_{model}_added": f"AFTER INSERT ON {table} WHEN NEW.geometry IS NOT NULL BEGIN {add} END",
            f"extent_{model}_changed": f"AFTER UPDATE OF geometry ON {table} WHEN NEW.geometry IS NOT OLD.geometry"
            f" BEGIN {drop} {add} END",
            f"extent_{model}_removed": f"AFTER DELETE ON {table} WHEN OLD.geometry IS NOT NULL BEGIN {drop} END",
        }
    return found


def postgresql_triggers() -> dict[str, str]:
    found: dict[str, str] = {}
    for model, table in OUTLINED.items():
        call = f"EXECUTE FUNCTION {FUNCTION}('{model}')"
        found |= {
            f"extent_{model}_added": f"AFTER INSERT ON {table} FOR EACH ROW WHEN (NEW.geometry IS NOT NULL) {call}",
            f"extent_{model}_changed": f"AFTER UPDATE OF geometry ON {table} FOR EACH ROW"
            f" WHEN (NEW.geometry IS DISTINCT FROM OLD.geometry) {call}",
            f"extent_{model}_removed": f"AFTER DELETE ON {table} FOR EACH ROW WHEN (OLD.geometry IS NOT NULL) {call}",
        }
    return found


POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM {TABLE} WHERE model = TG_ARGV[0] AND record_id = OLD.id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO {TABLE} ({COLUMNS})
    {postgresql_boxes("SELECT TG_ARGV[0] AS model, NEW.id AS id, NEW.geometry AS geometry")};
  END IF;
  RETURN NULL;
END $$;
"""


def fill(connection: BaseDatabaseWrapper, *, at_once: int = 1000) -> None:
    """Reckon the boxes of all outlines that stand already, so many records at a time."""
    boxes = sqlite_boxes if connection.vendor == "sqlite" else postgresql_boxes
    with connection.cursor() as cursor:
        for model, table in OUTLINED.items():
            last = 0
            while True:
                cursor.execute(
                    f"SELECT max(id) FROM (SELECT id FROM {table} WHERE geometry IS NOT NULL AND id > %s"
                    " ORDER BY id LIMIT %s) AS batch",
                    [last, at_once],
                )
                if (end := cursor.fetchone()[0]) is None:
                    break
                rows = (
                    f"SELECT '{model}' AS model, id, geometry FROM {table}"
                    f" WHERE geometry IS NOT NULL AND id > {last:d} AND id <= {end:d}"
                )
                cursor.execute(f"INSERT INTO {TABLE} ({COLUMNS}) {boxes(rows)}")
                last = end


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers, before the table goes or to tamper with it."""
    with connection.cursor() as cursor:
        for model, table in OUTLINED.items():
            for what in ("added", "changed", "removed"):
                on = "" if connection.vendor == "sqlite" else f" ON {table}"
                cursor.execute(f"DROP TRIGGER IF EXISTS extent_{model}_{what}{on}")
