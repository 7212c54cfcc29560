"""Lending one's grants while on leave: for a time, never longer or wider than one's own, and not lent on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from youbei.actions.access import close_grant
from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import not_found
from youbei.actions.stewards import may_administer
from youbei.engine.access import ROLE_NAMES, Permission, Role
from youbei.engine.duties_apart import DUTY_NAMES, roles_in_conflict
from youbei.engine.errors import Refused
from youbei.records.models import Grant, Organisation, User
from youbei.records.reports.accounts import roles_on

# Assumption: longer than a quarter is no leave but a change of hands, which an administrator settles.
LONGEST = timedelta(days=92)


class DelegationRefused(Refused):
    """Refuse to lend what is not one's own, or for longer or to somebody to whom it cannot be lent."""


@transaction.atomic
def delegate(
    *,
    by: User,
    now: datetime,
    grant: Grant,
    to: User,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    organisation: Organisation | None = None,
) -> Grant:
    """Lend one grant of one's own, on its organisation or one below it, to another account for a period."""
    User.objects.select_for_update(no_key=True).get(pk=to.pk)
    own = Grant.objects.select_for_update().filter(pk=grant.pk, user=by).exclude(ends_at__lte=now).first()
    if own is None:
        raise not_found()
    unit = organisation or own.organisation
    begins_at = max(now, starts_at, own.starts_at)
    refuse_wider(own, unit)
    refuse_longer(own, begins_at, ends_at)
    refuse_taker(by, to, unit, Role(own.role), now)
    lent = Grant.objects.create(
        user=to,
        role=own.role,
        organisation=unit,
        org_path=unit.path,
        starts_at=begins_at,
        ends_at=ends_at,
        given_by=f"user:{by.pk}",
        reason=reason.strip()[:500],
        delegated_from=own,
        delegated_by=by,
    )
    data = {
        "grant": lent.pk,
        "from": own.pk,
        "user": f"user:{to.pk}",
        "holder": f"user:{by.pk}",
        "role": own.role,
        "organisation": unit.code,
        "starts_at": begins_at.isoformat(),
        "ends_at": ends_at.isoformat(),
        "reason": lent.reason,
    }
    record(f"register:user:{to.pk}", [("grant.delegated", data)], by=actor_for(by, now), now=now, org_path=unit.path)
    to.__dict__.pop("_grants_now", None)
    return lent


@transaction.atomic
def delegate_all(*, by: User, now: datetime, grants: Iterable[Grant], **given: Any) -> list[Grant]:
    """Lend several grants alike, all or none."""
    return [delegate(by=by, now=now, grant=grant, **given) for grant in grants]


def refuse_wider(own: Grant, unit: Organisation) -> None:
    if own.delegated_by_id is not None:
        raise DelegationRefused(
            zh="这项授权是别人委托给您的，不能再委托。请由原授权人另行委托。",
            en="This grant was lent to you and cannot be lent on. Ask its holder to lend it to somebody else.",
        )
    if not unit.path.startswith(own.org_path):
        raise DelegationRefused(
            zh="委托的单位不在您的授权范围内。请选择您授权单位或其下级。",
            en="The organisation lies outside your grant. Choose that of your grant or one below it.",
        )


def refuse_longer(own: Grant, begins_at: datetime, ends_at: datetime) -> None:
    if ends_at <= begins_at:
        raise DelegationRefused(
            zh="委托的结束时间须晚于开始时间和现在。请改正时间。",
            en="A delegation must end after it begins, and in time to come. Correct the times.",
        )
    if own.ends_at is not None and ends_at > own.ends_at:
        raise DelegationRefused(
            zh="委托不能比您自己的授权更长。请把结束时间提前。",
            en="A delegation cannot last longer than your own grant. Let it end earlier.",
        )
    if ends_at - begins_at > LONGEST:
        raise DelegationRefused(
            zh=f"一次委托最长 {LONGEST.days} 天。更长的代理请由管理员另行授权。",
            en=f"A delegation lasts at most {LONGEST.days} days. For longer, an administrator gives a grant.",
        )


def refuse_taker(by: User, to: User, unit: Organisation, role: Role, now: datetime) -> None:
    """Refuse a taker who is oneself, out of use, unknown here, or whose own duties do not go with the role."""
    if to.pk == by.pk or not to.is_active or not is_known_to(by, to):
        raise no_taker()
    found = roles_in_conflict(roles_on(unit, to, now), role)
    if found:
        held, pair = found[0]
        one, other = DUTY_NAMES[pair.one], DUTY_NAMES[pair.other]
        raise DelegationRefused(
            zh=f"对方已是“{ROLE_NAMES[held].zh}”，受托后会一人兼有“{one.zh}”与“{other.zh}”：{pair.why.zh}。请委托给其他人。",
            en=f"The other is {ROLE_NAMES[held].en}; with this role too, one person could both {one.en} and "
            f"{other.en}: {pair.why.en}. Lend it to somebody else.",
        )


def no_taker() -> DelegationRefused:
    """Refuse alike an account that is not there and one that the giver may not know of."""
    return DelegationRefused(
        zh="不能委托给这个账号：只能委托给您看得到的单位中正在使用的其他账号。请核对用户名。",
        en="It cannot be lent to this account: choose another account in use, of an organisation that you can see. "
        "Check the user name.",
    )


def is_known_to(by: User, to: User) -> bool:
    """Say whether the giver can see the unit that keeps the taker's account, or one on which the taker acts."""
    places = {to.org_path, *(grant.org_path for grant in to.grants_now())} - {""}
    return any(by.may(Permission.SEE, place) for place in places)


@transaction.atomic
def end_delegation(*, by: User, now: datetime, grant: Grant) -> Grant:
    """Take back what one lent, give back what one was lent, or end it as an administrator of the taker."""
    row = Grant.objects.select_for_update(of=("self",)).select_related("user").filter(pk=grant.pk).first()
    if row is None or row.delegated_by_id is None:
        raise not_found()
    if by.pk not in (row.delegated_by_id, row.user_id) and not may_administer(by, row.user, now=now):
        raise not_found()
    if row.ends_at is not None and row.ends_at > now:
        close_grant(row, by=by, now=now)
    return row
