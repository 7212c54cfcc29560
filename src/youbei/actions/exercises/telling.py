"""Tell those who are listed in an exercise something, by every way in which they are told anything."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Manager, QuerySet

from youbei.actions.directory import Directory
from youbei.actions.outbox import post_message
from youbei.engine.alerts.route import Outgoing
from youbei.engine.clock import Mode
from youbei.records.models import Participant


def tell_listed(
    listed: Manager[Participant] | QuerySet[Participant],
    said: Outgoing,
    *,
    key: str,
    org_path: str,
    now: datetime,
    mode: Mode = Mode.EXERCISE,
) -> None:
    """Send the same to everybody listed, once each: `key` says what it is, so that nobody is told twice.

    In exercise mode the gate lets nobody else hear of it.
    """
    refs = sorted(set(listed.values_list("ref", flat=True)))
    directory = Directory(refs, now)
    for ref in refs:
        for contact in directory.contacts(ref):
            post_message(
                key=f"{key}:{contact.recipient}",
                org_path=org_path,
                recipient=contact.recipient,
                address=contact.address,
                said=said,
                now=now,
                mode=mode,
                is_enrolled=mode is Mode.EXERCISE,
            )
