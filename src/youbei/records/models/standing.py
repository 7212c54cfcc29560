"""What is known about persons: certificates, ways to reach them, vetting, conflicts of interest."""

from __future__ import annotations

from django.db import models

from youbei.records.models.scope import Registered, ScopedQuerySet, due_by, sorted_by, walked_by


class Qualification(Registered):
    """A certificate of a person; it counts until `expires_on`, that day included.

    `is_counted` says that it is copied into the person's `qualifications`.
    """

    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="certificates")
    kind = models.CharField(max_length=60)
    number = models.CharField(max_length=80, blank=True, default="")
    issuer = models.CharField(max_length=200, blank=True, default="")
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=400, blank=True, default="")
    is_counted = models.BooleanField(default=False, editable=False)

    objects = ScopedQuerySet["Qualification"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="qualification_in_organisation"),
            *sorted_by("qualification", "kind", "expires_on"),
            *due_by("qualification", "expires_on"),
            models.Index(fields=["expires_on"], name="qualification_counted", condition=models.Q(is_counted=True)),
            models.Index(fields=["issued_on"], name="qualification_waiting", condition=models.Q(is_counted=False)),
        ]
        constraints = [models.UniqueConstraint(fields=["person", "kind", "number"], name="qualification_once")]


class ContactWay(Registered):
    """A way to reach a person, or whoever holds a post; `last_ok_at` is when it was last used with success."""

    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, null=True, blank=True, related_name="ways")
    post = models.ForeignKey("records.Post", on_delete=models.CASCADE, null=True, blank=True, related_name="ways")
    way = models.CharField(max_length=12)
    address = models.CharField(max_length=200)
    rank = models.PositiveSmallIntegerField(default=1)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    last_failed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["ContactWay"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="way_in_organisation"),
            *walked_by("way", "way"),
            *sorted_by("way"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | models.Q(post__isnull=False), name="way_belongs_to_somebody"
            )
        ]


class Vetting(Registered):
    """One vetting of a person for a purpose, with its result and until when it counts."""

    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="vettings")
    scope = models.CharField(max_length=20)
    vetted_on = models.DateField()
    vetted_by = models.CharField(max_length=200)
    result = models.CharField(max_length=12)
    valid_until = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=400, blank=True, default="")

    objects = ScopedQuerySet["Vetting"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [models.Index(fields=["org_path", "id"], name="vetting_in_organisation")]
        constraints = [models.UniqueConstraint(fields=["person", "scope", "vetted_on"], name="vetting_once")]


class Conflict(Registered):
    """A conflict of interest that a person declared, and what they keep away from because of it."""

    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="conflicts")
    kind = models.CharField(max_length=20)
    declared_on = models.DateField()
    effect = models.CharField(max_length=400)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    objects = ScopedQuerySet["Conflict"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [models.Index(fields=["org_path", "id"], name="conflict_in_organisation")]
        constraints = [models.UniqueConstraint(fields=["person", "kind", "declared_on"], name="conflict_once")]
