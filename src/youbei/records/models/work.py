"""Long work: jobs that the worker does in slices, and imports of sheets."""

from __future__ import annotations

from django.db import models


class Job(models.Model):
    """Work that takes longer than a request. The worker does it slice by slice; a slice is one transaction.

    `state` is what the next slice needs to go on, so that one that is killed is done again and none is done twice.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    by = models.ForeignKey("records.User", on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    problem_zh = models.CharField(max_length=400, blank=True, default="")
    problem_en = models.CharField(max_length=400, blank=True, default="")
    is_cancelled = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(fields=["id"], name="job_waiting", condition=models.Q(status__in=["queued", "running"])),
        ]


class SheetImport(models.Model):
    """A sheet on its way into a register: what it is, how its columns are taken, what came of it.

    `matches` maps headings to fields (empty for "leave out"). `refused` rows wait in the error file; `differing`
    is how many of the good ones state another quantity of a lot than its ledger. The file itself lies in the data
    folder under `file`.
    """

    class Stage(models.TextChoices):
        UPLOADED = "uploaded"
        CHECKING = "checking"
        CHECKED = "checked"
        APPLYING = "applying"
        APPLIED = "applied"
        UNDOING = "undoing"
        UNDONE = "undone"
        CANCELLED = "cancelled"
        FAILED = "failed"

    register = models.CharField(max_length=40)
    by = models.ForeignKey("records.User", on_delete=models.SET_NULL, null=True, related_name="imports")
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.UPLOADED)
    name = models.CharField(max_length=200)
    file = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    sheet = models.CharField(max_length=100, blank=True, default="")
    headings = models.JSONField(default=list)
    matches = models.JSONField(default=dict)
    language = models.CharField(max_length=10, default="zh-hans")
    samples = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0)
    kept_back = models.PositiveIntegerField(default=0)
    uploaded_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("-id",)

    @property
    def source(self) -> str:
        """Return what stands in the history of the records that it wrote."""
        return f"import:{self.pk}"


class ColumnChoice(models.Model):
    """What a user chose a heading to mean in a register; an empty field means "leave out"."""

    user = models.ForeignKey("records.User", on_delete=models.CASCADE, related_name="+")
    register = models.CharField(max_length=40)
    heading = models.CharField(max_length=120)
    field = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "register", "heading"], name="column_choice_once")]
