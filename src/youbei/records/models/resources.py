"""Teams and what they can do."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db import models

from youbei.records.models.cells import found_by_cell
from youbei.records.models.scope import Bilingual, Registered, ScopedQuerySet, due_by, sorted_by, walked_by


class Capability(Bilingual):
    """Something a team can do, from the typed catalogue in `content/resources`."""

    code = models.SlugField(max_length=60, unique=True)

    class Meta:
        ordering = ("code",)


class Team(Bilingual, Registered):
    """A team that can be sent. `turn_out_s` is seconds from the call until it leaves, as promised.

    `capabilities` is code -> type and is copied into `TeamCapability`; `measured_turn_out_s` is what drills and
    incidents showed.
    """

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
    code = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    employment = models.CharField(max_length=10, blank=True, default="")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.AVAILABLE)
    status_note = models.CharField(max_length=200, blank=True, default="")
    capabilities = models.JSONField(default=dict, blank=True)
    grade = models.CharField(max_length=10, blank=True, default="")
    grade_until = models.DateField(null=True, blank=True)
    strength = models.PositiveIntegerField(default=0)
    required_strength = models.PositiveIntegerField(null=True, blank=True)
    lat = models.FloatField()
    lon = models.FloatField()
    turn_out_s = models.PositiveIntegerField()
    measured_turn_out_s = models.PositiveIntegerField(null=True, blank=True)
    leader = models.ForeignKey("records.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    phone = models.CharField(max_length=40, blank=True, default="")
    insurer = models.CharField(max_length=200, blank=True, default="")
    insured_until = models.DateField(null=True, blank=True)
    established_on = models.DateField(null=True, blank=True)

    objects = ScopedQuerySet["Team"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="team_in_organisation"),
            *walked_by("team", "kind", "employment", "status", "grade", ("kind", "employment"), ("kind", "status")),
            *walked_by("team", ("kind", "grade"), ("employment", "status"), ("employment", "grade")),
            *walked_by("team", ("status", "grade")),
            *sorted_by("team", "grade_until", "insured_until", "established_on"),
            *due_by("team", "grade_until", "insured_until"),
            found_by_cell("team"),
        ]

    @property
    def planned_turn_out(self) -> timedelta:
        """Return what to reckon with: the worse of what is promised and what was measured often enough."""
        return timedelta(seconds=max(self.turn_out_s, self.measured_turn_out_s or 0))

    @property
    def turn_out_min(self) -> Decimal | None:
        """Return the promise in minutes, None while a record that is being entered says none."""
        return None if self.turn_out_s is None else Decimal(self.turn_out_s) / 60

    @turn_out_min.setter
    def turn_out_min(self, minutes: Decimal | None) -> None:
        self.turn_out_s = None if minutes is None else round(minutes * 60)  # type: ignore[assignment]


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
