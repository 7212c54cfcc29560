"""Uploaded sheets and what was read out of them do not stay: they may hold personal data of whoever was in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings

from youbei.actions import files
from youbei.records.models import SheetImport

Stage = SheetImport.Stage
# On its way; what it would do is still looked at.
UNDERWAY = (Stage.UPLOADED, Stage.CHECKING, Stage.CHECKED, Stage.APPLYING, Stage.UNDOING)
EVERY = timedelta(hours=1)


@dataclass(slots=True)
class Clearing:
    """When this process looks again whether there is something to clear away."""

    next_at: datetime = datetime.min.replace(tzinfo=UTC)


CLEARING = Clearing()


def clear_old_sheets(now: datetime) -> int:
    """Delete, once an hour, sheets that are older than they are kept, and the rows shown of them; return how many."""
    if now < CLEARING.next_at:
        return 0
    CLEARING.next_at = now + EVERY
    old = SheetImport.objects.filter(uploaded_at__lt=now - timedelta(days=settings.KEEP_FILES_DAYS))
    old.exclude(samples={}).exclude(stage__in=[Stage.CHECKING, Stage.APPLYING, Stage.UNDOING]).update(samples={})
    return files.remove_old(now)


def forget_samples(registers: Iterable[str]) -> None:
    """Delete the rows that are shown of imports into these registers, but of those that are on their way."""
    SheetImport.objects.filter(register__in=list(registers)).exclude(stage__in=UNDERWAY).update(samples={})
