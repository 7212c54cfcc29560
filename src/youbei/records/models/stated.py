"""Quantities that were stated for lots in a form, over the API or by a sheet, and what became of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class StatedQuantity(models.Model):
    """Somebody (`actor`, as in the log) said that a lot holds `stated` when its ledger said `stood`.

    It changes nothing until somebody else confirms it; then `movement` is the count that posted the difference. Each
    has at most one waiting for a lot. `source` says how it came: empty for a form, `api`, `import:<id>`.

    With `write_off` (why it can no longer be used) it is an application to write off what it states less than stood;
    so much is held back in the ledger meanwhile, and one may have applied several times.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        CONFIRMED = "confirmed"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"
        REPLACED = "replaced"  # by another of the same person
        COUNTED = "counted"  # overtaken by a count of the lot

    lot = models.ForeignKey("records.StockLot", on_delete=models.CASCADE, related_name="statements")
    org_path = PathField(editable=False)
    stood = models.DecimalField(max_digits=14, decimal_places=3)
    stated = models.DecimalField(max_digits=14, decimal_places=3)
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    by_label = models.CharField(max_length=200)
    reason = models.CharField(max_length=1000, blank=True, default="")
    source = models.CharField(max_length=80, blank=True, default="")
    write_off = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True, default="")
    answer = models.CharField(max_length=1000, blank=True, default="")
    movement = models.ForeignKey("records.StockMovement", on_delete=models.PROTECT, null=True, related_name="+")

    objects = ScopedQuerySet["StatedQuantity"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["org_path", "-id"], name="stated_waiting", condition=Q(state="waiting")),
            models.Index(fields=["source", "-id"], name="stated_by_source", condition=Q(state="waiting")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "actor"], condition=Q(state="waiting", write_off=""), name="stated_once_by_each"
            ),
        ]
