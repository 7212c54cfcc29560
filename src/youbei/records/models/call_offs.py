"""What is called off under agreements, and how far each request has come."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class CallOff(models.Model):
    """One side of an agreement asks the other for teams or a quantity. The link is made from `nonce`, stored nowhere.

    `once` keeps a form that is sent twice from asking twice. Without an `item` teams are asked for. `org_path` is that
    of the unit that asks.
    """

    class State(models.TextChoices):
        ASKED = "asked"
        ACCEPTED = "accepted"
        REFUSED = "refused"
        EN_ROUTE = "en_route"
        DELIVERED = "delivered"
        RETURNED = "returned"
        SETTLED = "settled"
        WITHDRAWN = "withdrawn"

    agreement = models.ForeignKey("records.Agreement", on_delete=models.PROTECT, related_name="call_offs")
    incident = models.ForeignKey(
        "records.Incident", on_delete=models.PROTECT, null=True, blank=True, related_name="call_offs"
    )
    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="call_offs")
    asked_of = models.ForeignKey(
        "records.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="call_offs_received"
    )
    org_path = PathField(editable=False)
    mode = models.CharField(max_length=10, default="real")
    item = models.ForeignKey("records.Item", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    what = models.CharField(max_length=200, blank=True, default="")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    place = models.CharField(max_length=200, blank=True, default="")
    note = models.CharField(max_length=400, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    next_climb_at = models.DateTimeField(null=True)
    climbed = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    accepted = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    people = models.PositiveIntegerField(null=True)
    arrives_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True, default="")
    left_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    delivered = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    returned_at = models.DateTimeField(null=True)
    returned = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    settled_at = models.DateTimeField(null=True)
    nonce = models.CharField(max_length=32)
    once = models.CharField(max_length=80, unique=True)

    objects = ScopedQuerySet["CallOff"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["org_path", "-id"], name="call_off_in_organisation"),
            models.Index(fields=["agreement", "-id"], name="call_off_of_agreement"),
            models.Index(fields=["next_climb_at"], name="call_off_climbs", condition=Q(next_climb_at__isnull=False)),
        ]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="call_off_asks_for_something")]
