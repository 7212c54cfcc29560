"""Head-counts of evacuations: of a drill or for real, class by class, as teachers report them."""

from __future__ import annotations

import uuid

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import Bilingual, ScopedQuerySet


class HeadCount(models.Model):
    """One evacuation of a unit. `target_s` is how long it may take, `took_s` how long it took once all reported."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="head_counts")
    org_path = PathField(editable=False)
    exercise = models.ForeignKey(
        "records.Exercise", on_delete=models.SET_NULL, null=True, blank=True, related_name="head_counts"
    )
    title = models.CharField(max_length=200)
    is_real = models.BooleanField(default=False)
    target_s = models.PositiveIntegerField(null=True, blank=True)
    alarm_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    took_s = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)

    objects = ScopedQuerySet["HeadCount"].as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="head_count_newest"),
            models.Index(fields=["org_path", "-created_at"], name="head_count_newest_in"),
            models.Index(fields=["organisation", "-alarm_at"], name="head_count_of_unit"),
        ]

    @property
    def stream(self) -> str:
        return f"headcount:{self.pk}"


class HeadCountGroup(Bilingual):
    """A class, the staff or the visitors in one head-count; `key` is the same in every head-count of the unit.

    `note` may name who is missing, so that they can be searched for; it never goes into the log.
    """

    head_count = models.ForeignKey(HeadCount, on_delete=models.CASCADE, related_name="groups")
    key = models.CharField(max_length=40)
    place = models.CharField(max_length=120, blank=True, default="")
    assembly = models.CharField(max_length=200, blank=True, default="")
    enrolled = models.PositiveIntegerField(default=0)
    absent = models.PositiveIntegerField(default=0)
    arrived_at = models.DateTimeField(null=True, blank=True)
    counted = models.PositiveIntegerField(null=True, blank=True)
    missing = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    note = models.TextField(blank=True, default="")
    reported_at = models.DateTimeField(null=True, blank=True)
    stated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["head_count", "key"], name="head_count_group_once")]

    @property
    def expected(self) -> int:
        return max(0, self.enrolled - self.absent)


class HeadCountReport(models.Model):
    """One report as it came in. `mark` is made by the telephone that sent it: the same report sent again is one."""

    group = models.ForeignKey(HeadCountGroup, on_delete=models.CASCADE, related_name="reports")
    mark = models.CharField(max_length=64)
    stated_at = models.DateTimeField()
    received_at = models.DateTimeField()
    counted = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    found = models.PositiveIntegerField(default=0)
    via = models.CharField(max_length=120)

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["group", "mark"], name="head_count_report_once")]


class HeadCountLink(models.Model):
    """The secret of a unit's link for telephones; a new one makes the old link worthless."""

    organisation = models.OneToOneField("records.Organisation", on_delete=models.CASCADE, related_name="count_link")
    nonce = models.CharField(max_length=64)
    made_at = models.DateTimeField()
