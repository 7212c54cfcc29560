"""Accounts, what they may do on which subtree, and the keys programs use."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Q
from django.utils import timezone

from youbei.engine.access import Permission, Role, allows
from youbei.records import quick


class User(AbstractUser):
    """An account. What it may do is written in its grants, not in Django's groups."""

    class Theme(models.TextChoices):
        AUTO = "auto"
        LIGHT = "light"
        DARK = "dark"

    person = models.OneToOneField(
        "records.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="user"
    )
    language = models.CharField(max_length=10, default="zh-hans", choices=[("zh-hans", "简体中文"), ("en", "English")])
    theme = models.CharField(max_length=5, default=Theme.AUTO, choices=Theme.choices)

    def grants_now(self) -> list[Grant]:
        """Return the grants in force, read once per request (kept on the instance)."""
        cached: list[Grant] | None = self.__dict__.get("_grants_now")
        if cached is None:
            asked_at = timezone.now()  # noqa: TID251  (rights are judged at the moment of asking, never at another)
            rows = quick.grants_in_force(self.pk, asked_at)
            cached = [Grant.from_db(DEFAULT_DB_ALIAS, quick.GRANT_COLUMNS, row) for row in rows]
            self.__dict__["_grants_now"] = cached
        return cached

    def paths_with(self, permission: Permission) -> list[str]:
        """Return the paths of the subtrees on which the user has a permission, each once."""
        if not self.is_active:
            return []
        return sorted({grant.org_path for grant in self.grants_now() if allows(Role(grant.role), permission)})

    def may(self, permission: Permission, org_path: str) -> bool:
        """Say whether the user has a permission on the organisation with that path."""
        return any(org_path.startswith(path) for path in self.paths_with(permission))


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, now: Any) -> GrantQuerySet:
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), starts_at__lte=now)


class Grant(models.Model):
    """A user has a role on an organisation and all below it, from a time, until a time or for good."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=30, choices=[(role.value, role.value) for role in Role])
    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, related_name="grants")
    org_path = models.CharField(max_length=255, editable=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    given_by = models.CharField(max_length=120, blank=True, default="")

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("starts_at")), name="grant_ends_after_start"
            )
        ]


class ApiToken(models.Model):
    """A key for programs: only its SHA-256 is kept, the key itself is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)


class IdempotencyKey(models.Model):
    """The answer already given to a write, so that a repeated request gets it again instead of acting twice."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once_per_user")]
