"""What holds in an area for a time, whatever happens there: a weather warning, an examination, a dry forest."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class ReceivedAlert(models.Model):
    """A real CAP message that was imported for a unit and all below it, by what names it, and what it refers to.

    `references` lists `[identifier, sent]` of the messages of the same sender that it updates or cancels.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, related_name="alerts")
    org_path = PathField(editable=False)
    sender = models.CharField(max_length=200)
    identifier = models.CharField(max_length=200)
    sent_at = models.DateTimeField()
    msg_type = models.CharField(max_length=10)
    references = models.JSONField()
    title = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=120)

    objects = ScopedQuerySet["ReceivedAlert"].as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "identifier", "sent_at", "organisation"], name="alert_once_in_a_unit"
            )
        ]


class Circumstance(models.Model):
    """One fact that somebody has stated of a unit and all below it: `starts_at <= t < ends_at`, or until it is lifted.

    `key` and `value` are those of a fact of an incident, `source` who says so outside, such as a weather service.
    `alert` is the message that says so, where one was imported.
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
    alert = models.ForeignKey(ReceivedAlert, null=True, on_delete=models.CASCADE, related_name="circumstances")

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
