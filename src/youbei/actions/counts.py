"""Bring kept counts forward, and clear away what none of them needs any more; check them against a recount.

For what is large the worker counts ahead: the bases out of which most tables are added up, and in a new day what was
asked in the last ones. So nobody waits for a count of a million records.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import OperationalError, connection
from django.db.models import Max, Min
from django.utils import timezone

from youbei import content
from youbei.records.counts.asked import Asked, asked_from, cells_from
from youbei.records.counts.journal import COUNTED
from youbei.records.models import CountChange, CountWanted, KeptCount, Organisation
from youbei.records.registers.bases import bases, renewed
from youbei.records.registers.counting import counted
from youbei.records.registers.keeping import (
    LARGE,
    MOST_CELLS,
    Behind,
    Numbers,
    bring_forward,
    brought_forward,
    counted_and_kept,
    recounted,
)
from youbei.records.registers.tables import model_of, path_column, records_of, register_called

# So many changes are read with kept numbers in about a millisecond.
BEHIND = 100
# So many kept counts are brought forward in a transaction; after so long the rest waits for the next tick.
AT_ONCE, AT_ONCE_S = 40, 0.2
FRESH_FOR = timedelta(minutes=15)
# Nobody has asked for so long: it is counted again when somebody does.
UNUSED = timedelta(days=14)
# What was asked in the last days is counted for the new day before anybody asks.
RENEWED = timedelta(days=3)
# Every table is counted anew so often, whatever the changes say.
TRUSTED = timedelta(days=7)
# A count that began before a change was written is done by then.
CLEARED_AFTER_S = 3600


# To see that nothing is to be counted ahead costs some ten milliseconds: it is not looked at in every tick.
LOOKED_AGAIN = timedelta(minutes=1)


@dataclass(slots=True)
class Ahead:
    """When this process looks again whether there is something to count ahead."""

    looked_again_at: datetime = datetime.min.replace(tzinfo=UTC)


AHEAD = Ahead()


def keep_counts(now: datetime) -> None:
    """Do what is due with kept counts. They are exact without it; with it they are quick."""
    if connection.vendor != "sqlite" and connection.in_atomic_block:
        return
    KeptCount.objects.filter(asked_on__lt=(now - UNUSED).date()).delete()
    KeptCount.objects.filter(counted_at__lt=now - TRUSTED).delete()
    started, pks = time.perf_counter(), list(behind(now))
    while pks and time.perf_counter() - started < AT_ONCE_S:
        some, pks = pks[:AT_ONCE], pks[AT_ONCE:]
        try:
            bring_forward(some, now, seconds=AT_ONCE_S)
        except OperationalError:
            # Another worker, or a page, has a row: the next tick looks again.
            continue
    clear(now)
    CountWanted.objects.filter(wanted_at__lt=now - TRUSTED).delete()
    is_wanted_only = now < AHEAD.looked_again_at
    if not count_ahead(now, is_wanted_only=is_wanted_only) and not is_wanted_only:
        AHEAD.looked_again_at = now + LOOKED_AGAIN


def count_ahead(now: datetime, *, is_wanted_only: bool = False) -> bool:
    """Count what somebody waits for, or else one thing before anybody asks for it; say whether there was one."""
    try:
        return count_wanted(now) or (not is_wanted_only and (renew_one(now) or prepare_one(now)))
    except OperationalError:
        return False


def count_wanted(now: datetime) -> bool:
    """Count what somebody waits for."""
    row = CountWanted.objects.filter(is_too_large=False).order_by("pk").first()
    if row is None:
        return False
    asked = asked_from(row.asked)
    if len(keep(asked, now)) > MOST_CELLS:
        give_up(asked, now)
    elif KeptCount.objects.filter(key=asked.key).exists():
        row.delete()
    return True


def renew_one(now: datetime) -> bool:
    """Count a question of yesterday as it is asked today, and forget those that nobody has asked lately."""
    today = timezone.localdate(now)
    begun = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    for row in KeptCount.objects.filter(counted_at__lt=begun).order_by("pk"):
        asked = asked_from(row.asked)
        new = of_today(asked, row.counted_at, today)
        if new == asked:
            continue
        if row.asked_on >= (now - RENEWED).date() and not KeptCount.objects.filter(key=new.key).exists():
            keep(new, now)
            KeptCount.objects.filter(key=new.key).update(asked_on=row.asked_on)
            row.delete()
            return True
        row.delete()
    return False


def give_up(asked: Asked, now: datetime) -> None:
    """Remember that a question has too many cells to be kept."""
    CountWanted.objects.update_or_create(
        key=asked.key,
        defaults={"asked": asked.as_json(), "is_too_large": True},
        create_defaults={
            "asked": asked.as_json(),
            "wanted_at": now,
            "is_too_large": True,
        },
    )


def keep(asked: Asked, now: datetime) -> Numbers:
    return counted_and_kept(asked, lambda: counted(asked, now), now)


def of_today(asked: Asked, counted_at: datetime, today: date) -> Asked:
    """Return a question as it is asked today; what begins today is said by the day here or by that in Greenwich."""
    for then in (timezone.localdate(counted_at), counted_at.date()):
        new = renewed(asked, then, today)
        if new != asked:
            return new
    return asked


def prepare_one(now: datetime) -> bool:
    """Count one base that a large subtree does not have yet."""
    known = set(KeptCount.objects.values_list("key", flat=True))
    known.update(CountWanted.objects.filter(is_too_large=True).values_list("key", flat=True))
    for name in COUNTED:
        for path in large_subtrees(name, now):
            for base in bases(name, path, now):
                if base.key not in known:
                    if len(keep(base, now)) > MOST_CELLS:
                        give_up(base, now)
                    return True
    return False


def large_subtrees(name: str, now: datetime) -> Iterator[str]:
    """Yield the subtrees that hold many records of a register, each before those below it."""
    register = content.registers()[name]
    paths = list(Organisation.objects.filter(parent=None).order_by("path").values_list("path", flat=True))
    while paths:
        path = paths.pop(0)
        rows = records_of(register).order_by().filter(**{f"{path_column(register)}__under": path})
        if rows.values("pk")[LARGE : LARGE + 1].exists():
            yield path
            paths += [f"{path}{key}/" for key in large_areas(name, path, now)]


def large_areas(name: str, path: str, now: datetime) -> list[str]:
    """Return the areas of a subtree that may be large, as its first base has them."""
    first = next(bases(name, path, now), None)
    row = KeptCount.objects.filter(key=first.key).first() if first is not None else None
    totals: dict[str, int] = {}
    for (area, *_), (count, _) in cells_from(row.cells).numbers.items() if row is not None else ():
        totals[area] = totals.get(area, 0) + count
    return sorted(area for area, count in totals.items() if area and count > LARGE)


def behind(now: datetime) -> Iterator[int]:
    """Yield the kept counts that many changes, or much time, lie behind."""
    newest = dict(CountChange.objects.order_by().values_list("register").annotate(Max("pk")))
    lapsed: dict[tuple[str, int], datetime] = {}
    for pk, register, position, since, asked in KeptCount.objects.values_list(
        "pk", "register", "position", "since", "asked"
    ):
        if newest.get(register, 0) - position >= BEHIND:
            yield pk
        elif fresh_s := asked["fresh_s"]:
            if (register, fresh_s) not in lapsed:
                lapsed[register, fresh_s] = lapsed_since(register, now - timedelta(seconds=fresh_s))
            if since < lapsed[register, fresh_s]:
                yield pk


def lapsed_since(register: str, until: datetime) -> datetime:
    """Return the moment as of which numbers must be fresh to have few confirmations, and little time, behind them."""
    rows: Any = model_of(register_called(register))._default_manager
    some = rows.filter(confirmed_at__lte=until).order_by("-confirmed_at").values_list("confirmed_at", flat=True)
    edge: list[datetime] = list(some[BEHIND : BEHIND + 1])
    return max([until - FRESH_FOR, *edge])


def clear(now: datetime) -> None:
    """Forget the changes that all kept counts of a register hold."""
    until = int(now.timestamp()) - CLEARED_AFTER_S
    for register in CountChange.objects.filter(at__lt=until).order_by().values_list("register", flat=True).distinct():
        kept = KeptCount.objects.filter(register=register)
        changes = CountChange.objects.filter(register=register, at__lt=until)
        if connection.vendor == "sqlite":
            held = kept.aggregate(Min("position"))["position__min"]
            changes = changes if held is None else changes.filter(pk__lte=held)
        else:
            lowest = min((int(one.partition(":")[0]) for one in kept.values_list("snapshot", flat=True)), default=None)
            changes = changes if lowest is None else changes.filter(stamp__lt=lowest)
        changes.delete()


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Kept numbers that a recount does not find: in how many cells."""

    pk: int
    register: str
    cells: int


def check_counts(now: datetime, *, repair: bool = False) -> list[Disagreement]:
    """Hold all kept counts against a recount, record by record; with `repair` forget those that are wrong."""
    found = []
    for row in KeptCount.objects.order_by("pk"):
        asked = asked_from(row.asked)
        expected = recounted(asked, now).numbers
        try:
            kept = brought_forward(row, asked, now)[0].numbers
        except Behind:
            row.delete()
            continue
        wrong = sum(kept.get(key) != expected.get(key) for key in kept.keys() | expected.keys())
        if wrong:
            found.append(Disagreement(row.pk, row.register, wrong))
            if repair:
                KeptCount.objects.filter(pk=row.pk).delete()
    return found
