"""Agreements: what they cost, for which incidents they are to be settled, and the statements of what is owed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status

from youbei.actions import clock
from youbei.actions.agreements import draft_compensation, move_compensation
from youbei.actions.permit import not_found
from youbei.api.access import caller, may
from youbei.api.registers import record_for
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Id, Line
from youbei.engine.access import Permission
from youbei.engine.agreements import Stage, validity
from youbei.engine.text import Text
from youbei.records.models import Agreement, Compensation, User
from youbei.records.reports.compensation import incidents_to_settle, rates_of, visible_statement
from youbei.records.reports.incident import visible_incident

router = Router(tags=["agreements"])
P = Permission


class RateOut(Schema):
    """What one unit costs. `basis`: team_hour, person_hour, call_out or quantity (of `item`, empty for any)."""

    code: str
    name: Text
    basis: str
    amount: Decimal
    item: str


class ToSettleOut(Schema):
    incident: int
    number: str
    title: str
    known_at: datetime


class StatementLineOut(Schema):
    what: Text
    rate: Text
    basis: str
    amount: Decimal
    price: Decimal
    total: Decimal


class UnpricedOut(Schema):
    """What was used and has no rate: to be agreed upon in another way."""

    what: Text
    item: str
    amount: Decimal


class StatementOut(Schema):
    """A statement as it was drafted; what is changed in the registers later does not change it.

    `outside` was sent while the agreement was not in force, and is not charged.
    """

    pk: int
    agreement: int
    incident: int
    stage: str
    lines: list[StatementLineOut]
    unpriced: list[UnpricedOut]
    outside: list[UnpricedOut]
    total: Decimal
    terms: str
    drafted_at: datetime
    drafted_by: str
    sent_at: datetime | None
    agreed_at: datetime | None
    agreed_by: str
    paid_at: datetime | None
    paid_note: str


class SettlementOut(Schema):
    """How an agreement stands: its rates, what is to be settled, and the statements so far, newest first."""

    validity: str
    valid_until: date | None
    rates: list[RateOut]
    to_settle: list[ToSettleOut]
    statements: list[StatementOut]


class DraftIn(Body):
    incident: Id


class SettlementStepIn(Body):
    """`remark`: voucher or note of a payment."""

    remark: Line = ""


@router.get("/agreements/{agreement_id}/settlement", response=SettlementOut, **may(P.SEE))
def show_settlement(request: HttpRequest, agreement_id: Id) -> dict[str, Any]:
    """Show what an agreement costs, for which incidents it was used and not settled, and its statements."""
    by = caller(request)
    row = agreement_for(by, agreement_id)
    settle = incidents_to_settle(row, by) if by.may(P.EDIT_RESOURCE, row.org_path) else []
    statements = Compensation.objects.filter(agreement=row).select_related("agreement", "incident").order_by("-pk")
    today = timezone.localdate(clock.now())
    return {
        "validity": validity(row.valid_from, row.valid_until, today).value,
        "valid_until": row.valid_until,
        "rates": rates_of(row),
        "to_settle": [
            {"incident": one.pk, "number": one.number, "title": one.title, "known_at": one.known_at} for one in settle
        ],
        "statements": [statement_out(one) for one in statements],
    }


@router.post("/agreements/{agreement_id}/compensations", response={201: StatementOut}, **may(P.EDIT_RESOURCE))
@idempotent
def draft_statement(request: HttpRequest, agreement_id: Id, body: DraftIn) -> Status[dict[str, Any]]:
    """Draft the statement of what is owed under an agreement for an incident."""
    by = caller(request)
    row = agreement_for(by, agreement_id)
    incident = visible_incident(body.incident, by)
    made = draft_compensation(agreement=row, incident=incident, by=by, now=clock.now())
    return Status(201, statement_out(made))


@router.get("/compensations/{statement_id}", response=StatementOut, **may(P.SEE))
def show_statement(request: HttpRequest, statement_id: Id) -> dict[str, Any]:
    """Show a statement; either side of the agreement sees it."""
    return statement_out(statement_for(caller(request), statement_id))


@router.post("/compensations/{statement_id}/{stage}", response=StatementOut, **may(P.EDIT_RESOURCE))
@idempotent
def move_statement(
    request: HttpRequest, statement_id: Id, stage: Literal["sent", "agreed", "paid"], body: SettlementStepIn
) -> dict[str, Any]:
    """Take a statement one step on: sent, agreed, paid. Whoever drafted it does not agree to it."""
    by = caller(request)
    row = statement_for(by, statement_id)
    moved = move_compensation(statement=row, to=Stage(stage), by=by, now=clock.now(), remark=body.remark)
    return statement_out(moved)


def agreement_for(by: User, pk: int) -> Agreement:
    _register, row = record_for("agreement", pk, by)
    if not isinstance(row, Agreement):
        raise TypeError("The register of agreements holds agreements")
    return row


def statement_for(by: User, pk: int) -> Compensation:
    row = visible_statement(pk, by)
    if row is None:
        raise not_found()
    return row


def statement_out(row: Compensation) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "agreement": row.agreement_id,
        "incident": row.incident_id,
        "stage": row.stage,
        "lines": [line_out(line) for line in row.lines["lines"]],
        "unpriced": [
            {"what": Text(one["zh"], one["en"]), "item": one["item"], "amount": one["amount"]}
            for one in row.lines["unpriced"]
        ],
        "outside": [
            {"what": Text(one["zh"], one["en"]), "item": one["item"], "amount": one["amount"]}
            for one in row.lines.get("outside", ())
        ],
        "total": row.total,
        "terms": row.terms,
        "drafted_at": row.drafted_at,
        "drafted_by": row.drafted_by,
        "sent_at": row.sent_at,
        "agreed_at": row.agreed_at,
        "agreed_by": row.agreed_by,
        "paid_at": row.paid_at,
        "paid_note": row.paid_note,
    }


def line_out(line: Mapping[str, Any]) -> dict[str, Any]:
    return {**line, "what": Text.from_data(line["what"]), "rate": Text.from_data(line["rate"])}
