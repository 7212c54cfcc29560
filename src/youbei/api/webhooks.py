"""Webhooks: what happens in the log, sent to a program's own address."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from youbei.actions import clock
from youbei.actions.webhooks import keeping
from youbei.actions.webhooks.keeping import Terms
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import NO_NUL, Body, Cursor, Id, Label, PageOf, PageSize, Slug, as_page, find
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.engine.webhooks import MOST_KINDS, WhichModes
from youbei.records.log import head
from youbei.records.models import Organisation, Webhook, WebhookSending
from youbei.records.pages import keyset_page
from youbei.records.reports.webhooks import WebhookLine, webhook_line, webhook_page

router = Router(tags=["webhooks"])
WebAddress = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=500)]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z_]*\.?[a-z_*]+$", max_length=60)]
Kinds = Annotated[list[Kind], Field(min_length=1, max_length=MOST_KINDS)]
Modes = Literal["real", "both", "exercise"]


class WebhookIn(Body):
    """Where events go and which: `kinds` are kinds (`incident.reported`), families (`incident.*`) or everything (`*`).

    `modes`: what is real alone, exercises too (`both`), or exercises alone.
    """

    organisation: Slug
    title: Label
    address: WebAddress
    kinds: Kinds
    modes: Modes = "real"


class WebhookChangeIn(Body):
    """What is left out stays as it is."""

    title: Label | None = None
    address: WebAddress | None = None
    kinds: Kinds | None = None
    modes: Modes | None = None


class WebhookRow(Schema):
    """A webhook and how it stands.

    `state` is well, late (the last try failed; the next is at `next_try_at`), paused or stopped; `problem` says why and
    what to do. `position` is how far it has come in the log; `waiting` counts what is known to wait, up to a hundred.
    """

    pk: int
    organisation: str
    title: str
    address: str
    kinds: list[str]
    modes: str
    state: str
    problem: Text
    position: int
    waiting: int
    failures: int
    failing_since: datetime | None
    next_try_at: datetime | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    answers_for_it: str | None
    created_at: datetime


class NewWebhook(Schema):
    """A webhook just made, or just given a new secret. `secret` is shown this once."""

    webhook: WebhookRow
    secret: str


class SendingRow(Schema):
    """One try to send one event; `position` 0 is a test, `status` 0 means that there was no answer."""

    pk: int
    position: int
    kind: str
    attempt: int
    at: datetime
    took_ms: int
    status: int
    is_taken: bool
    problem: Text
    excerpt: str


class PositionIn(Body):
    """The entry of the log from which on everything wanted is sent; the last plus one means from now on."""

    position: Id


@router.get("/webhooks", response=PageOf[WebhookRow], **may(Permission.MANAGE_ACCESS))
def list_webhooks(request: HttpRequest, cursor: Cursor = "", size: PageSize = 50) -> dict[str, Any]:
    """List the webhooks of the organisations whose access you manage."""
    page = as_page(webhook_page(caller(request), cursor=cursor, size=size))
    return {**page, "items": [row_of(line) for line in page["items"]]}


@router.post("/webhooks", response={201: NewWebhook}, **may(Permission.MANAGE_ACCESS))
def make_webhook(request: HttpRequest, body: WebhookIn) -> Status[NewWebhook]:
    """Make a webhook; a test is sent at once.

    The answer is the only time its secret is shown, so this write cannot be repeated by key; the same again is refused.
    """
    by = caller(request)
    unit = find(Organisation.objects.visible_to(by), code=body.organisation)
    terms = Terms(body.title, body.address, body.kinds, WhichModes(body.modes))
    row, secret = keeping.create_webhook(by=by, now=clock.now(), organisation=unit, terms=terms)
    return Status(201, NewWebhook(webhook=fresh(row), secret=secret))


@router.get("/webhooks/{webhook_id}", response=WebhookRow, **may(Permission.MANAGE_ACCESS))
def get_webhook(request: HttpRequest, webhook_id: Id) -> WebhookRow:
    """Tell how a webhook stands."""
    return fresh(one_of(request, webhook_id))


@router.patch("/webhooks/{webhook_id}", response=WebhookRow, **may(Permission.MANAGE_ACCESS))
@idempotent
def change_webhook(request: HttpRequest, webhook_id: Id, body: WebhookChangeIn) -> WebhookRow:
    """Change a webhook; you answer for it from then on. To a new address a test is sent at once."""
    row = one_of(request, webhook_id)
    terms = Terms(
        title=row.title if body.title is None else body.title,
        address=row.address if body.address is None else body.address,
        kinds=row.kinds if body.kinds is None else body.kinds,
        modes=WhichModes(row.modes if body.modes is None else body.modes),
    )
    return fresh(keeping.change_webhook(by=caller(request), now=clock.now(), webhook=row, terms=terms))


@router.delete("/webhooks/{webhook_id}", response={204: None}, **may(Permission.MANAGE_ACCESS))
@idempotent
def remove_webhook(request: HttpRequest, webhook_id: Id) -> Status[None]:
    """Remove a webhook; nothing more is sent there."""
    keeping.remove_webhook(by=caller(request), now=clock.now(), webhook=one_of(request, webhook_id))
    return Status(204, None)


@router.post("/webhooks/{webhook_id}/test", response={202: WebhookRow}, **may(Permission.MANAGE_ACCESS))
@idempotent
def test_webhook(request: HttpRequest, webhook_id: Id) -> Status[WebhookRow]:
    """Have a test sent (`webhook.test`), also where the webhook is paused; its result is among the sendings."""
    row = keeping.try_out(by=caller(request), now=clock.now(), webhook=one_of(request, webhook_id))
    return Status(202, fresh(row))


@router.post("/webhooks/{webhook_id}/pause", response=WebhookRow, **may(Permission.MANAGE_ACCESS))
@idempotent
def pause_webhook(request: HttpRequest, webhook_id: Id) -> WebhookRow:
    """Send nothing until it is resumed; what happens meanwhile waits."""
    return fresh(keeping.pause_webhook(by=caller(request), now=clock.now(), webhook=one_of(request, webhook_id)))


@router.post("/webhooks/{webhook_id}/resume", response=WebhookRow, **may(Permission.MANAGE_ACCESS))
@idempotent
def resume_webhook(request: HttpRequest, webhook_id: Id) -> WebhookRow:
    """Go on where it was left, paused or stopped; you answer for it from then on."""
    return fresh(keeping.resume_webhook(by=caller(request), now=clock.now(), webhook=one_of(request, webhook_id)))


@router.post("/webhooks/{webhook_id}/secret", response=NewWebhook, **may(Permission.MANAGE_ACCESS))
def renew_webhook_secret(request: HttpRequest, webhook_id: Id) -> NewWebhook:
    """Make a new secret; the old one signs too for a day. It is shown this once: this cannot be repeated by key."""
    row, secret = keeping.renew_secret(by=caller(request), now=clock.now(), webhook=one_of(request, webhook_id))
    return NewWebhook(webhook=fresh(row), secret=secret)


@router.post("/webhooks/{webhook_id}/position", response=WebhookRow, **may(Permission.MANAGE_ACCESS))
@idempotent
def move_webhook(request: HttpRequest, webhook_id: Id, body: PositionIn) -> WebhookRow:
    """Send again from an entry of the log on, or skip up to it."""
    row, by = one_of(request, webhook_id), caller(request)
    return fresh(keeping.send_again(by=by, now=clock.now(), webhook=row, position=body.position))


@router.get("/webhooks/{webhook_id}/sendings", response=PageOf[SendingRow], **may(Permission.MANAGE_ACCESS))
def list_sendings(request: HttpRequest, webhook_id: Id, cursor: Cursor = "", size: PageSize = 50) -> dict[str, Any]:
    """List the last sendings of a webhook, newest first; a hundred are kept."""
    rows = WebhookSending.objects.filter(webhook=one_of(request, webhook_id))
    page = keyset_page(
        rows, order=("-id",), cursor=cursor, size=size, read=lambda found: [sending_of(row) for row in found]
    )
    return as_page(page)


def one_of(request: HttpRequest, webhook_id: int) -> Webhook:
    rows = Webhook.objects.visible_to(caller(request), Permission.MANAGE_ACCESS)
    return find(rows.select_related("organisation", "by"), pk=webhook_id)


def fresh(row: Webhook) -> WebhookRow:
    return row_of(webhook_line(row, head().position))


def row_of(line: WebhookLine) -> WebhookRow:
    row = line.row
    return WebhookRow(
        pk=row.pk,
        organisation=row.organisation.code,
        title=row.title,
        address=row.address,
        kinds=row.kinds,
        modes=row.modes,
        state=line.state,
        problem=line.problem,
        position=row.position,
        waiting=line.waiting.count,
        failures=row.failures,
        failing_since=row.failing_since,
        next_try_at=row.due_at if line.state == "late" else None,
        last_success_at=row.last_success_at,
        last_failure_at=row.last_failure_at,
        answers_for_it=row.by.username if row.by else None,
        created_at=row.created_at,
    )


def sending_of(row: WebhookSending) -> SendingRow:
    return SendingRow(
        pk=row.pk,
        position=row.position,
        kind=row.kind,
        attempt=row.attempt,
        at=row.at,
        took_ms=row.took_ms,
        status=row.status,
        is_taken=row.is_taken,
        problem=Text(row.problem_zh, row.problem_en),
        excerpt=row.excerpt,
    )
