"""Compare a stored plan with another version of it, with a measure, or without somebody, on the same luck."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.job_queue import cancel_job, queue_job
from youbei.actions.permit import not_found, require
from youbei.actions.stress_tests import SLICE_S, StressTestRefused, begun
from youbei.actions.warming import is_warming_up
from youbei.engine.access import Permission
from youbei.engine.simulation.changes import changed, without
from youbei.engine.simulation.compare import Sums
from youbei.engine.simulation.ensemble import BLOCK, Setup, set_up
from youbei.engine.simulation.verdict import comparison_of, merged, sums_of, verdict
from youbei.engine.text import Text
from youbei.records.load import load_plan
from youbei.records.models import Job, PlanVersion, StressComparison, StressTest, User

# Assumption: a thousand pairs on common luck tell what is worth deciding about.
RUNS = 1_000
SEED = 1
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
    *, by: User | None, now: datetime, version: PlanVersion, against: str, scenario: str = "", runs: int = RUNS
) -> StressComparison:
    """Queue a comparison. `against`: `version:<pk>`, `measure:<test>:<key>`, or `without:<test>:<team>`."""
    require(by, Permission.EDIT_PLAN, version.plan.org_path)
    known = [one.id for one in load_plan(version).scenarios]
    row: StressComparison = StressComparison.objects.create(
        plan_version=version,
        org_path=version.plan.org_path,
        scenario=scenario if scenario in known else (known[0] if known else ""),
        against=resolved(version, against),
        runs=max(1, min(runs, RUNS)),
        asked_at=now,
        asked_by=actor_for(by, now).label[:200],
    )
    row.job = queue_job("stress_comparison", row.pk, by=by, now=now)
    row.save(update_fields=["job"])
    return row


def resolved(version: PlanVersion, against: str) -> dict[str, Any]:
    """Return what the second side is and what it is called, with all that is needed to make it."""
    kind, _, rest = against.partition(":")
    if kind == "version":
        other = version.plan.versions.filter(pk=number_in(rest)).first()
        if other is not None and other.pk != version.pk:
            called = Text(f"版本 {other.version}", f"version {other.version}")
            return {"kind": kind, "version": other.pk, **called.as_data()}
    test, _, name = rest.partition(":")
    found = found_by(version, number_in(test))
    for one in found.get("improvements", []):
        if kind == "measure" and one["key"] == name and "change" in one:
            return {"kind": kind, "change": one["change"], **one["what"]}
    for one in found.get("busy", []):
        if kind == "without" and one["team"] == name:
            called = Text(f"没有{one['label']}", f"without {one['label']}")
            return {"kind": kind, "resources": [name], **called.as_data()}
    raise StressTestRefused(
        zh="没有这样的比较对象。请从列表中选择另一个版本、一项改进或一支队伍。",
        en="There is nothing of that kind to compare with. Choose another version, a measure or a team of the list.",
    )


def number_in(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0


def found_by(version: PlanVersion, test: int) -> dict[str, Any]:
    rows = StressTest.objects.filter(plan_version__plan=version.plan, pk=test, found__isnull=False)
    found: Any = rows.values_list("found", flat=True).first()
    return found or {}


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
    """Compare some more runs; return whether all are compared."""
    if is_warming_up():
        job.state = {"is_warming_up": True}
        return False
    row = StressComparison.objects.select_related("plan_version__plan").get(pk=job.subject_id)
    work = WORKING.get(job.pk)
    if work is None:
        work = WORKING[job.pk] = both_sides(row, now)
        while len(WORKING) > KEPT:
            WORKING.popitem(last=False)
    end = time.monotonic() + SLICE_S
    size = BLOCK if work.first.program is not None and work.second.program is not None else PLAIN_BLOCK
    is_first = True
    while work.done < row.runs and (is_first or time.monotonic() < end):
        is_first = False
        numbers = range(work.done, min(work.done + size, row.runs))
        merged(work.sums, sums_of(work.first, work.second, numbers))
        work.done = numbers.stop
    job.state, job.done, job.total = {}, work.done, row.runs
    if work.done < row.runs:
        return False
    found = comparison_of(work.sums, seed=SEED, runs=work.done)
    row.found = {**found.as_data(), "verdict": verdict(found).as_data()}
    row.save(update_fields=["found"])
    WORKING.pop(job.pk, None)
    return True


def both_sides(row: StressComparison, now: datetime) -> Pairs:
    against: Mapping[str, Any] = row.against
    first = side(row, row.plan_version, now)
    if against["kind"] == "version":
        return Pairs(first, side(row, row.plan_version.plan.versions.get(pk=against["version"]), now))
    plan, world = first.plan, first.world
    if against["kind"] == "measure":
        plan, world = changed(plan, world, against["change"])
    else:
        world = without(world, against["resources"])
    return Pairs(first, set_up(plan, world, first.scenario, seed=SEED, level=first.level))


def side(row: StressComparison, version: PlanVersion, now: datetime) -> Setup:
    """Return a version with the resources of today, as a stress test of it has them."""
    scenario = row.scenario if row.scenario in {one.id for one in load_plan(version).scenarios} else ""
    return begun(StressTest(plan_version=version, org_path=row.org_path, scenario=scenario, seed=SEED), now).setup


def given_up(job: Job, is_cancelled: bool) -> None:
    """Leave nothing of what was compared."""
    WORKING.pop(job.pk, None)
