"""Simulate a retest in slices: the new version against the resources of today, until the promise is proved or not."""

from __future__ import annotations

import time
from collections import OrderedDict
from datetime import datetime

from youbei.actions.findings.moving import today_of
from youbei.actions.findings.retests import RetestRefused, asks_for, judged, version_of
from youbei.actions.warming import is_warming_up
from youbei.actions.ways import travel_times
from youbei.engine.findings.retest import Asks, Outcome, judge_simulation
from youbei.engine.plans.model import Plan, Scenario
from youbei.engine.simulation.ensemble import BLOCK, Setup, run_part, set_up
from youbei.engine.simulation.simulate import Tally
from youbei.engine.simulation.statistics import wilson
from youbei.engine.text import Text
from youbei.records.checking import place_of
from youbei.records.load import load_plan
from youbei.records.models import Job, Retest
from youbei.records.nearby import world_at
from youbei.records.stress_world import stress_world

RUNS = 300
# Assumption: where 300 courses leave it open, four times as many halve the interval; more would rarely decide it.
MOST_RUNS = 1_200
# A slice is a transaction of the worker, which looks after deadlines in between.
SLICE_S = 0.3
# The reference engine, where the kernel is not there, needs about ten milliseconds for a run.
PLAIN_BLOCK = 10
SEED = 1
KEPT = 2
# Another process begins anew with the counts of the job, and comes to the same where the registers stay.
WORKING: OrderedDict[int, Setup] = OrderedDict()


def retest_slice(job: Job, now: datetime) -> bool:
    """Simulate some more courses; return whether the retest is judged."""
    if is_warming_up():
        return False
    row = Retest.objects.select_related("finding", "plan_version__plan").filter(pk=job.subject_id).first()
    if row is None or row.state != Retest.State.SCHEDULED:
        raise RetestRefused(zh="该复验已经进行过。", en="This retest was held already.")
    plan, asks = load_plan(version_of(row)), asks_for(row)
    if not is_there(plan, asks):
        outcome = judge_simulation(asks, tried=0, late=0, late_at_most=1.0, has_deadline=False)
        judged(row, outcome, by=job.by, now=now, run=None)
        return True
    job.total = job.total or RUNS
    simulate_some(job, setup_of(row, job, plan, now), asks)
    if job.done < job.total:
        return False
    tried, late = job.state["tried"], job.state["late"]
    outcome = judge_simulation(
        asks, tried=tried, late=late, late_at_most=wilson(late, tried).high if tried else 1.0, has_deadline=True
    )
    if outcome.passed is None and job.total < MOST_RUNS:
        job.total = MOST_RUNS
        return False
    judged(row, outcome, by=job.by, now=now, run=None)
    WORKING.pop(job.pk, None)
    return True


def is_there(plan: Plan, asks: Asks) -> bool:
    """Return whether a plan still makes the promise that is asked for: a deadline, or a need."""
    step = next((step for step in plan.steps if step.id == asks.step), None)
    if step is None:
        return False
    return any(need.id == asks.need for need in step.needs) if asks.need else step.within is not None


def simulate_some(job: Job, setup: Setup, asks: Asks) -> None:
    """Make replications until the time of a slice is over, and count them in the job."""
    counted = {"tried": job.state.get("tried", 0), "late": job.state.get("late", 0)}
    size = PLAIN_BLOCK if setup.program is None else BLOCK
    end = time.monotonic() + SLICE_S
    is_first = True
    while job.done < job.total and (is_first or time.monotonic() < end):
        is_first = False
        numbers = range(job.done, min(job.done + size, job.total))
        tally = run_part(setup, numbers).tally
        tried, late = counts_of(tally, asks)
        counted["tried"] += tried
        counted["late"] += late
        job.done = numbers.stop
    job.state = counted


def counts_of(tally: Tally, asks: Asks) -> tuple[int, int]:
    """Return how often what is asked for was tried, and how often it was late or short."""
    if asks.need:
        need = tally.needs[f"{asks.step}/{asks.need}"]
        return need.asked, need.short
    step = next(step for place, step in enumerate(tally.steps) if tally.plan.steps[place].id == asks.step)
    return step.tried, step.late


def setup_of(row: Retest, job: Job, plan: Plan, now: datetime) -> Setup:
    """Return the new version with the resources of today, on the kind of day on which its promise was seen to break;
    set up once, and anew in another process.
    """
    known = WORKING.get(job.pk)
    if known is not None:
        return known
    scenario = plan.scenarios[0] if plan.scenarios else Scenario(id="", title=Text())
    near = scenario.place or place_of(plan)
    if any(one.get("is_any_day") for one in row.finding.evidence if isinstance(one, dict)):
        path = version_of(row).plan.org_path
        world = stress_world(plan, near, now=now, paths=[path], travel=travel_times())
    else:
        world = world_at(plan, near, today=today_of(now), travel=travel_times())
    WORKING[job.pk] = setup = set_up(plan, world, scenario, seed=SEED)
    while len(WORKING) > KEPT:
        WORKING.popitem(last=False)
    return setup


def given_up(job: Job, is_cancelled: bool) -> None:
    """Say that nothing is decided; the retest is still to be held."""
    WORKING.pop(job.pk, None)
    why = (
        Text("推演已停止，未定。", "The simulation was stopped: undecided.")
        if is_cancelled
        else Text(f"推演没有完成，未定。{job.problem_zh}", f"The simulation did not end: undecided. {job.problem_en}")
    )
    found = {"why": Outcome(None, why).why.as_data(), "is_undecided": True}
    Retest.objects.filter(pk=job.subject_id, state=Retest.State.SCHEDULED).update(found=found)
