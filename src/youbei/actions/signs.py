"""Signs of life of the workers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from youbei.records.models import Heartbeat

FORGET_AFTER = timedelta(days=1)


@transaction.atomic
def show_life(name: str, now: datetime) -> None:
    """Note that a worker has completed a tick; workers not seen for a day are forgotten."""
    if not Heartbeat.objects.filter(pk=name).update(at=now):
        Heartbeat.objects.filter(at__lt=now - FORGET_AFTER).delete()
        Heartbeat.objects.create(name=name, at=now)
