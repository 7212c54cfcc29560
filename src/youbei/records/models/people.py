"""Organisations as a tree, persons, posts and who holds them."""

from __future__ import annotations

from django.db import models

from youbei.records.models.cells import found_by_cell
from youbei.records.models.path import PathField
from youbei.records.models.scope import Bilingual, Registered, ScopedQuerySet, sorted_by, walked_by


class OrganisationQuerySet(ScopedQuerySet["Organisation"]):
    path_field = "path"


class Organisation(Bilingual, Registered):
    """A unit in the tree. `path` is `/1/5/33/`: the primary keys from the root down to itself."""

    class Kind(models.TextChoices):
        GOVERNMENT = "government"
        BUREAU = "bureau"
        AGENCY = "agency"
        SCHOOL = "school"
        EXAM_AUTHORITY = "exam_authority"
        PORT = "port"
        PARK = "park"
        ENTERPRISE = "enterprise"
        HOSPITAL = "hospital"
        RESCUE = "rescue"
        SUPPLIER = "supplier"
        COMMUNITY = "community"

    org_path = property(lambda self: self.path)  # a unit belongs where it stands itself
    code = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = PathField(db_index=True, editable=False)
    succeeded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="succeeded", editable=False
    )
    level = models.CharField(max_length=10, blank=True, default="")
    division = models.CharField(max_length=12, blank=True, default="")
    sector = models.CharField(max_length=20, blank=True, default="")
    hazard_class = models.CharField(max_length=10, blank=True, default="")
    employees = models.PositiveIntegerField(null=True, blank=True)
    credit_code = models.CharField(max_length=18, blank=True, default="")
    address = models.CharField(max_length=200, blank=True, default="")
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    geometry = models.JSONField(null=True, blank=True)
    phone = models.CharField(max_length=40, blank=True, default="")
    email = models.EmailField(blank=True, default="")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ("path",)
        indexes = [
            *walked_by("unit", "kind", "level", "sector", "hazard_class", ("kind", "level"), path="path"),
            *walked_by("unit", ("kind", "sector"), ("kind", "hazard_class"), ("level", "sector"), path="path"),
            *walked_by("unit", ("level", "hazard_class"), ("sector", "hazard_class"), path="path"),
            *sorted_by("unit", "division", path="path"),
            found_by_cell("unit"),
        ]


class Person(Registered):
    """A person. Personal data lives here only; the log refers to `person:<id>`."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="persons")
    code = models.SlugField(max_length=80, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    title = models.CharField(max_length=80, blank=True, default="")
    id_number = models.CharField(max_length=40, blank=True, default="")
    qualifications = models.JSONField(default=list, blank=True)

    objects = ScopedQuerySet["Person"].as_manager()

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(fields=["org_path", "id"], name="person_in_organisation"),
            *sorted_by("person"),
        ]

    def __str__(self) -> str:
        return self.name_zh

    def name_in(self, language: str) -> str:
        return (self.name_zh or self.name_en) if language.lower().startswith("zh") else (self.name_en or self.name_zh)


class Post(Bilingual, Registered):
    """A post of an organisation; posts outlive the people in them. `code` is like `haizhou-emb/director`."""

    class Kind(models.TextChoices):
        OFFICE = "office"
        DUTY = "duty"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    code = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OFFICE)
    rank = models.PositiveSmallIntegerField(default=100)
    phone = models.CharField(max_length=40, blank=True, default="")

    objects = ScopedQuerySet["Post"].as_manager()

    class Meta:
        ordering = ("organisation_id", "rank", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="post_in_organisation"),
            *walked_by("post", "kind"),
            *sorted_by("post"),
        ]


class PostHolding(Registered):
    """A person holds a post for a time; `starts_at <= t < ends_at`, an open end is null."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="holdings")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="holdings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["PostHolding"].as_manager()

    class Meta:
        ordering = ("post_id", "-starts_at")
        indexes = [
            models.Index(fields=["org_path", "id"], name="holding_in_organisation"),
            *sorted_by("holding"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="holding_ends_after_start",
            )
        ]
