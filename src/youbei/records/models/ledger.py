"""The ledger of materials in the database: movements and their postings, which are only ever added."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class StockMovement(models.Model):
    """One thing that was done with stock: the verb, when, by whom (as in the log), why, on which paper.

    `source` says what it came from: empty for a person, `run:<id>`, `import:<id>`. The database refuses changes.
    """

    verb = models.CharField(max_length=12)
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    by_label = models.CharField(max_length=200)
    org_path = PathField(editable=False)
    reason = models.CharField(max_length=1000, blank=True, default="")
    document = models.CharField(max_length=400, blank=True, default="")
    source = models.CharField(max_length=80, blank=True, default="")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")

    objects = ScopedQuerySet["StockMovement"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["org_path", "-id"], name="movement_in_organisation")]


class StockPosting(models.Model):
    """Part of a movement: `quantity` comes to an account of a lot, or leaves it.

    A lot that an undone import takes away leaves its postings behind, which then sum to nothing at hand.
    """

    movement = models.ForeignKey(StockMovement, on_delete=models.PROTECT, related_name="postings")
    lot = models.ForeignKey(
        "records.StockLot", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="postings"
    )
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=120, blank=True, default="")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["lot", "id"], name="posting_of_lot")]
