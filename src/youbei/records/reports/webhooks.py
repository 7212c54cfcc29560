"""Webhooks as those who keep them look at them: how each stands, and what waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.engine.webhooks import WhichModes, kinds_of, named_kinds
from youbei.records.log import head
from youbei.records.models import User, Webhook
from youbei.records.pages import PAGE_SIZE, Page, keyset_page
from youbei.records.wanted import Wanted, next_wanted

# What waits is counted up to here; more is "and more".
MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many events wait, the position of the first (None: none is known), and whether there may be more."""

    count: int = 0
    first: int | None = None
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class WebhookLine:
    """One webhook with what waits for it. `state` is well, late, paused or stopped."""

    row: Webhook
    state: str
    kinds: tuple[Text, ...]
    waiting: Waiting

    @property
    def problem(self) -> Text:
        return Text(self.row.problem_zh, self.row.problem_en)


def webhook_page(user: User, *, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[WebhookLine]:
    """Return a page of the webhooks of units whose access the user manages."""
    rows = Webhook.objects.visible_to(user, Permission.MANAGE_ACCESS).select_related("organisation", "by")
    return keyset_page(rows, order=("id",), cursor=cursor, size=size, read=webhook_lines)


def webhook_lines(rows: Sequence[Webhook]) -> list[WebhookLine]:
    until = head().position
    return [webhook_line(row, until) for row in rows]


def webhook_line(row: Webhook, until: int) -> WebhookLine:
    state = "late" if row.state == Webhook.State.ACTIVE and row.failures else row.state
    state = "well" if state == Webhook.State.ACTIVE else state
    waiting = waiting_for(row, until) if state != "well" else Waiting()
    return WebhookLine(row, state, tuple(named_kinds(row.kinds)), waiting)


def waiting_for(row: Webhook, until: int) -> Waiting:
    """Count what waits, within bounds: where the next event lies very far on, only that there may be some is known."""
    wanted = Wanted(row.org_path, kinds_of(row.kinds), WhichModes(row.modes))
    found = next_wanted(wanted, after=row.position, until=until, limit=MOST_COUNTED)
    first = found.positions[0] if found.positions else None
    return Waiting(len(found.positions), first, is_more=found.reached < until)
