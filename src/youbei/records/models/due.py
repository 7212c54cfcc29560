"""What was told of things that fall due: once for each step, and which units are still to be told today."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class DueStep(models.Model):
    """A step (see `engine/due`) that was taken about one day of one record. One that is renewed has a new day."""

    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    due_on = models.DateField()
    step = models.CharField(max_length=20)
    org_path = PathField(editable=False)
    taken_at = models.DateTimeField()
    is_told = models.BooleanField()

    objects = ScopedQuerySet["DueStep"].as_manager()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["kind", "record_id", "due_on", "step"], name="due_step_once"),
        ]


class DueUnit(models.Model):
    """A unit that is looked at on a day; the one without a path says that the day was laid out."""

    on = models.DateField()
    path = PathField(blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["on", "path"], name="due_unit_once")]
        indexes = [
            models.Index(fields=["on", "id"], name="due_units_waiting", condition=models.Q(done_at__isnull=True)),
        ]
