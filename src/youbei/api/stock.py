"""Materials: receive, issue, move, write off, rotate; the ledger of a lot; gaps; what a situation needs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from youbei import content
from youbei.actions import clock
from youbei.actions.permit import not_found
from youbei.actions.registers.measures import amount_of
from youbei.actions.stock import moving, verbs
from youbei.actions.stock.posting import Note
from youbei.actions.stock.vehicles import report_place
from youbei.actions.stock.writing_off import apply_for_write_off
from youbei.api.access import caller, may
from youbei.api.counting import or_counting
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Id, Label, Line, PointIn, Reason, Slug, find
from youbei.engine.access import Permission
from youbei.engine.places import Point
from youbei.engine.stock.needs import NeedLine, needs_for
from youbei.records.models import Site, StockLot, StockMovement, User, Vehicle
from youbei.records.reports.resources import StockRow, stock_rows
from youbei.records.reports.stock_due import ledger_of
from youbei.records.reports.stock_gap import gap_report

router = Router(tags=["stock"])
Amount = Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=3)]
# Such as “3 箱” or “3 boxes”: a number with a unit that the item knows.
Packs = Annotated[
    str, StringConstraints(pattern=r"^\s*[0-9０-９][^\x00]*[^\x00-\x40\x5B-\x60\x7B-\x7F]\s*$", max_length=60)
]
AmountOrPacks = Annotated[Amount | Packs, Field(union_mode="left_to_right")]


class HandledIn(Body):
    """`quantity` is a number in the unit of the item, or text in its packs: `3 boxes`, `2 箱 5 瓶`."""

    quantity: AmountOrPacks
    document: Line = ""
    reason: Line = ""


class ReceiveIn(HandledIn):
    supplier: Label = ""
    replaces: Id | None = None


class IssueIn(HandledIn):
    consumer: Label


class MoveIn(HandledIn):
    site: Slug


class WriteOffIn(HandledIn):
    why: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedRow(StockRow):
    """The lot after an application to write off: `waits` is its number among what waits for a second person."""

    waits: int


class ReverseIn(Body):
    reason: Reason


class EntryOut(Schema):
    """A movement as the ledger of a lot shows it; `balance` is what lay there afterwards."""

    movement: int
    verb: str
    at: str
    by: str
    change: Decimal
    reserved: Decimal
    balance: Decimal
    reason: str
    document: str


class MomentOut(Schema):
    hours: int
    required: Decimal
    there: dict[str, Decimal]
    lacking: Decimal


class SourceOfNeed(Schema):
    """A requirement that counts, and what it follows from."""

    organisation: str
    basis: str
    is_derived: bool
    quantity: Decimal
    why: dict[str, str]


class PurchaseOut(Schema):
    """A part of the cheapest way to close a gap.

    `offer` is empty where there are more than a thousand offers or lines in all and several of them agree in price and
    delay: then they are bought together.
    """

    offer: str
    quantity: Decimal
    unit_price: Decimal | None


class GapOut(Schema):
    """An item held against its requirement.

    `sources` names the `source_count` requirements that count, unless there are more than a thousand in all: then they
    are added up, and `GET /registers/requirement` lists them.
    """

    item: str
    required: Decimal
    moments: list[MomentOut]
    covered_after_h: float | None
    source_count: int
    sources: list[SourceOfNeed]
    kept: Decimal
    purchases: list[PurchaseOut]
    cost: Decimal
    offered_by_nobody: Decimal


class NeedOut(Schema):
    """What is needed of one thing, with the calculation and its sources in both languages."""

    code: str
    name: dict[str, str]
    item: str
    quantity: Decimal
    unit: dict[str, str]
    calculation: dict[str, str]
    sources: list[dict[str, str]]
    rests_on_assumption: bool


def lot_of(by: User, lot_id: int) -> StockLot:
    return find(StockLot.objects.visible_to(by), pk=lot_id)


def shown(lot_id: int) -> StockRow:
    return stock_rows([StockLot.objects.select_related("item", "site", "organisation").get(pk=lot_id)])[0]


def handled(lot: StockLot, body: HandledIn) -> dict[str, Any]:
    """Return which lot, how much of it in the unit of its item, and the note with the words where these were packs."""
    quantity, reason = amount_of(lot, body.quantity, reason=body.reason)
    return {"lot": lot.pk, "quantity": quantity, "note": Note(reason=reason, document=body.document)}


@router.post("/stock/{lot_id}/receive", response=StockRow, **may(Permission.EDIT_RESOURCE))
@idempotent
def receive_stock(request: HttpRequest, lot_id: Id, body: ReceiveIn) -> StockRow:
    """Take a quantity into a lot; `replaces` is the lot whose rotation it makes good."""
    by = caller(request)
    lot = lot_of(by, lot_id)
    replaces = None if body.replaces is None else lot_of(by, body.replaces).pk
    verbs.receive(by=by, now=clock.now(), supplier=body.supplier, replaces=replaces, **handled(lot, body))
    return shown(lot_id)


@router.post("/stock/{lot_id}/issue", response=StockRow, **may(Permission.EDIT_RESOURCE))
@idempotent
def issue_stock(request: HttpRequest, lot_id: Id, body: IssueIn) -> StockRow:
    """Hand a quantity out for good; what is reserved stays."""
    by = caller(request)
    lot = lot_of(by, lot_id)
    verbs.issue(by=by, now=clock.now(), consumer=body.consumer, **handled(lot, body))
    return shown(lot_id)


@router.post("/stock/{lot_id}/move", response=StockRow, **may(Permission.EDIT_RESOURCE))
@idempotent
def move_stock(request: HttpRequest, lot_id: Id, body: MoveIn) -> StockRow:
    """Bring a quantity to another site, given by its code."""
    by = caller(request)
    lot, site = lot_of(by, lot_id), find(Site.objects.visible_to(by), code=body.site)
    moving.move(by=by, now=clock.now(), to=site, **handled(lot, body))
    return shown(lot_id)


@router.post("/stock/{lot_id}/write-off", response=AppliedRow, **may(Permission.EDIT_RESOURCE))
@idempotent
def write_off_stock(request: HttpRequest, lot_id: Id, body: WriteOffIn) -> AppliedRow:
    """Apply to write off what can no longer be used.

    So much is `reserved` until somebody else confirms or rejects it, at `/stock-stated/{id}` with the id in `waits`.
    """
    by = caller(request)
    lot = lot_of(by, lot_id)
    made = apply_for_write_off(by=by, now=clock.now(), why=body.why, **handled(lot, body))
    row = shown(lot_id)
    return AppliedRow(**{one.name: getattr(row, one.name) for one in fields(row)}, waits=made.pk)


@router.post("/stock/{lot_id}/rotate", response=StockRow, **may(Permission.EDIT_RESOURCE))
@idempotent
def rotate_stock(request: HttpRequest, lot_id: Id, body: IssueIn) -> StockRow:
    """Hand out for use what would expire; as much is expected in its place."""
    by = caller(request)
    lot = lot_of(by, lot_id)
    verbs.rotate(by=by, now=clock.now(), consumer=body.consumer, **handled(lot, body))
    return shown(lot_id)


@router.post("/stock-movements/{movement_id}/reverse", response=dict[str, int], **may(Permission.EDIT_RESOURCE))
@idempotent
def reverse_stock_movement(request: HttpRequest, movement_id: Id, body: ReverseIn) -> dict[str, int]:
    """Undo a movement by another; both stay in the ledger."""
    by = caller(request)
    movement = find(StockMovement.objects.visible_to(by), pk=movement_id)
    return {"movement": verbs.reverse(by=by, now=clock.now(), movement=movement.pk, reason=body.reason).pk}


@router.get("/stock/{lot_id}/ledger", response=list[EntryOut], **may(Permission.SEE))
def show_stock_ledger(request: HttpRequest, lot_id: Id) -> list[dict[str, Any]]:
    """List the last movements of a lot, newest first, with the balance after each."""
    return [
        {
            "movement": entry.movement.pk,
            "verb": entry.movement.verb,
            "at": entry.movement.at.isoformat(),
            "by": entry.movement.by_label,
            "change": entry.change,
            "reserved": entry.reserved,
            "balance": entry.balance,
            "reason": entry.movement.reason,
            "document": entry.movement.document,
        }
        for entry in ledger_of(lot_of(caller(request), lot_id))
    ]


@router.get("/stock-gaps", response=or_counting(list[GapOut]), **may(Permission.SEE))
def list_stock_gaps(request: HttpRequest) -> list[dict[str, Any]]:
    """Hold what is required against what can be had of it, by reserve and hour; the largest share lacking first.

    Where very many records must be counted first the answer is 202 with the address to ask again.
    """
    now = clock.now()
    found = gap_report(caller(request).paths_with(Permission.SEE), today=now.date(), waits_at=now)
    return [
        {
            "item": row.gap.item,
            "required": row.gap.required,
            "moments": [
                {
                    "hours": moment.hours,
                    "required": moment.required,
                    "there": {reserve.value: quantity for reserve, quantity in moment.there.items()},
                    "lacking": moment.lacking,
                }
                for moment in row.gap.moments
            ],
            "covered_after_h": None if row.gap.covered_after_h is None else float(row.gap.covered_after_h),
            "source_count": row.sources,
            "sources": [
                {
                    "organisation": line.organisation,
                    "basis": line.basis.rstrip("+"),
                    "is_derived": line.basis.endswith("+"),
                    "quantity": line.quantity,
                    "why": line.why.as_data(),
                }
                for line in row.gap.counted
                if not row.is_summed
            ],
            "kept": row.closing.kept,
            "purchases": [
                {"offer": one.label, "quantity": one.quantity, "unit_price": one.unit_price}
                for one in row.closing.purchases
            ],
            "cost": row.closing.cost,
            "offered_by_nobody": row.closing.open_end,
        }
        for row in found
    ]


@router.post("/vehicles/{code}/place", response=dict[str, float], **may(Permission.SEE))
@idempotent
def place_vehicle(request: HttpRequest, code: Slug, body: PointIn) -> dict[str, float]:
    """Say where a vehicle is now: what it carries is found there."""
    by = caller(request)
    vehicle = find(Vehicle.objects.visible_to(by), code=code)
    row = report_place(by=by, now=clock.now(), vehicle=vehicle, point=Point(body.lat, body.lon))
    return {"lat": row.lat, "lon": row.lon}


class NeedsIn(Body):
    parameters: dict[Slug, Annotated[Decimal, Field(allow_inf_nan=False, max_digits=14, decimal_places=3)]] = {}


@router.post("/needs/{scenario}", response=list[NeedOut], **may(Permission.SEE))
def calculate_needs(request: HttpRequest, scenario: Slug, body: NeedsIn) -> list[dict[str, Any]]:
    """Calculate what a situation needs; parameters that are left out have their usual values."""
    found = content.needs().get(scenario)
    if found is None:
        raise not_found()
    return [need_data(line) for line in needs_for(found, body.parameters)]


def need_data(line: NeedLine) -> dict[str, Any]:
    return {
        "code": line.code,
        "name": line.name.as_data(),
        "item": line.item,
        "quantity": line.quantity,
        "unit": line.unit.as_data(),
        "calculation": line.arithmetic.as_data(),
        "sources": [(factor.source or factor.why).as_data() for factor in line.factors],
        "rests_on_assumption": line.rests_on_assumption,
    }
