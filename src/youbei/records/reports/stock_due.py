"""What a store must do soon: rotate what would expire, test equipment; and what lies where, with its ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connections
from django.db.models import BigIntegerField, F, Max, Q, QuerySet
from django.db.models.lookups import In

from youbei.engine.stock.ledger import AT_HAND, VERB_NAMES, Kind, Verb
from youbei.engine.stock.rotation import Kept, Proposal, Urgency, propose
from youbei.engine.stock.tests_due import Due, Tested, due
from youbei.engine.text import Text
from youbei.records.models import EquipmentTest, Item, StockLot, StockMovement, StockPosting
from youbei.records.registers.conditions import Unindexed
from youbei.records.registers.days import Days, soonest
from youbei.records.registers.subtrees import is_everything

SHOWN = 50
# Assumption: a store keeps little that lasts longer than ten years; a quarter of that, and the time to buy, lies
# within.
HORIZON = timedelta(days=1100)
LEAST_LOOKED_AT = 200
LOTS_LISTED = 100
AHEAD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class RotationRow:
    """A lot that must be rotated, as it stands in the registers."""

    lot: StockLot
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class TestRow:
    """A lot of equipment whose test is due."""

    __test__ = False

    lot: StockLot
    due: Due


@dataclass(frozen=True, slots=True)
class Entry:
    """A movement as the ledger of one lot shows it: what came or went, and what lay there afterwards."""

    movement: StockMovement
    verb: Text
    change: Decimal
    reserved: Decimal
    balance: Decimal
    is_reversible: bool
    is_count: bool


def rotations(paths: list[str], *, today: date, limit: int = SHOWN) -> list[RotationRow]:
    """Return the lots under these paths that are expired, late, due or coming, the most urgent first."""
    keys = soonest(StockLot, paths, "expires_on", until=today + HORIZON, most=looked_at(limit), quantity__gt=0)
    rows = StockLot.objects.filter(pk__in=[pk for _, pk in keys]).order_by()
    found = [
        (pk, propose(kept(pk, quantity, expires_on, produced_on, life), on=today))
        for pk, quantity, expires_on, produced_on, life in rows.values_list(
            "pk", "quantity", "expires_on", "produced_on", "item__shelf_life_days"
        )
        if expires_on is not None
    ]
    urgent = [(pk, proposal) for pk, proposal in found if proposal.urgency is not Urgency.FINE]
    urgent = sorted(urgent, key=lambda one: (one[1].rotate_by, one[0]))[:limit]
    lots = whole(pk for pk, _ in urgent)
    return [RotationRow(lots[pk], proposal) for pk, proposal in urgent]


def looked_at(limit: int) -> int:
    """Return how many lots are looked at for so many that are shown, however many there are."""
    return max(LEAST_LOOKED_AT, limit * 3)


def whole(keys: Iterable[int]) -> dict[int, StockLot]:
    return StockLot.objects.select_related("item", "site", "organisation").in_bulk(list(keys))


def kept(pk: int, quantity: Decimal, expires_on: date, produced_on: date | None, life: int | None) -> Kept:
    return Kept(str(pk), quantity, expires_on, produced_on, None if life is None else timedelta(days=life))


def equipment_due(paths: list[str], *, today: date, limit: int = SHOWN) -> list[TestRow]:
    """Return the lots of equipment whose test is overdue or due within a month, or that were never tested."""
    testable = Item.objects.filter(test_interval_days__isnull=False)
    intervals = {pk: timedelta(days=days or 0) for pk, days in testable.values_list("pk", "test_interval_days")}
    days = Days(StockLot, paths, "next_test_on")
    days.rows = days.rows.filter(walked_items(intervals), quantity__gt=0)
    dated = days.earliest(looked_at(limit), until=today + AHEAD).order_by("day", "pk")
    columns = ("pk", "item_id", "received_on", "produced_on", "next_test_on")
    rows = [
        *undated(paths, intervals).values_list(*columns)[: looked_at(limit)],
        *dated.values_list(*columns)[: looked_at(limit)],
    ]
    last = last_tests([pk for pk, *_ in rows])
    found = [
        (pk, due(tested(pk, intervals[item], days, last.get(pk)), on=today, ahead=AHEAD)) for pk, item, *days in rows
    ]
    shown = sorted((one for one in found if one[1].state != "fine"), key=lambda one: (one[1].due_on, one[0]))[:limit]
    by_key = whole(pk for pk, _ in shown)
    return [TestRow(by_key[pk], one) for pk, one in shown]


def undated(paths: list[str], items: Iterable[int]) -> QuerySet[StockLot]:
    """Return the lots of these items that were never tested, in the order in which an index has them together.

    Where all is looked at, PostgreSQL soon meets enough in the order of keys; a part of all may stand far behind.
    """
    lots = StockLot.objects.under_any(paths, "under").filter(item__in=list(items), next_test_on__isnull=True)
    lots = lots.filter(retired_at__isnull=True, quantity__gt=0)
    is_walked = connections[lots.db].vendor == "postgresql" and is_everything(paths)
    return lots.order_by(*(("pk",) if is_walked else ("item_id", "next_test_on", "org_path", "pk")))


def walked_items(items: Iterable[int]) -> Q:
    """Keep lots of these items while walking them in another order: the index of items is not to be taken."""
    return Q(In(Unindexed(F("item"), output_field=BigIntegerField()), list(items)))


def last_tests(lots: Sequence[int]) -> dict[int, EquipmentTest]:
    newest = EquipmentTest.objects.filter(lot_id__in=lots).values("lot_id").annotate(last=Max("tested_on"))
    days = {row["lot_id"]: row["last"] for row in newest}
    rows = EquipmentTest.objects.filter(lot_id__in=days).order_by("pk")
    return {row.lot_id: row for row in rows if row.tested_on == days[row.lot_id]}


def tested(pk: int, interval: timedelta, said: Sequence[date | None], last: EquipmentTest | None) -> Tested:
    received_on, produced_on, next_test_on = said
    return Tested(
        str(pk),
        interval,
        last_on=last.tested_on if last else None,
        passed=last is None or last.result != "failed",
        since=received_on or produced_on,
        next_on=(last.next_due_on if last else None) or next_test_on,
    )


def ledger_of(lot: StockLot, *, limit: int = 40) -> list[Entry]:
    """Return the last movements of a lot, newest first, with the balance after each."""
    rows = list(
        StockPosting.objects.filter(lot_id=lot.pk)
        .select_related("movement", "movement__reverses")
        .order_by("-pk")[: limit * 4]
    )
    grouped: dict[int, list[StockPosting]] = {}
    for row in rows:
        grouped.setdefault(row.movement_id, []).append(row)
    reversed_ones = set(StockMovement.objects.filter(reverses__in=list(grouped)).values_list("reverses_id", flat=True))
    balance, entries = lot.quantity, []
    for pk, postings in list(grouped.items())[:limit]:
        movement = postings[0].movement
        change = total(postings, AT_HAND)
        verb = Verb(movement.verb)
        is_open = verb not in (Verb.REVERSE, Verb.OPEN) and pk not in reversed_ones
        entries.append(
            Entry(
                movement,
                VERB_NAMES[verb],
                change,
                total(postings, {Kind.RESERVED}),
                balance,
                is_open and not movement.source.startswith(("run:", "order:", "write_off:")),
                verb in (Verb.COUNT, Verb.RESTATE),
            )
        )
        balance -= change
    return entries


def total(postings: Iterable[StockPosting], kinds: Iterable[Kind]) -> Decimal:
    wanted = {kind.value for kind in kinds}
    return sum((posting.quantity for posting in postings if posting.kind in wanted), Decimal(0))


def is_counted(lot: StockLot) -> bool:
    """Say whether a lot was ever counted, which nobody does who has entered or handled it; a reversed count is none."""
    counts = StockMovement.objects.filter(postings__lot_id=lot.pk, verb=Verb.COUNT.value, reversed_by__isnull=True)
    return counts.exists()


def owed(lot: StockLot) -> Decimal:
    """Return how much is still to come in place of what was rotated out of a lot."""
    return total(StockPosting.objects.filter(lot_id=lot.pk, kind=Kind.OWED.value), {Kind.OWED})


def lots_at(site: int, *, limit: int = LOTS_LISTED) -> list[StockLot]:
    """Return what lies at a place, first expired first."""
    rows = StockLot.objects.filter(site_id=site, retired_at__isnull=True, quantity__gt=0)
    return list(rows.select_related("item").order_by("item__code", "expires_on", "pk")[:limit])
