"""Findings and how each came to be cured, drafts of plans that cure them, and the retests that prove it."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class Finding(models.Model):
    """Something that is wrong (see `engine/findings`). `deadline_on` is the day of the next act, `next_on` of telling.

    `key` names what a program found, so that it is found once: `check:12:W301:steps.isolate`; empty for the rest.
    `place` is the clause or step of the plan, `evidence` a list of what shows it (entries of the log, sentences).
    `doers` are the ids of those who had a hand in the cure: none of them accepts it.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="findings")
    org_path = PathField(editable=False)
    key = models.CharField(max_length=200, blank=True, default="")
    source = models.CharField(max_length=20)
    severity = models.CharField(max_length=10)
    element = models.CharField(max_length=20)
    state = models.CharField(max_length=12, default="open")
    title_zh = models.CharField(max_length=300, blank=True, default="")
    title_en = models.CharField(max_length=300, blank=True, default="")
    detail = models.TextField(blank=True, default="")
    cause = models.TextField(blank=True, default="")
    incident = models.ForeignKey("records.Incident", on_delete=models.PROTECT, null=True, related_name="findings")
    run = models.ForeignKey("records.Run", on_delete=models.PROTECT, null=True, related_name="findings")
    plan = models.ForeignKey("records.Plan", on_delete=models.PROTECT, null=True, related_name="findings")
    plan_version = models.ForeignKey("records.PlanVersion", on_delete=models.PROTECT, null=True, related_name="+")
    place = models.CharField(max_length=200, blank=True, default="")
    evidence = models.JSONField(default=list)
    needs_retest = models.BooleanField(default=False)
    treatment = models.CharField(max_length=10, blank=True, default="")
    measures = models.TextField(blank=True, default="")
    responsible = models.CharField(max_length=200, blank=True, default="")
    funds = models.CharField(max_length=200, blank=True, default="")
    due_on = models.DateField(null=True)
    interim_plan = models.TextField(blank=True, default="")
    stages = models.JSONField(default=list)
    why_not = models.TextField(blank=True, default="")
    doers = models.JSONField(default=list)
    found_at = models.DateTimeField()
    found_by = models.CharField(max_length=120)
    moved_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=120, blank=True, default="")
    deadline_on = models.DateField(null=True)
    next_on = models.DateField(null=True)
    climbed = models.PositiveSmallIntegerField(default=0)

    objects = ScopedQuerySet["Finding"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["org_path", "-id"], name="finding_in_organisation"),
            models.Index(fields=["state", "-id"], name="finding_by_state"),
            models.Index(fields=["source", "-id"], name="finding_by_source"),
            models.Index(fields=["plan", "-id"], name="finding_of_plan"),
            models.Index(fields=["run", "-id"], name="finding_of_run"),
            models.Index(
                fields=["deadline_on", "id"], name="finding_late", condition=models.Q(deadline_on__isnull=False)
            ),
            models.Index(fields=["next_on", "id"], name="finding_to_tell", condition=models.Q(next_on__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="finding_once", condition=~models.Q(key="")),
        ]

    @property
    def stream(self) -> str:
        return f"register:finding:{self.pk}"


class FindingMove(models.Model):
    """One act on a finding: who did what when, in which words, and what it changed.

    `note` is what somebody wrote. What the program says of an act it says in both languages: `note_en` is the English.
    """

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="moves")
    act = models.CharField(max_length=20)
    at = models.DateTimeField()
    by_id = models.CharField(max_length=120)
    by_label = models.CharField(max_length=120)
    state = models.CharField(max_length=12)
    note = models.TextField(blank=True, default="")
    note_en = models.TextField(blank=True, default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["finding", "id"], name="moves_of_finding")]


class PlanDraft(models.Model):
    """The next version of a plan in the making; `data` is the whole plan as JSON, `base` what it is compared with."""

    class State(models.TextChoices):
        OPEN = "open"
        ADOPTED = "adopted"
        DROPPED = "dropped"

    plan = models.ForeignKey("records.Plan", on_delete=models.CASCADE, related_name="drafts")
    base = models.ForeignKey("records.PlanVersion", on_delete=models.PROTECT, related_name="+")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, null=True, related_name="drafts")
    org_path = PathField(editable=False)
    data = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    drafters = models.JSONField(default=list)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=120)
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=120, blank=True, default="")
    version = models.ForeignKey("records.PlanVersion", on_delete=models.PROTECT, null=True, related_name="+")

    objects = ScopedQuerySet["PlanDraft"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["plan", "-id"], name="drafts_of_plan")]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], name="one_open_draft", condition=models.Q(state="open", finding__isnull=False)
            ),
        ]


class Retest(models.Model):
    """The proof of a cure: the old failure as the test, by simulation, by a drill or an inject, by the checker.

    `asks` says what must hold (see `engine/findings/retest`), `found` what came out.
    """

    class State(models.TextChoices):
        SCHEDULED = "scheduled"
        PASSED = "passed"
        FAILED = "failed"

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="retests")
    way = models.CharField(max_length=12)
    asks = models.JSONField(default=dict)
    plan_version = models.ForeignKey("records.PlanVersion", on_delete=models.PROTECT, null=True, related_name="+")
    run = models.ForeignKey("records.Run", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.SCHEDULED)
    due_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=120, blank=True, default="")
    found = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["finding", "-id"], name="retests_of_finding")]
