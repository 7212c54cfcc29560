"""Teams and stock."""

from __future__ import annotations

from django.db import models

from youbei.records.models.scope import Bilingual, ScopedQuerySet


class Capability(Bilingual):
    """Something a team can do, from the typed catalogue in `content/resources`."""

    code = models.SlugField(max_length=60, unique=True)

    class Meta:
        ordering = ("code",)


class Team(Bilingual):
    """A team that can be sent. `turn_out_s` is seconds from the call until it leaves."""

    class Kind(models.TextChoices):
        PROFESSIONAL = "professional"
        ENTERPRISE = "enterprise"
        VOLUNTEER = "volunteer"
        GRASS_ROOTS = "grass_roots"

    class Status(models.TextChoices):
        AVAILABLE = "available"
        ASSIGNED = "assigned"
        OUT_OF_SERVICE = "out_of_service"

    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="teams")
    org_path = models.CharField(max_length=255, editable=False)
    code = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.AVAILABLE)
    status_note = models.CharField(max_length=200, blank=True, default="")
    strength = models.PositiveIntegerField(default=0)
    lat = models.FloatField()
    lon = models.FloatField()
    turn_out_s = models.PositiveIntegerField()
    phone = models.CharField(max_length=40, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["Team"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [models.Index(fields=["org_path", "id"], name="team_in_organisation")]


class TeamCapability(models.Model):
    """A team has a capability at a type: 1 is the most capable.

    Position and status are copied from the team, so that the nearest available team is found in one index.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="team_capabilities")
    capability = models.ForeignKey(Capability, on_delete=models.PROTECT, related_name="+", db_index=False)
    type = models.PositiveSmallIntegerField(default=1)
    is_available = models.BooleanField(default=True)
    lat = models.FloatField()
    lon = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "capability"], name="team_capability_once")]
        indexes = [models.Index(fields=["capability", "is_available", "lat", "lon"], name="capability_nearby")]


class Item(Bilingual):
    """A kind of material or equipment; `unit` is what it is counted in."""

    code = models.SlugField(max_length=60, unique=True)
    unit_zh = models.CharField(max_length=20)
    unit_en = models.CharField(max_length=20)

    class Meta:
        ordering = ("code",)


class StockLot(models.Model):
    """A lot of an item in a store. `reserved` is the part promised to runs; it never exceeds `quantity`."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="lots", db_index=False)
    site = models.ForeignKey("records.Site", on_delete=models.PROTECT, related_name="lots")
    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="+")
    org_path = models.CharField(max_length=255, editable=False)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    reserved = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    expires_on = models.DateField(null=True, blank=True)
    lat = models.FloatField()
    lon = models.FloatField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["StockLot"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["item", "lat", "lon"], name="stock_nearby"),
            models.Index(fields=["org_path", "id"], name="stock_in_organisation"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="stock_not_negative"),
            models.CheckConstraint(
                condition=models.Q(reserved__gte=0) & models.Q(reserved__lte=models.F("quantity")),
                name="stock_reserved_within_quantity",
            ),
        ]
