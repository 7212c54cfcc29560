"""Plans and their versions."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import Bilingual, ScopedQuerySet


class Plan(Bilingual):
    """A plan as filed under one code; what it says stands in its versions."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="plans")
    org_path = PathField(db_index=True, editable=False)
    code = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20)
    hazards = models.JSONField(default=list)
    current = models.ForeignKey("PlanVersion", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_withdrawn = models.BooleanField(default=False)

    objects = ScopedQuerySet["Plan"].as_manager()

    class Meta:
        ordering = ("id",)


class PlanVersion(models.Model):
    """One version, never changed once stored. `data` is the plan as JSON, `digest` the SHA-256 of that."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="versions")
    version = models.CharField(max_length=40)
    data = models.JSONField()
    digest = models.CharField(max_length=64)
    stage = models.CharField(max_length=20)
    stored_at = models.DateTimeField()
    stored_by = models.CharField(max_length=120)

    class Meta:
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["plan", "version"], name="plan_version_once")]


class PlanPlace(models.Model):
    """A place that a version of a plan rests on: the site of a need, or where a scenario happens."""

    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="places")
    part = models.CharField(max_length=160)
    site_code = models.CharField(max_length=80, blank=True, default="")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(fields=["site_code"], name="plan_place_site", condition=~models.Q(site_code="")),
            models.Index(fields=["lat", "lon"], name="plan_place_nearby", condition=models.Q(lat__isnull=False)),
        ]
