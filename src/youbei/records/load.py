"""From rows to what the engine works on: plans, by the digest of their version."""

from __future__ import annotations

from collections.abc import Iterable

from youbei.engine.plans.model import Plan
from youbei.engine.plans.read import plan_from_data
from youbei.records.models import PlanVersion

# A version never changes, so a plan read once is good for as long as the process lives.
PLANS: dict[str, Plan] = {}
PLANS_KEPT = 256


def load_plan(plan_version: PlanVersion) -> Plan:
    """Return the plan of a stored version."""
    plan = PLANS.get(plan_version.digest)
    if plan is None:
        plan = keep(plan_version.digest, plan_from_data(plan_version.data))
    return plan


def load_plans(versions: Iterable[PlanVersion]) -> dict[int, Plan]:
    """Return the plans of versions by primary key, reading all the unknown ones in one query.

    The versions may come with `data` deferred.
    """
    by_key = {version.pk: version.digest for version in versions}
    plans = {pk: PLANS[digest] for pk, digest in by_key.items() if digest in PLANS}
    if unknown := [pk for pk in by_key if pk not in plans]:
        for pk, data in PlanVersion.objects.filter(pk__in=unknown).values_list("pk", "data"):
            plans[pk] = keep(by_key[pk], plan_from_data(data))
    return plans


def keep(digest: str, plan: Plan) -> Plan:
    if len(PLANS) >= PLANS_KEPT:
        PLANS.pop(next(iter(PLANS)))
    PLANS[digest] = plan
    return plan
