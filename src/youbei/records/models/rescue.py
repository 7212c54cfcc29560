"""The rescue of a real response, scored by those who evaluate it."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class RescueEvaluation(models.Model):
    """`scores` maps an item of the sheet to its points and why; what is missing has not been judged."""

    run = models.OneToOneField("records.Run", on_delete=models.CASCADE, related_name="rescue_evaluation")
    org_path = PathField(editable=False)
    scores = models.JSONField(default=dict)
    conclusion = models.TextField(blank=True, default="")
    judged_at = models.DateTimeField()
    judged_by = models.CharField(max_length=200)

    objects = ScopedQuerySet["RescueEvaluation"].as_manager()
