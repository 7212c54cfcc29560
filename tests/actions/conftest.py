from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.actions.town import NOW, Town, build_town, report_leak, store_plan
from youbei.actions import runs
from youbei.records.models import Incident, PlanVersion, Run


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def at(now: datetime) -> datetime:
    """A little later: the response is under way."""
    return now + timedelta(minutes=2)


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


@pytest.fixture
def stored(town: Town) -> PlanVersion:
    return store_plan(town)


@pytest.fixture
def leak(town: Town) -> Incident:
    return report_leak(town)


@pytest.fixture
def run(town: Town, stored: PlanVersion, leak: Incident) -> Run:
    return runs.activate_plan(by=town.users["officer"], now=NOW, incident=leak, plan_version=stored)


@pytest.fixture
def isolating(town: Town, run: Run, at: datetime) -> Run:
    """A run whose step that needs two teams and four suits is open."""
    return runs.finish_step(by=town.users["officer"], now=at, run=run, step="alarm")
