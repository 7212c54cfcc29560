"""What a store must do soon: rotate what would expire, test equipment; and what lies where, with its ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max, Q

from youbei.engine.stock.ledger import AT_HAND, VERB_NAMES, Kind, Verb
from youbei.engine.stock.rotation import Kept, Proposal, Urgency, propose
from youbei.engine.stock.tests_due import Due, Tested, due
from youbei.engine.text import Text
from youbei.records.models import EquipmentTest, StockLot, StockMovement, StockPosting

SHOWN = 200
# Assumption: a store keeps little that lasts longer than ten years; a quarter of that, and the time to buy, lies
# within.
HORIZON = timedelta(days=1100)
CANDIDATES = 2000
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


def rotations(paths: list[str], *, today: date, limit: int = SHOWN) -> list[RotationRow]:
    """Return the lots under these paths that are expired, late, due or coming, the most urgent first."""
    lots = (
        StockLot.objects.under_any(paths, "under")
        .filter(expires_on__lte=today + HORIZON, retired_at__isnull=True, quantity__gt=0)
        .select_related("item", "site", "organisation")
        .order_by("expires_on", "pk")[:CANDIDATES]
    )
    found = [RotationRow(lot, propose(kept(lot), on=today)) for lot in lots]
    urgent = [row for row in found if row.proposal.urgency is not Urgency.FINE]
    return sorted(urgent, key=lambda row: (row.proposal.rotate_by, row.lot.pk))[:limit]


def kept(lot: StockLot) -> Kept:
    life = lot.item.shelf_life_days
    return Kept(
        str(lot.pk),
        lot.quantity,
        lot.expires_on or date.max,
        lot.produced_on,
        None if life is None else timedelta(days=life),
    )


def equipment_due(paths: list[str], *, today: date, limit: int = SHOWN) -> list[TestRow]:
    """Return the lots of equipment whose test is overdue or due within a month, or that were never tested."""
    lots = list(
        StockLot.objects.under_any(paths, "under")
        .filter(
            Q(next_test_on__isnull=True) | Q(next_test_on__lte=today + AHEAD),
            item__test_interval_days__isnull=False,
            retired_at__isnull=True,
            quantity__gt=0,
        )
        .select_related("item", "site", "organisation")
        .order_by("next_test_on", "pk")[:CANDIDATES]
    )
    last = last_tests([lot.pk for lot in lots])
    found = [TestRow(lot, due(tested(lot, last.get(lot.pk)), on=today, ahead=AHEAD)) for lot in lots]
    return sorted((row for row in found if row.due.state != "fine"), key=lambda row: (row.due.due_on, row.lot.pk))[
        :limit
    ]


def last_tests(lots: Sequence[int]) -> dict[int, EquipmentTest]:
    newest = EquipmentTest.objects.filter(lot_id__in=lots).values("lot_id").annotate(last=Max("tested_on"))
    days = {row["lot_id"]: row["last"] for row in newest}
    rows = EquipmentTest.objects.filter(lot_id__in=days).order_by("pk")
    return {row.lot_id: row for row in rows if row.tested_on == days[row.lot_id]}


def tested(lot: StockLot, last: EquipmentTest | None) -> Tested:
    return Tested(
        str(lot.pk),
        timedelta(days=lot.item.test_interval_days or 0),
        last_on=last.tested_on if last else None,
        passed=last is None or last.result != "failed",
        since=lot.received_on or lot.produced_on,
        next_on=(last.next_due_on if last else None) or lot.next_test_on,
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
                is_open and not movement.source.startswith(("run:", "order:")),
            )
        )
        balance -= change
    return entries


def total(postings: Iterable[StockPosting], kinds: Iterable[Kind]) -> Decimal:
    wanted = {kind.value for kind in kinds}
    return sum((posting.quantity for posting in postings if posting.kind in wanted), Decimal(0))


def owed(lot: StockLot) -> Decimal:
    """Return how much is still to come in place of what was rotated out of a lot."""
    return total(StockPosting.objects.filter(lot_id=lot.pk, kind=Kind.OWED.value), {Kind.OWED})


def lots_at(site: int, *, limit: int = SHOWN) -> list[StockLot]:
    """Return what lies at a place, first expired first."""
    rows = StockLot.objects.filter(site_id=site, retired_at__isnull=True, quantity__gt=0)
    return list(rows.select_related("item").order_by("item__code", "expires_on", "pk")[:limit])
