"""Questions about where reserves should stand, and who cannot be reached, with their answers."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class SitingStudy(models.Model):
    """One question: `asked` are its terms, `answer` what came of it (empty until the job is done).

    The points that it weighs are those that `by` may see under `org_path`.
    """

    org_path = PathField(editable=False)
    by = models.ForeignKey("records.User", on_delete=models.SET_NULL, null=True, related_name="+")
    question = models.CharField(max_length=12)
    asked = models.JSONField(default=dict)
    answer = models.JSONField(null=True)
    asked_at = models.DateTimeField()
    job = models.ForeignKey("records.Job", on_delete=models.SET_NULL, null=True, related_name="+")

    objects = ScopedQuerySet["SitingStudy"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["org_path", "-id"], name="study_in_organisation")]
