"""Stress tests of plans: a stored version carried out thousands of times with the resources of the day."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class StressTest(models.Model):
    """One test. `found` is what the runs showed, None until the job is done; `scenario` may be empty. `refusal` says
    in words why there is nothing to be found in such a world.

    is_nightly: asked for by the worker itself, night after night. is_any_day: meets the day as it may be, with what may
    go wrong and the incidents of every day, not today with all in its place.
    """

    plan_version = models.ForeignKey("records.PlanVersion", on_delete=models.PROTECT, related_name="stress_tests")
    org_path = PathField(editable=False)
    scenario = models.CharField(max_length=120, blank=True, default="")
    runs = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    is_nightly = models.BooleanField(default=False)
    is_any_day = models.BooleanField(default=False)
    found = models.JSONField(null=True)
    refusal = models.JSONField(null=True)
    job = models.ForeignKey("records.Job", on_delete=models.SET_NULL, null=True, related_name="+")

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


class StressComparison(models.Model):
    """A version of a plan beside something else, on the same luck. `against` says what that is and what it is called,
    `first` by what the version itself is altered, None for nothing; `found` is None until the job is done. `refusal`
    says in words why the two cannot be compared. is_any_day: both meet the day as it may be.
    """

    plan_version = models.ForeignKey("records.PlanVersion", on_delete=models.PROTECT, related_name="comparisons")
    org_path = PathField(editable=False)
    scenario = models.CharField(max_length=120, blank=True, default="")
    first = models.JSONField(null=True)
    against = models.JSONField()
    is_any_day = models.BooleanField(default=False)
    runs = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    found = models.JSONField(null=True)
    refusal = models.JSONField(null=True)
    job = models.ForeignKey("records.Job", on_delete=models.SET_NULL, null=True, related_name="+")

    objects = ScopedQuerySet["StressComparison"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["plan_version", "-id"], name="stress_comparison_of_version"),
            models.Index(fields=["org_path", "-id"], name="stress_comparison_in"),
        ]
