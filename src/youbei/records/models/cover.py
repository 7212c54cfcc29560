"""What must be able to be where, whatever is sent elsewhere, and who moved up to make it so."""

from __future__ import annotations

from django.db import models

from youbei.records.models.cells import found_by_cell
from youbei.records.models.scope import Bilingual, Registered, ScopedQuerySet, sorted_by, walked_by


class HomeCover(Bilingual, Registered):
    """So many teams with a capability must be able to be at a place, or everywhere in a circle, within minutes."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="covers")
    code = models.SlugField(max_length=80, unique=True)
    capability = models.CharField(max_length=60)
    type = models.PositiveSmallIntegerField(default=4)
    number = models.PositiveIntegerField()
    within_min = models.DecimalField(max_digits=14, decimal_places=3)
    radius_m = models.PositiveIntegerField(null=True, blank=True)
    is_strict = models.BooleanField(default=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    lat = models.FloatField()
    lon = models.FloatField()

    objects = ScopedQuerySet["HomeCover"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="cover_in_organisation"),
            models.Index(fields=["lat", "lon"], name="cover_nearby"),
            *walked_by("cover", "capability"),
            *sorted_by("cover", "valid_until"),
            found_by_cell("cover"),
        ]


class MoveUp(models.Model):
    """A team is ordered to stand where cover is lacking, until it is sent somewhere or goes home.

    `incident` is the exercise in which it is ordered; without it, it is real. `ended_by` says why it is over.
    """

    class End(models.TextChoices):
        RETURNED = "returned"
        SENT = "sent"

    team = models.ForeignKey("records.Team", on_delete=models.PROTECT, related_name="moves_up")
    cover = models.ForeignKey(HomeCover, on_delete=models.PROTECT, related_name="moves_up")
    incident = models.ForeignKey("records.Incident", on_delete=models.CASCADE, null=True, related_name="moves_up")
    lat = models.FloatField()
    lon = models.FloatField()
    reason = models.TextField(blank=True, default="")
    ordered_at = models.DateTimeField()
    ordered_by = models.CharField(max_length=120)
    leaves_at = models.DateTimeField()
    expected_at = models.DateTimeField()
    route = models.JSONField(null=True)
    arrived_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=10, choices=End.choices, blank=True, default="")

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["incident", "ended_at", "-id"], name="move_up_going_on")]
        constraints = [
            models.UniqueConstraint(
                fields=["team"],
                name="move_up_once",
                condition=models.Q(ended_at__isnull=True, incident__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["team", "incident"],
                name="move_up_once_in_exercise",
                condition=models.Q(ended_at__isnull=True, incident__isnull=False),
            ),
        ]
