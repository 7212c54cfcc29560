"""As which a unit stood in the tree from one moment up to another: the tree of any day can be read from it."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField


class OrganisationSpan(models.Model):
    """A unit as it was from `begins_at` until `ends_at`; the open one says what it is now. A unit out of use has none.

    `path` is that of its time. The primary key of the superior is kept as a number: it outlives what is deleted.
    """

    unit = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, related_name="+")
    parent_pk = models.BigIntegerField(null=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True, default="")
    kind = models.CharField(max_length=20)
    division = models.CharField(max_length=12, blank=True, default="")
    path = PathField(editable=False)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(fields=["parent_pk", "begins_at"], name="span_below"),
            models.Index(fields=["unit", "begins_at"], name="span_of_unit"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=models.Q(ends_at=None), name="one_open_span"),
        ]
