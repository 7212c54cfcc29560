"""Requests of other systems for help of ours, from the message to the answer."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class OutsideRequest(models.Model):
    """What another system asks of a unit. It is kept once, however often its message comes.

    `sender`, `message_id` and the incident are as the asker names them. `contact` may be personal, so it stands here
    and never in the log. `answer` is why it was declined, or what was answered.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        TAKEN = "taken"
        ANSWERED = "answered"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    class Mode(models.TextChoices):
        REAL = "real"
        EXERCISE = "exercise"

    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="+")
    org_path = PathField(editable=False)
    mode = models.CharField(max_length=8, choices=Mode.choices)
    sent_by = models.ForeignKey("records.User", on_delete=models.SET_NULL, null=True, related_name="+")
    sender = models.CharField(max_length=200)
    message_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    incident_id_there = models.CharField(max_length=200, blank=True, default="")
    incident_there = models.TextField(blank=True, default="")
    words = models.TextField(blank=True, default="")
    contact = models.TextField(blank=True, default="")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    incident = models.ForeignKey("records.Incident", on_delete=models.PROTECT, null=True, related_name="asked_outside")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True, default="")
    answer = models.TextField(blank=True, default="")
    recall_id = models.CharField(max_length=200, blank=True, default="")

    objects = ScopedQuerySet["OutsideRequest"].as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["sent_by", "message_id"], name="outside_request_once"),
        ]
        indexes = [
            models.Index(fields=["org_path", "-id"], name="outside_request_of_unit"),
            models.Index(
                fields=["org_path", "id"], name="outside_request_waiting", condition=models.Q(state="waiting")
            ),
            models.Index(fields=["sent_by", "received_at"], name="outside_request_of_sender"),
        ]

    @property
    def stream(self) -> str:
        return f"request:{self.pk}"


class OutsideLine(models.Model):
    """One resource of a request, as the asker names it; `element` is what its answers refer to.

    `quantity` is empty where it was said in words (`unit` holds them) or not at all.
    """

    request = models.ForeignKey(OutsideRequest, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField()
    element = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    value_list = models.CharField(max_length=200, blank=True, default="")
    value = models.CharField(max_length=200, blank=True, default="")
    quantity = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    unit = models.CharField(max_length=200, blank=True, default="")
    words = models.TextField(blank=True, default="")
    needed_by = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    place = models.CharField(max_length=200, blank=True, default="")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="outside_line_once")]
