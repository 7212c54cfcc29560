"""Accounts and their grants, as administrators look at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet

from youbei.engine.access import Permission, Role, must_have_factor
from youbei.records.models import FactorRule, Grant, OneTimeDevice, Organisation, Passkey, SignIn, User
from youbei.records.models.scope import SORTED_QUICKLY, path_condition
from youbei.records.pages import Page, keyset_page

# Assumption: whoever has not signed in for a quarter has probably left, or forgotten the password.
LONG_AWAY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """What a list of accounts is narrowed to; `which` is `away`, `weak`, `inactive` or empty."""

    text: str = ""
    role: str = ""
    which: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """One grant as a line: what, where, until when, and why it is in force or not."""

    grant: Grant
    state: str  # now, later, over, or asleep: the grant that it is part of is over

    @property
    def role(self) -> Role:
        return Role(self.grant.role)


@dataclass(frozen=True, slots=True)
class Allowed:
    """One answer to "what may this account do, and why": a permission, and the grants that give it."""

    permission: Permission
    because: tuple[Grant, ...]


def paths_of(user: User, now: datetime) -> set[str]:
    """Return the path of the unit that keeps an account, and of every grant that is or will be in force."""
    grants = Grant.objects.filter(user=user).exclude(ends_at__lte=now)
    return {path for path in (user.org_path, *grants.values_list("org_path", flat=True)) if path}


def accounts_under(by: User) -> QuerySet[User]:
    """Return the accounts that units of one's subtree keep, and those from elsewhere that hold a grant there."""
    paths = by.paths_with(Permission.MANAGE_ACCESS)
    if not paths:
        return User.objects.none()
    under = path_condition(paths, "org_path__under")
    kept, held = User.objects.filter(under), Grant.objects.filter(under)
    few = few_of(kept.order_by().values_list("pk", flat=True), held.order_by().values_list("user_id", flat=True))
    if few is not None:
        return User.objects.filter(pk__in=few)
    return User.objects.filter(under | Q(Exists(held.filter(user=OuterRef("pk")))))


def few_of(*sources: Any) -> set[int] | None:
    """Return what the queries find, all together, or None where one finds so much that walking the list is quicker."""
    found: set[int] = set()
    for source in sources:
        keys = list(source[: SORTED_QUICKLY + 1])
        if len(keys) > SORTED_QUICKLY:
            return None
        found.update(keys)
    return found


def account_page(by: User, *, filters: AccountFilter, now: datetime, cursor: str | None, size: int = 50) -> Page[Any]:
    """Return a page of accounts in the order of their making, each with its grants and factors."""
    rows = accounts_under(by).select_related("organisation", "person")
    if filters.text:
        named = Q(person__name_zh__contains=filters.text) | Q(person__name_en__icontains=filters.text)
        rows = rows.filter(Q(username__icontains=filters.text) | named)
    if filters.role:
        in_force = Grant.objects.in_force(now).filter(role=filters.role)
        few = few_of(in_force.order_by().values_list("user_id", flat=True))
        has_role = Q(Exists(in_force.filter(user=OuterRef("pk"))))
        rows = rows.filter(has_role if few is None else Q(pk__in=few))
    if filters.which == "away":
        rows = rows.filter(is_active=True).filter(last_seen_before(now - LONG_AWAY))
    elif filters.which == "weak":
        rows = rows.filter(is_active=True).exclude(with_factor())
    elif filters.which == "inactive":
        rows = rows.filter(is_active=False)
    return keyset_page(rows, order=("id",), cursor=cursor or "", size=size, read=lambda found: lines_of(found, now))


def last_seen_before(moment: datetime) -> Q:
    """Select who has not signed in since; who never has counts from the making of the account."""
    return Q(last_login__lt=moment) | Q(last_login=None, date_joined__lt=moment)


def with_factor() -> Q:
    devices = OneTimeDevice.objects.filter(user=OuterRef("pk"))
    return Q(Exists(devices)) | Q(Exists(Passkey.objects.filter(user=OuterRef("pk"))))


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account in a list."""

    user: User
    grants: tuple[Grant, ...]
    has_factor: bool
    must_have: bool
    is_away: bool


def lines_of(users: Sequence[User], now: datetime) -> list[AccountLine]:
    """Return the lines for accounts, with three queries for all of them."""
    grants: dict[int, list[Grant]] = {}
    for grant in Grant.objects.in_force(now).filter(user__in=users).select_related("organisation"):
        grants.setdefault(grant.user_id, []).append(grant)
    devices = OneTimeDevice.objects.filter(user__in=users).values_list("user_id", flat=True)
    secured = {*devices, *Passkey.objects.filter(user__in=users).values_list("user_id", flat=True)}
    rules = factor_rules()
    return [
        AccountLine(
            user=user,
            grants=tuple(grants.get(user.pk, ())),
            has_factor=user.pk in secured,
            must_have=must_have_factor(
                [(Role(grant.role), grant.org_path) for grant in grants.get(user.pk, ())], rules
            ),
            is_away=(user.last_login or user.date_joined) < now - LONG_AWAY,
        )
        for user in users
    ]


def factor_rules() -> list[tuple[Role | None, str]]:
    return [(rule.wanted, rule.org_path) for rule in FactorRule.objects.all()]


def grants_of(user: User, now: datetime) -> list[Held]:
    """Return all grants of an account, those in force first, with the state of each."""
    rows = Grant.objects.filter(user=user).select_related("organisation", "delegated_by", "delegated_from__user")
    order = {"now": 0, "later": 1, "asleep": 2, "over": 3}
    held = [Held(grant, state_of(grant, now)) for grant in rows]
    return sorted(held, key=lambda one: (order[one.state], -one.grant.pk))


def state_of(grant: Grant, now: datetime) -> str:
    if grant.ends_at is not None and grant.ends_at <= now:
        return "over"
    source = grant.delegated_from
    if source is not None and (not source.user.is_active or state_of(source, now) == "over"):
        return "asleep"
    return "later" if grant.starts_at > now else "now"


def what_it_may(user: User, now: datetime) -> list[Allowed]:
    """Answer what an account may do now and why: every permission with the grants in force that give it."""
    if not user.is_active:
        return []
    held = [one.grant for one in grants_of(user, now) if one.state == "now"]
    answers = [Allowed(one, tuple(grant for grant in held if grant.allows(one))) for one in Permission]
    return [answer for answer in answers if answer.because]


def lent_by(user: User, now: datetime) -> list[Grant]:
    """Return what an account has lent to others and not yet taken back."""
    rows = Grant.objects.filter(delegated_by=user, ends_at__gt=now)
    return list(rows.select_related("user", "organisation").order_by("starts_at", "id"))


def borrowed_by(user: User, now: datetime) -> list[Grant]:
    rows = Grant.objects.filter(user=user, delegated_by__isnull=False, ends_at__gt=now, delegated_by__is_active=True)
    return list(rows.select_related("delegated_by", "organisation").order_by("starts_at", "id"))


def open_sessions(user: User, now: datetime) -> list[SignIn]:
    """Return the sessions of an account that are still good, the one last seen first."""
    rows = list(SignIn.objects.filter(user=user, ended_at=None).order_by("-last_seen_at")[:100])
    keys = [row.session_key for row in rows]
    alive = set(Session.objects.filter(session_key__in=keys, expire_date__gt=now).values_list("session_key", flat=True))
    return [row for row in rows if row.session_key in alive]


def has_factor(user: User) -> bool:
    return OneTimeDevice.objects.filter(user=user).exists() or Passkey.objects.filter(user=user).exists()


def needs_factor(user: User) -> bool:
    """Say whether a rule asks the account for a second factor; not whether it has one."""
    return must_have_factor([(Role(grant.role), grant.org_path) for grant in user.grants_now()], factor_rules())


def roles_on(organisation: Organisation, user: User, now: datetime) -> set[Role]:
    """Return the roles that an account holds on an organisation, above it or below it: where duties could meet."""
    path = organisation.path
    rows = Grant.objects.filter(user=user).exclude(ends_at__lte=now)
    return {Role(grant.role) for grant in rows if path.startswith(grant.org_path) or grant.org_path.startswith(path)}
