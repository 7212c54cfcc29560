"""The second factor: an authenticator app, and recovery codes for the day it is lost. Passkeys have their own file.

Whatever changes what opens an account stands in the log, in the same transaction.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from youbei.actions.actors import actor_for
from youbei.actions.cipher import decipher, encipher
from youbei.actions.journal import record
from youbei.actions.lockouts import forget_wrong_codes, note_wrong_code, refuse_guessed_codes
from youbei.actions.permit import require
from youbei.actions.sessions import end_sessions
from youbei.actions.stewards import require_account
from youbei.engine.access import Permission, Role
from youbei.engine.errors import Refused
from youbei.engine.one_time import DIGITS, SECRET_BYTES, matching_step
from youbei.records.models import FactorRule, OneTimeDevice, Organisation, Passkey, RecoveryCode, SignIn, User
from youbei.records.reports.accounts import has_factor, needs_factor

RECOVERY_CODES = 10
# Crockford's alphabet: no letter that is read as another. Ten of them are 50 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10


class FactorRefused(Refused):
    """Refuse a second factor that is not as it must be."""


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


@transaction.atomic
def add_app(*, by: User, now: datetime, secret: bytes, code: str, present: str = "") -> list[str]:
    """Take an authenticator app into use, once it has shown a right code; return new recovery codes, or none.

    Another app that was in use is replaced. All sessions but the `present` one (its key) end: they were opened without.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    step = matching_step(secret, plain(code), now)
    if step is None:
        raise FactorRefused(
            zh="验证码不对。请确认手机时间为自动对时，然后输入应用当前显示的 6 位数字。",
            en="The code does not match. Check that the telephone sets its clock by the network, then type the six "
            "digits that the app shows now.",
        )
    values = {"secret": encipher(secret), "last_step": step, "created_at": now, "last_used_at": now}
    OneTimeDevice.objects.update_or_create(user=by, defaults=values)
    log_factor("factor.added", by, by, now, "app")
    end_sessions(user=by, now=now, end=SignIn.End.FACTOR_CHANGED, but=present)
    return first_recovery_codes(by, now)


def first_recovery_codes(by: User, now: datetime) -> list[str]:
    """Return recovery codes for an account that has none yet; an empty list where it has."""
    return [] if RecoveryCode.objects.filter(user=by, used_at=None).exists() else renew_recovery_codes(by=by, now=now)


@transaction.atomic
def renew_recovery_codes(*, by: User, now: datetime) -> list[str]:
    """Make new recovery codes and void the old ones; they are shown this once."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    RecoveryCode.objects.filter(user=by).delete()
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=by, digest=digest_of(by, code)) for code in codes)
    log_factor("factor.added", by, by, now, "recovery_codes")
    return [f"{code[:5]}-{code[5:]}" for code in codes]


@transaction.atomic
def use_code(*, user: User, code: str, now: datetime) -> str | None:
    """Use up a code of the app or a recovery code; return which (`app`, `recovery`), or None where it is wrong."""
    typed = plain(code)
    if len(typed) == DIGITS and typed.isdigit():
        return "app" if use_counted_code(user, typed, now) else None
    fits = RecoveryCode.objects.filter(user=user, digest=digest_of(user, typed), used_at=None).update(used_at=now)
    if not fits:
        return None
    left = RecoveryCode.objects.filter(user=user, used_at=None).count()
    what = [("factor.recovered", {"user": f"user:{user.pk}", "left": left})]
    record(f"register:user:{user.pk}", what, by=actor_for(user, now), now=now, org_path=user.org_path or "/")
    return "recovery"


def use_counted_code(user: User, typed: str, now: datetime) -> bool:
    """Use up a code of the app; raise CodesGuessedAt after very many wrong ones."""
    refuse_guessed_codes(user=user, now=now)
    if use_app_code(user, typed, now):
        forget_wrong_codes(user=user)
        return True
    note_wrong_code(user=user, now=now)
    return False


def use_app_code(user: User, typed: str, now: datetime) -> bool:
    device = OneTimeDevice.objects.select_for_update().filter(user=user).first()
    secret = decipher(device.secret) if device is not None else None
    if device is None or secret is None:
        return False
    step = matching_step(secret, typed, now, after=device.last_step)
    if step is None:
        return False
    device.last_step, device.last_used_at = step, now
    device.save(update_fields=["last_step", "last_used_at"])
    return True


@transaction.atomic
def remove_app(*, by: User, now: datetime, present: str = "") -> None:
    """Take one's own app out of use; refused where a rule asks for a factor and no passkey is left.

    All sessions but the `present` one end.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if not Passkey.objects.filter(user=by).exists():
        refuse_last_factor(by)
    if OneTimeDevice.objects.filter(user=by).delete()[0]:
        log_factor("factor.removed", by, by, now, "app")
        end_sessions(user=by, now=now, end=SignIn.End.FACTOR_CHANGED, but=present)
    drop_stray_codes(by)


def refuse_last_factor(user: User) -> None:
    if needs_factor(user):
        raise FactorRefused(
            zh="您的授权要求二次验证，不能移除最后一种。请先添加另一种（验证器应用或通行密钥），再移除这一种。",
            en="Your grants require a second factor, so the last one cannot be removed. Add another one first "
            "(an app or a passkey), then remove this one.",
        )


def drop_stray_codes(user: User) -> None:
    """Recovery codes stand in for a factor; without any factor they open nothing and go."""
    if not has_factor(user):
        RecoveryCode.objects.filter(user=user).delete()


@transaction.atomic
def reset_factors(*, by: User | None, now: datetime, user: User) -> None:
    """Take every factor of an account away: for a holder who has lost telephone, key and recovery codes alike.

    Its sessions end: one may be open on what was lost.
    """
    require_account(by, user, now=now)
    if by is not None and by.pk == user.pk:
        raise FactorRefused(
            zh="自己的二次验证请在“我的账号”中管理。", en="Manage your own second factors on the page of your account."
        )
    OneTimeDevice.objects.filter(user=user).delete()
    Passkey.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    end_sessions(user=user, now=now, end=SignIn.End.FACTOR_CHANGED)
    log_factor("factor.removed", by, user, now, "all")


@transaction.atomic
def ask_for_factor(*, by: User | None, now: datetime, organisation: Organisation, role: Role | None) -> FactorRule:
    """Rule that whoever holds the role (None: any) on the organisation or below must have a second factor."""
    require_access(by, organisation)
    rule, is_new = FactorRule.objects.get_or_create(
        organisation=organisation,
        role=role.value if role else "",
        defaults={"org_path": organisation.path, "made_at": now},
    )
    if is_new:
        log_rule("record.created", rule, by, now)
    return rule


@transaction.atomic
def ask_no_more(*, by: User | None, now: datetime, rule: FactorRule) -> None:
    require_access(by, rule.organisation)
    log_rule("record.removed", rule, by, now)
    rule.delete()


def require_access(by: User | None, organisation: Organisation) -> None:
    require(by, Permission.MANAGE_ACCESS, organisation.path)


def log_rule(kind: str, rule: FactorRule, by: User | None, now: datetime) -> None:
    data = {"organisation": rule.organisation.code, "role": rule.role}
    record(f"register:factorrule:{rule.pk}", [(kind, data)], by=actor_for(by, now), now=now, org_path=rule.org_path)


def log_factor(kind: str, by: User | None, user: User, now: datetime, factor: str) -> None:
    what = [(kind, {"user": f"user:{user.pk}", "factor": factor})]
    record(f"register:user:{user.pk}", what, by=actor_for(by, now), now=now, org_path=user.org_path or "/")


def plain(code: str) -> str:
    """Return a code as it is compared: without blanks and hyphens, in capitals, look-alikes read as meant."""
    return code.upper().translate(str.maketrans("OIL", "011", " -\u3000\u2010\u2013"))[:64]


def digest_of(user: User, code: str) -> str:
    return salted_hmac("youbei.recovery", f"{user.pk}:{code}", algorithm="sha256").hexdigest()
