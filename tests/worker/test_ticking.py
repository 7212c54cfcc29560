"""The tick: what is due is done, one broken run stops nothing, and the worker outlives its database's absence."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, OperationalError

from tests.actions.town import NOW, Town, build_town, report_leak, store_plan
from tests.built_once import built_once
from youbei import worker
from youbei.actions import runs
from youbei.records.models import Heartbeat, Message, Run, RunStep
from youbei.worker import TickResult, run_worker, tick


@built_once
def town() -> Town:
    return build_town()


@built_once
def two_runs(town: Town) -> list[Run]:
    stored = store_plan(town)
    officer = town.users["officer"]
    return [runs.activate_plan(by=officer, now=NOW, incident=report_leak(town), plan_version=stored) for _ in range(2)]


def late(run: Run) -> bool:
    return RunStep.objects.get(run=run, step="alarm").late_at is not None


def test_a_tick_advances_what_is_due_delivers_and_shows_a_sign_of_life(two_runs: list[Run]) -> None:
    at = NOW + timedelta(minutes=5)
    result = tick(at)
    assert (result.advanced, result.failed) == (2, 0)
    assert all(late(run) for run in two_runs)
    assert Message.objects.filter(status="sent").count() == result.delivered
    assert Heartbeat.objects.get().at == at
    assert tick(at) == TickResult()


def test_nothing_is_done_before_its_time(two_runs: list[Run]) -> None:
    assert tick(NOW + timedelta(minutes=5, microseconds=-1)).advanced == 0
    assert not late(two_runs[0])


def test_one_run_that_cannot_go_on_does_not_hold_up_the_others(
    two_runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_for_the_first(run_pk: int, now: datetime) -> bool:
        if run_pk == two_runs[0].pk:
            raise RuntimeError("this run is broken")
        return real(run_pk, now)

    real = worker.advance_run
    monkeypatch.setattr(worker, "advance_run", broken_for_the_first)
    assert tick(NOW + timedelta(minutes=5)).failed == 1
    assert [late(run) for run in two_runs] == [False, True]


def test_a_run_whose_rows_the_database_refuses_does_not_hold_up_the_others_or_the_outbox(
    two_runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused_for_the_first(run_pk: int, now: datetime) -> bool:
        if run_pk == two_runs[0].pk:
            raise IntegrityError("these rows contradict a constraint")
        return real(run_pk, now)

    real = worker.advance_run
    monkeypatch.setattr(worker, "advance_run", refused_for_the_first)
    result = tick(NOW + timedelta(minutes=5))
    assert (result.advanced, result.failed) == (1, 1)
    assert result.delivered > 0


def test_the_worker_waits_for_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    seen: list[datetime] = []

    def away_twice(now: datetime) -> TickResult:
        seen.append(now)
        if len(seen) < 3:
            raise OperationalError("the database does not answer")
        stop.set()
        return TickResult()

    monkeypatch.setattr(worker, "tick", away_twice)
    monkeypatch.setattr(worker, "drop_connection", lambda: None)
    monkeypatch.setattr("django.conf.settings.TICK_SECONDS", 0.01)
    run_worker(stop)
    assert len(seen) == 3
