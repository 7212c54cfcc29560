"""Accounts and grants. Keys for programs, delegation and factors have files of their own."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import require
from youbei.actions.sessions import end_sessions
from youbei.actions.stewards import require_account
from youbei.engine.access import ROLE_NAMES, ROLES, Permission, Role
from youbei.engine.duties_apart import DUTY_NAMES, Apart, roles_in_conflict
from youbei.engine.errors import Refused
from youbei.records.models import Grant, Organisation, Person, SignIn, User
from youbei.records.reports.accounts import roles_on

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{1,79}")


class AccountRefused(Refused):
    """Refuse an account that cannot be as asked."""


class GrantRefused(Refused):
    """Refuse a grant that would give more than its giver has, or that makes no sense."""


class RolesInConflict(Refused):
    """Refuse, unless a reason is given, a role whose duties do not go with those of a role held already."""


@transaction.atomic
def create_user(
    *,
    by: User | None,
    now: datetime,
    username: str,
    password: str | None = None,
    person: Person | None = None,
    organisation: Organisation | None = None,
    grants: tuple[tuple[Role, Organisation], ...] = (),
    language: str = "zh-hans",
    is_checked: bool = True,
) -> User:
    """Create an account with its first grants; without a password nobody can sign in with it.

    `organisation` keeps the account: by default the person's, else that of the first grant. `is_checked=False` skips
    the password rules, for passwords that were generated.
    """
    home = organisation or (person.organisation if person else None) or (grants[0][1] if grants else None)
    paths = [home.path if home else "/", *(unit.path for _, unit in grants)]
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
    user.organisation, user.org_path = home, home.path if home else ""
    if password is None:
        user.set_unusable_password()
    else:
        if is_checked:
            check_password(password, user)
        user.set_password(password)
    user.save()
    data = {"user": f"user:{user.pk}", "person": f"person:{person.pk}" if person else ""}
    record(f"register:user:{user.pk}", [("record.created", data)], by=actor_for(by, now), now=now, org_path=paths[0])
    for role, unit in grants:
        give_grant(by=by, now=now, user=user, role=role, organisation=unit)
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
def set_password(*, by: User | None, now: datetime, user: User, password: str, present: str = "") -> None:
    """Change a password: one's own, or that of an account one administers. All sessions but the `present` one end."""
    if by is not None and by.pk != user.pk:
        require_account(by, user, now=now)
    check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user=user, now=now, end=SignIn.End.PASSWORD_CHANGED, but=present)
    what = [("record.changed", {"user": f"user:{user.pk}", "fields": ["password"]})]
    record(f"register:user:{user.pk}", what, by=actor_for(by, now), now=now, org_path=user.org_path or "/")


@transaction.atomic
def give_grant(
    *,
    by: User | None,
    now: datetime,
    user: User,
    role: Role,
    organisation: Organisation,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    reason: str = "",
) -> Grant:
    """Give a role on an organisation and all below it, until a time or for good; nobody gives what they lack.

    A role whose duties do not go with those of a role held there needs a reason, which stands in the log.
    """
    require(by, Permission.MANAGE_ACCESS, organisation.path)
    if by is not None and not all(by.may(permission, organisation.path) for permission in ROLES[role]):
        raise GrantRefused(
            zh="不能授予自己没有的权限。请由权限更高的管理员授权。",
            en="You cannot give a role that holds more than you do. Ask an administrator who holds it.",
        )
    begins_at = max(now, starts_at or now)
    if ends_at is not None and ends_at <= begins_at:
        raise GrantRefused(
            zh="授权的截止时间已过，或早于开始时间。请选择更晚的时间，或不设截止。",
            en="The grant would end in the past, or before it begins. Choose a later time, or none.",
        )
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if by is not None and not reason.strip():
        refuse_conflict(roles_in_conflict(roles_on(organisation, user, now), role), role)
    actor = actor_for(by, now)
    grant = Grant.objects.create(
        user=user,
        role=role.value,
        organisation=organisation,
        org_path=organisation.path,
        starts_at=begins_at,
        ends_at=ends_at,
        given_by=actor.id,
        reason=reason.strip()[:500],
    )
    data = {
        "grant": grant.pk,
        "user": f"user:{user.pk}",
        "role": role.value,
        "organisation": organisation.code,
        "ends_at": ends_at.isoformat() if ends_at else None,
        "reason": grant.reason,
    }
    record(f"register:user:{user.pk}", [("grant.given", data)], by=actor, now=now, org_path=organisation.path)
    user.__dict__.pop("_grants_now", None)
    return grant


def refuse_conflict(found: list[tuple[Role, Apart]], new: Role) -> None:
    """Refuse a role that conflicts with one held, naming both and the duties that are to be kept apart."""
    if not found:
        return
    held, pair = found[0]
    before, after = ROLE_NAMES[held], ROLE_NAMES[new]
    one, other = DUTY_NAMES[pair.one], DUTY_NAMES[pair.other]
    raise RolesInConflict(
        zh=f"该账号已是“{before.zh}”，再授予“{after.zh}”会使一人兼有“{one.zh}”与“{other.zh}”：{pair.why.zh}。"
        "确有必要时请填写理由，理由会写入日志。",
        en=f"The account is {before.en} already; as {after.en} too, one person could both {one.en} and {other.en}: "
        f"{pair.why.en}. Where it cannot be avoided give a reason; it stands in the log.",
    )


@transaction.atomic
def end_grant(*, by: User | None, now: datetime, grant: Grant) -> Grant:
    """End a grant now, and with it what was lent from it; one that has ended stays as it was."""
    require(by, Permission.MANAGE_ACCESS, grant.org_path)
    User.objects.select_for_update(no_key=True).get(pk=grant.user_id)
    grant.refresh_from_db()
    if grant.ends_at is not None and grant.ends_at <= now:
        return grant
    for one in (grant, *grant.lent.exclude(ends_at__lte=now)):
        close_grant(one, by=by, now=now)
    return grant


def close_grant(grant: Grant, *, by: User | None, now: datetime) -> None:
    """Write the end of a grant and its entry; the permission to do so was asked before."""
    grant.ends_at = max(now, grant.starts_at + timedelta(microseconds=1))
    grant.save(update_fields=["ends_at"])
    data = {"grant": grant.pk, "user": f"user:{grant.user_id}", "role": grant.role}
    stream = f"register:user:{grant.user_id}"
    record(stream, [("grant.ended", data)], by=actor_for(by, now), now=now, org_path=grant.org_path)
