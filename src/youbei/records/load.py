"""From rows to what the engine works on: plans by the digest of their version, runs by folding their log."""

from __future__ import annotations

from collections.abc import Iterable

from youbei.engine.clock import Mode
from youbei.engine.events import Event
from youbei.engine.plans.model import Plan
from youbei.engine.plans.read import plan_from_data
from youbei.engine.run import Run, fold
from youbei.records.casting import casting_of
from youbei.records.log import read_stream
from youbei.records.models import PlanVersion
from youbei.records.models import Run as RunRow

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


def load_run(run_row: RunRow, events: Iterable[Event] | None = None) -> Run:
    """Return the run as it was after the last event of its log, or of `events`; a run without one has not begun.

    The caller holds the lock of the row if it means to go on from here. An exercise brings its script along.
    """
    incident = run_row.incident
    plan = load_plan(run_row.plan_version)
    casting = casting_of(run_row, plan)
    return fold(
        plan,
        read_stream(run_row.stream) if events is None else events,
        stream=run_row.stream,
        mode=Mode(run_row.mode),
        world=casting.world,
        autoplay=casting.autoplay,
        digest=run_row.plan_version.digest,
        incident=incident.number,
        known_at=incident.known_at,
        occurred_at=incident.occurred_at,
        script=casting.script,
    )
