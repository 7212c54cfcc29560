"""Help asked of other organisations, and who is inside the danger zone."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class AidRequest(models.Model):
    """So much of a capability or an item, asked of `partner` for an incident; both sides see it.

    `org_path` is the asker's. `promised` and `arrives_at` are what the helper offered or committed, `until` how long it
    is wanted. `state` is one of `engine.aid.State`. `call_off` is what was called off under the agreement, if anything.
    With `outside` another system asks: the incident is how its incident is kept here, and `partner` is who helps.
    """

    incident = models.ForeignKey("records.Incident", on_delete=models.PROTECT, related_name="aid_requests")
    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="+")
    org_path = PathField(editable=False)
    partner = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(
        "records.Agreement", on_delete=models.PROTECT, null=True, blank=True, related_name="aid_requests"
    )
    call_off = models.ForeignKey(
        "records.CallOff", on_delete=models.SET_NULL, null=True, blank=True, related_name="aid_requests"
    )
    outside = models.OneToOneField(
        "records.OutsideLine", on_delete=models.PROTECT, null=True, blank=True, related_name="aid"
    )
    capability = models.CharField(max_length=60, blank=True, default="")
    item = models.CharField(max_length=60, blank=True, default="")
    quantity = models.PositiveIntegerField()
    needed_by = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True, default="")
    words = models.TextField(blank=True, default="")
    state = models.CharField(max_length=10, default="requested")
    promised = models.PositiveIntegerField(null=True)
    arrives_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    why_not = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    objects = ScopedQuerySet["AidRequest"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["org_path", "-id"], name="aid_of_asker"),
            models.Index(fields=["partner", "-id"], name="aid_of_helper"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(capability="", item__gt="") | models.Q(capability__gt="", item=""),
                name="aid_asks_one_thing",
            )
        ]


class Entry(models.Model):
    """So many rescuers of a team (or of `label`) went into the danger zone, until when they should be out again.

    `heard_at` is the last time they were heard of; `left_at` empty: they are inside.
    """

    run = models.ForeignKey("records.Run", on_delete=models.CASCADE, related_name="entries")
    team = models.ForeignKey("records.Team", on_delete=models.PROTECT, null=True, related_name="+")
    label = models.CharField(max_length=120)
    people = models.PositiveSmallIntegerField()
    zone = models.CharField(max_length=120, blank=True, default="")
    entered_at = models.DateTimeField()
    due_out_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["run", "id"], name="entry_inside", condition=models.Q(left_at=None))]
