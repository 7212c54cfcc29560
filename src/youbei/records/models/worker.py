"""Signs of life of the worker processes."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When a worker process last completed a tick."""

    name = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField()
