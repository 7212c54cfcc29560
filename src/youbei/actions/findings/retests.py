"""Retests: schedule one when a cure is accepted, hold it, and let only a passed one verify."""

from __future__ import annotations

import time
from datetime import datetime

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.findings.moving import locked, moved, today_of
from youbei.actions.journal import record
from youbei.actions.permit import not_found, require
from youbei.actions.ways import travel_times
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.exercises.measures import step_times
from youbei.engine.exercises.wrongs import wrongs
from youbei.engine.findings.life import Act, State
from youbei.engine.findings.retest import (
    Asks,
    Outcome,
    Way,
    asks_of,
    judge_check,
    judge_exercise,
    judge_simulation,
)
from youbei.engine.plans.check import check
from youbei.engine.plans.model import Plan, Scenario
from youbei.engine.simulation.simulate import SimulationReport, simulate
from youbei.engine.text import Text
from youbei.records.checking import known_by_registers, place_of
from youbei.records.load import load_plan
from youbei.records.log import read_stream
from youbei.records.models import Finding, PlanVersion, Retest, Run, User
from youbei.records.nearby import world_for

RUNS = 300
# A request holds one of the server's few threads.
LONGEST_S = 10.0


class RetestRefused(Refused):
    """Refuse a retest that was held, that has no version to test, or that another run cannot prove."""


def schedule_retest(
    *, by: User | None, now: datetime, finding: Finding, version: PlanVersion | None, way: Way | None = None
) -> Retest:
    """Schedule the retest of an accepted cure, with the old failure as the test; inside the caller's transaction."""
    asks = asks_of(finding.key, finding.place)
    actor = actor_for(by, now)
    retest = Retest.objects.create(
        finding=finding,
        way=(way or asks.way).value,
        asks=asks.as_data(),
        plan_version=version,
        due_on=finding.deadline_on or today_of(now),
        made_at=now,
        made_by=actor.label,
    )
    data = {
        "finding": finding.pk, "retest": retest.pk, "way": retest.way, "due_on": retest.due_on.isoformat(),
    }  # fmt: skip
    record(finding.stream, [("retest.scheduled", data)], by=actor, now=now, org_path=finding.org_path)
    return retest


def asks_for(retest: Retest) -> Asks:
    return Asks(Way(retest.way), **retest.asks)


def waiting(retest: Retest, by: User | None) -> Retest:
    """Return a retest that is still to be held, for whoever may judge."""
    row = Retest.objects.select_related("finding", "plan_version").filter(pk=retest.pk).first()
    if row is None:
        raise not_found()
    require(by, Permission.ACCEPT_FINDING, row.finding.org_path)
    if row.state != Retest.State.SCHEDULED:
        raise RetestRefused(zh="该复验已经进行过。", en="This retest was held already.")
    return row


def version_of(row: Retest) -> PlanVersion:
    if row.plan_version is None:
        raise RetestRefused(
            zh="没有可复验的预案版本。请先采纳草案或导入新版本。",
            en="There is no version of a plan to retest. Adopt a draft or import a new version first.",
        )
    return row.plan_version


def hold_retest(*, by: User | None, now: datetime, retest: Retest, run: Run | None = None) -> Retest:
    """Hold a retest: simulate or check the new version, or judge the log of a run of it."""
    row = waiting(retest, by)
    version = version_of(row)
    asks = asks_for(row)
    if run is not None or asks.way is Way.EXERCISE:
        outcome = outcome_of_run(asks, row, run)
    elif asks.way is Way.CHECK:
        plan = load_plan(version)
        outcome = judge_check(
            asks, frozenset((one.code, one.place) for one in check(plan, known_by_registers(plan, now)))
        )
    else:
        outcome = outcome_of_simulation(asks, load_plan(version), now)
    return judged(row, outcome, by=by, now=now, run=run)


def outcome_of_run(asks: Asks, row: Retest, run: Run | None) -> Outcome:
    version = version_of(row)
    if run is None or run.plan_version.plan_id != version.plan_id or run.plan_version_id < version.pk:
        raise RetestRefused(
            zh=f"请选择按 {version.version} 版或更新版本进行的一次演练或处置。",
            en=f"Choose an exercise or a response that was run by version {version.version} or a newer one.",
        )
    if row.finding.run_id == run.pk:
        raise RetestRefused(
            zh="发现问题的那次处置不能证明整改有效。请选择此后的一次。",
            en="The run in which it was found cannot prove the cure. Choose a later one.",
        )
    plan, events = load_plan(run.plan_version), read_stream(run.stream)
    verdict = next((str(one.verdict) for one in step_times(plan, events) if one.step == asks.step), None)
    name = row.finding.key.split(":", 2)[2] if row.finding.key.startswith("run:") else ""
    shown = [one for one in wrongs(plan, events) if not name or one.name == name]
    is_over = run.phase in (Run.Phase.ENDED, Run.Phase.ASSESSED)
    return judge_exercise(asks, verdict=verdict, is_over=is_over, others=len(shown))


def outcome_of_simulation(asks: Asks, plan: Plan, now: datetime) -> Outcome:
    step = next((one for one in plan.steps if one.id == asks.step), None)
    if step is None or step.within is None:
        return judge_simulation(asks, tried=0, late=0, late_at_most=1.0, has_deadline=False)
    report = simulated(plan, now)
    late = next(one.late for one in report.steps if one.step == asks.step)
    if late is None:
        return judge_simulation(asks, tried=0, late=0, late_at_most=1.0, has_deadline=False)
    return judge_simulation(asks, tried=late.of, late=late.count, late_at_most=late.high, has_deadline=True)


def simulated(plan: Plan, now: datetime) -> SimulationReport:
    """Simulate a plan with the resources of today, as long as a request may take."""
    scenario = plan.scenarios[0] if plan.scenarios else Scenario(id="", title=Text())
    world = world_for(plan, scenario.place or place_of(plan), today=today_of(now), travel=travel_times())
    end = time.monotonic() + LONGEST_S
    return simulate(plan, world, scenario, runs=RUNS, seed=1, go_on=lambda done: time.monotonic() < end)


@transaction.atomic
def judged(row: Retest, outcome: Outcome, *, by: User | None, now: datetime, run: Run | None) -> Retest:
    """Write down what a retest showed, and move its finding: verified, or open again."""
    finding = locked(row.finding, by, Permission.ACCEPT_FINDING)
    row = Retest.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    if row.state != Retest.State.SCHEDULED or finding.state != State.ACCEPTED:
        raise RetestRefused(
            zh="该问题现在不在复验阶段，或复验已经进行。请刷新页面。",
            en="This finding is not waiting for a retest, or it was held meanwhile. Reload the page.",
        )
    actor = actor_for(by, now)
    row.state = Retest.State.PASSED if outcome.passed else Retest.State.FAILED
    row.found, row.run, row.done_at, row.done_by = {"why": outcome.why.as_data()}, run, now, actor.label
    row.save()
    data = {
        "finding": finding.pk, "retest": row.pk, "way": row.way, "passed": outcome.passed,
        "run": run.pk if run else None,
    }  # fmt: skip
    record(finding.stream, [("retest.held", data)], by=actor, now=now, org_path=finding.org_path)
    act = Act.PASS_RETEST if outcome.passed else Act.FAIL_RETEST
    moved(finding, act, by=by, now=now, note=f"{outcome.why.zh} {outcome.why.en}", values={})
    return row
