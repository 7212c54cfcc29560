"""Collection campaigns: what an authority asks of its units, and how far each has come."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class Campaign(models.Model):
    """An authority asks the units below it to confirm records by a date. Totals are kept by every answer.

    `only_records` (register -> keys) limits it to these; empty means all of the registers.

    A campaign that `repeats` is a round of a series: `first` is its first round (None for that one itself), `number`
    which one it is. `next_opens_at` stands on the latest round alone, None once the series has been stopped.
    """

    class Status(models.TextChoices):
        OPENING = "opening"
        OPEN = "open"
        CLOSED = "closed"

    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="campaigns")
    org_path = PathField(editable=False)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True, default="")
    text_zh = models.TextField(blank=True, default="")
    text_en = models.TextField(blank=True, default="")
    registers = models.JSONField(default=list)
    unit_kinds = models.JSONField(default=list)
    is_stale_only = models.BooleanField(default=False)
    only_records = models.JSONField(default=dict)
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reminder_days = models.JSONField(default=list)
    climb_days = models.PositiveSmallIntegerField(default=2)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPENING)
    by = models.ForeignKey("records.User", on_delete=models.SET_NULL, null=True, related_name="+")
    units_total = models.PositiveIntegerField(default=0)
    units_done = models.PositiveIntegerField(default=0)
    items_total = models.PositiveIntegerField(default=0)
    items_done = models.PositiveIntegerField(default=0)
    job = models.ForeignKey("records.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    repeats = models.CharField(max_length=10, blank=True, default="")
    first = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="rounds")
    number = models.PositiveSmallIntegerField(default=0)
    next_opens_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Campaign"].as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["first", "number"], name="campaign_round_once")]
        indexes = [
            models.Index(fields=["org_path", "-id"], name="campaign_in_organisation"),
            models.Index(
                fields=["next_opens_at"], name="campaign_round_due", condition=models.Q(next_opens_at__isnull=False)
            ),
        ]


class CampaignTally(models.Model):
    """How far the units of one area and one kind have come. Every answer keeps it, so that no page counts units.

    `area` is the key of the unit directly below the authority under which they stand, also when they have moved since
    they were asked; that of the authority where it has too many of these to be told apart, or where a unit has left it.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="tallies")
    area = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    units = models.PositiveIntegerField(default=0)
    units_done = models.PositiveIntegerField(default=0)
    items = models.PositiveIntegerField(default=0)
    items_done = models.PositiveIntegerField(default=0)
    still_true = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "area", "kind"], name="campaign_tally_once")]


class CampaignUnit(models.Model):
    """A unit that is asked. Its link is made from `nonce` and the server's key and is stored nowhere."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="units")
    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, related_name="+")
    tally = models.ForeignKey(CampaignTally, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    org_path = PathField(editable=False)
    nonce = models.CharField(max_length=32)
    notices = models.JSONField(default=list)
    next_notice_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    climbed = models.PositiveSmallIntegerField(default=0)
    items_total = models.PositiveIntegerField(default=0)
    items_done = models.PositiveIntegerField(default=0)

    objects = ScopedQuerySet["CampaignUnit"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        constraints = [models.UniqueConstraint(fields=["campaign", "organisation"], name="campaign_unit_once")]
        indexes = [
            models.Index(fields=["campaign", "org_path", "id"], name="campaign_units"),
            models.Index(
                fields=["campaign", "org_path", "id"],
                name="campaign_units_late",
                condition=models.Q(done_at__isnull=True),
            ),
            models.Index(
                fields=["campaign", "org_path", "id"],
                name="campaign_units_done",
                condition=models.Q(done_at__isnull=False),
            ),
            models.Index(
                fields=["next_notice_at"], name="campaign_notice_due", condition=models.Q(next_notice_at__isnull=False)
            ),
        ]


class CampaignItem(models.Model):
    """A record that a unit is asked about, and its answer."""

    class State(models.TextChoices):
        PENDING = "pending"
        STILL_TRUE = "still_true"
        CHANGED = "changed"
        GONE = "gone"
        ADDED = "added"

    unit = models.ForeignKey(CampaignUnit, on_delete=models.CASCADE, related_name="items")
    register = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    note = models.CharField(max_length=400, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    # By which a telephone knows the answer that it sent: one that comes twice is taken once.
    mark = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["unit", "register", "record_id"], name="campaign_item_once")]
