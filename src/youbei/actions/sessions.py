"""Sessions of accounts: begun, seen, ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.stewards import require_account
from youbei.records.models import SignIn, User

# In the session of an account that must first add a second factor: it opens nothing else.
MUST_ENROL = "must_enrol"
SEEN_EVERY = timedelta(minutes=1)
# Assumption: a quarter is enough to ask "was that you?"; addresses are personal data and not kept longer.
KEPT_FOR = timedelta(days=90)
# When each session was last noted as seen by this process; others note their own.
SEEN: dict[str, datetime] = {}
MOST_SEEN = 10_000


@transaction.atomic
def begin_session(*, user: User, session_key: str, address: str, agent: str, method: str, now: datetime) -> SignIn:
    """Note a complete sign-in: from where and with what (`password+app`, `passkey`, `oidc:province`)."""
    SignIn.objects.filter(user=user, last_seen_at__lt=now - KEPT_FOR).delete()
    return SignIn.objects.create(
        user=user,
        session_key=session_key,
        started_at=now,
        last_seen_at=now,
        address=address[:64],
        agent=agent[:300],
        method=method[:40],
    )


def note_seen(*, session_key: str, now: datetime) -> None:
    """Note at most once a minute that a session is in use."""
    if now - SEEN.get(session_key, datetime.min.replace(tzinfo=now.tzinfo)) < SEEN_EVERY:
        return
    if len(SEEN) >= MOST_SEEN:
        SEEN.clear()
    SEEN[session_key] = now
    SignIn.objects.filter(session_key=session_key, last_seen_at__lte=now - SEEN_EVERY).update(last_seen_at=now)


def end_sessions(*, user: User, now: datetime, end: SignIn.End, only: str | None = None, but: str | None = None) -> int:
    """End the sessions of an account: all, `only` one, or all `but` one (session keys); return how many were open."""
    rows = SignIn.objects.filter(user=user, ended_at=None)
    if only is not None:
        rows = rows.filter(session_key=only)
    if but is not None:
        rows = rows.exclude(session_key=but)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return SignIn.objects.filter(session_key__in=keys).update(ended_at=now, end=end)


def session_renamed(*, old: str, new: str) -> None:
    """Follow a session whose key was changed, as it is whenever its rights change."""
    SignIn.objects.filter(session_key=old).update(session_key=new)


@transaction.atomic
def end_own_session(*, by: User, now: datetime, sign_in: SignIn) -> None:
    end_sessions(user=by, now=now, end=SignIn.End.ENDED_HERE, only=sign_in.session_key)
    log_end(by, by, now, 1)


@transaction.atomic
def end_other_sessions(*, by: User, now: datetime, present: str) -> int:
    """End every session of one's own but the present one."""
    count = end_sessions(user=by, now=now, end=SignIn.End.ENDED_HERE, but=present)
    if count:
        log_end(by, by, now, count)
    return count


@transaction.atomic
def end_sessions_of(*, by: User | None, now: datetime, user: User) -> int:
    """End every session of an account that one administers."""
    require_account(by, user, now=now)
    count = end_sessions(user=user, now=now, end=SignIn.End.ENDED_BY_ADMINISTRATOR)
    if count:
        log_end(by, user, now, count)
    return count


def log_end(by: User | None, user: User, now: datetime, count: int) -> None:
    what = [("session.ended", {"user": f"user:{user.pk}", "count": count})]
    record(f"register:user:{user.pk}", what, by=actor_for(by, now), now=now, org_path=user.org_path or "/")
