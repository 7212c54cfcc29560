"""Quantities that were stated for lots: list what waits for a second person, confirm it, reject it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from youbei.actions import clock
from youbei.actions.stock.verifying import confirm_stated, reject_stated
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, Id, Line, PageOf, PageSize, as_page, find
from youbei.engine.access import Permission
from youbei.records.models import StatedQuantity, User
from youbei.records.pages import Page
from youbei.records.reports.stated import Waiting, seen, waiting_page

router = Router(tags=["stock"])


class StatedOut(Schema):
    """A quantity that was `stated` for a lot when its ledger had `stood`.

    While it waits, to confirm it brings the lot from `quantity` to `to`. `state`: waiting, confirmed, rejected,
    withdrawn, replaced (by another of the same person), counted (overtaken by a count).
    """

    id: int
    lot: int
    code: str
    item: str
    site: str
    organisation: str
    stood: Decimal
    stated: Decimal
    quantity: Decimal
    to: Decimal
    at: str
    by: str
    reason: str
    source: str
    state: str
    answer: str
    movement: int | None


class VerificationIn(Body):
    """What is to be said with it; it stands in the log."""

    reason: Line = ""


@router.get("/stock-stated", response=PageOf[StatedOut], **may(Permission.SEE))
def list_stated(
    request: HttpRequest, import_id: Id | None = None, cursor: Cursor = "", size: PageSize = 50
) -> dict[str, Any]:
    """List the quantities that wait for a second person, the newest first; with `import_id` those of one import."""
    page = waiting_page(caller(request), number=import_id or 0, cursor=cursor or None, size=size)
    return as_page(Page(tuple(stated_out(row) for row in page.rows), page.next_cursor, page.previous_cursor))


@router.post("/stock-stated/{stated_id}/confirm", response=StatedOut, **may(Permission.COUNT_STOCK))
@idempotent
def confirm_stock_stated(request: HttpRequest, stated_id: Id, body: VerificationIn) -> dict[str, Any]:
    """Post the difference that somebody else has stated, as a count."""
    by = caller(request)
    row = statement_of(by, stated_id)
    confirm_stated(by=by, now=clock.now(), statement=row.pk, answer=body.reason)
    return fresh(row.pk)


@router.post("/stock-stated/{stated_id}/reject", response=StatedOut, **may(Permission.SEE))
@idempotent
def reject_stock_stated(request: HttpRequest, stated_id: Id, body: VerificationIn) -> dict[str, Any]:
    """Leave the lot as its ledger says. Whoever stated the quantity takes it back by this."""
    by = caller(request)
    row = statement_of(by, stated_id)
    reject_stated(by=by, now=clock.now(), statement=row.pk, answer=body.reason)
    return fresh(row.pk)


def statement_of(by: User, pk: int) -> StatedQuantity:
    return find(StatedQuantity.objects.visible_to(by), pk=pk)


def fresh(pk: int) -> dict[str, Any]:
    (row,) = seen([StatedQuantity.objects.select_related("lot__item", "lot__site", "lot__organisation").get(pk=pk)])
    return stated_out(row)


def stated_out(row: Waiting) -> dict[str, Any]:
    one, lot = row.statement, row.lot
    waits = one.state == StatedQuantity.State.WAITING
    return {
        "id": one.pk,
        "lot": lot.pk,
        "code": lot.code,
        "item": lot.item.code,
        "site": lot.site.code,
        "organisation": lot.organisation.code,
        "stood": one.stood,
        "stated": one.stated,
        "quantity": lot.quantity,
        "to": row.to if waits else lot.quantity,
        "at": one.at.isoformat(),
        "by": one.by_label,
        "reason": one.reason,
        "source": one.source,
        "state": one.state,
        "answer": one.answer,
        "movement": one.movement_id,
    }
