"""Links under which a run is shown to people without an account, for a while."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class DebriefLink(models.Model):
    """One link to the replay of a run that is over; made from `nonce` and the server's key, and stored nowhere."""

    run = models.ForeignKey("records.Run", on_delete=models.CASCADE, related_name="debrief_links")
    org_path = PathField(editable=False)
    purpose = models.CharField(max_length=200)
    nonce = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    opened = models.PositiveIntegerField(default=0)
    last_opened_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["DebriefLink"].as_manager()

    class Meta:
        ordering = ("-id",)

    @property
    def stream(self) -> str:
        return f"debrief:{self.pk}"
