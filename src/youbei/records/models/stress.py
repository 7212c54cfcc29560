"""Stress tests of plans: a stored version carried out thousands of times with the resources of the day."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class Trial(models.Model):
    """What was asked of the simulation of a plan, and what came of it. `found` is what the runs showed, None until the
    job is done; `scenario` may be empty. `refusal` says in words why there is nothing to be found in such a world.

    is_any_day: meets the day as it may be, with what may go wrong and the incidents of every day, not today with all in
    its place.
    """

    org_path = PathField(editable=False)
    scenario = models.CharField(max_length=120, blank=True, default="")
    runs = models.PositiveIntegerField()
    seed = models.BigIntegerField(default=1)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    is_any_day = models.BooleanField(default=False)
    found = models.JSONField(null=True)
    refusal = models.JSONField(null=True)
    job = models.ForeignKey("records.Job", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def done(self) -> int:
        """How many runs are made."""
        if self.found is not None:
            return int(self.found.get("runs", self.runs))
        return 0 if self.job is None else self.job.done

    @property
    def is_answered(self) -> bool:
        """Whether there is a result, or it is said why there is none."""
        return self.found is not None or self.refusal is not None

    @property
    def is_stopped(self) -> bool:
        """Whether the work ended, by somebody's wish or by a failure, without an answer."""
        return not self.is_answered and (self.job is None or self.job.ended_at is not None)


class StressTest(Trial):
    """One stress test of a stored version. is_nightly: asked for by the worker itself, night after night.

    precision: `runs` are made at most, fewer where every share is known to within this before; None for all of them.
    calls: those of every day that were stated for it, as `StatedCalls` gives them.
    """

    plan_version = models.ForeignKey("records.PlanVersion", on_delete=models.PROTECT, related_name="stress_tests")
    precision = models.FloatField(null=True)
    calls = models.JSONField(default=list)
    is_nightly = models.BooleanField(default=False)

    objects = ScopedQuerySet["StressTest"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["plan_version", "-id"], name="stress_test_of_version"),
            models.Index(fields=["org_path", "-id"], name="stress_test_in_organisation"),
            models.Index(fields=["asked_at"], name="stress_test_nightly", condition=models.Q(is_nightly=True)),
        ]


class StressCourse(models.Model):
    """One run of a test, kept to be looked at again: `log` holds [milliseconds, kind, data] of each event.

    bases: where what was sent stood before, [lat, lon] by resource.
    """

    class Role(models.TextChoices):
        TYPICAL = "typical"
        BAD = "bad"

    test = models.ForeignKey(StressTest, on_delete=models.CASCADE, related_name="courses")
    role = models.CharField(max_length=10, choices=Role.choices)
    number = models.PositiveIntegerField()
    log = models.JSONField()
    bases = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["test", "role"], name="stress_course_once")]


class StressComparison(Trial):
    """A version of a plan beside something else, on the same luck. `against` says what that is and what it is called,
    `first` by what the version itself is altered, None for nothing.
    """

    plan_version = models.ForeignKey("records.PlanVersion", on_delete=models.PROTECT, related_name="comparisons")
    first = models.JSONField(null=True)
    against = models.JSONField()

    objects = ScopedQuerySet["StressComparison"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["plan_version", "-id"], name="stress_comparison_of_version"),
            models.Index(fields=["org_path", "-id"], name="stress_comparison_in"),
        ]
