"""Long work in slices: do the next one of what waits.

A slice is one transaction of a second at most, so deadlines and messages are never kept waiting by an import. Which
worker does it does not matter: the lease keeps two from doing the same, and runs out when one is killed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from youbei.actions import clock, stress_comparisons, stress_tests
from youbei.actions.campaigns import opening, telling
from youbei.actions.findings import retest_work
from youbei.actions.sheets import applying, checking, undoing
from youbei.actions.siting import working
from youbei.engine.errors import Refused
from youbei.records.models import Job

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 3
# What a tick gives to long work, in seconds; then deadlines are looked at again.
PER_TICK = 0.5
# The longest pause that SQLite makes between two tries, in seconds.
BETWEEN_TRIES = 0.1

Slice = Callable[[Job, datetime], bool]
KINDS: Mapping[str, Slice] = {
    "sheet_check": checking.check_slice,
    "sheet_apply": applying.apply_slice,
    "sheet_undo": undoing.undo_slice,
    "campaign_open": opening.open_slice,
    "siting": working.siting_slice,
    "retest": retest_work.retest_slice,
    "stress_test": stress_tests.stress_slice,
    "stress_comparison": stress_comparisons.comparison_slice,
    "campaign_remind": telling.remind_slice,
}
GIVE_UP: Mapping[str, Callable[[Job, bool], None]] = {
    "sheet_check": checking.given_up,
    "sheet_apply": applying.given_up,
    "sheet_undo": undoing.given_up,
    "campaign_open": opening.given_up,
    "siting": working.given_up,
    "retest": retest_work.given_up,
    "stress_test": stress_tests.given_up,
    "stress_comparison": stress_comparisons.given_up,
    "campaign_remind": telling.not_all_reminded,
}


def work_on_jobs(now: datetime) -> bool:
    """Do slices of what is queued for half a second, one at least; say whether there is more to do."""
    began = clock.now()
    has_time = True
    while has_time:
        job = claim(now)
        if job is None:
            return False
        is_done = False
        while has_time and not is_done:
            is_done = one_slice(job.pk)
            has_time = (clock.now() - began).total_seconds() < PER_TICK
        release(job.pk)
    let_others_write()
    return True


def let_others_write() -> None:
    """Rest for as long as SQLite has one wait between two tries to write: else slice after slice might shut one out."""
    if connection.vendor == "sqlite":
        time.sleep(BETWEEN_TRIES)


def run_to_the_end(job_pk: int) -> Job:
    """Do a job now, in this process: for commands and tests."""
    while not one_slice(job_pk):
        continue
    return Job.objects.get(pk=job_pk)


@transaction.atomic
def claim(now: datetime) -> Job | None:
    """Take the oldest job that nobody works on."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    waiting = Job.objects.filter(free, status__in=[Job.Status.QUEUED, Job.Status.RUNNING]).order_by("id")
    job = waiting.select_for_update(skip_locked=True).first()
    if job is not None:
        job.lease_until = now + LEASE
        job.save(update_fields=["lease_until"])
    return job


def release(job_pk: int) -> None:
    Job.objects.filter(pk=job_pk).update(lease_until=None)


def one_slice(job_pk: int) -> bool:
    """Do the next slice of a job in one transaction; return whether the job has ended, in whichever way."""
    try:
        with transaction.atomic():
            job = Job.objects.select_for_update().get(pk=job_pk)
            if job.status not in (Job.Status.QUEUED, Job.Status.RUNNING):
                return True
            if job.is_cancelled:
                end(job, Job.Status.CANCELLED)
                return True
            job.status = Job.Status.RUNNING
            if KINDS[job.kind](job, clock.now()):
                end(job, Job.Status.DONE)
                return True
            job.save()
            return False
    except Refused as refusal:
        return failed(job_pk, refusal)
    except Exception:
        # The slice has left nothing behind and is tried again a few times, then the job is given up.
        logger.exception("A slice of job %s failed", job_pk)
        return failed(job_pk, None)


def end(job: Job, status: str) -> None:
    job.status = status
    job.ended_at = clock.now()
    job.save()
    if status != Job.Status.DONE:
        GIVE_UP[job.kind](job, status == Job.Status.CANCELLED)


@transaction.atomic
def failed(job_pk: int, refusal: Refused | None) -> bool:
    """Note that a slice failed; end the job where trying again cannot help."""
    job = Job.objects.select_for_update().get(pk=job_pk)
    job.attempts += 1
    if refusal is None and job.attempts < MOST_ATTEMPTS:
        job.save(update_fields=["attempts"])
        return False
    if refusal is not None:
        job.problem_zh, job.problem_en = refusal.text.zh[:400], refusal.text.en[:400]
    else:
        job.problem_zh = "程序出错，已停止。已写入的部分可以撤销；请把日志交给管理员。"
        job.problem_en = (
            "The program failed and stopped. What it has written can be undone; show an administrator the log."
        )
    end(job, Job.Status.FAILED)
    return True
