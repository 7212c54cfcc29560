"""Sites and the roads between them."""

from __future__ import annotations

from django.db import models

from youbei.records.models.cells import found_by_cell
from youbei.records.models.scope import Bilingual, Registered, ScopedQuerySet, sorted_by, walked_by


class Site(Bilingual, Registered):
    """A place with a use: shelter, hospital, store, exam site, school, hazard point, station."""

    class Kind(models.TextChoices):
        SHELTER = "shelter"
        ASSEMBLY = "assembly"
        HOSPITAL = "hospital"
        STORE = "store"
        EXAM_SITE = "exam_site"
        SCHOOL = "school"
        HAZARD = "hazard"
        STATION = "station"
        BERTH = "berth"
        CHECKPOINT = "checkpoint"
        COMMAND = "command"
        VEHICLE = "vehicle"

    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="sites")
    code = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices, db_index=True)
    lat = models.FloatField()
    lon = models.FloatField()
    address = models.CharField(max_length=200, blank=True, default="")
    division = models.CharField(max_length=12, blank=True, default="")
    capacity = models.PositiveIntegerField(null=True, blank=True)
    beds = models.PositiveIntegerField(null=True, blank=True)
    beds_icu = models.PositiveIntegerField(null=True, blank=True)
    beds_isolation = models.PositiveIntegerField(null=True, blank=True)
    area_m2 = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    operating = models.CharField(max_length=10, blank=True, default="")
    occupied = models.PositiveIntegerField(null=True, blank=True)
    occupied_at = models.DateTimeField(null=True, blank=True)
    opening = models.CharField(max_length=200, blank=True, default="")
    features = models.JSONField(default=list, blank=True)
    phone = models.CharField(max_length=40, blank=True, default="")
    geometry = models.JSONField(null=True, blank=True)

    objects = ScopedQuerySet["Site"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="site_in_organisation"),
            *walked_by("site", "kind", "operating"),
            models.Index(fields=["kind", "lat", "lon"], name="site_nearby"),
            *sorted_by("site", "division"),
            found_by_cell("site"),
        ]


class SchoolClass(Bilingual, Registered):
    """A class of a school: where it sits, how many it is, who leads it, and where it assembles."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="classes")
    code = models.SlugField(max_length=80, unique=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="classes")
    grade = models.CharField(max_length=20, blank=True, default="")
    building = models.CharField(max_length=40, blank=True, default="")
    floor = models.SmallIntegerField(null=True, blank=True)
    room = models.CharField(max_length=20, blank=True, default="")
    pupils = models.PositiveIntegerField(default=0)
    teacher = models.ForeignKey("records.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    teacher_post = models.ForeignKey("records.Post", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assembly = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedQuerySet["SchoolClass"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [models.Index(fields=["org_path", "id"], name="class_in_organisation")]


class RoadNetwork(models.Model):
    """Roads as arrays: `data` is {nodes: [[lat, lon]], edges: [[from, to, seconds, class]], areas: GeoJSON}."""

    code = models.SlugField(max_length=40, unique=True)
    data = models.JSONField()
