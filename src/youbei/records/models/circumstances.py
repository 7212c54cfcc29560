"""What holds in an area for a time, whatever happens there: a weather warning, an examination, a dry forest."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class Circumstance(models.Model):
    """One fact that somebody has stated of a unit and all below it: `starts_at <= t < ends_at`, or until it is lifted.

    `key` and `value` are those of a fact of an incident, `source` who says so outside, such as a weather service.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, related_name="circumstances")
    org_path = PathField(editable=False)
    key = models.CharField(max_length=60)
    value = models.JSONField()
    source = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stated_at = models.DateTimeField()
    stated_by = models.CharField(max_length=120)

    objects = ScopedQuerySet["Circumstance"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["org_path", "ends_at"], name="circumstance_in"),
            models.Index(fields=["ends_at", "-id"], name="circumstance_until"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("starts_at")), name="circumstance_ends_after_start"
            )
        ]
