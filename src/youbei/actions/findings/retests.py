"""Retests: schedule one when a cure is accepted, hold it, and let only a passed one verify."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.findings.moving import locked, moved, today_of
from youbei.actions.job_queue import cancel_job, queue_job
from youbei.actions.journal import record
from youbei.actions.permit import not_found, require
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
)
from youbei.engine.plans.check import check
from youbei.records.checking import known_by_registers
from youbei.records.load import load_plan
from youbei.records.log import read_stream
from youbei.records.models import Finding, Job, PlanVersion, Retest, Run, User

KIND = "retest"


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
    """Hold a retest: check the new version, judge the log of a run of it, or queue its simulation for the worker."""
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
        return queued(row, by=by, now=now)
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


@transaction.atomic
def queued(row: Retest, *, by: User | None, now: datetime) -> Retest:
    """Let the worker simulate the new version; refuse while it does so already."""
    row = Retest.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    if row.pk in jobs_of([row.pk]):
        raise RetestRefused(
            zh="该复验正在后台推演。请等待结果，或先停止。",
            en="This retest is being simulated already. Wait for its result, or stop it first.",
        )
    queue_job(KIND, row.pk, by=by, now=now)
    return row


def jobs_of(retests: Iterable[int]) -> dict[int, Job]:
    """Return the simulations that wait or run, by retest."""
    going = [Job.Status.QUEUED, Job.Status.RUNNING]
    rows = Job.objects.filter(kind=KIND, subject_id__in=list(retests), status__in=going)
    return {job.subject_id: job for job in rows}


@transaction.atomic
def stop_retest(*, by: User | None, retest: Retest) -> None:
    """Stop the simulation of a retest before its next slice; the retest is still to be held."""
    row = waiting(retest, by)
    job = jobs_of([row.pk]).get(row.pk)
    if job is None:
        raise RetestRefused(
            zh="没有正在进行的推演，无须停止。", en="Nothing is being simulated; there is nothing to stop."
        )
    cancel_job(job)


@transaction.atomic
def judged(row: Retest, outcome: Outcome, *, by: User | None, now: datetime, run: Run | None) -> Retest:
    """Write down what a retest showed, and move its finding: verified, or open again; undecided, it stays as it is."""
    finding = locked(row.finding, by, Permission.ACCEPT_FINDING)
    row = Retest.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    if row.state != Retest.State.SCHEDULED or finding.state != State.ACCEPTED:
        raise RetestRefused(
            zh="该问题现在不在复验阶段，或复验已经进行。请刷新页面。",
            en="This finding is not waiting for a retest, or it was held meanwhile. Reload the page.",
        )
    actor = actor_for(by, now)
    row.found, row.run = {"why": outcome.why.as_data()}, run
    if outcome.passed is None:
        row.found["is_undecided"] = True
    else:
        row.state = Retest.State.PASSED if outcome.passed else Retest.State.FAILED
        row.done_at, row.done_by = now, actor.label
    row.save()
    data = {
        "finding": finding.pk, "retest": row.pk, "way": row.way, "passed": outcome.passed,
        "run": run.pk if run else None,
    }  # fmt: skip
    record(finding.stream, [("retest.held", data)], by=actor, now=now, org_path=finding.org_path)
    if outcome.passed is None:
        return row
    act = Act.PASS_RETEST if outcome.passed else Act.FAIL_RETEST
    moved(finding, act, by=by, now=now, note=outcome.why, values={})
    return row
