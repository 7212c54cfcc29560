"""How far outlines reach, for finding what reaches into a box without reading the outlines."""

from __future__ import annotations

from django.db import models


class Extent(models.Model):
    """The box around the outline (`geometry`) of a record, in degrees; none where a record has no outline.

    The database keeps it by itself, see `records/extents.py`. `model` is the name of the record's table in Django,
    lower case. `breadth` says how broad the box is at most: see `BREADTHS` there.
    """

    model = models.CharField(max_length=20)
    record_id = models.BigIntegerField()
    breadth = models.SmallIntegerField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "record_id"], name="extent_once")]
        indexes = [
            models.Index(
                fields=["model", "breadth", "west", "east", "south", "north", "record_id"], name="extent_over"
            ),
        ]
