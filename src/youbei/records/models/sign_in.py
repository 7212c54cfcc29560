"""How accounts sign in: second factors, sessions, locks, and accounts of identity providers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from youbei.engine.access import Role
from youbei.records.models.path import PathField


class OneTimeDevice(models.Model):
    """The authenticator app of an account. The secret is kept enciphered; `last_step` lets no code count twice."""

    user = models.OneToOneField("records.User", on_delete=models.CASCADE, related_name="one_time_device")
    secret = models.TextField()
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)


class Passkey(models.Model):
    """A passkey or security key (WebAuthn): its public key, and how often it says that it has signed."""

    user = models.ForeignKey("records.User", on_delete=models.CASCADE, related_name="passkeys")
    label = models.CharField(max_length=80)
    credential_id = models.CharField(max_length=1400, unique=True)
    credential = models.BinaryField()
    handle = models.CharField(max_length=100)
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)


class RecoveryCode(models.Model):
    """One of the codes printed for the day when phone or key is lost; good once. Only its hash is kept."""

    user = models.ForeignKey("records.User", on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]


class SignIn(models.Model):
    """One session of an account: from where, with what, since when, and how it ended."""

    class End(models.TextChoices):
        SIGNED_OUT = "signed_out"
        ENDED_HERE = "ended_here"
        ENDED_BY_ADMINISTRATOR = "ended_by_administrator"
        DEACTIVATED = "deactivated"
        PASSWORD_CHANGED = "password_changed"  # noqa: S105
        FACTOR_CHANGED = "factor_changed"

    user = models.ForeignKey("records.User", on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    address = models.CharField(max_length=64)
    agent = models.CharField(max_length=300, blank=True, default="")
    method = models.CharField(max_length=40)
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=30, blank=True, default="", choices=End.choices)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["user", "-id"], name="sign_in_by_user")]


class FailedSignIn(models.Model):
    """Wrong passwords and codes for one name from one address, and until when that pair is locked."""

    username = models.CharField(max_length=150)
    address = models.CharField(max_length=64)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["username", "address"], name="failures_once_per_name_and_address")
        ]


class FactorRule(models.Model):
    """Whoever holds the role (empty: any) on the organisation or below it must have a second factor."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, related_name="+")
    org_path = PathField(db_index=True)
    role = models.CharField(max_length=30, blank=True, default="")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("org_path", "role")
        constraints = [models.UniqueConstraint(fields=["organisation", "role"], name="factor_rule_once")]

    @property
    def wanted(self) -> Role | None:
        return Role(self.role) if self.role else None


class OutsideLogin(models.Model):
    """An administrator's rule: who shows this value at that identity provider signs in as this account.

    `subject` is the provider's own lasting name for the person. It is taken down at the first sign-in and counts from
    then on, so that a name given to somebody else later opens nothing.
    """

    user = models.ForeignKey("records.User", on_delete=models.CASCADE, related_name="outside_logins")
    provider = models.SlugField(max_length=40)
    value = models.CharField(max_length=200)
    subject = models.CharField(max_length=255, blank=True, default="")
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("provider", "id")
        constraints = [
            models.UniqueConstraint(fields=["provider", "value"], name="outside_value_once"),
            models.UniqueConstraint(
                fields=["provider", "subject"], condition=~Q(subject=""), name="outside_subject_once"
            ),
        ]
