"""What happened to the records of the registers: who, when, what before and after."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class RecordChange(models.Model):
    """One change of one record. `before` and `after` hold the fields that changed, as they are written in JSON.

    They may hold personal data and are therefore rows that can be erased; the log names the fields only. `source` says
    how the change came: empty for a form, `api`, `import:<id>`, `campaign:<id>`.
    """

    class Kind(models.TextChoices):
        CREATED = "created"
        CHANGED = "changed"
        CONFIRMED = "confirmed"
        RETIRED = "retired"
        REVIVED = "revived"
        ERASED = "erased"
        REMOVED = "removed"
        ASKED = "asked"  # to be erased: it waits for somebody else
        WITHDRAWN = "withdrawn"

    register = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    org_path = PathField(editable=False)
    at = models.DateTimeField()
    by = models.ForeignKey("records.User", on_delete=models.SET_NULL, null=True, related_name="+")
    by_label = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    source = models.CharField(max_length=60, blank=True, default="")

    objects = ScopedQuerySet["RecordChange"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["register", "record_id", "-id"], name="change_of_record"),
            models.Index(fields=["source", "id"], name="change_by_source", condition=~models.Q(source="")),
            models.Index(fields=["org_path", "-id"], name="change_in_organisation"),
            models.Index(fields=["at", "id"], name="change_in_time"),
            models.Index(fields=["register", "at", "id"], name="change_of_register"),
            models.Index(fields=["by", "at", "id"], name="change_by_user"),
            models.Index(fields=["kind", "at", "id"], name="change_of_kind"),
        ]
