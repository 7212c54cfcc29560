"""Make, change, pause, renew and remove webhooks. Each of it stands in the log, without secret and path."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.cipher import encipher
from youbei.actions.journal import record
from youbei.actions.permit import require
from youbei.channels.webhook_address import read_address
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.webhooks import OLD_SECRET_LASTS, SECRET_BYTES, WhichModes, checked_kinds, written_secret
from youbei.records.log import head
from youbei.records.models import Organisation, User, Webhook

# Assumption: whoever needs more receivers than that puts a distributor of its own behind one of them.
MOST_IN_A_UNIT = 20
# Whoever makes a webhook must administer the unit and may take its log away.
NEEDED = (Permission.MANAGE_ACCESS, Permission.EXPORT_LOG, Permission.SEE)


class WebhookRefused(Refused):
    """Refuse what a webhook cannot be or do at present."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a webhook is asked to be: what it is for, where it goes, what of the log is wanted."""

    title: str
    address: str
    kinds: Iterable[str]
    modes: WhichModes = WhichModes.REAL

    def checked(self) -> dict[str, Any]:
        """Return the columns, or refuse."""
        title = " ".join(self.title.split())[:120]
        if not title:
            raise WebhookRefused(
                zh="请填写用途，例如“值班大屏”，以便日后辨认。",
                en="Say what it is for, such as “wall display”, so that it is known later.",
            )
        address = self.address.strip()
        read_address(address, settings.WEBHOOK_NETWORKS)
        kinds = checked_kinds(self.kinds)
        return {"title": title, "address": address, "kinds": kinds, "modes": WhichModes(self.modes).value}


def require_keeper(by: User, org_path: str) -> None:
    for permission in NEEDED:
        require(by, permission, org_path)


def may_keep(user: User | None, org_path: str) -> bool:
    """Say whether a webhook of this account may hear of that subtree today."""
    return user is not None and user.is_active and all(user.may(permission, org_path) for permission in NEEDED)


@transaction.atomic
def create_webhook(*, by: User, now: datetime, organisation: Organisation, terms: Terms) -> tuple[Webhook, str]:
    """Make a webhook that hears of everything from now on, and return it with its secret, shown this once.

    A test is sent at once, so that it is seen whether the receiver takes it.
    """
    require_keeper(by, organisation.path)
    unit = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if unit.retired_at is not None:
        raise WebhookRefused(
            zh="该单位已停用，不能为其设置推送。请选择在用的单位。",
            en="This unit is out of use, so nothing can be sent for it. Choose one that is in use.",
        )
    columns = terms.checked()
    refuse_another(unit, columns)
    plain = secrets.token_bytes(SECRET_BYTES)
    actor = actor_for(by, now)
    row = Webhook.objects.create(
        organisation=unit,
        org_path=unit.path,
        **columns,
        secret=encipher(plain),
        position=head().position,
        by=by,
        created_at=now,
        created_by=actor.id,
        due_at=now,
        trial_asked_at=now,
    )
    say(row, "webhook.created", said_of(row), by=by, now=now)
    return row, written_secret(plain)


def refuse_another(unit: Organisation, columns: dict[str, Any]) -> None:
    """Refuse one more than a unit may have, and one that would send the same to the same place."""
    others = Webhook.objects.filter(organisation=unit)
    if others.count() >= MOST_IN_A_UNIT:
        raise WebhookRefused(
            zh=f"该单位已有 {MOST_IN_A_UNIT} 个推送，已达上限。请先删除不用的。",
            en=f"This unit has {MOST_IN_A_UNIT} webhooks, which is the most. Remove one that is not needed.",
        )
    same = others.filter(address=columns["address"], modes=columns["modes"])
    if any(one.kinds == columns["kinds"] for one in same):
        raise WebhookRefused(
            zh="已有同样的推送：同一地址、同样的内容。请在列表中查看；需要新密钥的，在其页面更换。",
            en="There is such a webhook: the same address and the same events. Find it in the list; its page gives "
            "a new secret where one is needed.",
        )


@transaction.atomic
def change_webhook(*, by: User, now: datetime, webhook: Webhook, terms: Terms) -> Webhook:
    """Change what it is for, where it goes or what it hears of. Whoever changes it answers for it from then on."""
    row = locked(webhook, by)
    columns = terms.checked()
    changed = [name for name, value in columns.items() if getattr(row, name) != value]
    if not changed:
        return row
    for name in changed:
        setattr(row, name, columns[name])
    row.by = by
    if "address" in changed:
        row.failures, row.failing_since, row.due_at = 0, None, now
        row.trial_asked_at = now
    row.save()
    say(row, "webhook.changed", {**said_of(row), "fields": changed}, by=by, now=now)
    return row


@transaction.atomic
def pause_webhook(*, by: User, now: datetime, webhook: Webhook) -> Webhook:
    """Send nothing until it is resumed; what happens meanwhile waits in the log."""
    row = locked(webhook, by)
    if row.state != Webhook.State.ACTIVE:
        raise WebhookRefused(
            zh="该推送没有在运行，无需暂停。", en="This webhook is not at work, so there is nothing to pause."
        )
    row.state = Webhook.State.PAUSED
    row.save(update_fields=["state"])
    say(row, "webhook.paused", {"title": row.title}, by=by, now=now)
    return row


@transaction.atomic
def resume_webhook(*, by: User, now: datetime, webhook: Webhook) -> Webhook:
    """Go on where it was left, in order. Whoever resumes it answers for it from then on."""
    row = locked(webhook, by)
    if row.state == Webhook.State.ACTIVE:
        raise WebhookRefused(zh="该推送正在运行，无需恢复。", en="This webhook is at work already.")
    if row.organisation.retired_at is not None:
        raise WebhookRefused(
            zh="该单位已停用，推送不能恢复。请删除，或为在用的单位另设。",
            en="The unit is out of use, so nothing can be sent for it. "
            "Remove the webhook, or make one for another unit.",
        )
    row.state, row.by, row.due_at = Webhook.State.ACTIVE, by, now
    row.failures, row.failing_since, row.problem_zh, row.problem_en = 0, None, "", ""
    row.save()
    say(row, "webhook.resumed", {"title": row.title}, by=by, now=now)
    return row


@transaction.atomic
def renew_secret(*, by: User, now: datetime, webhook: Webhook) -> tuple[Webhook, str]:
    """Make a new secret and return it, shown this once; the old one goes on signing beside it for a day."""
    row = locked(webhook, by)
    plain = secrets.token_bytes(SECRET_BYTES)
    row.old_secret, row.old_secret_until = row.secret, now + OLD_SECRET_LASTS
    row.secret = encipher(plain)
    row.save(update_fields=["secret", "old_secret", "old_secret_until"])
    say(row, "webhook.secret_renewed", {"title": row.title}, by=by, now=now)
    return row, written_secret(plain)


@transaction.atomic
def send_again(*, by: User, now: datetime, webhook: Webhook, position: int) -> Webhook:
    """Go on from an entry of the log, back or forward: from `position` on everything wanted is sent, in order."""
    row = locked(webhook, by)
    last = head().position
    if not 1 <= position <= last + 1:
        raise WebhookRefused(
            zh=f"日志中没有第 {position} 条。请填写 1 至 {last + 1} 的数字；{last + 1} 表示从现在起。",
            en=f"The log has no entry {position}. Take a number from 1 to {last + 1}; {last + 1} means from now on.",
        )
    before, row.position, row.due_at = row.position, position - 1, now
    row.save(update_fields=["position", "due_at"])
    say(row, "webhook.moved", {"title": row.title, "from": before + 1, "next": position}, by=by, now=now)
    return row


@transaction.atomic
def try_out(*, by: User, now: datetime, webhook: Webhook) -> Webhook:
    """Have a test sent by the worker, also where the webhook is paused or stopped."""
    row = locked(webhook, by)
    row.trial_asked_at = now
    row.save(update_fields=["trial_asked_at"])
    say(row, "webhook.tested", {"title": row.title}, by=by, now=now)
    return row


@transaction.atomic
def remove_webhook(*, by: User, now: datetime, webhook: Webhook) -> None:
    """Remove it with its secret and the record of its sendings."""
    row = locked(webhook, by)
    say(row, "webhook.removed", {"title": row.title}, by=by, now=now)
    row.delete()


def locked(webhook: Webhook, by: User) -> Webhook:
    """Lock a webhook and let those alone pass who may keep it."""
    rows = Webhook.objects.select_for_update(of=("self",)).select_related("organisation", "by")
    row = rows.get(pk=webhook.pk)
    require_keeper(by, row.org_path)
    return row


def said_of(row: Webhook) -> dict[str, Any]:
    origin = read_address(row.address, settings.WEBHOOK_NETWORKS).origin
    return {
        "title": row.title,
        "unit": row.organisation.code,
        "address": origin,
        "kinds": row.kinds,
        "modes": row.modes,
    }


def say(row: Webhook, kind: str, data: dict[str, Any], *, by: User, now: datetime) -> None:
    record(row.stream, [(kind, data)], by=actor_for(by, now), now=now, org_path=row.org_path)
