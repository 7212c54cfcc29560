"""Passkeys and security keys (WebAuthn): taking one into use, and signing in with it.

What the browser is asked and what it answers are the JSON forms of the standard (`PublicKeyCredential.toJSON`). The
caller keeps `state` (the challenge) in the session between the two and uses it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from youbei.actions.factors import drop_stray_codes, first_recovery_codes, log_factor, refuse_last_factor
from youbei.actions.sessions import end_sessions
from youbei.engine.errors import Refused
from youbei.records.models import OneTimeDevice, Passkey, SignIn, User

Json = dict[str, Any]
MOST = 20


class PasskeyRefused(Refused):
    """Refuse a passkey that does not answer the challenge, or that may be a copy."""


def server_for(host: str) -> Fido2Server:
    """Return the verifier for the name under which the site is reached; a passkey belongs to that name."""
    return Fido2Server(PublicKeyCredentialRpEntity(id=host.partition(":")[0], name="有备 Youbei"))


def ask_for_new(*, by: User, host: str) -> tuple[Json, Any]:
    """Return what the browser is asked in order to make a passkey, and the state to keep."""
    user = PublicKeyCredentialUserEntity(name=by.username, id=handle_of(by), display_name=by.username)
    options, state = server_for(host).register_begin(
        user,
        credentials=[credential_of(row) for row in Passkey.objects.filter(user=by)],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return dict(options), state


def handle_of(user: User) -> bytes:
    """Return the account's name for authenticators: it tells nobody who the account is."""
    return salted_hmac("youbei.passkey", str(user.pk), secret=settings.SECRET_KEY, algorithm="sha256").digest()


def credential_of(row: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(row.credential))


@transaction.atomic
def add_passkey(
    *, by: User, now: datetime, host: str, state: Any, answer: Mapping[str, Any], label: str, present: str = ""
) -> list[str]:
    """Take a passkey into use; return new recovery codes, or none where the account has some.

    All sessions but the `present` one (its key) end: they were opened without.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if Passkey.objects.filter(user=by).count() >= MOST:
        raise PasskeyRefused(
            zh=f"一个账号最多 {MOST} 个通行密钥。请先移除不再使用的。",
            en=f"An account has at most {MOST} passkeys. Remove one that is no longer used first.",
        )
    try:
        found = server_for(host).register_complete(state, answer)
    except (ValueError, TypeError, KeyError) as error:
        raise refusal() from error
    made = found.credential_data
    if made is None or Passkey.objects.filter(credential_id=websafe_encode(made.credential_id)).exists():
        raise refusal()
    Passkey.objects.create(
        user=by,
        label=label.strip()[:80] or "passkey",
        credential_id=websafe_encode(made.credential_id),
        credential=bytes(made),
        handle=websafe_encode(handle_of(by)),
        sign_count=found.counter,
        created_at=now,
    )
    log_factor("factor.added", by, by, now, "passkey")
    end_sessions(user=by, now=now, end=SignIn.End.FACTOR_CHANGED, but=present)
    return first_recovery_codes(by, now)


def refusal() -> PasskeyRefused:
    return PasskeyRefused(
        zh="通行密钥未能通过核验：可能已超时，或不是为本站注册的。请重试，或改用其他方式登录。",
        en="The passkey could not be verified: the request may have run out of time, or the key belongs to another "
        "site. Try again, or sign in another way.",
    )


def ask_for_present(*, user: User | None, host: str) -> tuple[Json, Any]:
    """Return what the browser is asked in order to show a passkey, and the state to keep.

    For a known user it is the second factor. Without one it is the whole sign-in, so the authenticator must itself
    have checked who holds it (PIN, finger, face).
    """
    verification = UserVerificationRequirement.REQUIRED if user is None else UserVerificationRequirement.PREFERRED
    rows = [] if user is None else [credential_of(row) for row in Passkey.objects.filter(user=user)]
    options, state = server_for(host).authenticate_begin(rows or None, user_verification=verification)
    return dict(options), state


@transaction.atomic
def use_passkey(*, user: User | None, now: datetime, host: str, state: Any, answer: Mapping[str, Any]) -> User:
    """Return the account whose passkey answers the challenge (that of `user`, where one is given), or refuse."""
    try:
        shown = AuthenticationResponse.from_dict(answer)
        row = Passkey.objects.select_for_update().select_related("user").get(credential_id=websafe_encode(shown.raw_id))
        server_for(host).authenticate_complete(state, [credential_of(row)], shown)
    except (ValueError, TypeError, KeyError, AttributeError, Passkey.DoesNotExist) as error:
        raise refusal() from error
    handle = shown.response.user_handle
    is_of_another = user is not None and row.user_id != user.pk
    is_unnamed = user is None and (handle is None or websafe_encode(handle) != row.handle)
    if is_of_another or is_unnamed or not row.user.is_active:
        raise refusal()
    count = shown.response.authenticator_data.counter
    # Source: Web Authentication Level 2, section 6.1.1: a counter that does not grow tells of a copy.
    if (count or row.sign_count) and count <= row.sign_count:
        raise PasskeyRefused(
            zh="此通行密钥的计数没有增加，可能被复制过，已拒绝登录。请改用其他方式登录，移除它并告知管理员。",
            en="This passkey's counter has not grown: there may be a copy of it, so it was refused. Sign in another "
            "way, remove it, and tell your administrator.",
        )
    row.sign_count, row.last_used_at = count, now
    row.save(update_fields=["sign_count", "last_used_at"])
    return row.user


@transaction.atomic
def remove_passkey(*, by: User, now: datetime, passkey: Passkey, present: str = "") -> None:
    """Take one's own passkey out of use; refused where a rule asks for a factor and nothing else is left.

    All sessions but the `present` one end: one may be open on what was lost.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    others = Passkey.objects.filter(user=by).exclude(pk=passkey.pk)
    if not others.exists() and not OneTimeDevice.objects.filter(user=by).exists():
        refuse_last_factor(by)
    if Passkey.objects.filter(user=by, pk=passkey.pk).delete()[0]:
        log_factor("factor.removed", by, by, now, "passkey")
        end_sessions(user=by, now=now, end=SignIn.End.FACTOR_CHANGED, but=present)
    drop_stray_codes(by)
