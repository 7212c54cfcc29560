"""Accounts, what they may do on which subtree, and the keys programs use."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Q
from django.utils import timezone

from youbei.engine.access import NOT_DELEGATED, Permission, Role, Scope, allows, within
from youbei.records import quick
from youbei.records.models.path import PathField


class User(AbstractUser):
    """An account. What it may do is written in its grants, not in Django's groups."""

    class Theme(models.TextChoices):
        AUTO = "auto"
        LIGHT = "light"
        DARK = "dark"

    person = models.OneToOneField(
        "records.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="user"
    )
    # The unit that keeps the account; `org_path` is empty for an account that only the installation itself keeps.
    organisation = models.ForeignKey(
        "records.Organisation", on_delete=models.SET_NULL, null=True, blank=True, related_name="accounts"
    )
    org_path = PathField(blank=True, default="", editable=False)
    language = models.CharField(max_length=10, default="zh-hans", choices=[("zh-hans", "简体中文"), ("en", "English")])
    theme = models.CharField(max_length=5, default=Theme.AUTO, choices=Theme.choices)

    class Meta(AbstractUser.Meta):
        indexes = [models.Index(fields=["org_path", "id"], name="account_by_path")]

    def grants_now(self) -> list[Grant]:
        """Return the grants in force, read once per request (kept on the instance)."""
        cached: list[Grant] | None = self.__dict__.get("_grants_now")
        if cached is None:
            asked_at = timezone.now()  # noqa: TID251  (rights are judged at the moment of asking, never at another)
            rows = quick.grants_in_force(self.pk, asked_at)
            cached = [Grant.from_db(DEFAULT_DB_ALIAS, quick.GRANT_COLUMNS, row) for row in rows]
            self.__dict__["_grants_now"] = cached
        return cached

    @property
    def scope(self) -> Scope:
        """Return what the key in use limits the account to; a browser's session limits nothing."""
        scope: Scope = self.__dict__.get("_scope", Scope())
        return scope

    def limit_to(self, scope: Scope) -> None:
        """Take away from this instance whatever a key's scope does not name, for the request it was made for."""
        self.__dict__["_scope"] = scope

    def paths_with(self, permission: Permission) -> list[str]:
        """Return the paths of the subtrees on which the user has a permission, each once."""
        if not self.is_active or not self.scope.allows(permission):
            return []
        paths = {grant.org_path for grant in self.grants_now() if grant.allows(permission)}
        return sorted(paths) if self.scope.org_path == "/" else within(paths, self.scope.org_path)

    def lent_for(self, permission: Permission, org_path: str) -> Grant | None:
        """Return the delegated grant by which alone this user has a permission there, or None."""
        giving = [one for one in self.grants_now() if one.allows(permission) and org_path.startswith(one.org_path)]
        return giving[0] if giving and all(one.delegated_by_id is not None for one in giving) else None

    def may(self, permission: Permission, org_path: str) -> bool:
        """Say whether the user has a permission on the organisation with that path."""
        return any(org_path.startswith(path) for path in self.paths_with(permission))


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, now: Any) -> GrantQuerySet:
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), starts_at__lte=now)


class Grant(models.Model):
    """A user has a role on an organisation and all below it, from a time, until a time or for good.

    A delegated grant is part of another one (`delegated_from`), lent by the account that holds that one
    (`delegated_by`): it holds only while the other does, and is not delegated again.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=30, choices=[(role.value, role.value) for role in Role])
    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, related_name="grants")
    org_path = PathField(editable=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    given_by = models.CharField(max_length=120, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    delegated_from = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="lent")
    delegated_by = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="grants_lent")

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("starts_at")), name="grant_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(delegated_from__isnull=True, delegated_by__isnull=True)
                | Q(delegated_from__isnull=False, delegated_by__isnull=False, ends_at__isnull=False),
                name="a_delegated_grant_ends",
            ),
        ]
        indexes = [
            models.Index(fields=["org_path", "id"], name="grant_by_path"),
            models.Index(fields=["role", "ends_at"], name="grant_by_role"),
        ]

    def allows(self, permission: Permission) -> bool:
        """Say whether the grant holds a permission; a delegated one never that to give rights."""
        is_lent = self.delegated_by_id is not None
        return allows(Role(self.role), permission) and not (is_lent and permission in NOT_DELEGATED)


class ApiToken(models.Model):
    """A key for programs: only its SHA-256 is kept, the key itself is shown once.

    It allows no more than its user's grants, and of these only the `permissions` (null: all) on the subtree `org_path`.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    permissions = models.JSONField(null=True, blank=True)
    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, null=True, blank=True)
    org_path = PathField(default="/")

    class Meta:
        ordering = ("id",)

    @property
    def scope(self) -> Scope:
        """Return what the key is limited to; a permission that is no longer known allows nothing."""
        if self.permissions is None:
            return Scope(org_path=self.org_path)
        known = frozenset(one for one in Permission if one.value in self.permissions)
        return Scope(known, self.org_path)


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
