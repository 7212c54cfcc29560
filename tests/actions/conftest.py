from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.actions.town import NOW, Town, build_town, report_leak, store_plan
from tests.built_once import built_once
from youbei.actions import runs
from youbei.records.models import Incident, PlanVersion, Run

AT = NOW + timedelta(minutes=2)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def at() -> datetime:
    """A little later: the response is under way."""
    return AT


@built_once
def town() -> Town:
    return build_town()


@built_once
def stored(town: Town) -> PlanVersion:
    return store_plan(town)


@built_once
def leak(town: Town) -> Incident:
    return report_leak(town)


@built_once
def run(town: Town, stored: PlanVersion, leak: Incident) -> Run:
    return runs.activate_plan(by=town.users["officer"], now=NOW, incident=leak, plan_version=stored)


@built_once
def isolating(town: Town, run: Run) -> Run:
    """A run whose step that needs two teams and four suits is open."""
    return runs.finish_step(by=town.users["officer"], now=AT, run=run, step="alarm")
