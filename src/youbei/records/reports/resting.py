"""What the plans in force rest on and nobody has confirmed lately: teams, stock, sites, and who holds their posts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from youbei.engine.plans.model import Plan as EnginePlan
from youbei.records.holders import persons_holding
from youbei.records.load import load_plans
from youbei.records.models import Plan, TeamCapability, User
from youbei.records.registers.tables import in_use, register_called, visible

# Assumption: a desk looks after the plans of its own units first; the thirty highest in its tree are those.
PLANS = 30
# Assumption: of more records than this one asks by register and unit, not by plan.
MOST = 1000


@dataclass(frozen=True, slots=True)
class Resting:
    """The stale records by register; `is_more`: there are more than are counted. `plans`: how many were read."""

    records: Mapping[str, tuple[int, ...]]
    plans: int
    is_more: bool = False

    @property
    def number(self) -> int:
        return sum(len(keys) for keys in self.records.values())


def resting(user: User, now: datetime, *, under: str = "/") -> Resting:
    """Return what is stale, or was never confirmed, among what the plans of a user's units name, below a path."""
    rows = Plan.objects.newest_visible_to(user).filter(is_withdrawn=False, current__isnull=False)
    rows = rows.select_related("current").defer("current__data").order_by("org_path", "id")
    plans = list(load_plans([row.current for row in rows[:PLANS] if row.current is not None]).values())
    found, is_more = {}, False
    for name, asked in named_by(plans, now):
        register = register_called(name)
        since = now - (register.fresh_for or now - now)
        stale = in_use(visible(register, user)).filter(asked, Q(confirmed_at__isnull=True) | Q(confirmed_at__lte=since))
        if under != "/":
            stale = stale.filter(org_path__under=under)
        keys = list(stale.order_by().values_list("pk", flat=True)[: MOST + 1])
        is_more = is_more or len(keys) > MOST
        if keys:
            found[name] = tuple(sorted(keys[:MOST]))
    return Resting(found, len(plans), is_more)


def named_by(plans: list[EnginePlan], now: datetime) -> Iterator[tuple[str, Q]]:
    """Yield each register with the condition that selects what the plans name in it."""
    needs = [need for plan in plans for step in plan.steps for need in step.needs]
    if able := {need.capability for need in needs if need.capability}:
        yield "team", Q(pk__in=TeamCapability.objects.filter(capability__code__in=able).values("team"))
    if items := {need.item for need in needs if need.item}:
        yield "lot", Q(item__code__in=items, quantity__gt=0)
    if places := {need.place for need in needs} - {"incident"}:
        yield "site", Q(code__in=places)
    holders = {post.holder.ref for plan in plans for post in plan.posts if post.holder is not None}
    if persons := set(persons_holding((ref, now) for ref in holders).values()):
        yield "person", Q(pk__in=persons)
