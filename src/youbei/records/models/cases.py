"""Cases: what closed incidents and exercises taught."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class Case(models.Model):
    """What a closed incident or exercise taught, once an expert who did not write it has validated it.

    `traits` are the facts as they were known at the end, by which similar incidents are found.
    """

    incident = models.OneToOneField("records.Incident", on_delete=models.PROTECT, related_name="case")
    org_path = PathField(editable=False)
    kind = models.CharField(max_length=60)
    category = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True, default="")
    course = models.TextField(blank=True, default="")
    decisions = models.TextField(blank=True, default="")
    evaluation = models.TextField(blank=True, default="")
    lessons = models.TextField(blank=True, default="")
    tags = models.JSONField(default=list)
    traits = models.JSONField(default=dict)
    writers = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    changed_at = models.DateTimeField()
    validated_at = models.DateTimeField(null=True)
    validated_by = models.CharField(max_length=120, blank=True, default="")

    objects = ScopedQuerySet["Case"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["org_path", "-id"], name="case_in_organisation"),
            models.Index(fields=["kind", "-id"], name="case_by_kind"),
            models.Index(fields=["category", "-id"], name="case_by_category"),
        ]
