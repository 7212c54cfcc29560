"""What is asked of experts and partners, and what is owed for it."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import Registered, ScopedQuerySet, sorted_by, walked_by


class Consultation(Registered):
    """A question put to an expert by `organisation`, what came of the call, the advice, and whether it helped.

    `incident` is set where the advice is asked for one; it decides the mode in which the expert was called.
    """

    class State(models.TextChoices):
        ASKED = "asked"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        ADVISED = "advised"

    code = models.SlugField(max_length=80, unique=True)
    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="+")
    expert = models.ForeignKey("records.Expert", on_delete=models.PROTECT, related_name="consultations")
    incident = models.ForeignKey(
        "records.Incident",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="consultations",
    )
    asked_at = models.DateTimeField()
    question = models.TextField()
    state = models.CharField(max_length=10, default="asked")
    answered_at = models.DateTimeField(null=True, blank=True)
    advised_at = models.DateTimeField(null=True, blank=True)
    advice = models.TextField(blank=True, default="")
    minutes = models.PositiveIntegerField(null=True, blank=True)
    usefulness = models.CharField(max_length=12, blank=True, default="")
    result = models.TextField(blank=True, default="")

    objects = ScopedQuerySet["Consultation"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="consultation_in_organisation"),
            models.Index(fields=["expert", "-asked_at"], name="consultation_of_expert"),
            *walked_by("consultation", "state", "usefulness"),
            *sorted_by("consultation", "asked_at"),
        ]


class Compensation(models.Model):
    """What is owed under an agreement for one incident. `lines` is the statement as it was worked out when drafted."""

    class Stage(models.TextChoices):
        DRAFTED = "drafted"
        SENT = "sent"
        AGREED = "agreed"
        PAID = "paid"

    agreement = models.ForeignKey("records.Agreement", on_delete=models.PROTECT, related_name="compensations")
    incident = models.ForeignKey("records.Incident", on_delete=models.PROTECT, related_name="compensations")
    org_path = PathField(editable=False)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.DRAFTED)
    lines = models.JSONField(default=dict)
    terms = models.TextField(blank=True, default="")
    total = models.DecimalField(max_digits=14, decimal_places=2)
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=120)
    drafter = models.CharField(max_length=40)
    sent_at = models.DateTimeField(null=True)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.CharField(max_length=120, blank=True, default="")
    paid_at = models.DateTimeField(null=True)
    paid_note = models.CharField(max_length=200, blank=True, default="")

    objects = ScopedQuerySet["Compensation"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["org_path", "-id"], name="compensation_in_organisation")]
        constraints = [models.UniqueConstraint(fields=["agreement", "incident"], name="compensation_once")]
