"""Stress-test a stored plan: the worker carries it out thousands of times with the resources of today."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from youbei import content
from youbei.actions.actors import actor_for
from youbei.actions.job_queue import cancel_job, queue_job
from youbei.actions.journal import record
from youbei.actions.permit import not_found, require
from youbei.actions.stress_findings import record_broken, record_overload
from youbei.actions.warming import is_warming_up
from youbei.actions.ways import travel_times
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.plans.model import Scenario
from youbei.engine.simulation.ensemble import BLOCK, Ensemble, Setup, ensemble_of, is_precise, run_part, set_up
from youbei.engine.simulation.improve import Search, searching, size_of
from youbei.engine.simulation.improvements import improvements
from youbei.engine.simulation.parts import Part, empty_part
from youbei.engine.simulation.result import courses_of, result_of
from youbei.engine.simulation.simulate import BadSimulation
from youbei.engine.simulation.sound import Overloaded, overload, too_much
from youbei.engine.simulation.stated import StatedCalls, demand_stated
from youbei.engine.text import Text
from youbei.records.checking import place_of
from youbei.records.load import load_plan
from youbei.records.models import Job, PlanVersion, StressCourse, StressTest, User
from youbei.records.nearby import names_for, world_at
from youbei.records.stress_stated import stated_of, with_stated
from youbei.records.stress_world import stress_world

# Assumption: 100,000 runs tell a share of one in a thousand to within a fifth of it; more says nothing new.
MOST_RUNS = 100_000
# A slice is a transaction of the worker, which looks after deadlines in between.
SLICE_S = 0.3
# The reference engine needs about ten milliseconds for a run.
PLAIN_BLOCK = 10
KEPT = 2


class StressTestRefused(Refused):
    """Refuse a test that makes no sense, or one more of a plan that is being tested."""

    status = 422


@dataclass(slots=True)
class Work:
    """What was made so far. It lives in the worker's process; another one begins anew and comes to the same."""

    setup: Setup
    part: Part
    done: int = 0
    has_enough: bool = False
    found: Ensemble | None = None
    steps: Iterator[Search] = iter(())
    search: Search | None = None
    spent_s: float = 0.0


WORKING: OrderedDict[int, Work] = OrderedDict()


@transaction.atomic
def start_stress_test(
    *,
    by: User | None,
    now: datetime,
    version: PlanVersion,
    scenario: str = "",
    runs: int = 2000,
    seed: int = 1,
    precision: float | None = None,
    is_any_day: bool = False,
    is_nightly: bool = False,
    calls: Sequence[StatedCalls] = (),
) -> StressTest:
    """Queue a test of a stored version; one at a time of each plan.

    precision: it ends before `runs` where every share of late steps and of short needs is known to within this.
    is_any_day: with what may go wrong, and the incidents of every day, not today with all in its place. calls: come
    every day besides, whatever the records show.
    """
    require(by, Permission.EDIT_PLAN, version.plan.org_path)
    plan = load_plan(version)
    known = [one.id for one in plan.scenarios]
    if scenario and scenario not in known:
        raise StressTestRefused(
            zh=f"预案没有情景“{scenario[:40]}”。可选：{'、'.join(known) or '无'}。",
            en=f"The plan has no scenario {scenario[:40]!r}. It has: {', '.join(known) or 'none'}.",
        )
    if not 1 <= runs <= MOST_RUNS:
        raise StressTestRefused(
            zh=f"推演次数须在 1 到 {MOST_RUNS:,} 之间。", en=f"A test makes 1 to {MOST_RUNS:,} runs."
        )
    if precision is not None and not 0 < precision < 1:
        raise StressTestRefused(
            zh="精度须在 0 和 1 之间，如 0.01 即正负一个百分点。",
            en="A precision lies between 0 and 1; 0.01 is one percentage point either way.",
        )
    demand_stated(calls, kinds=content.simulation_table("demand"))
    open_now = StressTest.objects.filter(plan_version__plan=version.plan, found__isnull=True, job__ended_at=None)
    if open_now.exclude(job=None).exists():
        raise StressTestRefused(
            zh="这个预案正在推演。请等它完成或先停止。",
            en="This plan is being tested already. Wait for the result, or stop it first.",
        )
    test: StressTest = StressTest.objects.create(
        plan_version=version,
        org_path=version.plan.org_path,
        scenario=scenario or (known[0] if known else ""),
        runs=runs,
        seed=seed,
        precision=precision,
        asked_at=now,
        asked_by=actor_for(by, now).label[:200],
        is_any_day=is_any_day,
        is_nightly=is_nightly,
        calls=[one.as_data() for one in calls],
    )
    test.job = queue_job("stress_test", test.pk, by=by, now=now)
    test.save(update_fields=["job"])
    Job.objects.filter(pk=test.job.pk).update(total=runs)
    data = {"plan": version.plan.code, "version": version.version, "test": test.pk, "runs": runs, "seed": seed}
    record(f"plan:{version.plan.code}", [("plan.stress_tested", data)], by=actor_for(by, now), now=now,
           org_path=version.plan.org_path)  # fmt: skip
    return test


def stop_stress_test(*, by: User | None, test: StressTest) -> None:
    """Stop a test; what was made so far is thrown away."""
    require(by, Permission.EDIT_PLAN, test.org_path)
    if test.job is None or test.job.ended_at is not None:
        raise StressTestRefused(zh="推演已经结束。", en="The test is over already.")
    cancel_job(test.job)


def stress_test_for(user: User, pk: int) -> StressTest:
    """Return a test of a plan that a user may see."""
    rows = StressTest.objects.visible_to(user).select_related("plan_version__plan", "job")
    found: StressTest | None = rows.filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


def stress_slice(job: Job, now: datetime) -> bool:
    """Make some more runs, then try measures; return whether all is done, or it is said why nothing can be found."""
    if is_warming_up():
        job.state = {"is_warming_up": True}
        return False
    test = StressTest.objects.select_related("plan_version__plan__organisation").get(pk=job.subject_id)
    began = time.monotonic()
    work = WORKING.get(job.pk)
    if work is None:
        try:
            work = WORKING[job.pk] = begun(test, now)
        except BadSimulation as refusal:
            refuse(test, refusal, now)
            return True
        while len(WORKING) > KEPT:
            WORKING.popitem(last=False)
    has_runs = run_some(work, test.runs, test.precision, began + SLICE_S)
    is_done = has_runs and improve_some(work, began + SLICE_S)
    if is_done:
        finish(test, work, now)
        WORKING.pop(job.pk, None)
    work.spent_s += time.monotonic() - began
    job.state, job.done, job.total = {"spent_s": round(work.spent_s, 3)}, work.done, test.runs
    if has_runs and not is_done and work.search is not None:
        job.state["is_improving"] = True
        job.done, job.total = work.search.done, work.search.total
    return is_done


def refuse(test: StressTest, refusal: BadSimulation, now: datetime) -> None:
    """Say why nothing can be found; of a nightly test a day that asks for too much becomes a finding."""
    test.refusal = why(refusal)
    test.save(update_fields=["refusal"])
    if test.is_nightly:
        record_overload(test, now=now)


def why(refusal: BadSimulation) -> dict[str, str]:
    """Say why a world makes no sense, with the names of the registers; `said_zh` and `said_en` are the sentence without
    advice, where the day asks for more than the teams can do.
    """
    if not isinstance(refusal, Overloaded):
        return refusal.text.as_data()
    code = refusal.capability
    measured = (content.resource_names().get(code, Text(code, code)), refusal.busy, refusal.teams)
    said = too_much(*measured)
    return {**overload(*measured).as_data(), "said_zh": said.zh, "said_en": said.en}


def finish(test: StressTest, work: Work, now: datetime) -> None:
    """Keep the result, the two runs that tell most, and of a nightly test what is gravely broken."""
    assert work.found is not None  # noqa: S101  (there since the search began)
    assert work.search is not None  # noqa: S101
    courses = courses_of(work.setup, work.search)
    test.found = result_of(work.found, work.part, work.search, courses, names_for(work.setup.plan))
    test.save(update_fields=["found"])
    StressCourse.objects.bulk_create(
        StressCourse(test=test, role=role, number=one.number, log=one.log(), bases=dict(one.bases))
        for role, one in courses.items()
    )
    if test.is_nightly:
        record_broken(test, now=now)


def run_some(work: Work, runs: int, precision: float | None, end: float) -> bool:
    """Carry the plan out some more times, one block at least; return whether that is done."""
    size = PLAIN_BLOCK if work.setup.program is None else BLOCK
    is_first = True
    while not work.has_enough and (is_first or time.monotonic() < end):
        is_first = False
        numbers = range(work.done, min(work.done + size, runs))
        work.part.merge(run_part(work.setup, numbers))
        work.done = numbers.stop
        work.has_enough = work.done >= runs or (precision is not None and is_precise(work.part.tally, precision))
    return work.has_enough


def improve_some(work: Work, end: float) -> bool:
    """Look for what would keep the promises that break, one step at least; return whether that is done."""
    if work.found is None:
        work.found = ensemble_of(work.setup, work.part, is_cancelled=False)
        measures = improvements(work.setup, work.found, names_for(work.setup.plan))
        work.steps = searching(work.setup, measures, size=size_of(work.setup, work.done))
    for search in work.steps:
        work.search = search
        if time.monotonic() >= end:
            return False
    return True


def begun(test: StressTest, now: datetime) -> Work:
    plan = load_plan(test.plan_version)
    scenario = next((one for one in plan.scenarios if one.id == test.scenario), Scenario(id="", title=Text()))
    near = scenario.place or place_of(plan)
    if test.is_any_day:
        world = stress_world(plan, near, now=now, paths=[test.org_path], travel=travel_times())
    else:
        world = world_at(plan, near, today=timezone.localdate(now), travel=travel_times())
    world = with_stated(world, near, stated_of(test.calls), travel=travel_times())
    return Work(set_up(plan, world, scenario, seed=test.seed), empty_part(plan))


def given_up(job: Job, is_cancelled: bool) -> None:
    """Leave nothing of what was made."""
    WORKING.pop(job.pk, None)
