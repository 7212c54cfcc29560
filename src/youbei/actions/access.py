"""Accounts, grants and keys for programs."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import not_allowed, not_found, require
from youbei.engine.access import ROLES, Permission, Role
from youbei.engine.errors import Refused
from youbei.records.models import ApiToken, Grant, Organisation, Person, User

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{1,79}")
TOKEN_PREFIX = "yb_"  # noqa: S105  (marks our keys, so that scanners find one that leaked)
USED_EVERY = timedelta(minutes=1)


class AccountRefused(Refused):
    """Refuse an account that cannot be as asked."""


class GrantRefused(Refused):
    """Refuse a grant that would give more than its giver has, or that makes no sense."""


@transaction.atomic
def create_user(
    *,
    by: User | None,
    now: datetime,
    username: str,
    password: str | None = None,
    person: Person | None = None,
    grants: tuple[tuple[Role, Organisation], ...] = (),
    language: str = "zh-hans",
    is_checked: bool = True,
) -> User:
    """Create an account with its first grants; without a password nobody can sign in with it.

    `is_checked=False` skips the password rules, for passwords that were generated.
    """
    paths = [organisation.path for _, organisation in grants] or ([person.org_path] if person else ["/"])
    for path in paths:
        require(by, Permission.MANAGE_ACCESS, path)
    if not USERNAME.fullmatch(username):
        raise AccountRefused(
            zh=f"用户名“{username}”不可用：须为 2 至 80 个字母、数字或 . _ @ + -，并以字母或数字开头。",
            en=f"The user name {username!r} cannot be used: take 2 to 80 letters, digits or . _ @ + -, "
            "beginning with a letter or digit.",
        )
    if User.objects.filter(username__iexact=username).exists():
        raise AccountRefused(
            zh=f"用户名“{username}”已被使用。请换一个。", en=f"The user name {username!r} is taken. Choose another."
        )
    user = User(username=username, person=person, language=language)
    if password is None:
        user.set_unusable_password()
    else:
        if is_checked:
            check_password(password, user)
        user.set_password(password)
    user.save()
    data = {"user": f"user:{user.pk}", "person": f"person:{person.pk}" if person else ""}
    record(f"register:user:{user.pk}", [("record.created", data)], by=actor_for(by, now), now=now, org_path=paths[0])
    for role, organisation in grants:
        give_grant(by=by, now=now, user=user, role=role, organisation=organisation)
    return user


def check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise AccountRefused(
            zh="密码过短或过于常见：至少 10 个字符，且不要用常见密码。",
            en="The password is too short or too common: take at least 10 characters and no common password.",
        ) from error


@transaction.atomic
def set_password(*, by: User | None, now: datetime, user: User, password: str) -> None:
    """Change a password: one's own, or that of a user all of whose grants lie where one manages access."""
    if by is not None and by.pk != user.pk:
        for grant in user.grants_now():
            require(by, Permission.MANAGE_ACCESS, grant.org_path)
        if not by.paths_with(Permission.MANAGE_ACCESS):
            raise not_allowed(Permission.MANAGE_ACCESS)
    check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    what = [("record.changed", {"user": f"user:{user.pk}", "fields": ["password"]})]
    record(f"register:user:{user.pk}", what, by=actor_for(by, now), now=now, org_path="/")


@transaction.atomic
def give_grant(
    *,
    by: User | None,
    now: datetime,
    user: User,
    role: Role,
    organisation: Organisation,
    ends_at: datetime | None = None,
) -> Grant:
    """Give a role on an organisation and all below it, until a time or for good; nobody gives what they lack."""
    require(by, Permission.MANAGE_ACCESS, organisation.path)
    if by is not None and not all(by.may(permission, organisation.path) for permission in ROLES[role]):
        raise GrantRefused(
            zh="不能授予自己没有的权限。请由权限更高的管理员授权。",
            en="You cannot give a role that holds more than you do. Ask an administrator who holds it.",
        )
    if ends_at is not None and ends_at <= now:
        raise GrantRefused(
            zh="授权的截止时间已过。请选择将来的时间，或不设截止。",
            en="The grant would end in the past. Choose a time to come, or none.",
        )
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    actor = actor_for(by, now)
    grant = Grant.objects.create(
        user=user,
        role=role.value,
        organisation=organisation,
        org_path=organisation.path,
        starts_at=now,
        ends_at=ends_at,
        given_by=actor.id,
    )
    data = {
        "grant": grant.pk,
        "user": f"user:{user.pk}",
        "role": role.value,
        "organisation": organisation.code,
        "ends_at": ends_at.isoformat() if ends_at else None,
    }
    record(f"register:user:{user.pk}", [("grant.given", data)], by=actor, now=now, org_path=organisation.path)
    user.__dict__.pop("_grants_now", None)
    return grant


@transaction.atomic
def end_grant(*, by: User | None, now: datetime, grant: Grant) -> Grant:
    """End a grant now; one that has ended stays as it was."""
    require(by, Permission.MANAGE_ACCESS, grant.org_path)
    User.objects.select_for_update(no_key=True).get(pk=grant.user_id)
    grant.refresh_from_db()
    if grant.ends_at is not None and grant.ends_at <= now:
        return grant
    grant.ends_at = max(now, grant.starts_at + timedelta(microseconds=1))
    grant.save(update_fields=["ends_at"])
    data = {"grant": grant.pk, "user": f"user:{grant.user_id}", "role": grant.role}
    stream = f"register:user:{grant.user_id}"
    record(stream, [("grant.ended", data)], by=actor_for(by, now), now=now, org_path=grant.org_path)
    return grant


@transaction.atomic
def create_token(
    *, by: User | None, now: datetime, user: User, label: str, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a key for programs and return it with its plain text, which is shown this once and kept nowhere."""
    if by is not None and by.pk != user.pk:
        raise not_found()
    if expires_at is not None and expires_at <= now:
        raise AccountRefused(
            zh="密钥的有效期已过。请选择将来的时间，或不设期限。",
            en="The key would have expired already. Choose a time to come, or none.",
        )
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    plain = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, label=label[:80], digest=token_digest(plain), created_at=now, expires_at=expires_at
    )
    data = {"token": token.pk, "user": f"user:{user.pk}"}
    record(f"register:user:{user.pk}", [("record.created", data)], by=actor_for(by, now), now=now, org_path="/")
    return token, plain


@transaction.atomic
def remove_token(*, by: User, now: datetime, token: ApiToken) -> None:
    """Take one's own key out of use."""
    if by.pk != token.user_id:
        raise not_found()
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    data = {"token": token.pk, "user": f"user:{by.pk}"}
    token.delete()
    record(f"register:user:{by.pk}", [("record.removed", data)], by=actor_for(by, now), now=now, org_path="/")


def user_for_token(plain: str, now: datetime) -> User | None:
    """Return the active user whose key this is, or None; notes the use at most once a minute."""
    token = ApiToken.objects.select_related("user").filter(digest=token_digest(plain)).first()
    if token is None or not token.user.is_active or (token.expires_at is not None and token.expires_at <= now):
        return None
    if token.last_used_at is None or now - token.last_used_at >= USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token.user


def token_digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
