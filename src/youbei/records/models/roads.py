"""What belongs to a road network: the arrays of a large one, and the roads that are closed now."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from youbei.records.models.incidents import Incident
from youbei.records.models.places import RoadNetwork


class RoadArray(models.Model):
    """One array of a large network: `content` are its numbers, compressed with zlib; `kind` says what numbers."""

    network = models.ForeignKey(RoadNetwork, on_delete=models.CASCADE, related_name="arrays")
    name = models.CharField(max_length=24)
    kind = models.CharField(max_length=8)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "name"], name="road_array_once")]


class RoadClosure(models.Model):
    """Roads that an incident closes or slows: `area` is [[lat, lon]], `factor` empty where nobody may drive."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="road_closures")
    area = models.JSONField()
    factor = models.FloatField(null=True, blank=True)
    reason = models.CharField(max_length=200)
    closed_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["id"], name="road_closed_now", condition=Q(opened_at=None))]
        constraints = [
            models.CheckConstraint(condition=Q(factor=None) | Q(factor__gte=1), name="closure_never_faster"),
        ]
