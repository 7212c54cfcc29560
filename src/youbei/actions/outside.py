"""Accounts of identity providers: linked by an administrator's rule, never made and never given rights by a sign-in."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.stewards import require_account
from youbei.engine.errors import Refused
from youbei.identity.oidc import Beginning, begin, finish, not_confirmed
from youbei.identity.providers import Provider, ProvidersUnreadable, read_providers
from youbei.records.models import OutsideLogin, User

MOST = 200
LONGEST_SUBJECT = 255
logger = logging.getLogger("youbei.sign_in")


class NotLinked(Refused):
    """Refuse somebody whom the provider knows and we do not; says what an administrator needs to link the account."""

    status = 403


class LinkRefused(Refused):
    """Refuse a link that cannot be as asked."""


def providers() -> dict[str, Provider]:
    """Return the identity providers by id; a file that cannot be read keeps nobody from signing in otherwise."""
    try:
        return read_providers(settings.OIDC_FILE)
    except ProvidersUnreadable as error:
        logger.error("%s", error.text.en)
        return {}


def begin_outside(provider: Provider, *, back: str) -> Beginning:
    return begin(provider, back=back)


@transaction.atomic
def finish_outside(provider: Provider, *, kept: Mapping[str, str], brought: Mapping[str, str], now: datetime) -> User:
    """Return the account linked to whom the provider names, or refuse."""
    claims = finish(provider, kept=kept, brought=brought)
    subject, value = subject_of(provider, claims), value_of(provider, claims)
    rows = OutsideLogin.objects.select_for_update(of=("self",)).select_related("user").filter(provider=provider.id)
    row = rows.filter(subject=subject).first() or rows.filter(subject="", value=value).first()
    if row is None or not row.user.is_active:
        raise NotLinked(
            zh=f"“{provider.title.in_language('zh')}”已确认您的身份，但本系统没有与之关联的账号。"
            f"请把下面的标识告知管理员，由其关联到您的账号：{value}",
            en=f"{provider.title.in_language('en')} knows you, but no account here is linked to you. "
            f"Give your administrator this name to be linked: {value}",
        )
    row.subject, row.last_used_at = subject, now
    row.save(update_fields=["subject", "last_used_at"])
    return row.user


def subject_of(provider: Provider, claims: Mapping[str, Any]) -> str:
    """Return the provider's lasting name for somebody; an empty one would fit every link that is not used yet."""
    subject = claims["sub"]
    # Source: OpenID Connect Core 1.0, section 2: at most 255 ASCII characters.
    if not isinstance(subject, str) or not subject.strip() or len(subject) > LONGEST_SUBJECT or "\0" in subject:
        raise not_confirmed(provider)
    return subject


def value_of(provider: Provider, claims: Mapping[str, Any]) -> str:
    """Return what administrators link by; an e-mail address only where the provider has verified it."""
    if provider.claim == "email" and claims.get("email_verified") is not True:
        raise not_confirmed(provider)
    value = str(claims.get(provider.claim) or "").strip()[:MOST]
    if not value or "\0" in value:
        raise not_confirmed(provider)
    return value


@transaction.atomic
def link(*, by: User | None, now: datetime, user: User, provider: str, value: str) -> OutsideLogin:
    """Rule that whoever shows this value at the provider signs in as this account."""
    require_account(by, user, now=now)
    known = providers()
    if provider not in known:
        names = "、".join(known) or "（无）"
        raise LinkRefused(
            zh=f"没有配置名为“{provider}”的统一认证。已配置的有：{names}。",
            en=f"No identity provider {provider!r} is set up. Known are: {', '.join(known) or 'none'}.",
        )
    value = value.strip()
    if not value or len(value) > MOST:
        raise LinkRefused(
            zh=f"请填写对方系统中的标识（不超过 {MOST} 个字）。", en=f"Give the name there, of at most {MOST} letters."
        )
    try:
        with transaction.atomic():
            row = OutsideLogin.objects.create(user=user, provider=provider, value=value, made_at=now)
    except IntegrityError as error:
        raise LinkRefused(
            zh="该标识已关联到一个账号。请先解除原来的关联。",
            en="This name is linked to an account already. Remove that link first.",
        ) from error
    log_link("factor.added", row, by, now)
    return row


@transaction.atomic
def unlink(*, by: User | None, now: datetime, row: OutsideLogin) -> None:
    require_account(by, row.user, now=now)
    log_link("factor.removed", row, by, now)
    row.delete()


def log_link(kind: str, row: OutsideLogin, by: User | None, now: datetime) -> None:
    what = [(kind, {"user": f"user:{row.user_id}", "factor": f"oidc:{row.provider}"})]
    by_whom = actor_for(by, now)
    record(f"register:user:{row.user_id}", what, by=by_whom, now=now, org_path=row.user.org_path or "/")
