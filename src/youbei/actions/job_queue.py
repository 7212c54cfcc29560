"""Put long work into the queue, and take it out again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from youbei.records.models import Job, User


def queue_job(
    kind: str, subject_id: int, *, by: User | None, now: datetime, state: dict[str, Any] | None = None
) -> Job:
    """Queue work of a kind about a subject, inside the caller's transaction."""
    return Job.objects.create(kind=kind, subject_id=subject_id, by=by, queued_at=now, state=state or {})


def cancel_job(job: Job) -> None:
    """Ask a job to stop; it stops before its next slice."""
    Job.objects.filter(pk=job.pk).update(is_cancelled=True)
