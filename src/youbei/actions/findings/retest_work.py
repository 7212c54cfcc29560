"""Simulate a retest in slices: the new version against the resources of today, until the promise is proved or not."""

from __future__ import annotations

import time
from datetime import datetime

from youbei.actions.findings.moving import today_of
from youbei.actions.findings.retests import RetestRefused, asks_for, judged, version_of
from youbei.actions.ways import travel_times
from youbei.engine.findings.retest import Outcome, judge_simulation
from youbei.engine.plans.model import Plan, Scenario
from youbei.engine.simulation.simulate import simulate_part
from youbei.engine.simulation.statistics import wilson
from youbei.engine.text import Text
from youbei.records.checking import place_of
from youbei.records.load import load_plan
from youbei.records.models import Job, Retest
from youbei.records.nearby import world_for

RUNS = 300
# Assumption: where 300 courses leave it open, four times as many halve the interval; more would rarely decide it.
MOST_RUNS = 1_200
# A slice is a transaction of the worker, which looks after deadlines in between.
SLICE_S = 0.3
BATCH = 5
SEED = 1


def retest_slice(job: Job, now: datetime) -> bool:
    """Simulate some more courses; return whether the retest is judged."""
    row = Retest.objects.select_related("finding", "plan_version").filter(pk=job.subject_id).first()
    if row is None or row.state != Retest.State.SCHEDULED:
        raise RetestRefused(zh="该复验已经进行过。", en="This retest was held already.")
    plan, asks = load_plan(version_of(row)), asks_for(row)
    position = next((n for n, step in enumerate(plan.steps) if step.id == asks.step and step.within is not None), None)
    if position is None:
        outcome = judge_simulation(asks, tried=0, late=0, late_at_most=1.0, has_deadline=False)
        judged(row, outcome, by=job.by, now=now, run=None)
        return True
    job.total = job.total or RUNS
    simulate_some(job, plan, position, now)
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
    return True


def simulate_some(job: Job, plan: Plan, position: int, now: datetime) -> None:
    """Make replications until the time of a slice is over, and count them in the job."""
    scenario = plan.scenarios[0] if plan.scenarios else Scenario(id="", title=Text())
    world = world_for(plan, scenario.place or place_of(plan), today=today_of(now), travel=travel_times())
    counted = {"tried": job.state.get("tried", 0), "late": job.state.get("late", 0)}
    end = time.monotonic() + SLICE_S
    is_first = True
    while job.done < job.total and (is_first or time.monotonic() < end):
        is_first = False
        numbers = range(job.done, min(job.done + BATCH, job.total))
        tally = simulate_part(plan, world, scenario, numbers=numbers, seed=SEED)
        counted["tried"] += tally.steps[position].tried
        counted["late"] += tally.steps[position].late
        job.done = numbers.stop
    job.state = counted


def given_up(job: Job, is_cancelled: bool) -> None:
    """Say that nothing is decided; the retest is still to be held."""
    why = (
        Text("推演已停止，未定。", "The simulation was stopped: undecided.")
        if is_cancelled
        else Text(f"推演没有完成，未定。{job.problem_zh}", f"The simulation did not end: undecided. {job.problem_en}")
    )
    found = {"why": Outcome(None, why).why.as_data(), "is_undecided": True}
    Retest.objects.filter(pk=job.subject_id, state=Retest.State.SCHEDULED).update(found=found)
