"""Orders on the stores: the list, and one as a picking list in the order in which one walks the shelves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from youbei.engine.access import Permission
from youbei.engine.stock.requirement import RESERVE_NAMES, Reserve
from youbei.engine.text import Text
from youbei.records.models import StockOrder, StockOrderLine, User
from youbei.records.pages import PAGE_SIZE, Page, keyset_page
from youbei.records.reports.names import name_of


@dataclass(frozen=True, slots=True)
class PickLine:
    """One line of a picking list: what to take from which shelf, or whom to call for it."""

    register: str
    pk: int
    reserve: Text
    place: Text
    shelf: str
    code: str
    batch: str
    expires_on: date | None
    quantity: Decimal
    phone: str
    ready_h: Decimal
    unit_price: Decimal | None

    @property
    def cost(self) -> Decimal | None:
        return None if self.unit_price is None else self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class PickingList:
    """An order with its lines: those out of stores by store and shelf, then those that are bought."""

    order: StockOrder
    stored: tuple[PickLine, ...]
    bought: tuple[PickLine, ...]


def visible_order(user: User, pk: int) -> StockOrder | None:
    """Return an order that a person may see: where it belongs to their units, or takes a lot of theirs."""
    order = with_lines(StockOrder.objects.filter(pk=pk)).first()
    if order is None or user.may(Permission.SEE, order.org_path):
        return order
    paths = [line.lot.org_path for line in order.lines.all() if line.lot is not None]
    return order if any(user.may(Permission.SEE, path) for path in paths) else None


def with_lines(orders: QuerySet[StockOrder]) -> QuerySet[StockOrder]:
    """Read orders with all that their lists say, in a fixed number of queries."""
    lines = StockOrderLine.objects.select_related("lot__site", "offer__supplier", "line__producer").order_by("pk")
    return orders.select_related("item", "incident", "site").prefetch_related(Prefetch("lines", queryset=lines))


def picking_list(order: StockOrder) -> PickingList:
    lines = [pick_line(line) for line in order.lines.all()]
    stored = sorted(
        (one for one in lines if one.register == "lot"), key=lambda one: (one.place.zh, one.shelf, one.code)
    )
    return PickingList(order, tuple(stored), tuple(one for one in lines if one.register != "lot"))


def pick_line(line: StockOrderLine) -> PickLine:
    register, pk, place, shelf, code, batch, expires, phone = of_line(line)
    return PickLine(
        register=register,
        pk=pk,
        reserve=RESERVE_NAMES[Reserve(line.reserve)],
        place=place,
        shelf=shelf,
        code=code,
        batch=batch,
        expires_on=expires,
        quantity=line.quantity,
        phone=phone,
        ready_h=line.ready_h,
        unit_price=line.unit_price,
    )


def of_line(line: StockOrderLine) -> tuple[str, int, Text, str, str, str, date | None, str]:
    if line.lot is not None:
        lot = line.lot
        return "lot", lot.pk, name_of(lot.site), lot.shelf, lot.code, lot.batch_no, lot.expires_on, ""
    if line.offer is not None:
        offer = line.offer
        name = name_of(offer.supplier) if offer.supplier else Text(offer.supplier_name, offer.supplier_name)
        return "market_offer", offer.pk, name, "", offer.code, "", None, offer.phone
    made = line.line
    if made is None:
        raise TypeError("A line of an order names a lot, an offer or a production line")
    name = name_of(made.producer) if made.producer else name_of(made)
    return "capacity_line", made.pk, name, "", made.code, "", None, made.phone


def order_page(user: User, *, state: str = "", cursor: str | None = None, size: int = PAGE_SIZE) -> Page[StockOrder]:
    """Return a page of the orders of one's units, the newest first."""
    rows = StockOrder.objects.newest_visible_to(user)
    if state in StockOrder.State.values:
        rows = rows.filter(state=state)
    return keyset_page(rows, order=("-id",), cursor=cursor, read=with_names, size=size)


def with_names(orders: Sequence[StockOrder]) -> list[StockOrder]:
    found = with_lines(StockOrder.objects.all()).in_bulk([order.pk for order in orders])
    return [found[order.pk] for order in orders]
