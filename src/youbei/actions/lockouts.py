"""Lock a name for an address after too many wrong passwords or codes, and lift it. By name alone, anyone could lock out
the commander.

Who tries many names from one address, or one name from many addresses, is stopped too; but where an account has signed
in from an address before, only its own failures there lock it. So neither keeps its holders out of their usual places.
Whoever knows the password and guesses at six digits is stopped by a count of its own: a million codes are soon tried.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

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
# Source: NIST SP 800-63B (2017), section 5.2.2: at most 100 failed attempts in a row on one account.
CODES_A_DAY = 100
# A network of one subscriber: whoever holds one has all its addresses. Source: RFC 6177, section 1.
SUBSCRIBER_BITS = 64


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


class CodesGuessedAt(Refused):
    """Refuse to look at a code of the app after very many wrong ones; recovery codes and passkeys still open."""

    status = 429

    def __init__(self, until: datetime) -> None:
        at = zones.localtime(until).strftime("%m-%d %H:%M")
        super().__init__(
            zh=f"一天内验证码错误已达 {CODES_A_DAY} 次，{at} 前不再接受验证器应用的验证码。请改用恢复码或通行密钥，"
            "或请管理员解除锁定。若不是您本人所为，说明有人知道您的密码，请立即更改。",
            en=f"{CODES_A_DAY} codes were wrong within a day: no code of the app is accepted until {at}. Take a "
            "recovery code or a passkey, or ask an administrator to lift the lock. If it was not you, somebody knows "
            "your password: change it.",
        )


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
    rows = FailedSignIn.objects.filter(username=key_of(username), address=place_of(address))
    row = rows.filter(locked_until__gt=now).first()
    if row is not None and row.locked_until is not None:
        raise SignInLocked(row.locked_until, now)
    if is_guessed_at(username, address, now) and not is_familiar(username, address, now):
        raise ManyFailures


def is_guessed_at(username: str, address: str, now: datetime) -> bool:
    """Say whether the last quarter of an hour saw too many failures from the address, or for the name."""
    recent = FailedSignIn.objects.filter(last_at__gt=now - LOCKED_FOR)
    for rows, most in (
        (recent.filter(username=key_of(username)), FOR_ONE_NAME),
        (recent.filter(address=place_of(address)), FROM_ONE_ADDRESS),
    ):
        if (rows.aggregate(count=Sum("failures"))["count"] or 0) >= most:
            return True
    return False


def is_familiar(username: str, address: str, now: datetime) -> bool:
    """Say whether the account has signed in from the address within what is kept of sessions."""
    seen = SignIn.objects.filter(user__username__iexact=username.strip(), last_seen_at__gt=now - KEPT_FOR)
    return place_of(address) in {place_of(one) for one in seen.values_list("address", flat=True).distinct()}


def refuse_guessed_codes(*, user: User, now: datetime) -> None:
    row = FailedSignIn.objects.filter(username=codes_of(user), locked_until__gt=now).first()
    if row is not None and row.locked_until is not None:
        raise CodesGuessedAt(row.locked_until)


@transaction.atomic
def note_wrong_code(*, user: User, now: datetime) -> None:
    """Count a wrong code of the app, from wherever; the last one allowed stands in the log."""
    FailedSignIn.objects.filter(username=codes_of(user), last_at__lte=now - FORGOTTEN_AFTER).delete()
    FailedSignIn.objects.get_or_create(username=codes_of(user), address="", defaults={"last_at": now})
    row = FailedSignIn.objects.select_for_update().get(username=codes_of(user), address="")
    row.failures, row.last_at = row.failures + 1, now
    if row.failures >= CODES_A_DAY and row.locked_until is None:
        row.locked_until = now + FORGOTTEN_AFTER
        log_locked(user, row.failures, row.locked_until, now)
    row.save()


def forget_wrong_codes(*, user: User) -> None:
    FailedSignIn.objects.filter(username=codes_of(user)).delete()


def codes_of(user: User) -> str:
    """Return the name under which wrong codes are counted: in capitals, as no name that is typed is kept."""
    return f"CODES:{user.pk}"


def log_locked(user: User, failures: int, until: datetime, now: datetime) -> None:
    what = [("account.locked", {"user": f"user:{user.pk}", "failures": failures, "until": until.isoformat()})]
    record(f"register:user:{user.pk}", what, by=INSTALLATION, now=now, org_path=user.org_path or "/")


@transaction.atomic
def note_failure(*, username: str, address: str, now: datetime) -> None:
    """Count a wrong password or code; the last one allowed locks the pair, and the log says so of a known account."""
    FailedSignIn.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
    FailedSignIn.objects.get_or_create(username=key_of(username), address=place_of(address), defaults={"last_at": now})
    row = FailedSignIn.objects.select_for_update().get(username=key_of(username), address=place_of(address))
    if row.last_at < now - LOCKED_FOR or (row.locked_until is not None and row.locked_until <= now):
        row.failures, row.locked_until = 0, None
    row.failures, row.last_at = row.failures + 1, now
    is_locking = row.failures >= FAILURES and row.locked_until is None
    if is_locking:
        row.locked_until = now + LOCKED_FOR
    row.save()
    user = User.objects.filter(username__iexact=username).first() if is_locking else None
    if user is not None and row.locked_until is not None:
        log_locked(user, row.failures, row.locked_until, now)


def forget_failures(*, username: str, address: str) -> None:
    """Begin to count anew after a complete sign-in."""
    FailedSignIn.objects.filter(username=key_of(username), address=place_of(address)).delete()


def locked_addresses(user: User, now: datetime) -> list[FailedSignIn]:
    """Return what is locked for an account; without an address it is the codes of its app."""
    names = [key_of(user.username), codes_of(user)]
    return list(FailedSignIn.objects.filter(username__in=names, locked_until__gt=now).order_by("id"))


@transaction.atomic
def lift_lock(*, by: User | None, now: datetime, user: User) -> int:
    """Let an account sign in again from everywhere; return how many locks were lifted."""
    require_account(by, user, now=now)
    count, _ = FailedSignIn.objects.filter(username__in=[key_of(user.username), codes_of(user)]).delete()
    if count:
        what = [("account.unlocked", {"user": f"user:{user.pk}"})]
        by_whom = actor_for(by, now)
        record(f"register:user:{user.pk}", what, by=by_whom, now=now, org_path=user.org_path or "/")
    return count


def key_of(username: str) -> str:
    return username.strip().lower()[:150]


def place_of(address: str) -> str:
    """Return where an address belongs: itself, or the network of its subscriber where it is one of very many (IPv6)."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found, SUBSCRIBER_BITS), strict=False))
