"""Numbers that were counted once and follow every change since.

What a page shows is the kept numbers with the changes behind them, read out of the journal in the moment it is shown:
it is exact whether or not a worker runs. The worker only brings the numbers forward, so that few changes are ever read.

Which changes are behind the numbers: on SQLite, where one writes at a time, those with a higher key. On PostgreSQL keys
are given out before transactions end; there it is the changes of those transactions that the snapshot, in which the
numbers were counted, does not see.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from youbei.records.counts.asked import Asked, Cells, Image, area_of, asked_from, cells_from, since_of
from youbei.records.counts.journal import COUNTED, JOURNAL, stands
from youbei.records.models import CountChange, CountWanted, Heartbeat, KeptCount
from youbei.records.models.scope import path_condition
from youbei.records.registers.bases import added_up, bases, serves
from youbei.records.registers.conditions import begins_index
from youbei.records.registers.counting import counted
from youbei.records.registers.tables import model_of, records_of, register_called

Numbers = dict[tuple[str, ...], tuple[int, Decimal]]
# A table of more cells is read about as slowly as it is counted.
MOST_CELLS = 20_000
# More changes than these are slower to read than a register is to count.
MOST_CHANGES = 50_000
TRIES = 3
# Assumption: numbers of more subtrees than these are counted together.
MOST_PATHS = 12
# Assumption: so many records are counted while somebody waits; of more the worker counts ahead.
LARGE = 20_000
# Assumption: a worker that has given no sign of life for so long is not there.
SILENT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Stand:
    """How far numbers hold: the last change in them (SQLite), or the snapshot that they were counted in."""

    position: int = 0
    snapshot: str = ""


class Behind(Exception):
    """So much has changed that it is counted anew."""


class NotCountedYet(Exception):
    """So many records are to be counted that a worker does it; it has been told."""


def numbers_of(asked: Asked, count: Callable[[], Numbers], *, now: datetime, may_wait: bool = False) -> Numbers:
    """Return the numbers of a question, kept ones where there are; `count` asks the registers themselves.

    Where that would take long and a worker is there, one that `may_wait` is told so by NotCountedYet.
    """
    if not asked.can_be_kept or not stands(DEFAULT_DB_ALIAS):
        return count()
    for _ in range(TRIES):
        row = KeptCount.objects.filter(key=asked.key).first() or out_of_a_base(asked, now)
        if row is None:
            break
        try:
            cells, _, _ = brought_forward(row, asked, now)
        except Behind:
            row.delete()
            break
        if KeptCount.objects.filter(pk=row.pk, position=row.position, snapshot=row.snapshot).exists():
            if row.asked_on != now.date():
                KeptCount.objects.filter(pk=row.pk).update(asked_on=now.date())
            return cells.numbers
    is_long = takes_long(asked) if may_wait or len(asked.paths) > 1 else False
    if is_long and is_parted_by_paths(asked):
        return path_by_path(asked, now, may_wait=may_wait)
    if may_wait and is_long and is_worker_there(now):
        wanted, _ = CountWanted.objects.get_or_create(
            key=asked.key, defaults={"asked": asked.as_json(), "wanted_at": now}
        )
        if not wanted.is_too_large:
            raise NotCountedYet
    return counted_and_kept(asked, count, now)


def is_parted_by_paths(asked: Asked) -> bool:
    """Say whether a question over several subtrees is the sum of what is asked in each, with one area for each."""
    areas = [one.said[0] for one in asked.sides if one.kind == "area"]
    return 1 < len(asked.paths) <= MOST_PATHS and not any(
        top.startswith(path) and not (len(tops) > 1 and top == path)
        for tops in areas
        for top in tops
        for path in asked.paths
    )


def path_by_path(asked: Asked, now: datetime, *, may_wait: bool) -> Numbers:
    """Add up the numbers of each subtree: of a large one they are counted ahead, of several together they are not."""
    total, waits = Cells(), False
    for path in asked.paths:
        part = replace(asked, paths=(path,), sides=tuple(one for one in asked.sides if one.kind != "area"))
        try:
            found = numbers_of(part, partial(counted, part, now), now=now, may_wait=may_wait)
        except NotCountedYet:
            waits = True
            continue
        for key, (count, amount) in found.items():
            rest = iter(key)
            whole = (area_of(path, one.said[0]) if one.kind == "area" else next(rest) for one in asked.sides)
            total.add(tuple(whole) if asked.sides else key, count, amount)
    if waits:
        raise NotCountedYet
    return total.numbers


def is_worker_there(now: datetime) -> bool:
    return Heartbeat.objects.filter(at__gt=now - SILENT).exists()


def takes_long(asked: Asked) -> bool:
    """Say whether many records are to be counted: many stand there, and no one choice leaves only few."""
    register = register_called(asked.register)
    rows = records_of(register).order_by()
    standing = rows if "/" in asked.paths else rows.filter(path_condition(list(asked.paths), f"{asked.path}__under"))
    chosen = [
        rows.filter(**{f"{name}__in": [word for word in allowed if word]})
        for name, allowed in asked.words
        if begins_index(register, name) and "" not in allowed
    ]
    return not asked.only and all(some.values("pk")[LARGE : LARGE + 1].exists() for some in (standing, *chosen))


def out_of_a_base(asked: Asked, now: datetime) -> KeptCount | None:
    """Keep the numbers of a question as a base has them, added up, and as far as it holds them."""
    if len(asked.paths) != 1:
        return None
    known = {base.key: base for base in bases(asked.register, asked.paths[0], now) if serves(base, asked)}
    row = KeptCount.objects.filter(key__in=known).order_by("pk").first()
    if row is None:
        return None
    numbers = added_up(known[row.key], cells_from(row.cells).numbers, asked)
    return KeptCount.objects.get_or_create(
        key=asked.key,
        defaults={
            "register": asked.register,
            "asked": asked.as_json(),
            "cells": Cells(numbers).as_json(),
            "position": row.position,
            "snapshot": row.snapshot,
            "since": row.since,
            "counted_at": row.counted_at,
            "asked_on": now.date(),
        },
    )[0]


def counted_and_kept(asked: Asked, count: Callable[[], Numbers], now: datetime) -> Numbers:
    """Count, and keep the numbers if it is certain which changes they hold."""
    with standing() as stand:
        before = stand()
        numbers = count()
        after = stand()
    if before is not None and before == after and len(numbers) <= MOST_CELLS:
        KeptCount.objects.update_or_create(
            key=asked.key,
            defaults={
                "register": asked.register,
                "asked": asked.as_json(),
                "cells": Cells(numbers).as_json(),
                "position": before.position,
                "snapshot": before.snapshot,
                "since": since_of(asked, now),
                "counted_at": now,
                "asked_on": now.date(),
            },
        )
    return numbers


@contextmanager
def standing() -> Iterator[Callable[[], Stand | None]]:
    """Give what says where the database stands, for statements that belong to one moment.

    Both databases are told to show all statements the same moment. Within a transaction that has begun, and may have
    written, nothing is certain on PostgreSQL; on SQLite it is asked before and after: if it is the same, nothing has
    changed between.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite":
        with one_moment(connection):
            yield lambda: Stand(position=last_change())
    elif connection.in_atomic_block:
        yield lambda: None
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield lambda: Stand(position=last_change(), snapshot=snapshot())


@contextmanager
def one_moment(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Have SQLite show all statements the same moment without keeping anybody from writing meanwhile."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("COMMIT")


def last_change() -> int:
    """Return the key of the last change ever written; changes that were cleared away count."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "sqlite":
        return CountChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [JOURNAL])
        row = cursor.fetchone()
        return int(row[0]) if row else 0


def snapshot() -> str:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])


def changes_behind(row: KeptCount) -> QuerySet[CountChange]:
    """Return the changes that numbers do not hold yet."""
    changes: QuerySet[CountChange] = CountChange.objects.filter(register=row.register).order_by()
    if not row.snapshot:
        return changes.filter(stamp=0, pk__gt=row.position)
    lowest = int(row.snapshot.partition(":")[0])
    return changes.filter(stamp__gte=lowest).extra(
        where=["NOT pg_visible_in_snapshot(stamp::text::xid8, %s::pg_snapshot)"], params=[row.snapshot]
    )


class Reading:
    """What lies behind kept numbers, read once for all those that hold as much."""

    def __init__(self) -> None:
        self.changes: dict[tuple[str, int, str], list[CountChange]] = {}
        self.lapsed: dict[tuple[str, datetime, datetime], list[Image]] = {}

    def changes_of(self, row: KeptCount) -> list[CountChange]:
        """Return the changes that numbers do not hold yet; raise Behind where they are too many."""
        held = (row.register, row.position, row.snapshot)
        if held not in self.changes:
            self.changes[held] = read_changes(row)
        return self.changes[held]

    def lapsed_of(self, register: str, first: datetime, last: datetime) -> list[Image]:
        """Return the records confirmed after one moment and until another; raise Behind where they are too many."""
        held = (register, first, last)
        if held not in self.lapsed:
            self.lapsed[held] = read_lapsed(register, first, last)
        return self.lapsed[held]


def brought_forward(
    row: KeptCount, asked: Asked, now: datetime, reading: Reading | None = None
) -> tuple[Cells, int, datetime]:
    """Return kept numbers as they are now, the last change in them, and the moment as of which they are fresh.

    `reading` remembers what was read for other numbers.
    """
    cells, reading, code = cells_from(row.cells), reading or Reading(), Codes()
    changes = reading.changes_of(row)
    for change in changes:
        for image, sign in ((change.before, -1), (change.after, 1)):
            if image is not None and asked.fits(image):
                place(cells, asked, image, sign, row.since, code)
    last = max((change.pk for change in changes), default=row.position)
    if not asked.fresh_s:
        return cells, last, row.since
    since = since_of(asked, now)
    for image in reading.lapsed_of(asked.register, min(row.since, since), max(row.since, since)):
        if asked.fits(image):
            place(cells, asked, image, -1, row.since, code)
            place(cells, asked, image, 1, since, code)
    return cells, last, since


def read_changes(row: KeptCount) -> list[CountChange]:
    """Return the changes behind kept numbers; raise Behind where they are too many."""
    changes = list(changes_behind(row)[: MOST_CHANGES + 1])
    if len(changes) > MOST_CHANGES:
        raise Behind
    return changes


def place(cells: Cells, asked: Asked, image: Image, sign: int, since: datetime, code: Codes) -> None:
    for key in asked.keys(image, since, code):
        cells.add(key, sign, sign * asked.amount(image))


def read_lapsed(register: str, first: datetime, last: datetime) -> list[Image]:
    """Return the records that were confirmed between two moments: what was fresh then is stale now, or the reverse."""
    rows = model_of(register_called(register))._default_manager.filter(confirmed_at__gt=first, confirmed_at__lte=last)
    found = rows.order_by("confirmed_at").values(*COUNTED[register].columns)[: MOST_CHANGES + 1]
    if len(found) > MOST_CHANGES:
        raise Behind
    return [as_image(row) for row in found]


def as_image(row: Mapping[str, Any]) -> Image:
    """Return a row as the journal writes it."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}


class Codes:
    """The codes of records by their keys, looked up once each."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, Any], str] = {}

    def __call__(self, register: str, pk: Any) -> str:
        if (register, pk) not in self.known:
            rows: Any = model_of(register_called(register))._default_manager
            self.known[register, pk] = rows.filter(pk=pk).values_list("code", flat=True).first() or ""
        return self.known[register, pk]


def bring_forward(pks: Sequence[int], now: datetime, *, seconds: float) -> None:
    """Write kept numbers down as they are now, so that less is read with them; what lies behind several is read once.

    Others may have to wait for the rows: after so many seconds no further numbers are begun.
    """
    started, reading = time.perf_counter(), Reading()
    with transaction.atomic():
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor != "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for row in KeptCount.objects.select_for_update().filter(pk__in=list(pks)).order_by("pk"):
            try:
                cells, last, since = brought_forward(row, asked_from(row.asked), now, reading)
            except Behind:
                row.delete()
                continue
            row.cells, row.since = cells.as_json(), since
            row.position = last_change() if connection.vendor == "sqlite" else max(last, row.position)
            row.snapshot = "" if connection.vendor == "sqlite" else snapshot()
            row.save(update_fields=["cells", "since", "position", "snapshot"])
            if time.perf_counter() - started > seconds:
                break


def recounted(asked: Asked, now: datetime) -> Cells:
    """Count record after record by the same rule that changes follow: for checking, not for pages."""
    cells, code = Cells(), Codes()
    rows = model_of(register_called(asked.register))._default_manager.order_by("pk")
    for row in rows.values(*COUNTED[asked.register].columns).iterator(chunk_size=2000):
        image = as_image(row)
        if asked.fits(image):
            place(cells, asked, image, 1, since_of(asked, now), code)
    return cells
