"""Files that show what a record says: a scanned certificate, a signed agreement, the minutes of an inspection."""

from __future__ import annotations

from django.db import models


class Attachment(models.Model):
    """One file of a record; who may see the record may see that it is there. `digest` is its SHA-256, as in the log."""

    register = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["register", "record_id", "id"], name="attachment_of_record")]
