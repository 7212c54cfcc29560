"""Quantities that were stated for lots: list what waits for a second person, confirm it, reject it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from youbei.actions import clock
from youbei.actions.stock.deciding import AT_ONCE, decide_next, decide_these
from youbei.actions.stock.verifying import confirm_stated, reject_stated
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, Id, Line, PageOf, PageSize, Slug, as_page, find
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.records.models import StatedQuantity, User
from youbei.records.pages import Page
from youbei.records.reports.stated import Waiting, Which, seen, waiting_page, with_lots

router = Router(tags=["stock"])


class StatedOut(Schema):
    """A quantity that was `stated` for a lot when its ledger had `stood`.

    While it waits, to confirm it brings the lot from `quantity` to `to`. `state`: waiting, confirmed, rejected,
    withdrawn, replaced (by another of the same person), counted (overtaken by a count). `write_off` says why, where it
    is an application to write off the difference; to confirm it is to approve it.
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
    write_off: str
    source: str
    state: str
    answer: str
    movement: int | None


class StatedDecisionIn(Body):
    """Which statements are confirmed or rejected: `ids`, or all that wait of one import or one store (code of a site).

    All of one is done in steps of a hundred: send the same again with `before` as it was answered, until it is null.
    """

    verb: Literal["confirm", "reject"]
    ids: Annotated[list[Id], Field(max_length=AT_ONCE)] = []
    import_id: Id | None = None
    site: Slug | None = None
    before: Id | None = None
    reason: Line = ""


class NotDecidedOut(Schema):
    """A statement that stays as it was, and why; `lot` is null where one may not see it."""

    id: int
    lot: str | None
    reason_zh: str
    reason_en: str


class DecisionOut(Schema):
    """What was decided, what was not, and where the next step goes on."""

    done: list[int]
    refused: list[NotDecidedOut]
    before: int | None


class WhichUnclear(Refused):
    """Refuse to decide on statements that are neither listed nor all of one import or store."""

    status = 422


class VerificationIn(Body):
    """What is to be said with it; it stands in the log."""

    reason: Line = ""


@router.get("/stock-stated", response=PageOf[StatedOut], **may(Permission.SEE))
def list_stated(
    request: HttpRequest,
    import_id: Id | None = None,
    site: Slug | None = None,
    cursor: Cursor = "",
    size: PageSize = 50,
) -> dict[str, Any]:
    """List the quantities that wait for a second person, the newest first; of one import, of one store (its code)."""
    which = Which(number=import_id or 0, site=site or "")
    page = waiting_page(caller(request), which=which, cursor=cursor or None, size=size)
    return as_page(Page(tuple(stated_out(row) for row in page.rows), page.next_cursor, page.previous_cursor))


@router.post("/stock-stated/decide", response=DecisionOut, **may(Permission.SEE))
@idempotent
def decide_stock_stated(request: HttpRequest, body: StatedDecisionIn) -> dict[str, Any]:
    """Confirm or reject many: each is judged by itself, and what cannot be decided is listed with its reason."""
    by, now = caller(request), clock.now()
    which = Which(number=body.import_id or 0, site=body.site or "", before=body.before or 0)
    if bool(body.ids) != which.is_all or (body.ids and body.before):
        raise WhichUnclear(
            zh="请在 ids 中列出报数编号，或给出 import_id、site 之一以办理整批，二者不能兼有。",
            en="Either list the statements in `ids`, or name an import (`import_id`) or a store (`site`) to decide all "
            "of it; not both.",
        )
    if body.ids:
        made = decide_these(by=by, now=now, verb=body.verb, statements=body.ids, answer=body.reason)
    else:
        made = decide_next(by=by, now=now, verb=body.verb, which=which, answer=body.reason)
    refused = [
        {"id": one.statement, "lot": one.code or None, "reason_zh": one.why.zh, "reason_en": one.why.en}
        for one in made.refused
    ]
    return {"done": list(made.done), "refused": refused, "before": made.before}


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
    (row,) = seen([with_lots(StatedQuantity.objects.all()).get(pk=pk)])
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
        "write_off": one.write_off,
        "source": one.source,
        "state": one.state,
        "answer": one.answer,
        "movement": one.movement_id,
    }
