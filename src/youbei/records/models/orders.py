"""Orders on the stores: what was taken of an item for one purpose, out of which lots, offers and lines."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class StockOrder(models.Model):
    """So much of an item for an incident, a site or a purpose in words, as it was proposed or chosen.

    `reason` says why it is not what first expired, first out proposed; empty where it is. `org_path` is the lowest
    unit under which all its lots lie.
    """

    class State(models.TextChoices):
        RESERVED = "reserved"
        ISSUED = "issued"
        CANCELLED = "cancelled"

    item = models.ForeignKey("records.Item", on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    incident = models.ForeignKey("records.Incident", on_delete=models.PROTECT, null=True, related_name="stock_orders")
    site = models.ForeignKey("records.Site", on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=200)
    use_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.TextField(blank=True, default="")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=120, blank=True, default="")
    org_path = PathField(editable=False)

    objects = ScopedQuerySet["StockOrder"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["org_path", "-id"], name="order_in_organisation"),
            models.Index(fields=["state", "-id"], name="order_by_state"),
        ]


class StockOrderLine(models.Model):
    """One part of an order: of a lot that is promised or handed out, or of what is to be bought or made."""

    order = models.ForeignKey(StockOrder, on_delete=models.CASCADE, related_name="lines")
    lot = models.ForeignKey("records.StockLot", on_delete=models.PROTECT, null=True, related_name="+")
    offer = models.ForeignKey("records.MarketOffer", on_delete=models.PROTECT, null=True, related_name="+")
    line = models.ForeignKey("records.CapacityLine", on_delete=models.PROTECT, null=True, related_name="+")
    reserve = models.CharField(max_length=12)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    ready_h = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    unit_price = models.DecimalField(max_digits=14, decimal_places=3, null=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="order_line_above_zero"),
        ]
