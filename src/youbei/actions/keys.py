"""Keys for programs: made with a scope, used, taken out of use."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import not_found
from youbei.engine.access import Permission
from youbei.engine.errors import NotAllowed, Refused
from youbei.records.models import ApiToken, Organisation, User

TOKEN_PREFIX = "yb_"  # noqa: S105  (marks our keys, so that scanners find one that leaked)
USED_EVERY = timedelta(minutes=1)


class KeyRefused(Refused):
    """Refuse a key that cannot be as asked."""


class KeyTooNarrow(NotAllowed):
    """Refuse a limited key whatever would widen it."""


def refuse_widening(by: User) -> None:
    """Refuse a limited key to manage keys and the account: it could make itself a wider one."""
    if by.scope.is_limited:
        raise KeyTooNarrow(
            zh="此密钥的范围受限，不能管理账号和密钥。请登录后在“我的账号”中办理。",
            en="This key is limited and may not manage keys or the account. "
            "Sign in and do it on the page of your account.",
        )


@transaction.atomic
def create_token(
    *,
    by: User | None,
    now: datetime,
    user: User,
    label: str,
    expires_at: datetime | None = None,
    permissions: Collection[Permission] | None = None,
    organisation: Organisation | None = None,
) -> tuple[ApiToken, str]:
    """Make a key for programs and return it with its plain text, which is shown this once and kept nowhere.

    It allows no more than the grants of its user at the time of each use, and of these only `permissions` (None: all)
    on `organisation` and below (None: everywhere).
    """
    if by is not None and by.pk != user.pk:
        raise not_found()
    if by is not None:
        refuse_widening(by)
    if expires_at is not None and expires_at <= now:
        raise KeyRefused(
            zh="密钥的有效期已过。请选择将来的时间，或不设期限。",
            en="The key would have expired already. Choose a time to come, or none.",
        )
    if permissions is not None and not permissions:
        raise KeyRefused(
            zh="请至少选择一项权限；没有权限的密钥打不开任何内容。",
            en="Choose at least one permission; a key without any opens nothing.",
        )
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    plain = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        label=label[:80],
        digest=token_digest(plain),
        created_at=now,
        expires_at=expires_at,
        permissions=None if permissions is None else sorted(one.value for one in permissions),
        organisation=organisation,
        org_path=organisation.path if organisation else "/",
    )
    data = {"token": token.pk, "user": f"user:{user.pk}"}
    what = [("record.created", data)]
    record(f"register:user:{user.pk}", what, by=actor_for(by, now), now=now, org_path=user.org_path or "/")
    return token, plain


@transaction.atomic
def remove_token(*, by: User, now: datetime, token: ApiToken) -> None:
    """Take one's own key out of use."""
    if by.pk != token.user_id:
        raise not_found()
    refuse_widening(by)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    data = {"token": token.pk, "user": f"user:{by.pk}"}
    token.delete()
    what = [("record.removed", data)]
    record(f"register:user:{by.pk}", what, by=actor_for(by, now), now=now, org_path=by.org_path or "/")


def user_for_token(plain: str, now: datetime) -> User | None:
    """Return the active user whose key this is, limited to its scope, or None; notes the use at most once a minute."""
    token = ApiToken.objects.select_related("user").filter(digest=token_digest(plain)).first()
    if token is None or not token.user.is_active or (token.expires_at is not None and token.expires_at <= now):
        return None
    if token.last_used_at is None or now - token.last_used_at >= USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    token.user.limit_to(token.scope)
    return token.user


def token_digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
