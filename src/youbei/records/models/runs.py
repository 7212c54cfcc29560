"""Runs as rows: projections of their logs, kept for lists and boards. The log is the truth."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class Run(models.Model):
    """A plan version being carried out. `next_due_at` is the wall time of the next thing time will bring."""

    class Mode(models.TextChoices):
        REAL = "real"
        EXERCISE = "exercise"

    class Phase(models.TextChoices):
        NEW = "new"
        ACTIVE = "active"
        ENDED = "ended"
        ASSESSED = "assessed"

    incident = models.ForeignKey("records.Incident", on_delete=models.PROTECT, related_name="runs")
    plan_version = models.ForeignKey("records.PlanVersion", on_delete=models.PROTECT, related_name="runs")
    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="runs")
    org_path = PathField(db_index=True, editable=False)
    mode = models.CharField(max_length=10, choices=Mode.choices)
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.NEW)
    level = models.PositiveSmallIntegerField(null=True)
    proposed_level = models.PositiveSmallIntegerField(null=True)
    is_end_proposed = models.BooleanField(default=False)
    seq = models.PositiveIntegerField(default=0)
    clock = models.JSONField(null=True)
    advanced_to = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    activated_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    steps_total = models.PositiveSmallIntegerField(default=0)
    steps_done = models.PositiveSmallIntegerField(default=0)
    steps_late = models.PositiveSmallIntegerField(default=0)

    objects = ScopedQuerySet["Run"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["next_due_at"], name="run_due", condition=models.Q(next_due_at__isnull=False)),
            models.Index(fields=["phase", "-activated_at"], name="run_by_phase"),
        ]

    @property
    def stream(self) -> str:
        return f"run:{self.pk}"


class RunPost(models.Model):
    """Who fills a post of the plan in this run; `holder` is a register code, empty while nobody does."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="posts")
    post = models.CharField(max_length=80)
    holder = models.CharField(max_length=120, blank=True, default="")
    person = models.ForeignKey("records.Person", on_delete=models.SET_NULL, null=True, related_name="run_posts")
    since_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "post"], name="run_post_once")]


class RunStep(models.Model):
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=80)
    owner = models.CharField(max_length=80)
    status = models.CharField(max_length=10, default="waiting")
    opened_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "step"], name="run_step_once")]


class RunNeed(models.Model):
    """A need as asked in a run; `need` is `<step>/<need>`."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="needs")
    need = models.CharField(max_length=160)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    asked = models.FloatField()
    assigned = models.FloatField(default=0)
    arrived = models.FloatField(default=0)
    is_met = models.BooleanField(default=False)
    is_short = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "need"], name="run_need_once")]


class Assignment(models.Model):
    """A resource sent to a need. `code` is the engine's id of it, unique in its run.

    `turn_out_s` is what was reckoned with when a team was sent; the rest until `expected_at` is the road. `order` is
    what was ordered for it of the market or of a line, `aid` the request on which another organisation sends it,
    `vehicle` what fetches it from its store.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="assignments")
    code = models.CharField(max_length=80)
    need = models.CharField(max_length=160)
    resource = models.CharField(max_length=120)
    label = models.CharField(max_length=200)
    team = models.ForeignKey("records.Team", on_delete=models.PROTECT, null=True, related_name="assignments")
    lot = models.ForeignKey("records.StockLot", on_delete=models.PROTECT, null=True, related_name="assignments")
    order = models.ForeignKey("records.StockOrder", on_delete=models.PROTECT, null=True, related_name="assignments")
    aid = models.ForeignKey("records.AidRequest", on_delete=models.PROTECT, null=True, related_name="assignments")
    vehicle = models.ForeignKey("records.Vehicle", on_delete=models.PROTECT, null=True, related_name="loads")
    quantity = models.FloatField()
    turn_out_s = models.PositiveIntegerField(null=True)
    reason = models.TextField(blank=True, default="")
    assigned_at = models.DateTimeField()
    expected_at = models.DateTimeField()
    departed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    route = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "code"], name="assignment_once")]


class Enrolment(models.Model):
    """An organisation or person takes part in an exercise; only they may get its messages."""

    incident = models.ForeignKey("records.Incident", on_delete=models.CASCADE, related_name="enrolments")
    ref = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "ref"], name="enrolment_once")]
