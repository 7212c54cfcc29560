"""Accounts as administrators keep them: who may, creating by one-time link, out of use and back."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from youbei.actions.access import close_grant
from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.sessions import end_sessions
from youbei.actions.stewards import require_account
from youbei.engine.errors import Refused
from youbei.records.models import Grant, SignIn, User


class OwnAccount(Refused):
    """Refuse to administrators what would shut themselves out."""


@transaction.atomic
def deactivate(*, by: User | None, now: datetime, user: User, reason: str) -> None:
    """Take an account out of use at once: its sessions end, its keys open nothing, what it lent is taken back."""
    require_account(by, user, now=now)
    if by is not None and by.pk == user.pk:
        raise OwnAccount(
            zh="不能停用自己的账号。请由另一名管理员办理。",
            en="You cannot deactivate your own account. Ask another administrator.",
        )
    row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not row.is_active:
        return
    row.is_active = False
    row.save(update_fields=["is_active"])
    end_sessions(user=row, now=now, end=SignIn.End.DEACTIVATED)
    for lent in Grant.objects.select_for_update().filter(delegated_by=row).exclude(ends_at__lte=now).order_by("id"):
        close_grant(lent, by=by, now=now)
    what = [("account.deactivated", {"user": f"user:{row.pk}", "reason": reason})]
    record(f"register:user:{row.pk}", what, by=actor_for(by, now), now=now, org_path=row.org_path or "/")
    user.is_active = False


@transaction.atomic
def reactivate(*, by: User | None, now: datetime, user: User) -> None:
    """Put an account back to use; sessions and what it lent stay ended."""
    require_account(by, user, now=now)
    row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if row.is_active:
        return
    row.is_active = True
    row.save(update_fields=["is_active"])
    what = [("account.reactivated", {"user": f"user:{row.pk}"})]
    record(f"register:user:{row.pk}", what, by=actor_for(by, now), now=now, org_path=row.org_path or "/")
    user.is_active = True


@transaction.atomic
def make_password_link(*, by: User | None, now: datetime, user: User) -> tuple[str, str]:
    """Return the two parts of a link by which the holder chooses a password, good once and for three days.

    It is bound to the present password: as soon as one is chosen, no earlier link opens anything.
    """
    require_account(by, user, now=now)
    what = [("account.link_made", {"user": f"user:{user.pk}"})]
    record(f"register:user:{user.pk}", what, by=actor_for(by, now), now=now, org_path=user.org_path or "/")
    return urlsafe_base64_encode(str(user.pk).encode()), default_token_generator.make_token(user)


def user_of_link(number: str, token: str) -> User | None:
    """Return the active account that a link is for, or None where it is used up, too old or made up."""
    try:
        pk = int(urlsafe_base64_decode(number))
        user = User.objects.filter(pk=pk, is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return user if user is not None and default_token_generator.check_token(user, token) else None
