"""Lock a name for an address after too many wrong passwords or codes, and lift it. By name alone, anyone could lock out
the commander.

Who tries many names from one address, or one name from many addresses, is stopped too; but where an account has signed
in from an address before, only its own failures there lock it. So neither keeps its holders out of their usual places.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone as zones

from youbei.actions.actors import INSTALLATION, actor_for
from youbei.actions.journal import record
from youbei.actions.sessions import KEPT_FOR
from youbei.actions.stewards import require_account
from youbei.engine.errors import Refused
from youbei.records.models import FailedSignIn, SignIn, User

# Assumption: eight leave room for Caps Lock and an old password; at 4 locks an hour nobody guesses ten characters.
FAILURES = 8
LOCKED_FOR = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
# Assumption: in a quarter of an hour an office behind one address does not fail so often without then succeeding, which
# takes the failures back; who sprays one password over many names does.
FROM_ONE_ADDRESS = 60
# Assumption: nobody mistypes so often; whoever guesses from a thousand addresses has 160 tries an hour in all.
FOR_ONE_NAME = 40


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


class ManyFailures(Refused):
    """Refuse to look at a password or code from an unfamiliar address while guessing goes on; never says of whom."""

    status = 429

    def __init__(self) -> None:
        super().__init__(
            zh="近期错误尝试过多，为防猜测密码，暂不接受从未登录过的地址登录。请约 15 分钟后再试；也可使用通行密钥，"
            "或从您以往登录过的地址登录，或请管理员解除锁定。",
            en="There have been very many wrong attempts: for now nobody signs in by password from an address that is "
            "new to the account. Try again in about 15 minutes, take a passkey, sign in from where you have signed in "
            "before, or ask an administrator to lift the lock.",
        )


def refuse_locked(*, username: str, address: str, now: datetime) -> None:
    """Refuse the name at the address while that pair is locked, or, where it is unfamiliar, while guessing goes on."""
    row = FailedSignIn.objects.filter(username=key_of(username), address=address, locked_until__gt=now).first()
    if row is not None and row.locked_until is not None:
        raise SignInLocked(row.locked_until, now)
    if is_guessed_at(username, address, now) and not is_familiar(username, address, now):
        raise ManyFailures


def is_guessed_at(username: str, address: str, now: datetime) -> bool:
    """Say whether the last quarter of an hour saw too many failures from the address, or for the name."""
    recent = FailedSignIn.objects.filter(last_at__gt=now - LOCKED_FOR)
    for rows, most in (
        (recent.filter(username=key_of(username)), FOR_ONE_NAME),
        (recent.filter(address=address), FROM_ONE_ADDRESS),
    ):
        if (rows.aggregate(count=Sum("failures"))["count"] or 0) >= most:
            return True
    return False


def is_familiar(username: str, address: str, now: datetime) -> bool:
    """Say whether the account has signed in from the address within what is kept of sessions."""
    seen = SignIn.objects.filter(user__username__iexact=username.strip(), address=address)
    return seen.filter(last_seen_at__gt=now - KEPT_FOR).exists()


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
