"""Organisations as a tree, persons, posts and who holds them."""

from __future__ import annotations

from django.db import models

from youbei.records.models.scope import Bilingual, ScopedQuerySet


class OrganisationQuerySet(ScopedQuerySet["Organisation"]):
    path_field = "path"


class Organisation(Bilingual):
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
        COMMUNITY = "community"

    code = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=255, db_index=True, editable=False)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    phone = models.CharField(max_length=40, blank=True, default="")
    email = models.EmailField(blank=True, default="")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ("path",)


class Person(models.Model):
    """A person. Personal data lives here only; the log refers to `person:<id>`."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="persons")
    org_path = models.CharField(max_length=255, db_index=True, editable=False)
    code = models.SlugField(max_length=80, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    qualifications = models.JSONField(default=list, blank=True)

    objects = ScopedQuerySet["Person"].as_manager()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name_zh

    def name_in(self, language: str) -> str:
        return (self.name_zh or self.name_en) if language.lower().startswith("zh") else (self.name_en or self.name_zh)


class Post(Bilingual):
    """A post of an organisation; posts outlive the people in them. `code` is like `haizhou-emb/director`."""

    class Kind(models.TextChoices):
        OFFICE = "office"
        DUTY = "duty"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    org_path = models.CharField(max_length=255, db_index=True, editable=False)
    code = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OFFICE)
    rank = models.PositiveSmallIntegerField(default=100)

    objects = ScopedQuerySet["Post"].as_manager()

    class Meta:
        ordering = ("organisation_id", "rank", "id")


class PostHolding(models.Model):
    """A person holds a post for a time; `starts_at <= t < ends_at`, an open end is null."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="holdings")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="holdings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("post_id", "-starts_at")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="holding_ends_after_start",
            )
        ]
