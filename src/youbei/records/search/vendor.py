"""The index of words, for each database in its own way, and asking it.

SQLite: a full-text table without content of its own, kept in line by triggers. PostgreSQL: a GIN index over the tokens;
a function asks it, so that the planner never reads the whole table instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from django.db import connection, transaction

from youbei.engine.words.expression import AllOf, Expression, Term, apart

TABLE = "records_searchentry"
SQLITE_ADDED = (
    f"CREATE TRIGGER search_entry_added AFTER INSERT ON {TABLE} BEGIN "
    "INSERT INTO records_searchwords(rowid, tokens) VALUES (new.id, new.tokens); END"
)
SQLITE_UP = (
    "CREATE VIRTUAL TABLE records_searchwords USING fts5("
    "tokens, content='', columnsize=0, detail=none, tokenize=\"ascii tokenchars '^=~_.:'\")",
    SQLITE_ADDED,
    f"CREATE TRIGGER search_entry_removed AFTER DELETE ON {TABLE} BEGIN "
    "INSERT INTO records_searchwords(records_searchwords, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
    f"CREATE TRIGGER search_entry_changed AFTER UPDATE OF tokens ON {TABLE} BEGIN "
    "INSERT INTO records_searchwords(records_searchwords, rowid, tokens) VALUES ('delete', old.id, old.tokens); "
    "INSERT INTO records_searchwords(rowid, tokens) VALUES (new.id, new.tokens); END",
)
SQLITE_DOWN = ("DROP TABLE records_searchwords",)
POSTGRESQL_VECTOR = "array_to_tsvector(string_to_array(tokens, ' '))"
POSTGRESQL_INDEX = (
    f"CREATE INDEX records_searchwords ON {TABLE} USING gin ({POSTGRESQL_VECTOR})"
    " WITH (fastupdate = on, gin_pending_list_limit = 256)"
)
POSTGRESQL_UP = (
    POSTGRESQL_INDEX,
    f"""CREATE FUNCTION youbei_search(asked tsquery, most integer) RETURNS SETOF {TABLE}
    LANGUAGE sql STABLE SET enable_seqscan = off AS $$
      SELECT * FROM {TABLE} WHERE {POSTGRESQL_VECTOR} @@ asked LIMIT most
    $$""",
)
POSTGRESQL_DOWN = ("DROP FUNCTION youbei_search(tsquery, integer)", "DROP INDEX records_searchwords")
# Two conditions instead of one: where neither has an entry for a stretch, the index leaps over it.
POSTGRESQL_WITHIN_UP = f"""CREATE OR REPLACE FUNCTION youbei_search(asked tsquery, scope tsquery, most integer)
    RETURNS SETOF {TABLE} LANGUAGE sql STABLE SET enable_seqscan = off AS $$
      SELECT * FROM {TABLE} WHERE {POSTGRESQL_VECTOR} @@ asked AND {POSTGRESQL_VECTOR} @@ scope LIMIT most
    $$"""
POSTGRESQL_WITHIN_DOWN = "DROP FUNCTION youbei_search(tsquery, tsquery, integer)"
# Register and place apart: where either has no entry for a stretch, the index leaps over it.
POSTGRESQL_AT_PLACE_UP = f"""CREATE OR REPLACE FUNCTION
    youbei_search(asked tsquery, scope tsquery, place tsquery, most integer)
    RETURNS SETOF {TABLE} LANGUAGE sql STABLE SET enable_seqscan = off AS $$
      SELECT * FROM {TABLE} WHERE {POSTGRESQL_VECTOR} @@ asked AND {POSTGRESQL_VECTOR} @@ scope
      AND {POSTGRESQL_VECTOR} @@ place LIMIT most
    $$"""
POSTGRESQL_AT_PLACE_DOWN = "DROP FUNCTION youbei_search(tsquery, tsquery, tsquery, integer)"
# Pages of the index that are merged at a time: about 50 ms, during which others wait to write.
MERGED_AT_ONCE = 200
# What PostgreSQL may take to sort the words of a whole index in.
MEMORY_FOR_INDEX = "512MB"
COLUMNS = "id, register, record_id, org_path, code, name_zh, name_en, others"
EntryRow = tuple[int, str, int, str, str, str, str, str]


def ask_database(expression: Expression, most: int) -> list[EntryRow]:
    """Return at most so many entries that fit, as `COLUMNS`; which of more is up to the database."""
    return cast("list[EntryRow]", asked_for(COLUMNS, expression, most))


def registers_among(expression: Expression, most: int) -> list[str]:
    """Return the registers in which entries stand that fit, one for each of at most so many entries."""
    return [register for _, register in asked_for("id, register", expression, most)]


def registers_beyond(key: int, names: Iterable[str]) -> list[str]:
    """Return those of these registers that hold a record with a larger key: about those that hold more records."""
    asked = list(names)
    beyond = f"EXISTS (SELECT 1 FROM {TABLE} WHERE register = column1 AND record_id > %s)"
    sql = f"SELECT column1 FROM (VALUES {', '.join(['(%s)'] * len(asked))}) AS named WHERE {beyond}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*asked, key])
        return [name for (name,) in cursor.fetchall()]


def asked_for(columns: str, expression: Expression, most: int) -> list[Any]:
    """Ask for columns of what fits. PostgreSQL is asked for the many alternatives of a slip in pieces: see `apart`.
    SQLite does that by itself.
    """
    values: list[str | int]
    if connection.vendor == "sqlite":
        sql = (
            f"SELECT {columns} FROM {TABLE} WHERE id IN (SELECT rowid FROM records_searchwords"
            " WHERE records_searchwords MATCH %s ORDER BY rowid LIMIT %s)"
        )
        values = [match_text(expression), most]
    else:
        pieces = [called(piece, most) for piece in apart(expression)]
        sql = " UNION ".join(f"SELECT {columns} FROM {call}" for call, _ in pieces)
        values = [value for _, said in pieces for value in said]
        if len(pieces) > 1:
            sql, values = f"{sql} LIMIT %s", [*values, most]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def called(expression: Expression, most: int) -> tuple[str, list[str | int]]:
    """Return the call by which PostgreSQL is asked, and what goes into it.

    What must be there besides, a register and a place, are conditions of their own: within one condition all that fits
    the rarer words is looked at, whether or not it stands in that register.
    """
    if not isinstance(expression, AllOf) or len(expression.parts) < 2:
        return "youbei_search(%s::tsquery, %s)", [tsquery_text(expression), most]
    *first, last = expression.parts
    asked = AllOf(tuple(first)) if len(first) > 1 else first[0]
    scopes = last.parts if isinstance(last, AllOf) and len(last.parts) == 2 else (last,)
    said = [tsquery_text(asked), *map(tsquery_text, scopes)]
    return f"youbei_search({'%s::tsquery, ' * len(said)}%s)", [*said, most]


def ask_each(questions: Sequence[tuple[Expression, Expression]], most: int) -> list[list[EntryRow]]:
    """Ask several questions, each within a scope, in one statement; return at most so many entries for each.

    SQLite works out all of a question before it sees that a scope is empty, so that is asked first.
    """
    parts: list[str] = []
    values: list[str | int] = []
    for at, (asked, scope) in enumerate(questions):
        both = AllOf((asked, scope))
        if connection.vendor == "sqlite":
            matching = "SELECT rowid FROM records_searchwords WHERE records_searchwords MATCH %s"
            parts.append(
                f"SELECT * FROM (SELECT {at}, {COLUMNS} FROM {TABLE} WHERE EXISTS ({matching})"
                f" AND id IN ({matching} ORDER BY rowid LIMIT %s))"
            )
            values += [match_text(scope), match_text(both), most]
        else:
            call, said = called(both, most)
            parts.append(f"SELECT {at}, {COLUMNS} FROM {call}")
            values += said
    found: list[list[EntryRow]] = [[] for _ in questions]
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            for at, *row in cursor.fetchall():
                found[at].append(cast("EntryRow", tuple(row)))
    return found


def merge_words() -> bool:
    """Bring the parts of SQLite's index a step nearer to one; say whether there is more to do.

    What is written adds a part, and each word of a question is looked up in every part: after a large import a search
    costs three times what it should. Left alone, SQLite merges four parts of a size; here two are enough.
    """
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(DISTINCT segid) FROM records_searchwords_idx")
        if cursor.fetchone()[0] < 2:
            return False
        cursor.execute("SELECT 1 FROM records_searchwords_config WHERE k = 'usermerge' AND v = 2")
        if cursor.fetchone() is None:
            cursor.execute("INSERT INTO records_searchwords(records_searchwords, rank) VALUES ('usermerge', 2)")
        before = changes_so_far(cursor)
        cursor.execute(
            "INSERT INTO records_searchwords(records_searchwords, rank) VALUES ('merge', %s)", [MERGED_AT_ONCE]
        )
        # The statement itself counts as one change.
        return changes_so_far(cursor) - before > 1


@contextmanager
def written_together() -> Iterator[None]:
    """Have the words of entries that are added inside written in one go; the caller is in a transaction.

    A trigger of SQLite brings each entry to the disk for itself, which takes ten times as long as the words do. It is
    away for the length of the transaction, in which nobody else writes.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {TABLE}")
        last = cursor.fetchone()[0]
        cursor.execute("DROP TRIGGER search_entry_added")
        yield
        cursor.execute(
            f"INSERT INTO records_searchwords(rowid, tokens) SELECT id, tokens FROM {TABLE} WHERE id > %s", [last]
        )
        cursor.execute(SQLITE_ADDED)


@contextmanager
def indexed_at_the_end() -> Iterator[None]:
    """Have PostgreSQL index the words of what is filled inside when all is there, in a tenth of the time.

    Meanwhile every search reads the whole table: only for an index that was empty. A process that is killed leaves no
    index; `make_index` makes it.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS records_searchwords")
    try:
        yield
    finally:
        make_index()


def make_index() -> None:
    """Make PostgreSQL's index of words, if it is not there; of several processes that begin at once one makes it."""
    if connection.vendor != "postgresql":
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('records_searchwords'))")
        cursor.execute("SELECT to_regclass('records_searchwords') IS NULL")
        if cursor.fetchone()[0]:
            cursor.execute(f"SET LOCAL maintenance_work_mem = '{MEMORY_FOR_INDEX}'")
            cursor.execute(POSTGRESQL_INDEX)


def merge_all_words() -> None:
    """Bring the parts of SQLite's index to one, whatever their sizes: after all of it was made anew.

    Each of hundreds of words that a slip asks for is looked up in every part. Others can write between two steps.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # The minus puts all parts on one level, which the following steps merge.
            cursor.execute(
                "INSERT INTO records_searchwords(records_searchwords, rank) VALUES ('merge', %s)", [-MERGED_AT_ONCE]
            )
    while merge_words():
        pass


def changes_so_far(cursor: Any) -> int:
    cursor.execute("SELECT total_changes()")
    return int(cursor.fetchone()[0])


def records_matching(expression: Expression) -> tuple[str, list[str]]:
    """Return the SQL, with what goes into it, that selects the keys of all records whose entries fit."""
    if connection.vendor == "sqlite":
        words = "id IN (SELECT rowid FROM records_searchwords WHERE records_searchwords MATCH %s)"
        return f"SELECT record_id FROM {TABLE} WHERE {words}", [match_text(expression)]
    return f"SELECT record_id FROM {TABLE} WHERE {POSTGRESQL_VECTOR} @@ %s::tsquery", [tsquery_text(expression)]


def match_text(expression: Expression) -> str:
    """Word an expression for the full-text table of SQLite."""
    if isinstance(expression, Term):
        return '"' + expression.token.replace('"', '""') + '"'
    word = " AND " if isinstance(expression, AllOf) else " OR "
    return f"({word.join(map(match_text, expression.parts))})"


def tsquery_text(expression: Expression) -> str:
    """Word an expression as a `tsquery` whose words are taken as they are."""
    if isinstance(expression, Term):
        return "'" + expression.token.replace("\\", "\\\\").replace("'", "''") + "'"
    word = " & " if isinstance(expression, AllOf) else " | "
    return f"({word.join(map(tsquery_text, expression.parts))})"
