"""Layers that programs for maps read: who has opened which of them on a day stands in the log."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.engine.access import Permission
from youbei.records.log import lock_head
from youbei.records.models import LogEntry, User
from youbei.records.reports.layers import Layer


def note_opened(layer: Layer, *, by: User, now: datetime) -> None:
    """Write into the log that an account reads a layer, once a day: a map asks anew whenever it is moved."""
    stream = f"layer:{layer.name}:user:{by.pk}"
    if is_noted(stream, now):
        return
    see = layer.register.see if layer.register is not None else Permission.SEE
    with transaction.atomic():
        lock_head()
        if is_noted(stream, now):
            return
        happening = ("layer.opened", {"layer": layer.name})
        record(stream, [happening], by=actor_for(by, now), now=now, org_path=by.paths_with(see)[0])


def is_noted(stream: str, now: datetime) -> bool:
    last = LogEntry.objects.filter(stream=stream).order_by("-seq").values_list("recorded_at", flat=True).first()
    return last is not None and timezone.localdate(last) >= timezone.localdate(now)
