"""Take so much of an item: what first expired, first out proposes, and the orders made from it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions import stock_orders as orders
from youbei.actions.permit import not_found
from youbei.api.access import caller, may
from youbei.api.asked import demand_choice
from youbei.api.repeat import idempotent
from youbei.api.stock import Amount
from youbei.api.values import Body, Cursor, Id, Line, PageOf, PageSize, Reason, Slug, as_page, find
from youbei.engine.access import Permission
from youbei.engine.stock.proposal import DETOUR_M, Terms
from youbei.records.models import Incident, Item, Site, StockOrder, User
from youbei.records.pages import Page
from youbei.records.reports.stock_orders import order_page, picking_list, visible_order

router = Router(tags=["stock"])
METRES = 1000


class WantedIn(Body):
    """What is wanted; `incident` is its number, `site` its code. Without either the nearest store is not known."""

    item: Slug
    quantity: Amount
    incident: Slug | None = None
    site: Slug | None = None
    purpose: Line = ""
    use_on: date | None = None
    keeps_days: Annotated[int, Field(ge=0, le=3650)] = 0
    within_h: Annotated[Decimal, Field(ge=0, le=10_000)] | None = None
    detour_km: Annotated[Decimal, Field(ge=0, le=20_000)] | None = None


class LineIn(Body):
    """So much of a source: its `key` stands in the proposal (`lot:12`)."""

    key: Line
    quantity: Amount


class OrderIn(WantedIn):
    """Take exactly these lines. `reason` is needed where first expired, first out would take others."""

    lines: Annotated[list[LineIn], Field(min_length=1, max_length=200)]
    issue: bool = False
    reason: Line = ""


class SourceOut(Schema):
    key: str
    reserve: str
    place: dict[str, str]
    shelf: str
    code: str
    quantity: Decimal
    ready_h: float
    unit_price: Decimal | None
    why: dict[str, str]


class PassedOut(Schema):
    key: str
    why: dict[str, str]


class DrawProposalOut(Schema):
    """What to take in its order, what is passed over, what lacks, and what is to be paid."""

    lines: list[SourceOut]
    passed_over: list[PassedOut]
    shortfall: Decimal
    ready_h: float
    cost: Decimal


class OrderLineOut(Schema):
    kind: str
    record: int
    reserve: str
    place: dict[str, str]
    shelf: str
    code: str
    expires_on: date | None
    quantity: Decimal


class OrderOut(Schema):
    id: int
    item: str
    quantity: Decimal
    purpose: str
    state: Literal["reserved", "issued", "cancelled"]
    use_on: date
    reason: str
    made_by: str
    made_at: str
    lines: list[OrderLineOut]


def wanted_from(body: WantedIn, by: User) -> orders.Wanted:
    item = find(Item.objects.filter(retired_at__isnull=True), code=body.item)
    incident = find(Incident.objects.visible_to(by), number=body.incident) if body.incident else None
    site = find(Site.objects.visible_to(by), code=body.site) if body.site else None
    terms = Terms(
        quantity=body.quantity,
        on=body.use_on or timezone.localdate(clock.now()),
        keeps_for=timedelta(days=body.keeps_days),
        within_h=body.within_h,
        detour_m=DETOUR_M if body.detour_km is None else float(body.detour_km) * METRES,
    )
    return orders.Wanted(item, terms, incident, site, body.purpose)


@router.post("/stock-proposals", response=DrawProposalOut, **may(Permission.SEE))
def propose_stock(request: HttpRequest, body: WantedIn) -> dict[str, Any]:
    """Propose out of which lots, offers and lines to take a quantity; nothing is changed."""
    by = caller(request)
    proposal, found = orders.proposal_for(by, wanted_from(body, by))
    known = {source.key: source for source in found}
    return {
        "lines": [
            {
                "key": one.key,
                "reserve": one.reserve.value,
                "place": known[one.key].place.as_data(),
                "shelf": known[one.key].shelf,
                "code": known[one.key].code,
                "quantity": one.quantity,
                "ready_h": float(one.ready_h),
                "unit_price": one.unit_price,
                "why": one.why.as_data(),
            }
            for one in proposal.taken
        ],
        "passed_over": [{"key": one.lot, "why": one.why.as_data()} for one in proposal.passed_over],
        "shortfall": proposal.shortfall,
        "ready_h": float(proposal.ready_h),
        "cost": proposal.cost,
    }


@router.post("/stock-orders", response={201: OrderOut}, **may(Permission.SEE))
@idempotent
def take_stock(request: HttpRequest, body: OrderIn) -> Status[dict[str, Any]]:
    """Reserve these lines, or hand them out at once: all of them, or nothing."""
    by = caller(request)
    chosen: dict[str, Decimal] = {}
    for line in body.lines:
        chosen[line.key] = chosen.get(line.key, Decimal(0)) + line.quantity
    order = orders.take(
        by=by, now=clock.now(), wanted=wanted_from(body, by), chosen=chosen, is_issued=body.issue, reason=body.reason
    )
    return Status(201, order_out(order))


@router.get("/stock-orders", response=PageOf[OrderOut], **may(Permission.SEE))
def list_stock_orders(
    request: HttpRequest, state: Slug = "", cursor: Cursor = "", size: PageSize = 50
) -> dict[str, Any]:
    """List the orders of your units, the newest first."""
    demand_choice("state", state, StockOrder.State.values)
    page = order_page(caller(request), state=state, cursor=cursor or None, size=size)
    return as_page(Page(tuple(order_out(order) for order in page.rows), page.next_cursor, page.previous_cursor))


@router.get("/stock-orders/{order_id}", response=OrderOut, **may(Permission.SEE))
def show_stock_order(request: HttpRequest, order_id: Id) -> dict[str, Any]:
    """Show an order as a picking list, by store and shelf."""
    return order_out(order_of(caller(request), order_id))


@router.post("/stock-orders/{order_id}/issue", response=OrderOut, **may(Permission.SEE))
@idempotent
def issue_stock_order(request: HttpRequest, order_id: Id) -> dict[str, Any]:
    """Hand out what an order reserved."""
    by = caller(request)
    return order_out(orders.issue_order(by=by, now=clock.now(), order=order_of(by, order_id)))


class OrderCancelIn(Body):
    reason: Reason


@router.post("/stock-orders/{order_id}/cancel", response=OrderOut, **may(Permission.SEE))
@idempotent
def cancel_stock_order(request: HttpRequest, order_id: Id, body: OrderCancelIn) -> dict[str, Any]:
    """Take an order back: what it reserved is free again."""
    by = caller(request)
    return order_out(orders.cancel_order(by=by, now=clock.now(), order=order_of(by, order_id), reason=body.reason))


def order_of(by: User, order_id: int) -> StockOrder:
    found = visible_order(by, order_id)
    if found is None:
        raise not_found()
    return found


def order_out(order: StockOrder) -> dict[str, Any]:
    picking = picking_list(order)
    return {
        "id": order.pk,
        "item": order.item.code,
        "quantity": order.quantity,
        "purpose": order.purpose,
        "state": order.state,
        "use_on": order.use_on,
        "reason": order.reason,
        "made_by": order.made_by,
        "made_at": order.made_at.isoformat(),
        "lines": [
            {
                "kind": line.register,
                "record": line.pk,
                "reserve": line.reserve.en,
                "place": line.place.as_data(),
                "shelf": line.shelf,
                "code": line.code,
                "expires_on": line.expires_on,
                "quantity": line.quantity,
            }
            for line in (*picking.stored, *picking.bought)
        ],
    }
