"""Sites and the roads between them."""

from __future__ import annotations

from django.db import models

from youbei.records.models.scope import Bilingual, ScopedQuerySet


class Site(Bilingual):
    """A place with a use: shelter, hospital, store, exam site, school, hazard point, station."""

    class Kind(models.TextChoices):
        SHELTER = "shelter"
        HOSPITAL = "hospital"
        STORE = "store"
        EXAM_SITE = "exam_site"
        SCHOOL = "school"
        HAZARD = "hazard"
        STATION = "station"
        BERTH = "berth"
        CHECKPOINT = "checkpoint"
        COMMAND = "command"

    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="sites")
    org_path = models.CharField(max_length=255, editable=False)
    code = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices, db_index=True)
    lat = models.FloatField()
    lon = models.FloatField()
    capacity = models.PositiveIntegerField(null=True, blank=True)

    objects = ScopedQuerySet["Site"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [models.Index(fields=["org_path", "id"], name="site_in_organisation")]


class RoadNetwork(models.Model):
    """Roads as arrays: `data` is {nodes: [[lat, lon]], edges: [[from, to, seconds, class]], areas: GeoJSON}."""

    code = models.SlugField(max_length=40, unique=True)
    data = models.JSONField()
