"""Compare a stored plan with another version of it, or one day with another, on the same luck."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.job_queue import cancel_job, queue_job
from youbei.actions.permit import not_found, require
from youbei.actions.stress_sides import both_sides, is_of_any_day, resolved
from youbei.actions.stress_tests import SLICE_S, StressTestRefused, why
from youbei.actions.warming import is_warming_up
from youbei.engine.access import Permission
from youbei.engine.simulation.compare import Sums, comparison_of, merge_sums, sum_up
from youbei.engine.simulation.ensemble import BLOCK, Setup
from youbei.engine.simulation.simulate import BadSimulation
from youbei.engine.simulation.verdict import verdict
from youbei.records.load import load_plan
from youbei.records.models import Job, PlanVersion, StressComparison, User

# Assumption: a thousand pairs on common luck tell what is worth deciding about.
RUNS = 1_000
PLAIN_BLOCK = 10
KEPT = 2


@dataclass(slots=True)
class Pairs:
    """What was compared so far; another process begins anew and comes to the same."""

    first: Setup
    second: Setup
    sums: Sums = field(default_factory=dict)
    done: int = 0


WORKING: OrderedDict[int, Pairs] = OrderedDict()


@transaction.atomic
def start_comparison(
    *,
    by: User | None,
    now: datetime,
    version: PlanVersion,
    against: str,
    first: str = "",
    scenario: str = "",
    runs: int = RUNS,
    seed: int = 1,
    is_any_day: bool = False,
) -> StressComparison:
    """Queue a comparison of a stored version with something else; both are named as `resolved` has it.

    first: what the version itself is altered by; another version it cannot be.
    """
    require(by, Permission.EDIT_PLAN, version.plan.org_path)
    if first and (first == against or first.startswith("version:")):
        raise StressTestRefused(
            zh="两边须不同，且第一边是所示的版本。请另选一个比较对象。",
            en="The two sides must differ, and the first is the version that is shown. Choose something else.",
        )
    known = [one.id for one in load_plan(version).scenarios]
    sides = resolved(by, version, first) if first else None, resolved(by, version, against)
    row: StressComparison = StressComparison.objects.create(
        plan_version=version,
        org_path=version.plan.org_path,
        scenario=scenario if scenario in known else (known[0] if known else ""),
        first=sides[0],
        against=sides[1],
        is_any_day=is_any_day or any(is_of_any_day(side) for side in sides),
        runs=max(1, min(runs, RUNS)),
        seed=seed,
        asked_at=now,
        asked_by=actor_for(by, now).label[:200],
    )
    row.job = queue_job("stress_comparison", row.pk, by=by, now=now)
    row.save(update_fields=["job"])
    return row


def comparison_for(user: User, pk: int) -> StressComparison:
    """Return a comparison of a plan that a user may see."""
    rows = StressComparison.objects.visible_to(user).select_related("plan_version__plan", "job")
    found: StressComparison | None = rows.filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


def stop_comparison(*, by: User | None, comparison: StressComparison) -> None:
    require(by, Permission.EDIT_PLAN, comparison.org_path)
    if comparison.job is None or comparison.job.ended_at is not None:
        raise StressTestRefused(zh="比较已经结束。", en="The comparison is over already.")
    cancel_job(comparison.job)


def comparison_slice(job: Job, now: datetime) -> bool:
    """Compare some more runs; return whether all are compared, or it is said why they cannot be."""
    if is_warming_up():
        job.state = {"is_warming_up": True}
        return False
    row = StressComparison.objects.select_related("plan_version__plan__organisation").get(pk=job.subject_id)
    work = WORKING.get(job.pk)
    if work is None:
        try:
            work = WORKING[job.pk] = Pairs(*both_sides(row, now))
        except BadSimulation as refusal:
            row.refusal = why(refusal)
            row.save(update_fields=["refusal"])
            return True
        while len(WORKING) > KEPT:
            WORKING.popitem(last=False)
    compare_some(work, row.runs)
    job.state, job.done, job.total = {}, work.done, row.runs
    if work.done < row.runs:
        return False
    found = comparison_of(work.sums, seed=row.seed, runs=work.done)
    row.found = {**found.as_data(), "verdict": verdict(found).as_data()}
    row.save(update_fields=["found"])
    WORKING.pop(job.pk, None)
    return True


def compare_some(work: Pairs, runs: int) -> None:
    """Carry both out some more times, one block at least."""
    end = time.monotonic() + SLICE_S
    size = BLOCK if work.first.program is not None and work.second.program is not None else PLAIN_BLOCK
    is_first = True
    while work.done < runs and (is_first or time.monotonic() < end):
        is_first = False
        numbers = range(work.done, min(work.done + size, runs))
        merge_sums(work.sums, sum_up(work.first, work.second, numbers))
        work.done = numbers.stop


def given_up(job: Job, is_cancelled: bool) -> None:
    """Leave nothing of what was compared."""
    WORKING.pop(job.pk, None)
