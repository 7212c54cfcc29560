"""The outbox."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class Message(models.Model):
    """A message on its way to one recipient. `key` makes it one message however often it is enqueued or sent."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        RECORDED = "recorded"
        REFUSED = "refused"
        FAILED = "failed"

    key = models.CharField(max_length=160, unique=True)
    run = models.ForeignKey("records.Run", on_delete=models.CASCADE, null=True, related_name="messages")
    incident = models.ForeignKey("records.Incident", on_delete=models.CASCADE, null=True, related_name="messages")
    org_path = PathField(db_index=True, editable=False)
    mode = models.CharField(max_length=10)
    channel = models.CharField(max_length=20)
    recipient = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True, default="")
    subject_zh = models.CharField(max_length=200)
    subject_en = models.CharField(max_length=200)
    body_zh = models.TextField(blank=True, default="")
    body_en = models.TextField(blank=True, default="")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    reason = models.CharField(max_length=300, blank=True, default="")
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Message"].as_manager()

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(fields=["status", "due_at"], name="message_due"),
            models.Index(fields=["status", "-id"], name="message_by_status"),
        ]
