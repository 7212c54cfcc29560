"""Incidents and what is known of them."""

from __future__ import annotations

from django.db import models

from youbei.engine.text import Text
from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class Incident(models.Model):
    """Something that happened. `known_at` is when we learnt of it, `reported_at` when it was entered.

    `title` is as it was written; `title_en` the same in English, where somebody gave it.
    """

    class Mode(models.TextChoices):
        REAL = "real"
        EXERCISE = "exercise"

    class Status(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    number = models.CharField(max_length=40, unique=True)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.REAL)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="incidents")
    org_path = PathField(editable=False)
    category = models.CharField(max_length=20)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True, default="")
    description = models.TextField(blank=True, default="")
    place = models.CharField(max_length=200, blank=True, default="")
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    occurred_at = models.DateTimeField(null=True, blank=True)
    known_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    source = models.CharField(max_length=40)
    reporter = models.CharField(max_length=120, blank=True, default="")
    reporter_phone = models.CharField(max_length=40, blank=True, default="")
    entered_by = models.CharField(max_length=120)
    grade = models.CharField(max_length=40, blank=True, default="")
    is_grade_lower_bound = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["Incident"].as_manager()

    class Meta:
        ordering = ("-reported_at", "-id")
        indexes = [
            models.Index(fields=["-reported_at", "-id"], name="incident_newest"),
            models.Index(fields=["org_path", "-reported_at"], name="incident_newest_in"),
            models.Index(fields=["status", "-reported_at", "-id"], name="incident_by_status"),
            models.Index(fields=["mode", "-reported_at", "-id"], name="incident_by_mode"),
            models.Index(fields=["category", "-reported_at", "-id"], name="incident_by_category"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def stream(self) -> str:
        return f"incident:{self.pk}"

    @property
    def named(self) -> Text:
        return Text(self.title, self.title_en or self.title)


class Fact(models.Model):
    """One report of one fact, as it came; the newest that is not withdrawn is the current value of its key."""

    class Change(models.TextChoices):
        ADDED = "added"
        CORRECTED = "corrected"
        WITHDRAWN = "withdrawn"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="facts")
    key = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    change = models.CharField(max_length=10, choices=Change.choices)
    source = models.CharField(max_length=120)
    known_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=120)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["incident", "key", "-id"], name="fact_current")]
