"""What belongs to sites: rooms for exams, beds, days with other opening hours, and what is dangerous there."""

from __future__ import annotations

from django.db import models

from youbei.records.models.cells import found_by_cell
from youbei.records.models.places import Site
from youbei.records.models.scope import Bilingual, Registered, ScopedQuerySet, sorted_by, walked_by


class ExamRoom(Registered):
    """A room of an examination site, and how many candidates sit in it."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="exam_rooms")
    code = models.CharField(max_length=40)
    use = models.CharField(max_length=12, default="standard")
    building = models.CharField(max_length=40, blank=True, default="")
    floor = models.SmallIntegerField(null=True, blank=True)
    room = models.CharField(max_length=20, blank=True, default="")
    seats = models.PositiveIntegerField()
    has_camera = models.BooleanField(null=True, blank=True)
    has_shield = models.BooleanField(null=True, blank=True)

    objects = ScopedQuerySet["ExamRoom"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="exam_room_in_organisation"),
            *walked_by("exam_room", "use"),
            *sorted_by("exam_room"),
        ]
        constraints = [models.UniqueConstraint(fields=["site", "code"], name="exam_room_once")]


class BedCapacity(Registered):
    """Beds of one kind in a hospital, and how many of them were free at a moment."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="bed_capacities")
    kind = models.CharField(max_length=20)
    beds = models.PositiveIntegerField()
    free = models.PositiveIntegerField(null=True, blank=True)
    free_at = models.DateTimeField(null=True, blank=True)
    surge = models.PositiveIntegerField(null=True, blank=True)

    objects = ScopedQuerySet["BedCapacity"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="beds_in_organisation"),
            *walked_by("beds", "kind"),
            *sorted_by("beds"),
        ]
        constraints = [models.UniqueConstraint(fields=["site", "kind"], name="beds_once")]


class OpeningException(Registered):
    """Days on which a site has other hours than usual; without hours it is closed."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="opening_exceptions")
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=12)
    hours = models.CharField(max_length=80, blank=True, default="")
    is_yearly = models.BooleanField(default=False)

    objects = ScopedQuerySet["OpeningException"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="exception_in_organisation"),
            *walked_by("exception", "reason"),
            *sorted_by("exception", "first_on"),
        ]
        constraints = [models.UniqueConstraint(fields=["site", "first_on"], name="exception_once")]


class HazardPoint(Bilingual, Registered):
    """Something dangerous at a place: what, how much, and whom it endangers within which distance."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="hazard_points")
    code = models.SlugField(max_length=80, unique=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="hazard_points")
    substance = models.CharField(max_length=120, blank=True, default="")
    un_number = models.CharField(max_length=4, blank=True, default="")
    quantity = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    quantity_unit = models.CharField(max_length=8, blank=True, default="")
    dangers = models.JSONField(default=list, blank=True)
    grade = models.CharField(max_length=8, blank=True, default="")
    erg_guide = models.PositiveSmallIntegerField(null=True, blank=True)
    reach_m = models.PositiveIntegerField(null=True, blank=True)
    endangered = models.PositiveIntegerField(null=True, blank=True)
    endangered_who = models.CharField(max_length=400, blank=True, default="")
    basis = models.CharField(max_length=400, blank=True, default="")
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    geometry = models.JSONField(null=True, blank=True)

    objects = ScopedQuerySet["HazardPoint"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="hazard_point_in_organisation"),
            models.Index(fields=["lat", "lon"], name="hazard_point_nearby"),
            *walked_by("hazard_point", "substance", "grade"),
            *sorted_by("hazard_point"),
            found_by_cell("hazard_point"),
        ]
