"""Who is on duty."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class DutyShift(models.Model):
    """A person is on duty at a duty post; `starts_at <= t < ends_at`. The leader on duty answers for the shift."""

    post = models.ForeignKey("records.Post", on_delete=models.CASCADE, related_name="shifts")
    org_path = PathField(db_index=True, editable=False)
    person = models.ForeignKey("records.Person", on_delete=models.PROTECT, related_name="shifts")
    is_leader = models.BooleanField(default=False)
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField()

    objects = ScopedQuerySet["DutyShift"].as_manager()

    class Meta:
        ordering = ("starts_at", "id")
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="shift_ends_after_start")
        ]
