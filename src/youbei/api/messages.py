"""The outbox: who was told what, and whether it arrived."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from youbei.actions.outbox import CHANNEL_NAMES
from youbei.api.access import caller, may
from youbei.api.asked import demand_choice
from youbei.api.values import Cursor, Id, PageOf, PageSize, Slug, as_page
from youbei.engine.access import Permission
from youbei.records.models import Message
from youbei.records.reports.messages import MessageFilter, MessageRow, message_page

router = Router(tags=["messages"])


@router.get("/messages", response=PageOf[MessageRow], **may(Permission.SEE))
def list_messages(
    request: HttpRequest,
    run: Id | None = None,
    status: Slug | None = None,
    channel: Slug | None = None,
    cursor: Cursor = "",
    size: PageSize = 50,
) -> dict[str, Any]:
    """List the messages of the responses you may see, newest first."""
    demand_choice("status", status or "", Message.Status.values)
    demand_choice("channel", channel or "", CHANNEL_NAMES)
    filters = MessageFilter(status=status or "", channel=channel or "", run_pk=run)
    return as_page(message_page(caller(request), filters=filters, cursor=cursor, size=size))
