"""Bring kept counts forward, and clear away what none of them needs any more; check them against a recount."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError, connection
from django.db.models import Max, Min

from youbei.records.counts.asked import asked_from
from youbei.records.models import CountChange, KeptCount
from youbei.records.registers.keeping import Behind, bring_forward, brought_forward, recounted

# So many changes are read with kept numbers in about a millisecond.
BEHIND = 100
AT_ONCE = 20
FRESH_FOR = timedelta(minutes=15)
# Nobody has asked for so long: it is counted again when somebody does.
UNUSED = timedelta(days=14)
# Every table is counted anew so often, whatever the changes say.
TRUSTED = timedelta(days=7)
# A count that began before a change was written is done by then.
CLEARED_AFTER_S = 3600


def keep_counts(now: datetime) -> None:
    """Do what is due with kept counts. They are exact without it; with it they are quick."""
    if connection.vendor != "sqlite" and connection.in_atomic_block:
        return
    KeptCount.objects.filter(asked_on__lt=(now - UNUSED).date()).delete()
    KeptCount.objects.filter(counted_at__lt=now - TRUSTED).delete()
    for pk in list(behind(now))[:AT_ONCE]:
        try:
            bring_forward(pk, now)
        except OperationalError:
            # Another worker, or a page, has the row: the next tick looks again.
            continue
    clear(now)


def behind(now: datetime) -> Iterator[int]:
    """Yield the kept counts that many changes, or much time, lie behind."""
    newest = dict(CountChange.objects.order_by().values_list("register").annotate(Max("pk")))
    for pk, register, position, since, asked in KeptCount.objects.values_list(
        "pk", "register", "position", "since", "asked"
    ):
        is_old = bool(asked["fresh_s"]) and since < now - timedelta(seconds=asked["fresh_s"]) - FRESH_FOR
        if newest.get(register, 0) - position >= BEHIND or is_old:
            yield pk


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
