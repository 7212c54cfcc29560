"""Webhooks: who is sent what of the log, how far each has come, and what became of the last sendings."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class Webhook(models.Model):
    """A subscription to the log of a unit and all below it, sent as JSON to an address.

    `position` is how far it has come: what stands behind it in the log is still to be sent. `kinds` are patterns
    (`engine/webhooks.py`). `secret` is enciphered; the old one also signs until `old_secret_until`. `by` answers for
    it: it may hear no more than that account may read and take away. `lease` names the sending that is under way.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused"
        STOPPED = "stopped"

    class Modes(models.TextChoices):
        REAL = "real"
        BOTH = "both"
        EXERCISE = "exercise"

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, related_name="webhooks")
    org_path = PathField(editable=False)
    title = models.CharField(max_length=120)
    address = models.CharField(max_length=500)
    kinds = models.JSONField(default=list)
    modes = models.CharField(max_length=8, choices=Modes.choices, default=Modes.REAL)
    secret = models.TextField()
    old_secret = models.TextField(blank=True, default="")
    old_secret_until = models.DateTimeField(null=True)
    position = models.BigIntegerField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.ACTIVE)
    by = models.ForeignKey("records.User", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    # Why it is paused or stopped, or why the last try failed; empty while all is well.
    problem_zh = models.CharField(max_length=400, blank=True, default="")
    problem_en = models.CharField(max_length=400, blank=True, default="")
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_failure_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    trial_asked_at = models.DateTimeField(null=True)
    lease = models.CharField(max_length=32, blank=True, default="")
    lease_until = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Webhook"].as_manager()

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["org_path", "id"], name="webhook_in_organisation")]

    @property
    def stream(self) -> str:
        return f"webhook:{self.pk}"


class WebhookSending(models.Model):
    """One try to send one event; only the last of each webhook are kept. `position` 0 is a test."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="sendings")
    position = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    attempt = models.PositiveIntegerField()
    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField()
    is_taken = models.BooleanField()
    problem_zh = models.CharField(max_length=400, blank=True, default="")
    problem_en = models.CharField(max_length=400, blank=True, default="")
    excerpt = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["webhook", "-id"], name="sending_of_webhook")]

    @property
    def event(self) -> str:
        """Return the kind of the event in the log, without the mark of exercises."""
        return self.kind.rpartition(":")[2]

    @property
    def is_exercise(self) -> bool:
        return self.kind.startswith("exercise:")
