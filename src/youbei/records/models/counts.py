"""Counts that are kept, and the changes of registers by which they are brought forward."""

from __future__ import annotations

from django.db import models


class CountChange(models.Model):
    """One record as it stood before and after a change: only what is counted by, no names. Triggers write it.

    `stamp` is the transaction that wrote it, on PostgreSQL; `at` is in seconds since 1970.
    """

    register = models.CharField(max_length=40)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    stamp = models.BigIntegerField(default=0)
    at = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["register", "stamp", "id"], name="count_changes_since")]


class CountWanted(models.Model):
    """A question that somebody waits for: the worker counts it. One of too many cells is never kept."""

    key = models.CharField(max_length=64, unique=True)
    asked = models.JSONField()
    wanted_at = models.DateTimeField()
    is_too_large = models.BooleanField(default=False)


class KeptCount(models.Model):
    """The numbers of one table, counted once and brought forward since.

    `asked` is what was counted (see `records/counts/asked`), `cells` the numbers. They hold every change up to
    `position` (SQLite) or all that `snapshot` sees (PostgreSQL). Freshness is as it was at `since`.
    """

    key = models.CharField(max_length=64, unique=True)
    register = models.CharField(max_length=40)
    asked = models.JSONField()
    cells = models.JSONField()
    position = models.BigIntegerField(default=0)
    snapshot = models.TextField(blank=True, default="")
    since = models.DateTimeField()
    counted_at = models.DateTimeField()
    asked_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["register", "position"], name="kept_counts_behind")]
