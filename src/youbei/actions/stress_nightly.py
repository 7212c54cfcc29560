"""Readiness by night: the worker stress-tests plans one after the other, within a budget, and records what breaks.

Each plan is tested twice: today, with everything in its place, and on any day, with what may go wrong and the calls of
every day. What was not tested for the longest time comes first, so where one night is too short the next goes on.
"""

from __future__ import annotations

import heapq
import logging
from collections.abc import Generator
from contextlib import closing
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from youbei.actions.stress_tests import start_stress_test
from youbei.records.models import Job, Plan, StressTest

# Assumption: between one and five nobody waits for the worker.
NIGHT = (1, 5)
# Assumption: a thousand runs tell a share of one in five to within three hundredths.
RUNS = 1_000
KEPT = timedelta(days=30)
logger = logging.getLogger(__name__)
# Nights that need no further look, in this process.
DONE: set[datetime] = set()


def prove_plans_by_night(now: datetime) -> bool:
    """Queue the next test of the night; say whether one was queued."""
    night = begin_of_night(now)
    if night is None or settings.NIGHTLY_SECONDS <= 0 or night in DONE:
        return False
    tonight = StressTest.objects.filter(is_nightly=True, asked_at__gte=night)
    if tonight.filter(found__isnull=True, job__ended_at=None).exclude(job=None).exists():
        return False
    has_time = spent(tonight) < settings.NIGHTLY_SECONDS
    if not has_time or not queue_next(night, now):
        DONE.clear()
        DONE.add(night)
        return False
    return True


def begin_of_night(now: datetime) -> datetime | None:
    """Return when the present night began; None by day."""
    here = timezone.localtime(now)
    if not NIGHT[0] <= here.hour < NIGHT[1]:
        return None
    return here.replace(hour=NIGHT[0], minute=0, second=0, microsecond=0)


def next_night(now: datetime) -> datetime:
    """Return when the next night begins."""
    here = timezone.localtime(now)
    begins = here.replace(hour=NIGHT[0], minute=0, second=0, microsecond=0)
    return begins if begins > here else (begins + timedelta(days=1)).replace(hour=NIGHT[0])


def spent(tests: QuerySet[StressTest]) -> float:
    """Return how many seconds of work tests took."""
    jobs = Job.objects.filter(pk__in=tests.values("job"))
    return sum(float(state.get("spent_s", 0.0)) for state in jobs.values_list("state", flat=True))


def queue_next(night: datetime, now: datetime) -> bool:
    """Queue the test, today or on any day, of the plan that was not so tested by night for the longest time; False
    where none is left.

    A plan that cannot be tested, such as one whose stored text is broken, does not hold up the others.
    """
    StressTest.objects.filter(is_nightly=True, asked_at__lt=now - KEPT).delete()
    # Closed at once: the cursor of one that is left half read stays open on PostgreSQL until it is found as rubbish.
    with closing(waiting(night, is_any_day=False)) as today, closing(waiting(night, is_any_day=True)) as any_day:
        in_turn = heapq.merge(today, any_day)
        return any(is_queued(pk, now, is_any_day=kind) for _, _, kind, pk in in_turn)


def waiting(night: datetime, *, is_any_day: bool) -> Generator[tuple[bool, float, bool, int], None, None]:
    """Yield the plans that were not yet tested so this night, the longest ago first: whether ever, when, how, which."""
    last = StressTest.objects.filter(plan_version__plan=OuterRef("pk"), is_nightly=True, is_any_day=is_any_day)
    busy = StressTest.objects.filter(found__isnull=True, job__ended_at=None).exclude(job=None)
    plans = Plan.objects.filter(is_withdrawn=False, current__isnull=False).exclude(versions__stress_tests__in=busy)
    rows = plans.annotate(tested_at=Subquery(last.order_by("-asked_at").values("asked_at")[:1]))
    rows = rows.filter(Q(tested_at=None) | Q(tested_at__lt=night))
    in_turn = rows.order_by(F("tested_at").asc(nulls_first=True), "pk").values_list("pk", "tested_at")
    for pk, tested_at in in_turn.iterator(chunk_size=20):
        yield tested_at is not None, tested_at.timestamp() if tested_at else 0.0, is_any_day, pk


def is_queued(pk: int, now: datetime, *, is_any_day: bool) -> bool:
    """Queue the test of a plan; False where that fails."""
    plan = Plan.objects.select_related("current").get(pk=pk)
    if plan.current is None:
        return False
    try:
        start_stress_test(by=None, now=now, version=plan.current, runs=RUNS, is_nightly=True, is_any_day=is_any_day)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("the plan %s cannot be tested by night", plan.code)
        return False
    return True
