"""What a team is made of and how it was found; experts and their advice; agreements."""

from __future__ import annotations

from django.db import models

from youbei.records.models.cells import found_by_cell
from youbei.records.models.scope import Bilingual, Registered, ScopedQuerySet, due_by, sorted_by, walked_by


class TeamRole(Bilingual, Registered):
    """A role in a team: how many people it needs, and with which certificates (codes separated by semicolons)."""

    team = models.ForeignKey("records.Team", on_delete=models.CASCADE, related_name="roles")
    code = models.CharField(max_length=40)
    needed = models.PositiveIntegerField(default=1)
    qualifications = models.CharField(max_length=400, blank=True, default="")
    vetting = models.CharField(max_length=40, blank=True, default="")

    objects = ScopedQuerySet["TeamRole"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [models.Index(fields=["org_path", "id"], name="role_in_organisation")]
        constraints = [models.UniqueConstraint(fields=["team", "code"], name="team_role_once")]


class TeamMember(Registered):
    """A person belongs to a team, in a role (its code; empty for none in particular)."""

    team = models.ForeignKey("records.Team", on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=40, blank=True, default="")
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)

    objects = ScopedQuerySet["TeamMember"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="member_in_organisation"),
            *sorted_by("member"),
        ]
        constraints = [models.UniqueConstraint(fields=["team", "person"], name="team_member_once")]


class TeamEquipment(Registered):
    """How much of an item a team must have, has, and can use."""

    team = models.ForeignKey("records.Team", on_delete=models.CASCADE, related_name="equipment")
    item = models.ForeignKey("records.Item", on_delete=models.PROTECT, related_name="+")
    required = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    present = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    serviceable = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)

    objects = ScopedQuerySet["TeamEquipment"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="equipment_in_organisation"),
            *walked_by("equipment", "item"),
            *sorted_by("equipment"),
        ]
        constraints = [models.UniqueConstraint(fields=["team", "item"], name="team_equipment_once")]


class TeamReview(Registered):
    """One grading, acceptance or evaluation of a team, and when the next is due."""

    team = models.ForeignKey("records.Team", on_delete=models.CASCADE, related_name="reviews")
    kind = models.CharField(max_length=20)
    held_on = models.DateField()
    held_by = models.CharField(max_length=200)
    reviewer = models.ForeignKey("records.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    score = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    result = models.CharField(max_length=12)
    next_due_on = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=400, blank=True, default="")

    objects = ScopedQuerySet["TeamReview"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="review_in_organisation"),
            models.Index(fields=["next_due_on", "id"], name="review_by_next_due_on"),
            *due_by("review", "next_due_on"),
        ]
        constraints = [models.UniqueConstraint(fields=["team", "kind", "held_on"], name="team_review_once")]


class MemberReview(Registered):
    """One evaluation of a member of a team, and when the next is due."""

    team = models.ForeignKey("records.Team", on_delete=models.CASCADE, related_name="member_reviews")
    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    held_on = models.DateField()
    held_by = models.CharField(max_length=200)
    score = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    result = models.CharField(max_length=12)
    next_due_on = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=400, blank=True, default="")

    objects = ScopedQuerySet["MemberReview"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="member_review_in_organisation"),
            *sorted_by("member_review", "next_due_on"),
            *due_by("member_review", "next_due_on"),
        ]
        constraints = [models.UniqueConstraint(fields=["team", "person", "kind", "held_on"], name="member_review_once")]


class Expert(Bilingual, Registered):
    """An expert whom an organisation may call upon."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="experts")
    code = models.SlugField(max_length=80, unique=True)
    specialties = models.JSONField(default=list, blank=True)
    employer = models.CharField(max_length=200, blank=True, default="")
    title = models.CharField(max_length=80, blank=True, default="")
    level = models.CharField(max_length=10, blank=True, default="")
    availability = models.CharField(max_length=12, default="available")
    unavailable_until = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=40, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    appointed_on = models.DateField(null=True, blank=True)
    term_ends_on = models.DateField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)

    objects = ScopedQuerySet["Expert"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [models.Index(fields=["org_path", "id"], name="expert_in_organisation"), found_by_cell("expert")]


class Agreement(Bilingual, Registered):
    """An agreement with another unit: what it covers, how fast, at which price, with which compensation, until when."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="agreements")
    code = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20)
    partner = models.ForeignKey(
        "records.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="agreements_with_others"
    )
    partner_name = models.CharField(max_length=200, blank=True, default="")
    covers = models.TextField(blank=True, default="")
    response_min = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    price = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    compensation = models.TextField(blank=True, default="")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=40, blank=True, default="")
    document = models.CharField(max_length=400, blank=True, default="")

    objects = ScopedQuerySet["Agreement"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="agreement_in_organisation"),
            models.Index(fields=["valid_until", "id"], name="agreement_by_valid_until"),
        ]


class AgreementRate(Bilingual, Registered):
    """What one unit of something costs under an agreement."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="rates")
    code = models.CharField(max_length=40)
    basis = models.CharField(max_length=12)
    amount = models.DecimalField(max_digits=14, decimal_places=3)
    item = models.ForeignKey("records.Item", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedQuerySet["AgreementRate"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [models.Index(fields=["org_path", "id"], name="rate_in_organisation"), *sorted_by("rate")]
        constraints = [models.UniqueConstraint(fields=["agreement", "code"], name="rate_once")]
