"""The tick: advance the runs for which something is due, deliver the outbox, show a sign of life.

Everything that waits is a row with a time, so any number of workers may run, and one that is killed leaves nothing
that another does not take up.
"""

from __future__ import annotations

import logging
import os
import socket
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from youbei.actions import clock
from youbei.actions.advance import advance_run, due_runs
from youbei.actions.call_offs import climb_late
from youbei.actions.campaigns.repeating import open_rounds
from youbei.actions.campaigns.telling import tell_units
from youbei.actions.counts import keep_counts
from youbei.actions.deliver import deliver_due
from youbei.actions.due import tell_what_falls_due
from youbei.actions.exercises.hot_wash import close_due
from youbei.actions.exercises.hot_wash_after import open_due
from youbei.actions.exercises.interrupting import let_reality_in
from youbei.actions.exercises.sealing import begin_sealed
from youbei.actions.findings.telling import tell_of_findings
from youbei.actions.jobs import work_on_jobs
from youbei.actions.old_sheets import clear_old_sheets
from youbei.actions.registers.reached import let_certificates_count
from youbei.actions.requirements import derive_marked, weigh_marked
from youbei.actions.signs import show_life
from youbei.actions.stress_nightly import prove_plans_by_night
from youbei.actions.warming import warm_up_in_background
from youbei.actions.webhooks.sending import Postman
from youbei.records.search.vendor import merge_words

RUNS_PER_TICK = 100
MESSAGES_PER_TICK = 50
# What sendings of webhooks get to come back, in seconds, when the worker is told to stop.
LAST_MOMENT_S = 1.0
logger = logging.getLogger(__name__)


class Stop(Protocol):
    """What `threading.Event` offers: whether to stop, and to wait for that."""

    def is_set(self) -> bool: ...
    def wait(self, timeout: float | None = None) -> bool: ...


@dataclass(frozen=True, slots=True)
class TickResult:
    """Count what a tick did; `failed` runs raised an error and are tried again at the next tick."""

    advanced: int = 0
    delivered: int = 0
    failed: int = 0
    is_full: bool = False


def tick(now: datetime) -> TickResult:
    """Do everything that is due at `now`, each run in a transaction of its own."""
    advanced = failed = 0
    let_reality_in(now)
    due = due_runs(now, RUNS_PER_TICK)
    for run_pk in due:
        try:
            advanced += advance_run(run_pk, now)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            # One run that cannot go on must not hold up the others, nor one whose rows the database refuses.
            failed += 1
            logger.exception("Run %s could not be advanced", run_pk)
    begin_sealed(now)
    delivered = deliver_due(now, MESSAGES_PER_TICK)
    let_certificates_count(timezone.localdate(now))
    has_more_work = open_rounds(now)
    has_more_work = tell_units(now) or has_more_work
    has_more_work = tell_what_falls_due(now) or has_more_work
    has_more_work = tell_of_findings(now) or has_more_work
    has_more_work = climb_late(now) or has_more_work
    open_due(now)
    has_more_work = close_due(now) or has_more_work
    has_more_work = prove_plans_by_night(now) or has_more_work
    has_more_work = work_on_jobs(now) or has_more_work
    has_more_work = derive_marked(now) or has_more_work
    has_more_work = weigh_marked(now) or has_more_work
    keep_counts(now)
    clear_old_sheets(now)
    merge_words()
    show_life(worker_name(), now)
    is_full = advanced >= RUNS_PER_TICK or delivered >= MESSAGES_PER_TICK or has_more_work
    return TickResult(advanced, delivered, failed, is_full=is_full)


def worker_name() -> str:
    return f"worker:{socket.gethostname()}:{os.getpid()}"[:80]


def run_worker(stop: Stop) -> None:
    """Tick until told to stop. A database that is away is waited for; nothing is lost meanwhile.

    Solvers are compiled beside it, so that the first question does not wait for that.
    """
    warm_up_in_background()
    while not stop.is_set():
        started = clock.now()
        is_full = False
        try:
            is_full = tick(started).is_full
        except (DatabaseError, InterfaceError):
            logger.exception("The database did not answer; the worker tries again")
            drop_connection()
        spent = (clock.now() - started).total_seconds()
        if not is_full:
            stop.wait(max(0.0, settings.TICK_SECONDS - spent))


def run_postman(stop: Stop) -> None:
    """Send webhooks until told to stop: beside the ticks, in a thread of its own, so that neither waits for the other.

    What is on its way at the end is given a moment; what is not back by then is sent again by the next worker.
    """
    postman = Postman()
    while not stop.is_set():
        has_more = False
        try:
            has_more = postman.step(clock.now())
            postman.wait(settings.TICK_SECONDS, clock.now())
        except (DatabaseError, InterfaceError):
            logger.exception("The database did not answer; webhooks are sent later")
            drop_connection()
        except Exception:
            # Webhooks wait for the next worker rather than end this one's other duties.
            logger.exception("Webhooks could not be sent")
        if not has_more:
            stop.wait(settings.TICK_SECONDS)
    try:
        postman.wait(LAST_MOMENT_S, clock.now())
    finally:
        drop_connection()


def drop_connection() -> None:
    """Let the next tick begin on a new connection."""
    close_old_connections()
    try:
        connection.close()
    except (DatabaseError, InterfaceError):
        connection.connection = None
