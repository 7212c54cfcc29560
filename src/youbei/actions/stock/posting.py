"""Post a movement: lock its lots, ask the ledger, write the rows, bring the lots in line, say so in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import DecimalField, Sum

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import By, not_found
from youbei.actions.wording import clean
from youbei.engine.events import Actor
from youbei.engine.stock import ledger
from youbei.engine.stock.ledger import Account, Balances, Kind, Movement, Verb
from youbei.records.insert import insert_records
from youbei.records.models import Assignment, StockLot, StockMovement, StockPosting
from youbei.records.registers.loads import demand_carries

THOUSANDTH = Decimal("0.001")
# What a consumer got over the years may be more than a lot can hold.
SUM = DecimalField(max_digits=30, decimal_places=3)
EVENTS: Mapping[Verb, str] = {
    Verb.OPEN: "stock.opened",
    Verb.RECEIVE: "stock.received",
    Verb.ISSUE: "stock.issued",
    Verb.MOVE: "stock.moved",
    Verb.RESERVE: "stock.reserved",
    Verb.RELEASE: "stock.released",
    Verb.COUNT: "stock.counted",
    Verb.WRITE_OFF: "stock.written_off",
    Verb.ROTATE: "stock.rotated",
    Verb.RESTATE: "stock.restated",
    Verb.REVERSE: "stock.reversed",
}


@dataclass(frozen=True, slots=True)
class Note:
    """What is written beside a movement: why, on which paper, and what it came from."""

    reason: str = ""
    document: str = ""
    source: str = ""
    reverses: int | None = None


def lock_lots(pks: Iterable[int]) -> dict[int, StockLot]:
    """Lock lots in the order of their keys, so that no two transactions wait for each other."""
    wanted = sorted(set(pks))
    rows = (
        StockLot.objects.select_for_update(of=("self",), no_key=True)
        .select_related("item", "site", "organisation")
        .filter(pk__in=wanted)
        .order_by("pk")
    )
    found = {row.pk: row for row in rows}
    if len(found) < len(wanted):
        raise not_found()
    return found


def balances_of(pks: Iterable[int]) -> dict[tuple[str, Account], Decimal]:
    """Add up what the ledger says of lots; the rows are locked by the caller where it matters."""
    sums = (
        StockPosting.objects.filter(lot_id__in=list(pks))
        .order_by()
        .values_list("lot_id", "kind", "name")
        .annotate(Sum("quantity", output_field=SUM))
    )
    return {
        (str(lot), Account(Kind(kind), name)): quantity.quantize(THOUSANDTH)
        for lot, kind, name, quantity in sums
        if quantity.quantize(THOUSANDTH)
    }


def post(
    lots: Mapping[int, StockLot],
    make: Callable[[Balances], Movement],
    *,
    by: By,
    now: datetime,
    note: Note | None = None,
) -> StockMovement:
    """Carry out a movement over locked lots; `make` gets the balances. Nothing is written where the ledger refuses."""
    note = note or Note()
    actor = actor_for(by, now)
    balances: Balances = balances_of(lots)
    unopened = [lot for lot in lots.values() if not any(name == str(lot.pk) for name, _ in balances)]
    if unopened:
        open_lots([lot for lot in unopened if lot.quantity and not has_postings(lot)], actor=actor, now=now)
        balances = balances_of(lots)
    movement = make(balances)
    after = ledger.post(balances, movement)
    row = write(movement, next(iter(lots.values())).org_path, actor=actor, now=now, note=note)
    held = {pk: lot.quantity for pk, lot in lots.items()}
    for lot in lots.values():
        show(lot, after, now)
    demand_carries([lot for pk, lot in lots.items() if lot.quantity > held[pk]])
    for pk, lot in lots.items():
        said = {
            "movement": row.pk,
            "verb": movement.verb.value,
            "item": lot.item.code,
            "postings": [
                {"account": posting.account.kind.value, "name": posting.account.name, "quantity": str(posting.quantity)}
                for posting in movement.postings
                if posting.lot == str(pk) and posting.quantity
            ],
            "quantity": str(lot.quantity),
        }
        record(f"register:lot:{pk}", [(EVENTS[movement.verb], said)], by=actor, now=now, org_path=lot.org_path)
    return row


def has_postings(lot: StockLot) -> bool:
    return StockPosting.objects.filter(lot_id=lot.pk).exists()


def show(lot: StockLot, balances: Balances, now: datetime) -> None:
    """Write onto the row of a lot what the ledger comes to."""
    quantity, reserved = ledger.at_hand(balances, str(lot.pk)), ledger.promised(balances, str(lot.pk))
    if (lot.quantity, lot.reserved) != (quantity, reserved):
        lot.quantity, lot.reserved = quantity, reserved
        lot.save(update_fields=["quantity", "reserved"])


def write(movement: Movement, org_path: str, *, actor: Actor, now: datetime, note: Note) -> StockMovement:
    return write_many([(movement, org_path)], actor=actor, now=now, note=note)[0]


def write_many(
    movements: Sequence[tuple[Movement, str]],
    *,
    actor: Actor,
    now: datetime,
    note: Note,
    reasons: Sequence[str] = (),
) -> list[StockMovement]:
    """Store movements, each at the path beside it, with their postings: two statements for thousands.

    `reasons` are those of the single movements, where they are not the one of the note.
    """
    rows = [
        StockMovement(
            verb=movement.verb.value,
            at=now,
            actor=actor.id,
            by_label=actor.label,
            org_path=org_path,
            reason=clean(reason, limit=1000),
            document=clean(note.document, limit=400),
            source=note.source,
            reverses_id=note.reverses,
        )
        for (movement, org_path), reason in zip(movements, reasons or [note.reason] * len(movements), strict=True)
    ]
    insert_records(StockMovement, rows)
    postings: list[StockPosting] = []
    for row, (movement, _) in zip(rows, movements, strict=True):
        postings.extend(posting_rows(row, movement))
    insert_records(StockPosting, postings)
    return rows


def posting_rows(row: StockMovement, movement: Movement) -> list[StockPosting]:
    """Return the postings as rows. A count that found no difference is kept as a posting of nothing."""
    kept = [posting for posting in movement.postings if posting.quantity] or list(movement.postings[:1])
    return [
        StockPosting(
            movement=row,
            lot_id=int(posting.lot),
            kind=posting.account.kind.value,
            name=posting.account.name,
            quantity=posting.quantity,
        )
        for posting in kept
    ]


def open_lots(
    lots: Sequence[StockLot], *, actor: Actor, now: datetime, source: str = "", reasons: Mapping[int, str] | None = None
) -> None:
    """Take over what lots hold that are new to the ledger: a fixed number of statements for many lots."""
    if not lots:
        return
    holders = holders_of([lot.pk for lot in lots if lot.reserved])
    opened = [(opening(lot, holders.get(lot.pk, [])), lot.org_path) for lot in lots]
    said = [(reasons or {}).get(lot.pk, "") for lot in lots]
    write_many(opened, actor=actor, now=now, note=Note(source=source), reasons=said)


def opening(lot: StockLot, holders: list[tuple[str, Decimal]]) -> Movement:
    """Return the opening of a lot; what is reserved goes to the assignments that hold it, a rest to nobody named."""
    key, rest = str(lot.pk), lot.reserved
    made = ledger.opening("", lot=key, quantity=lot.quantity)
    postings = list(made.postings)
    for name, held in [*holders, ("", lot.reserved)]:
        amount = min(held, rest)
        rest -= amount
        if amount:
            postings.extend(ledger.transfer(key, ledger.STORE, Account(Kind.RESERVED, name), amount))
    return Movement("", Verb.OPEN, tuple(postings))


def holders_of(pks: Sequence[int]) -> dict[int, list[tuple[str, Decimal]]]:
    """Return for lots which assignments of real responses hold how much."""
    found: dict[int, list[tuple[str, Decimal]]] = {}
    held = Assignment.objects.filter(lot_id__in=pks, released_at__isnull=True, run__mode="real").order_by("pk")
    for lot, run, code, quantity in held.values_list("lot_id", "run_id", "code", "quantity"):
        amount = Decimal(str(quantity)).quantize(THOUSANDTH)
        found.setdefault(lot or 0, []).append((holder_of(run, code), amount))
    return found


def holder_of(run: int, assignment: str) -> str:
    """Name the account of what is reserved for an assignment."""
    return f"run:{run}/{assignment}"


def movement_from(row: StockMovement) -> Movement:
    """Return a movement as the engine knows it."""
    postings = tuple(
        ledger.Posting(str(one.lot_id), Account(Kind(one.kind), one.name), one.quantity)
        for one in row.postings.order_by("pk")
    )
    return Movement(str(row.pk), Verb(row.verb), postings, str(row.reverses_id or ""))
