"""The log's tables. They are append-only: triggers refuse every UPDATE and DELETE (see `records/triggers.py`)."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class LogEntry(models.Model):
    """One entry of the one chain; `position` counts 1, 2, 3 ... without a gap."""

    position = models.BigIntegerField(primary_key=True)
    stream = models.CharField(max_length=120)
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    mode = models.CharField(max_length=10)
    kind = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    data = models.TextField()
    by_id = models.CharField(max_length=120)
    by_label = models.CharField(max_length=120)
    org_path = PathField()
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = ScopedQuerySet["LogEntry"].as_manager()

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="log_stream_seq_once")]
        indexes = [
            models.Index(fields=["org_path", "position"], name="log_in_organisation"),
            models.Index(fields=["kind", "position"], name="log_of_kind"),
        ]


class LogHead(models.Model):
    """The end of the chain: one row, locked while entries are appended, so that positions have no gap."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)
