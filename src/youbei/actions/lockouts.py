"""Lock a name for an address after too many wrong passwords or codes, and lift it. By name alone, anyone could lock out
the commander."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone as zones

from youbei.actions.actors import INSTALLATION, actor_for
from youbei.actions.journal import record
from youbei.actions.stewards import require_account
from youbei.engine.errors import Refused
from youbei.records.models import FailedSignIn, User

# Assumption: eight leave room for Caps Lock and an old password; at 4 locks an hour nobody guesses ten characters.
FAILURES = 8
LOCKED_FOR = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)


class SignInLocked(Refused):
    """Refuse to look at a password or code while the name is locked for the address; `until` says how long."""

    status = 429

    def __init__(self, until: datetime, now: datetime) -> None:
        minutes = max(1, -(-int((until - now).total_seconds()) // 60))
        at = zones.localtime(until).strftime("%H:%M")
        super().__init__(
            zh=f"连续 {FAILURES} 次密码或验证码错误：此账号从本机地址的登录已锁定，{at} 解除（还有 {minutes} 分钟）。"
            "从其他地址仍可登录。请到时再试，或请管理员解除锁定。",
            en=f"{FAILURES} wrong passwords or codes in a row: signing in with this name from this address is locked "
            f"until {at} ({minutes} more minutes). From other addresses it still works. Try again then, or ask an "
            "administrator to lift the lock.",
        )
        self.until = until


def refuse_locked(*, username: str, address: str, now: datetime) -> None:
    row = FailedSignIn.objects.filter(username=key_of(username), address=address, locked_until__gt=now).first()
    if row is not None and row.locked_until is not None:
        raise SignInLocked(row.locked_until, now)


@transaction.atomic
def note_failure(*, username: str, address: str, now: datetime) -> None:
    """Count a wrong password or code; the last one allowed locks the pair, and the log says so of a known account."""
    FailedSignIn.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
    FailedSignIn.objects.get_or_create(username=key_of(username), address=address, defaults={"last_at": now})
    row = FailedSignIn.objects.select_for_update().get(username=key_of(username), address=address)
    if row.last_at < now - LOCKED_FOR or (row.locked_until is not None and row.locked_until <= now):
        row.failures, row.locked_until = 0, None
    row.failures, row.last_at = row.failures + 1, now
    is_locking = row.failures >= FAILURES and row.locked_until is None
    if is_locking:
        row.locked_until = now + LOCKED_FOR
    row.save()
    user = User.objects.filter(username__iexact=username).first() if is_locking else None
    if user is not None and row.locked_until is not None:
        data = {"user": f"user:{user.pk}", "failures": row.failures, "until": row.locked_until.isoformat()}
        what = [("account.locked", data)]
        record(f"register:user:{user.pk}", what, by=INSTALLATION, now=now, org_path=user.org_path or "/")


def forget_failures(*, username: str, address: str) -> None:
    """Begin to count anew after a complete sign-in."""
    FailedSignIn.objects.filter(username=key_of(username), address=address).delete()


def locked_addresses(user: User, now: datetime) -> list[FailedSignIn]:
    return list(FailedSignIn.objects.filter(username=key_of(user.username), locked_until__gt=now).order_by("id"))


@transaction.atomic
def lift_lock(*, by: User | None, now: datetime, user: User) -> int:
    """Let an account sign in again from everywhere; return how many locks were lifted."""
    require_account(by, user, now=now)
    count, _ = FailedSignIn.objects.filter(username=key_of(user.username)).delete()
    if count:
        what = [("account.unlocked", {"user": f"user:{user.pk}"})]
        by_whom = actor_for(by, now)
        record(f"register:user:{user.pk}", what, by=by_whom, now=now, org_path=user.org_path or "/")
    return count


def key_of(username: str) -> str:
    return username.strip().lower()[:150]
